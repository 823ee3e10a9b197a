import { resolve } from 'node:path'
import { Failure } from '../../domain/failure.js'
import { isOfTheSystem } from '../../domain/systemError.js'
import { writeAll } from '../disk/disk.js'
import { fillDurably } from '../disk/durable.js'

/**
 * Writes a file that everybody may read (mode 0644), whole or not at all, in place of one that is there: a collector that runs as
 * somebody else never reads half of it. Throws `REPORT_UNWRITABLE` (environment).
 */
export async function writePublicFile(path: string, text: string): Promise<void> {
  const file = resolve(path)
  try {
    await fillDurably(file, async (handle) => {
      await writeAll(handle, Buffer.from(text))
      await handle.chmod(0o644)
    })
  } catch (error) {
    if (!isOfTheSystem(error)) throw error
    throw new Failure(
      'environment',
      'REPORT_UNWRITABLE',
      `the file cannot be written: ${file} (${error.code})`,
      [`ls -ld ${file}`],
      { cause: error },
    )
  }
}

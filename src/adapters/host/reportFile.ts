import { resolve } from 'node:path'
import { Failure } from '../../domain/failure.js'
import { isOfTheSystem } from '../../domain/systemError.js'
import { writeDurably } from '../disk/durable.js'

/** Writes a report where it was asked for, whole or not at all, in place of one that is there. Throws `REPORT_UNWRITABLE` (environment). */
export async function writeReportFile(path: string, text: string): Promise<void> {
  const file = resolve(path)
  try {
    await writeDurably(file, text)
  } catch (error) {
    if (!isOfTheSystem(error)) throw error
    throw new Failure(
      'environment',
      'REPORT_UNWRITABLE',
      `the report cannot be written to ${file} (${error.code})`,
      [`ls -ld ${file}`],
      { cause: error },
    )
  }
}

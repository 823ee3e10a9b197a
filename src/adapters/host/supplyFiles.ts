import { chmod, copyFile, mkdir, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isMissing, makeFolder } from '../disk/durable.js'
import { stateFailure } from '../state/stateFailure.js'

/**
 * Brings files by their names from one folder into another, which may not be there yet: `.env` as a copy (0600), since it is written to,
 * the others as links, so that what is in them lies nowhere else. What is not there, and folders, are passed over; gives the names of what was brought.
 */
export async function supplyFiles(
  from: string,
  to: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const brought: string[] = []
  try {
    await makeFolder(to)
    for (const name of new Set(['.env', ...names])) {
      const [source, goal] = [join(from, name), join(to, name)]
      const about = await stat(source).catch((error: unknown) => {
        if (isMissing(error)) return undefined
        throw error
      })
      if (name === '' || about?.isFile() !== true) continue
      await mkdir(dirname(goal), { recursive: true, mode: 0o755 })
      if (name === '.env') {
        await copyFile(source, goal)
        await chmod(goal, 0o600)
      } else await symlink(source, goal)
      brought.push(name)
    }
  } catch (error) {
    throw stateFailure(to, error)
  }
  return brought
}

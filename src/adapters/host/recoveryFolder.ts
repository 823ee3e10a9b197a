import { chmod, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { RecoveryFolder } from '../../ports/recoveryFolder.js'
import { isMissing, makeFolder, writeDurably } from '../disk/durable.js'

/** A folder of this machine; `path` is absolute. */
export function recoveryFolder(path: string): RecoveryFolder {
  const using = async <Answer>(name: string, work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work()
    } catch (error) {
      throw folderFailure(join(path, name), error)
    }
  }
  return {
    path,
    text: (name) =>
      using(name, () =>
        readFile(join(path, name), 'utf8').catch((error: unknown) => {
          if (isMissing(error)) return undefined
          throw error
        }),
      ),
    isThere: async (other) => (await stat(other).catch(() => undefined)) !== undefined,
    names: async (other) => {
      try {
        return await readdir(other)
      } catch (error) {
        const isFile = error instanceof Error && 'code' in error && error.code === 'ENOTDIR'
        if (isFile || isMissing(error)) return []
        throw folderFailure(other, error)
      }
    },
    write: ({ name, text, mode }) =>
      using(name, async () => {
        await makeFolder(path)
        await makeOpenFolders(path, dirname(name))
        await writeDurably(join(path, name), text)
        await chmod(join(path, name), mode)
      }),
  }
}

/** What is mounted into containers is read there by users of their own. */
async function makeOpenFolders(path: string, below: string): Promise<void> {
  let at = path
  for (const part of below.split('/').filter((each) => each !== '' && each !== '.')) {
    at = join(at, part)
    const made = await mkdir(at).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
        throw error
      },
    )
    // Whatever the umask says.
    if (made) await chmod(at, 0o755)
    else await requireWithin(path, at)
  }
}

/** A link that is there already may lead anywhere: nothing is written through one that leads out of the folder. */
async function requireWithin(path: string, at: string): Promise<void> {
  const [folder, found] = await Promise.all([realpath(path), realpath(at)])
  if (found.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return
  throw new Failure(
    'environment',
    'FOLDER_UNWRITABLE',
    `${at} leads to ${found}, out of ${path}: nothing is written there`,
    [`ls -ld ${at}`],
  )
}

function folderFailure(path: string, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !('code' in error)) return error
  return new Failure(
    'environment',
    'FOLDER_UNWRITABLE',
    `${path} cannot be read or written: ${error.message}`,
    [`ls -ld ${path}`],
    { cause: error },
  )
}

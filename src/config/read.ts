import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Failure } from '../domain/failure.js'
import { limitsFileName } from '../domain/limitsFile.js'
import { memberFileName } from '../domain/replicaSet/memberFile.js'
import type { ConfigReading } from './config.js'
import { parseConfig } from './parse.js'
import { judgeAccess } from './permissions.js'
import { invalid } from './problem.js'
import type { Surroundings } from './surroundings.js'

/** No honest configuration is larger; a larger one is not even read. */
const largestBytes = 1024 * 1024

/**
 * Reads and checks a configuration file. Throws `CONFIG_NOT_FOUND`, `CONFIG_UNREADABLE`, `CONFIG_INVALID`,
 * `CONFIG_VARIABLE_MISSING` (usage), `CONFIG_EXPOSED` (refused).
 */
export async function readConfig(path: string, surroundings: Surroundings): Promise<ConfigReading> {
  const absolute = resolve(surroundings.cwd, path)
  const about = await stat(absolute).catch((error: unknown) => {
    throw unreadable(absolute, error)
  })
  if (!about.isFile()) throw unreadable(absolute, new Error('it is not a file'))
  if (about.size > largestBytes) throw broken(absolute, 'the file is larger than 1 MiB')

  const bytes = await readFile(absolute).catch((error: unknown) => {
    throw unreadable(absolute, error)
  })
  const reading = await withOwnFiles(parseConfig(text(absolute, bytes), absolute, surroundings))
  // Without user ids (Windows) the mode says nothing.
  if (surroundings.uid === undefined) return reading
  return { ...reading, warnings: [...reading.warnings, ...judgeAccess(absolute, about, reading)] }
}

/** What ops wrote beside the compose files belongs to them: without it a server would be a standalone again, or have too little memory. */
async function withOwnFiles(reading: ConfigReading): Promise<ConfigReading> {
  const { stack } = reading.config
  if (!stack) return reading
  const composeFiles = [...stack.composeFiles]
  for (const name of [memberFileName, limitsFileName]) {
    const file = join(stack.directory, name)
    const isThere = await stat(file).then(
      (about) => about.isFile(),
      () => false,
    )
    if (isThere && !composeFiles.includes(file)) composeFiles.push(file)
  }
  return { ...reading, config: { ...reading.config, stack: { ...stack, composeFiles } } }
}

function text(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw broken(path, 'the file is not UTF-8 text')
    throw error
  }
}

function broken(path: string, sentence: string): Failure {
  return invalid(path, [{ path: [], position: { line: 1, column: 1 }, sentence }])
}

function unreadable(path: string, error: unknown): Failure {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return new Failure('usage', 'CONFIG_NOT_FOUND', `there is no configuration file ${path}`, [
      'ops init',
    ])
  }
  const reason = error instanceof Error ? error.message : 'unknown reason'
  return new Failure(
    'usage',
    'CONFIG_UNREADABLE',
    `cannot read the configuration file ${path}: ${reason}`,
    [`ls -ld ${path}`],
    { cause: error },
  )
}

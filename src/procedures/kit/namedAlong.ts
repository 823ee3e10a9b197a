import { parseEnv } from 'node:util'
import type { Packed } from '../../archive/tar.js'
import type { World } from '../../ports/world.js'
import { mayHoldSecret } from './mayHoldSecret.js'
import { isPlain, namedFrom, type NamedFile } from './namedFiles.js'
import { plainSettings } from './settings.js'
import { withoutSecrets, type KnownSecret } from './withoutSecrets.js'

/** What compose files name, and does not start without. */
export interface NamedAlong {
  /** Compose files that are included or extended, without secrets. */
  readonly composeFiles: readonly Packed[]
  /** Files of variables that hold none. */
  readonly variableFiles: readonly Packed[]
  /** What is not in them, each with why. */
  readonly leftOut: readonly string[]
}

/**
 * Reads what compose files name under `include`, `extends` and `env_file`, and what those name in turn. A compose file is taken without
 * its secrets, a file of variables only where none of them may be one. `.env` is written by who uses the kit.
 */
export async function namedAlong(
  given: readonly Packed[],
  folder: string,
  secrets: readonly KnownSecret[],
  files: World['files'],
  signal: AbortSignal,
): Promise<NamedAlong> {
  const composeFiles: Packed[] = []
  const variableFiles: Packed[] = []
  const leftOut: string[] = []
  const seen = new Set(['.env', ...given.map(({ name }) => name)])
  const waiting = given.map((file) => ({ ...file, given: true }))
  for (let file = waiting.shift(); file; file = waiting.shift()) {
    for (const named of namedFrom(file, folder)) {
      signal.throwIfAborted()
      const { name, key } = named
      if (seen.has(name)) continue
      seen.add(name)
      const text = isPlain(name) ? await files.text(`${folder}/${name}`) : undefined
      if (text === undefined) {
        leftOut.push(`${name}: ${notThere(named, file.name)}`)
        continue
      }
      if (key === 'env_file') {
        const secret = mayHold(name, text, secrets)
        if (secret === undefined) variableFiles.push({ name, text })
        else leftOut.push(`${name}: it may hold a secret (${secret})`)
        continue
      }
      const clean = withoutSecrets(text, secrets)
      if (clean) {
        composeFiles.push({ name, text: clean.text })
        waiting.push({ name, text: clean.text, given: false })
        leftOut.push(...clean.leftOut.map((secret) => `${secret} of ${name}: a secret`))
      } else leftOut.push(`${name}: it holds a private key`)
    }
  }
  return { composeFiles, variableFiles, leftOut }
}

function notThere({ key, name }: NamedFile, by: string): string {
  const named = `it is named by ${key} of ${by}`
  return isPlain(name)
    ? `${named}, and cannot be read`
    : `${named}, and lies outside of the stack's folder, or under a name that is not known before`
}

/**
 * What may be a secret of a file of variables: a variable by its name or its value, what stands in a comment, and a line that is
 * none to Node and may be one to compose, which reads `NAME: value` as well.
 */
function mayHold(file: string, text: string, secrets: readonly KnownSecret[]): string | undefined {
  const names = Object.keys(parseEnv(text))
  const plain = plainSettings(text, names, secrets)
  const doubtful = names.find((name) => plain[name] === undefined)
  if (doubtful !== undefined) return doubtful
  const written = mayHoldSecret(file, text.replaceAll(/(^|\s)#[#\s]*/gm, '\n'), secrets)
  if (written !== undefined) return written
  const unread = text.split('\n').findIndex((line) => {
    const isNothing = line.trim() === '' || line.trimStart().startsWith('#')
    return !isNothing && Object.keys(parseEnv(line)).length === 0
  })
  return unread < 0 ? undefined : `line ${(unread + 1).toString()} is no NAME=value`
}

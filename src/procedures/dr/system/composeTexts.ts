import type { Kit } from '../../../domain/kit.js'
import type { SmallFile } from '../../../ports/recoveryFolder.js'
import { isPlain, namedFrom } from '../../kit/namedFiles.js'

/** What compose reads of a kit. */
export interface ComposeTexts {
  /** Of the compose files, those that are included or extended among them. */
  readonly texts: readonly string[]
  /** Files that these name and the kit does not hold, by their names from the folder. */
  readonly beside: readonly string[]
}

/** Follows what the compose files of a kit name from file to file. `folder` is absolute: the one that they will lie in. */
export function composeTexts(
  { composeFiles }: Pick<Kit, 'composeFiles'>,
  files: readonly SmallFile[],
  folder: string,
): ComposeTexts {
  const held = new Map(files.map(({ name, text }) => [name, text]))
  const texts: string[] = []
  const beside = new Set<string>()
  const seen = new Set(composeFiles)
  const waiting = composeFiles.map((name) => ({ name, given: true }))
  for (let at = waiting.shift(); at; at = waiting.shift()) {
    const text = held.get(at.name)
    if (text === undefined) continue
    texts.push(text)
    for (const { key, name } of namedFrom({ ...at, text }, folder)) {
      if (name === '.env' || seen.has(name)) continue
      seen.add(name)
      if (!held.has(name)) {
        if (isPlain(name)) beside.add(name)
      } else if (key !== 'env_file') waiting.push({ name, given: false })
    }
  }
  return { texts, beside: [...beside] }
}

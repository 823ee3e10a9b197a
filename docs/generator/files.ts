import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Absolute path of the repository. */
export const root = join(import.meta.dirname, '..', '..')

/** A file that is made, never edited: its path from the root, and what is in it. */
export interface Generated {
  readonly path: string
  readonly text: string
}

/** Files below a folder of the repository whose names have this ending, by their paths from the root, in order. */
export async function filesBelow(folder: string, ending: string): Promise<readonly string[]> {
  const names = await readdir(join(root, folder), { recursive: true })
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort()
}

/** The first line of every page that is made. */
export const madeBy = '<!-- Made by "npm run docs". Do not edit. -->\n'

/** A Markdown table. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The text between `<!-- begin NAME -->` and `<!-- end NAME -->` exchanged for another. */
export function withPart(page: string, name: string, part: string): string {
  const begin = `<!-- begin ${name} (made by "npm run docs") -->`
  const end = `<!-- end ${name} -->`
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to < from) throw new Error(`there is no part "${name}" in the page`)
  return `${page.slice(0, from)}${begin}\n${part}\n${page.slice(to)}`
}

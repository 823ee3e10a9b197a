import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesBelow, root } from '../../../docs/generator/files.js'

/** A page of the documentation. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

/** Every page, made or written. */
export async function allPages(): Promise<readonly Page[]> {
  const top = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  const paths = [...top, ...(await filesBelow('docs', '.md'))]
  return Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
  )
}

/** The page without its blocks of code. */
export function prose(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, '')
}

import { lstat, opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FactsOf } from '../../domain/declared/facts.js'
import { unseenPath } from './lookAtDisk.js'
import { hasWildcards, matchesWildcards } from './wildcards.js'

/** Any folders, or none. */
const anyFolders = '**'

/**
 * The newest of the files that a glob (an absolute path with `*`, `?` and `**`) matches. Only files count; links that lie
 * anywhere below its first wildcard are not followed, since they may lead out of the folder. Throws `PATH_UNSEEN` (environment) for a path
 * without wildcards that cannot be looked at.
 */
export async function newestFile(glob: string, signal: AbortSignal): Promise<FactsOf['freshness']> {
  const parts = glob.split('/').filter((part) => part !== '')
  const first = parts.findIndex(hasWildcards)
  if (first < 0) return theFile(glob)
  const search = new Search(signal)
  await search.below(`/${parts.slice(0, first).join('/')}`, partsOf(parts.slice(first)))
  const { found, newest, unseen } = search
  return { found, unseen, newest: newest === undefined ? null : new Date(newest).toISOString() }
}

/** The folder that a glob is looked for in, or the path that it is; whether anything below it is looked into. */
export function fixedPart(glob: string): { readonly path: string; readonly below: boolean } {
  const parts = glob.split('/').filter((part) => part !== '')
  const first = parts.findIndex(hasWildcards)
  if (first < 0) return { path: glob, below: false }
  return { path: `/${parts.slice(0, first).join('/')}`, below: true }
}

/** One that is named is meant, wherever it leads. */
async function theFile(path: string): Promise<FactsOf['freshness']> {
  try {
    const about = await stat(path)
    if (about.isFile()) return { found: 1, newest: about.mtime.toISOString(), unseen: 0 }
  } catch (error) {
    if (!isGone(error)) throw unseenPath(path, error)
  }
  return { found: 0, newest: null, unseen: 0 }
}

/** `**` twice is `**` once; at the end it is every file below. */
function partsOf(parts: readonly string[]): readonly string[] {
  const single = parts.filter((part, index) => part !== anyFolders || parts[index - 1] !== part)
  return single.at(-1) === anyFolders ? [...single, '*'] : single
}

class Search {
  found = 0
  /** Milliseconds since 1970. */
  newest: number | undefined
  unseen = 0

  constructor(private readonly signal: AbortSignal) {}

  async below(folder: string, parts: readonly string[]): Promise<void> {
    const [part = '', ...rest] = parts
    if (part === anyFolders) {
      await this.below(folder, rest)
      await this.#each(folder, async (name, isFolder) => {
        if (isFolder && !name.startsWith('.')) await this.below(join(folder, name), parts)
      })
      return
    }
    await this.#each(folder, async (name, isFolder, isFile) => {
      if (!matchesWildcards(name, part)) return
      const path = join(folder, name)
      if (rest.length > 0 && isFolder) await this.below(path, rest)
      if (rest.length === 0 && isFile) await this.#take(path)
    })
  }

  async #each(
    folder: string,
    visit: (name: string, isFolder: boolean, isFile: boolean) => Promise<void>,
  ): Promise<void> {
    try {
      for await (const entry of await opendir(folder)) {
        this.signal.throwIfAborted()
        await visit(entry.name, entry.isDirectory(), entry.isFile())
      }
    } catch (error) {
      this.signal.throwIfAborted()
      if (!(error instanceof Error) || !('syscall' in error)) throw error
      if (!isGone(error)) this.unseen += 1
    }
  }

  async #take(path: string): Promise<void> {
    try {
      const { mtimeMs } = await lstat(path)
      this.found += 1
      this.newest = Math.max(this.newest ?? mtimeMs, mtimeMs)
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }
}

/** It went while we looked, or was never there. */
function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR'
}

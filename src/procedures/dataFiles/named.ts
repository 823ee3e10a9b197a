import { backupFile, formOf } from '../../domain/backupFile.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import type { Choice } from '../restore/selection.js'
import type { Wanted } from '../restore/source.js'

/**
 * The copy of data files that was named, by its id or its path; nothing where anything else was. Throws
 * `DATA_FILES_UNKNOWN` (refused) for a copy that is not on the shelf: without its manifest it is not known what it is of.
 */
export async function namedCopy(
  wanted: Wanted,
  target: Target,
  world: Pick<World, 'shelf'>,
): Promise<ShelfEntry | undefined> {
  if (wanted.kind !== 'id' && wanted.kind !== 'file') return undefined
  const found = (await world.shelf(target).list()).find(({ manifest, path }) =>
    wanted.kind === 'id' ? manifest.id === wanted.id : path === wanted.path,
  )
  if (found) return formOf(found.manifest).content === 'dataFiles' ? found : undefined
  const name = wanted.kind === 'file' ? (wanted.path.split('/').at(-1) ?? '') : ''
  if (backupFile(name)?.form.content !== 'dataFiles') return undefined
  throw new Failure(
    'refused',
    'DATA_FILES_UNKNOWN',
    `${name} is a copy of data files that is not on the shelf of "${target.name}": without its manifest nothing says which server it is of`,
    ['ops backup list', `put it and its .json into ${world.shelf(target).folder}`],
  )
}

/** Data files come back as a whole. Throws `DATA_FILES_WHOLE` (usage) for a wish that only an archive can fulfil. */
export function requireWhole(
  { database, collection, into }: Choice,
  others: { readonly allowVersionMismatch: boolean },
): void {
  const flags = [
    ...(database === undefined ? [] : ['--database']),
    ...(collection === undefined ? [] : ['--collection']),
    ...(into === undefined ? [] : ['--into']),
    ...(others.allowVersionMismatch ? ['--allow-version-mismatch'] : []),
  ]
  if (flags.length === 0) return
  throw new Failure(
    'usage',
    'DATA_FILES_WHOLE',
    `${flags.join(', ')} cannot be had from a copy of the data files: it holds the server as a whole`,
    ['ops restore latest', 'ops backup list'],
  )
}

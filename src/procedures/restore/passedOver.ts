import type { Shelf } from '../../ports/shelf.js'
import type { Wanted } from './source.js'

/**
 * What stands in the way of `latest` being the latest: manifests that cannot be read, of backups that are newer by their
 * name than the one that was chosen. Nothing where one was named.
 */
export async function passedOver(
  wanted: Wanted,
  chosen: string,
  shelf: Pick<Shelf, 'catalog'>,
): Promise<readonly string[]> {
  if (wanted.kind !== 'latest') return []
  const { unreadable } = await shelf.catalog()
  return unreadable
    .filter(({ file }) => secondOf(file) > secondOf(chosen) && !file.endsWith('-safety.json'))
    .map(
      ({ file, reason }) =>
        `${file} is of a newer backup than ${chosen} and cannot be read (${reason}): what was written between the two is not restored`,
    )
}

/** The UTC second in the name of a backup, as text that sorts by time. */
function secondOf(name: string): string {
  return /-(\d{8}T\d{6}Z)(?:-\d+)?(?:-safety)?(?:\.json)?$/.exec(name)?.[1] ?? ''
}

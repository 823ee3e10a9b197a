import { join } from 'node:path'

/** Names of everything on a target's shelf. */
export interface Layout {
  readonly folder: string
  readonly quarantine: string
  readonly latest: string
  archive(id: string): string
  partial(id: string): string
  manifest(id: string): string
  checksum(id: string): string
}

const archiveEnding = '.archive.gz'

/** The names under `<shelf>/<target>`. */
export function layout(shelf: string, target: string): Layout {
  const folder = join(shelf, target)
  return {
    folder,
    quarantine: join(folder, '.quarantine'),
    latest: join(folder, `latest${archiveEnding}`),
    archive: (id) => join(folder, `${id}${archiveEnding}`),
    partial: (id) => join(folder, `${id}${archiveEnding}.partial`),
    manifest: (id) => join(folder, `${id}.json`),
    checksum: (id) => join(folder, `${id}.sha256`),
  }
}

/** The id in the name of an archive; nothing for any other name. */
export function idOfArchive(name: string): string | undefined {
  return name.endsWith(archiveEnding) ? name.slice(0, -archiveEnding.length) : undefined
}

/** The id in the name of a manifest; nothing for any other name. */
export function idOfManifest(name: string): string | undefined {
  return name.endsWith('.json') ? name.slice(0, -'.json'.length) : undefined
}

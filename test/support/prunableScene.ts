import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ops, placeFor, type Place } from './cli.js'
import { configureBackup } from './copiedPlace.js'
import { fillShelf } from './filledShelf.js'

/** A shelf with a trash and a place with copies, of each of which a part has to go. Pruning asks no server: there is none. */
export interface PrunableScene {
  readonly place: Place
  /** Where the copies are. */
  readonly usb: string
  readonly trash: string
  /** What is on the shelf and at the place: the newest first. */
  readonly ids: readonly string[]
  /** Of these the retention of the shelf keeps so many. */
  readonly kept: readonly string[]
  readonly going: readonly string[]
  /** And that of the place. */
  readonly keptCopies: readonly string[]
  /** In the trash, and their time is over. */
  readonly expired: readonly string[]
}

const day = 86_400_000
const keep = (last: number) =>
  `{keepWithin: 1s, last: ${last.toString()}, daily: 0, weekly: 0, monthly: 0, minGood: 1`

export async function prunableScene(): Promise<PrunableScene> {
  const place = await placeFor({ container: 'none', username: 'ops', password: 'x' })
  await configureBackup(place, [
    `retention: ${keep(2)}, trash: 7d}`,
    `copies: [{name: usb, type: directory, path: ./usb, requireMount: false, retention: ${keep(3)}}}]`,
  ])
  const changes = { collections: {} }
  const trash = join(place.shelf, '.trash')
  const newest = Date.now() - 40 * day
  const expired = await fillShelf(trash, 1, { changes, newest, kits: true })
  await rm(join(trash, 'RESTORE.md'))
  const removedAt = new Date(newest + 10 * day).toISOString()
  await writeFile(
    join(trash, `.removed-${removedAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z.json`),
    JSON.stringify({ schema: 1, removedAt, command: 'backup prune', ids: expired }),
  )
  const ids = await fillShelf(place.shelf, 4, { changes, kits: true })
  const { exitCode, stdout } = await ops(place, ['backup', 'copy', '--all', '--json'])
  if (exitCode !== 0) throw new Error(`the backups could not be copied: ${stdout}`)
  return {
    place,
    usb: join(place.folder, 'usb/medical'),
    trash,
    ids,
    kept: ids.slice(0, 2),
    going: ids.slice(2),
    keptCopies: ids.slice(0, 3),
    expired,
  }
}

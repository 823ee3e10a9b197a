import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanUp } from '../support/cleanUp.js'
import { ops, placeFor, type Place } from '../support/cli.js'
import {
  configureBackup,
  manifestsIn,
  namesIn,
  strangersIn,
  wholeInFolder,
} from '../support/copiedPlace.js'
import { endedWell } from '../support/endedWell.js'
import {
  chosen,
  eachVisit,
  fromOutside,
  passedBy,
  pointsIn,
  surelyHurtAt,
} from '../support/faultPoints.js'
import { fillShelf } from '../support/filledShelf.js'
import { nothingSecret } from '../support/invariants.js'
import { loadPatients, startMongoServer } from '../support/mongoServer.js'
import { remember, type Remembered } from '../support/remembered.js'

const clean = cleanUp()
afterAll(() => clean.all())

const usb = ({ folder }: Place) => join(folder, 'usb/medical')

async function withPlace(place: Place): Promise<Place> {
  clean.made(place, (made) => made.remove())
  await configureBackup(place, [
    'copies: [{name: usb, type: directory, path: ./usb, requireMount: false}]',
  ])
  return place
}

/** The backups on the shelf are whole, and so is whatever the place lists, and what a manifest calls copied. */
async function nothingPretended(place: Place, shelf: readonly string[]): Promise<void> {
  expect(await wholeInFolder(place.shelf)).toEqual(shelf)
  const copied = await wholeInFolder(usb(place))
  for (const [id, { trust, copies = [] }] of await manifestsIn(place.shelf)) {
    expect(trust, id).toBe('sound')
    if (copies.some(({ to, state }) => to === 'usb' && state === 'ok')) expect(copied).toContain(id)
  }
}

/** The place holds whole copies of all that is on the shelf, and nothing else. */
async function allCopied(place: Place): Promise<void> {
  expect(await wholeInFolder(usb(place))).toEqual(await wholeInFolder(place.shelf))
  expect(await strangersIn(usb(place))).toEqual([])
  expect([...(await namesIn(join(place.folder, 'usb')))].sort()).toEqual(['RESTORE.md', 'medical'])
}

describe('a backup that is brought to a place', () => {
  let place: Place
  let before: Remembered
  let ids: readonly string[]
  let copy: readonly string[]
  let passed: Awaited<ReturnType<typeof passedBy>>

  beforeAll(async () => {
    place = await withPlace(await placeFor({ container: 'none', username: 'ops', password: 'x' }))
    // Read and written in pieces of 1 MiB.
    ids = await fillShelf(place.shelf, 2, { content: randomBytes(2_500_000), kits: true })
    before = clean.made(await remember(place.folder), (made) => made.forget())
    copy = ['backup', 'copy', ids[0] ?? '', '--json']
    passed = await passedBy(place, copy)
  }, 60_000)

  test('passes a point for the folder, the file, its checksum, its kit, the guides and both manifests', () => {
    const renamed = passed.flatMap(({ point, where }) =>
      point.startsWith('rename') ? [where.slice(place.folder.length + 1)] : [],
    )
    const [id = ''] = ids
    expect(renamed).toEqual([
      ...['archive.gz', 'sha256', 'kit.tar'].map((ending) => `usb/medical/${id}.${ending}`),
      'usb/medical/RESTORE.md',
      'usb/RESTORE.md',
      `usb/medical/${id}.json`,
      `shelf/medical/${id}.json`,
    ])
    expect(passed.filter(({ point }) => point.startsWith('folder'))).toHaveLength(2)
  })

  test('whatever fails, and wherever it is killed: what the place lists is whole, and the next run completes it', async () => {
    const broken = await eachVisit(
      pointsIn(passed),
      chosen(passed, [
        ['rename', /usb\/medical\/[^/]*\.archive\.gz$/, 'kill9'],
        ['open', /usb\/medical\/[^/]*\.json\.[^/]*$/, 'ENOSPC'],
        ['rename', /shelf\/medical\/[^/]*\.json$/, 'EIO'],
      ]),
      async (point, hurt) => {
        await before.bringBack()
        const ended = await surelyHurtAt(place, copy, point, hurt)
        nothingSecret(ended)
        await endedWell(ended, { place, point, hurt }, [0, 1, 3, 13, 14])
        await nothingPretended(place, [...ids].sort())
        // What says that it copied has copied.
        if (ended.exitCode === 0) expect(await wholeInFolder(usb(place))).toEqual([ids[0]])

        const next = await ops(place, ['backup', 'copy', '--all', '--verify', '--json'])
        expect(next.exitCode, next.stdout + next.stderr).toBe(0)
        await allCopied(place)
        await nothingPretended(place, [...ids].sort())
      },
      fromOutside,
    )
    expect(broken).toEqual([])
  }, 3_600_000)
})

describe('a backup that is copied as soon as it is taken', () => {
  const backup = ['backup', '--json', '--engine', 'host']
  let place: Place
  let before: Remembered
  let passed: Awaited<ReturnType<typeof passedBy>>

  beforeAll(async () => {
    const server = clean.made(await startMongoServer(), (made) => made.remove())
    await loadPatients(server.client, 200)
    place = await withPlace(await placeFor(server))
    expect((await ops(place, backup)).exitCode).toBe(0)
    before = clean.made(await remember(place.folder), (made) => made.forget())
    const all = await passedBy(place, backup)
    const copying = all.findIndex(({ where }) => where === 'Copy it to usb')
    expect(copying).toBeGreaterThan(0)
    passed = all.slice(copying)
  }, 60_000)

  test('whatever fails, and wherever it is killed: the backup is good, and the next run copies it', async () => {
    const broken = await eachVisit(
      pointsIn(passed),
      chosen(passed, [
        ['open', /usb\/medical\/[^/]*\.kit\.tar/, 'kill9'],
        ['rename', /usb\/medical\/[^/]*\.json$/, 'EIO'],
      ]),
      async (point, hurt) => {
        await before.bringBack()
        const ended = await surelyHurtAt(place, backup, point, hurt)
        nothingSecret(ended)
        await endedWell(ended, { place, point, hurt }, [0, 3])
        const after = [...(await manifestsIn(place.shelf)).keys()].sort()
        expect(after).toHaveLength(2)
        await nothingPretended(place, after)

        const next = await ops(place, backup)
        expect(next.exitCode, next.stdout + next.stderr).toBe(0)
        const all = await ops(place, ['backup', 'copy', '--all', '--verify', '--json'])
        expect(all.exitCode, all.stdout + all.stderr).toBe(0)
        expect(await namesIn(usb(place))).toHaveLength(3 * 4 + 1)
        await allCopied(place)
        expect(await strangersIn(place.shelf)).toEqual([])
      },
      fromOutside,
    )
    expect(broken).toEqual([])
  }, 3_600_000)
})

import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folderShelf } from '../../src/adapters/shelf/shelf.js'
import type { Receipt } from '../../src/domain/receipt.js'
import { cleanUp } from '../support/cleanUp.js'
import { ops, type Ended } from '../support/cli.js'
import { manifestsIn, namesIn, strangersIn, wholeInFolder } from '../support/copiedPlace.js'
import { endedWell } from '../support/endedWell.js'
import {
  chosen,
  eachVisit,
  fromOutside,
  passedBy,
  pointsIn,
  surelyHurtAt,
  type Hurt,
} from '../support/faultPoints.js'
import { nothingSecret } from '../support/invariants.js'
import { prunableScene, type PrunableScene } from '../support/prunableScene.js'
import { remember, type Remembered } from '../support/remembered.js'

const clean = cleanUp()
const accepted = ['--accept', 'many,clock']
const prune = ['backup', 'prune', '--confirm', 'medical', ...accepted, '--json']
let scene: PrunableScene
let before: Remembered

beforeAll(async () => {
  scene = await prunableScene()
  clean.made(scene.place, (made) => made.remove())
  before = clean.made(await remember(scene.place.folder), (made) => made.forget())
}, 60_000)
afterAll(() => clean.all())

const sorted = (ids: readonly string[]) => [...ids].sort()

/** What `backup list` reads is there, byte for byte; what the retention keeps is listed; of what goes nothing is lost. */
async function nothingLost(): Promise<void> {
  const { place, ids, kept, keptCopies, usb, trash } = scene
  const { entries, unreadable } = await folderShelf(dirname(place.shelf), 'medical').catalog()
  expect(unreadable).toEqual([])
  expect(entries.map(({ present }) => present)).not.toContain(false)
  const whole = await wholeInFolder(place.shelf)
  expect(sorted(entries.map(({ manifest }) => manifest.id))).toEqual(whole)
  expect(whole).toEqual(expect.arrayContaining([...kept]))
  const files = [...(await namesIn(place.shelf)), ...(await namesIn(trash))]
  for (const id of ids)
    for (const ending of ['archive.gz', 'json', 'sha256', 'kit.tar'])
      expect(files).toContain(`${id}.${ending}`)
  expect(await wholeInFolder(usb)).toEqual(expect.arrayContaining([...keptCopies]))
}

/** Everything is where the retention wants it, and nothing else is left. */
async function pruned(): Promise<void> {
  const { place, ids, kept, going, expired, keptCopies, usb, trash } = scene
  expect(await wholeInFolder(place.shelf)).toEqual(sorted(kept))
  expect(await wholeInFolder(trash)).toEqual(sorted(going))
  expect(await wholeInFolder(usb)).toEqual(sorted(keptCopies))
  // The lock of a killed run is taken over by the next that has something to do.
  const onShelf = (await strangersIn(place.shelf)).filter((name) => name !== '.lock')
  expect([onShelf, await strangersIn(trash), await strangersIn(usb)]).toEqual([[], [], []])
  expect((await namesIn(trash)).filter((name) => name.includes(expired[0] ?? ''))).toEqual([])
  expect(await namesIn(join(place.shelf, '.quarantine'))).toEqual([])
  // No manifest claims a copy that is gone.
  const manifests = new Map([...(await manifestsIn(place.shelf)), ...(await manifestsIn(trash))])
  for (const id of ids)
    expect(manifests.get(id)?.copies, id).toMatchObject([
      { to: 'usb', state: keptCopies.includes(id) ? 'ok' : 'removed' },
    ])
}

/** Where not all was done, it is as before or the way back is told. */
async function wayBackTold({ exitCode, stdout, stderr }: Ended, hurt: Hurt): Promise<void> {
  if (hurt === 'kill9' || exitCode === 0 || exitCode === 3) return
  const isBefore = (await wholeInFolder(scene.place.shelf)).length === scene.ids.length
  if (!isBefore) expect(stdout + stderr).toContain('ops undo')
}

/** The records of what was moved to the trash. */
async function receipts(): Promise<readonly string[]> {
  const folder = join(scene.place.state, 'receipts')
  const ids: string[] = []
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.json')) continue
    const text = await readFile(join(folder, name), 'utf8')
    const { id, shelf } = JSON.parse(text) as Receipt
    if ((shelf?.removed.length ?? 0) > 0) ids.push(id)
  }
  return ids
}

describe('a prune of the shelf, of its trash and of a place', () => {
  test('passes a point for each backup that goes, for the note of it, and for what is deleted', async () => {
    const { place, going, ids, expired } = scene
    await before.bringBack()
    const did = (await passedBy(place, prune)).map(
      ({ point, where }) => `${point.replace(/#.*/, '')} ${where}`,
    )
    for (const id of going)
      expect(did).toContain(`rename ${join(place.shelf, '.trash', `${id}.archive.gz`)}`)
    expect(did).toContain(`remove ${join(place.shelf, '.trash', `${expired[0] ?? ''}.archive.gz`)}`)
    expect(did).toContain(`remove ${join(scene.usb, `${ids[3] ?? ''}.archive.gz`)}`)
    expect(did).toContain(`rename ${join(scene.usb, `${ids[3] ?? ''}.removing`)}`)
    await pruned()
  })

  test('whatever fails, and wherever it is killed: nothing is lost, the next run ends it, undo brings it back', async () => {
    await before.bringBack()
    const passed = await passedBy(scene.place, prune)
    const visit = async (point: string, hurt: Hurt) => {
      const { place, ids } = scene
      await before.bringBack()
      const ended = await surelyHurtAt(place, prune, point, hurt)
      nothingSecret(ended)
      await endedWell(ended, { place, point, hurt }, [0, 1, 3, 13, 14])
      await wayBackTold(ended, hurt)
      await nothingLost()

      const next = await ops(place, prune)
      expect(next.exitCode, next.stdout + next.stderr).toBe(0)
      await pruned()
      for (const receipt of await receipts()) {
        if ((await wholeInFolder(place.shelf)).length < ids.length)
          await ops(place, ['undo', receipt, '--json'])
      }
      expect(await wholeInFolder(place.shelf)).toEqual(sorted(ids))
      expect(await strangersIn(place.shelf)).toEqual([])
    }
    const [expired = ''] = scene.expired
    const short = chosen(passed, [
      ['open', /shelf\/medical\/\.lock\./, 'kill9'],
      ['rename', /\.trash\/[^/]*\.archive\.gz$/, 'kill9'],
      ['rename', /\.trash\/[^/]*\.kit\.tar$/, 'EIO'],
      ['remove', new RegExp(`\\.trash/${expired}\\.archive\\.gz$`), 'kill9'],
      ['open', /usb\/medical\/[^/]*\.removing/, 'ENOSPC'],
      ['remove', /usb\/medical\/[^/]*\.archive\.gz$/, 'kill9'],
    ])
    expect(await eachVisit(pointsIn(passed), short, visit, fromOutside)).toEqual([])
  }, 3_600_000)
})

describe('an undo of a prune', () => {
  test('whatever fails, and wherever it is killed: nothing is lost, and the next undo brings all of it back', async () => {
    const { place, ids } = scene
    await before.bringBack()
    expect((await ops(place, prune)).exitCode).toBe(0)
    const after = clean.made(await remember(place.folder), (made) => made.forget())
    const [receipt = ''] = await receipts()
    const undo = ['undo', receipt, '--json']
    const passed = await passedBy(place, undo)
    const visit = async (point: string, hurt: Hurt) => {
      await after.bringBack()
      const ended = await surelyHurtAt(place, undo, point, hurt)
      nothingSecret(ended)
      if (hurt === 'kill9') expect(ended.exitCode).toBe(137)
      else {
        expect([0, 1, 3, 13, 14], ended.stdout).toContain(ended.exitCode)
        expect(ended.stdout).not.toContain('"code":"BUG"')
      }
      await nothingLost()
      const isBack = (await wholeInFolder(place.shelf)).length === ids.length
      if (ended.exitCode === 0) expect(isBack).toBe(true)

      if (!isBack) {
        const next = await ops(place, undo)
        expect(next.exitCode, next.stdout + next.stderr).toBe(0)
        expect(await strangersIn(place.shelf)).toEqual([])
      }
      expect(await wholeInFolder(place.shelf)).toEqual(sorted(ids))
    }
    const short = chosen(passed, [
      ['rename', /shelf\/medical\/[^/]*\.json$/, 'kill9'],
      ['rename', /shelf\/medical\/[^/]*\.sha256$/, 'EIO'],
    ])
    expect(await eachVisit(pointsIn(passed), short, visit, fromOutside)).toEqual([])
  }, 3_600_000)
})

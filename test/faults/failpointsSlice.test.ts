import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folderSlices } from '../../src/adapters/slices/slices.js'
import { continues } from '../../src/domain/oplog/slice.js'
import { cleanUp } from '../support/cleanUp.js'
import { ops, placeFor, type Place } from '../support/cli.js'
import { eachVisit, hurtAt, pointsOf } from '../support/faultPoints.js'
import { nothingSecret } from '../support/invariants.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'

const clean = cleanUp()
const slice = ['pitr', 'slice', '--json']
let server: MongoServer
let place: Place

beforeAll(async () => {
  server = clean.made(await startMongoServer(), (made) => made.remove())
  await loadPatients(server.client, 50)
  place = clean.made(await placeFor(server), (made) => made.remove())
  expect((await ops(place, ['pitr', 'slice', '--base'])).exitCode).toBe(0)
}, 120_000)
afterAll(() => clean.all())

const write = () => server.client.db('medical_records').collection('visits').insertOne({})

/** What is listed is there, byte for byte, one slice continuing the other, on one timeline. */
async function listedIsWhole(): Promise<number> {
  const { slices, gaps, unreadable } = await folderSlices(
    join(place.folder, 'shelf'),
    'medical',
  ).holdings()
  expect([gaps, unreadable]).toEqual([[], []])
  for (const [at, { manifest, present }] of slices.entries()) {
    expect([present, manifest.timeline]).toEqual([true, 1])
    const bytes = await readFile(join(place.shelf, 'oplog', manifest.file))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(manifest.sha256)
    const before = slices[at - 1]?.manifest
    if (before) expect(continues(manifest, before)).toBe(true)
  }
  return slices.length
}

test('whatever happens while a slice is written, half a slice is never listed, and the next run goes on', async () => {
  await write()
  // The first slice also ties the base to the timeline.
  expect((await ops(place, slice)).exitCode).toBe(0)
  await write()
  const points = (await pointsOf(place, slice)).filter((point) => !point.startsWith('step'))
  expect(points.length).toBeGreaterThan(8)
  const broken = await eachVisit(
    points,
    6,
    async (point, hurt) => {
      await write()
      const ended = await hurtAt(place, slice, point, hurt)
      if (hurt === 'kill9') expect(ended.exitCode).toBe(137)
      else expect(ended.stdout).not.toContain('"code":"BUG"')
      nothingSecret(ended)
      const before = await listedIsWhole()
      await write()
      const next = await ops(place, slice)
      expect(next.exitCode, next.stdout).toBe(0)
      expect(await listedIsWhole()).toBe(before + 1)
      const names = await readdir(join(place.shelf, 'oplog'))
      expect(names.filter((name) => name.endsWith('.partial'))).toEqual([])
    },
    ['kill9', 'ENOSPC', 'ESTALE', 'EROFS'],
  )
  expect(broken).toEqual([])
})

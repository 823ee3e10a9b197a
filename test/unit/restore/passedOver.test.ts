import { expect, test } from 'vitest'
import { restore } from '../../../src/procedures/restore/restore.js'
import { follow } from '../../../src/cli/follow.js'
import { fakeDoor } from '../cli/door.js'
import { disaster, request } from './scene.js'

const folder = '/backups/medical'
const newer = { file: `${folder}/medical-20990101T000000Z.json`, reason: 'it is no JSON' }

test('the latest is restored, and a newer one whose manifest cannot be read is named before', async () => {
  const scene = await disaster()
  scene.shelf.broken.push(
    newer,
    { ...newer, file: `${folder}/medical-20200101T000000Z.json` },
    { ...newer, file: `${folder}/medical-20990101T000000Z-safety.json` },
  )
  const { door } = fakeDoor()
  const flags = { 'dry-run': true }
  await follow(restore, request, scene.world, flags, door)
  expect(door.warnings).toEqual([expect.stringContaining(newer.file)])
  expect(door.warnings[0]).toContain('it is no JSON')
})

test('nothing is said of it where a backup was named', async () => {
  const scene = await disaster()
  scene.shelf.broken.push(newer)
  const [entry] = await scene.shelf.list()
  const wanted = { kind: 'id', id: entry?.manifest.id ?? '' } as const
  const plan = await restore.plan({ ...request, wanted }, scene.world)
  expect(plan.warnings).toEqual([])
})

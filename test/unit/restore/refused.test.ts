import { describe, expect, test } from 'vitest'
import { medical } from '../../fakes/world.js'
import { disaster, restored, type Scene } from './scene.js'

describe('a restore that is refused', () => {
  const untouched = (scene: Scene) => {
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
    expect(scene.server.log).toEqual([])
  }

  test('a damaged backup is found before the database is touched, and marked', async () => {
    const scene = await disaster()
    const [path = ''] = [...scene.shelf.files.keys()]
    const bytes = scene.shelf.files.get(path) ?? Buffer.alloc(0)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    await expect(restored(scene)).rejects.toMatchObject({ exitCode: 12 })
    expect([...scene.shelf.manifests.values()].map(({ trust }) => trust)).toEqual(['damaged'])
    untouched(scene)
  })

  test('with no good backup left it says so', async () => {
    const scene = await disaster()
    await scene.shelf.judge('medical-20261121T130204Z', 'damaged', new Date(0), 'test')
    await expect(restored(scene)).rejects.toMatchObject({ code: 'NO_SOUND_BACKUP', exitCode: 12 })
    untouched(scene)
  })

  test('a manifest that belongs to other bytes is found', async () => {
    const scene = await disaster()
    const [id = ''] = [...scene.shelf.manifests.keys()]
    const manifest = scene.shelf.manifests.get(id)
    if (manifest) scene.shelf.manifests.set(id, { ...manifest, sha256: '0'.repeat(64) })
    await expect(restored(scene)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH', exitCode: 12 })
    untouched(scene)
  })

  test.each([
    [
      'NO_BACKUP',
      10,
      async (scene: Scene) => {
        scene.shelf.manifests.clear()
        return restored(scene)
      },
    ],
    [
      'BACKUP_NOT_FOUND',
      10,
      (scene: Scene) => restored(scene, { wanted: { kind: 'id', id: 'medical-20200101T000000Z' } }),
    ],
    [
      'BACKUP_ID_INVALID',
      2,
      (scene: Scene) => restored(scene, { wanted: { kind: 'id', id: '../../etc/passwd' } }),
    ],
    [
      'DATABASE_NOT_IN_BACKUP',
      10,
      (scene: Scene) => restored(scene, { choice: { database: 'nowhere' } }),
    ],
    [
      'COLLECTION_NOT_IN_BACKUP',
      10,
      (scene: Scene) => restored(scene, { choice: { collection: 'nothing' } }),
    ],
    [
      'COLLECTION_AMBIGUOUS',
      2,
      (scene: Scene) =>
        restored(scene, {
          target: { ...medical, databases: [] },
          choice: { collection: 'things' },
        }),
    ],
    [
      'INTO_AMBIGUOUS',
      2,
      (scene: Scene) =>
        restored(scene, { target: { ...medical, databases: [] }, choice: { into: 'copy' } }),
    ],
    ['INTO_INVALID', 2, (scene: Scene) => restored(scene, { choice: { into: '$(rm)' } })],
    ['INTO_INVALID', 2, (scene: Scene) => restored(scene, { choice: { into: 'admin' } })],
    ['INTO_EXISTS', 6, (scene: Scene) => restored(scene, { choice: { into: 'other' } })],
    [
      'VERSION_MISMATCH',
      6,
      (scene: Scene) => {
        scene.server.facts = { ...scene.server.facts, version: '7.0.1' }
        return restored(scene)
      },
    ],
    [
      'NOT_PRIMARY',
      13,
      (scene: Scene) => {
        scene.server.facts = { ...scene.server.facts, primary: false }
        return restored(scene)
      },
    ],
  ])('%s exits %i', async (code, exitCode, attempt) => {
    const scene = await disaster()
    await expect(attempt(scene)).rejects.toMatchObject({ code, exitCode })
    untouched(scene)
  })
})

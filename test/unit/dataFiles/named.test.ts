import { describe, expect, test } from 'vitest'
import { namedCopy, requireWhole } from '../../../src/procedures/dataFiles/named.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { compression, medical } from '../../fakes/world.js'
import { withCopy } from './scene.js'

describe('which restore a backup is for', () => {
  test('mongorestore refuses a copy of data files, and names the way', async () => {
    const scene = await withCopy()
    const plan = restore.plan(
      {
        target: medical,
        wanted: { kind: 'id', id: scene.id },
        choice: {},
        safetyBackup: true,
        allowVersionMismatch: false,
        compression,
      },
      scene.world,
    )
    await expect(plan).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE', exitCode: 6 })
  })

  test('a copy is found by its id and by its path; latest is none', async () => {
    const { world, id, entry } = await withCopy()
    expect((await namedCopy({ kind: 'id', id }, medical, world))?.path).toBe(entry.path)
    const byPath = await namedCopy({ kind: 'file', path: entry.path }, medical, world)
    expect(byPath?.manifest.id).toBe(id)
    expect(await namedCopy({ kind: 'latest' }, medical, world)).toBeUndefined()
  })

  test('a copy without its manifest is refused', async () => {
    const { world } = await withCopy()
    const path = '/mnt/usb/medical-20260101T000000Z.datafiles.tar.gz'
    await expect(namedCopy({ kind: 'file', path }, medical, world)).rejects.toMatchObject({
      code: 'DATA_FILES_UNKNOWN',
      exitCode: 6,
    })
  })

  test('a part of a copy cannot be had', () => {
    expect(() => {
      requireWhole({ database: 'medical_records' }, { allowVersionMismatch: false })
    }).toThrow(expect.objectContaining({ code: 'DATA_FILES_WHOLE', exitCode: 2 }))
  })
})

import { expect, test } from 'vitest'
import { diagnose } from '../../../src/checks/doctor/doctor.js'
import { manifestFor } from '../../fakes/manifest.js'
import { scene } from './patient.js'

test('a copy of the data files hides no archives that stopped; without archives it counts', async () => {
  const { patientWith, shelf } = scene()
  const [manifest] = shelf.manifests.values()
  if (!manifest) throw new Error('the scene has a backup')
  const id = 'medical-20261121T120000Z'
  const copy = manifestFor(id, Buffer.from('files'), {
    takenAt: '2026-11-21T12:00:00.000Z',
    content: 'dataFiles',
    file: `${id}.datafiles.tar.gz`,
  })
  shelf.manifests.set(id, copy)
  shelf.files.set(`/shelf/medical/${copy.file}`, Buffer.from('files'))
  const newest = async () =>
    (await diagnose(patientWith(), new AbortController().signal)).checks.find(
      (one) => one.id === 'medical.backup',
    )?.says
  expect(await newest()).toContain('11 h')
  shelf.manifests.delete(manifest.id)
  expect(await newest()).toContain('62 min')
})

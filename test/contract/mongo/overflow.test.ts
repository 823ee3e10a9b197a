import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { takeSlices } from '../../../src/procedures/oplog/takeSlices.js'
import { carriedOut } from '../../fakes/world.js'
import { loadPatients, startMongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

const compression = { level: 1, workers: 2, blockBytes: 4 * 1024 * 1024 }

test(
  'entries that left a small oplog are a gap, and a new base begins a new timeline',
  { timeout: 300_000 },
  async () => {
    // What a server would need after a crash stays until its next checkpoint, however small its oplog: one every 2 s.
    const server = await startMongoServer({ more: ['--oplogSize=990', '--syncdelay=2'] })
    const folder = await mkdtemp(join(tmpdir(), 'ops-overflow-'))
    try {
      const world = realWorld(folder)
      const target = server.target()
      await loadPatients(server.client, 50)
      const base = async () =>
        carriedOut(await takeBackup.plan({ target, compression, safety: false }, world), world)
      const slice = () =>
        takeSlices({ target, compression, command: 'pitr slice' }, world, {
          signal: new AbortController().signal,
          warn: () => undefined,
        })
      await base()
      const patients = server.client.db('medical_records').collection('healthcare_data')
      await patients.insertOne({ first: true })
      const { slices } = await slice()
      expect(slices).toMatchObject([{ timeline: 1 }])
      const end = slices[0]?.end.at.seconds ?? 0

      const large = server.client.db('other').collection('large')
      const oldest = async () => {
        const session = await world.mongo.connect(target)
        const window = await session.oplog.window()
        await session.close()
        return window?.oldest.seconds ?? 0
      }
      // The server drops its oldest entries by the lot: the first lot need not hold the last one that a slice has.
      for (let at = 0; at < 200 && (await oldest()) <= end; at++) {
        await large.insertOne({ _id: at as never, text: 'x'.repeat(15_000_000) })
        if (at > 0) await large.deleteOne({ _id: (at - 1) as never })
      }
      expect(await oldest()).toBeGreaterThan(end)
      const gone = await slice()
      expect(gone).toMatchObject({ gap: { timeline: 1, reason: 'overflow' }, slices: [] })
      await base()
      await patients.insertOne({ second: true })
      expect((await slice()).slices).toMatchObject([{ timeline: 2 }])
    } finally {
      await rm(folder, { recursive: true, force: true })
      await server.remove()
    }
  },
)

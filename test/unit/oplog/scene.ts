import { gunzipSync } from 'node:zlib'
import { manifestFor } from '../../fakes/manifest.js'
import type { FakeEntry } from '../../fakes/oplog.js'
import { compression, fakeWorld, medical } from '../../fakes/world.js'
import { noKeys } from '../../fakes/keys.js'
import { takeSlices, type TakenSlices } from '../../../src/procedures/oplog/takeSlices.js'

/** A world whose server has an oplog, and whose shelf gets bases of it. */
export function sliceScene(keys = noKeys) {
  const all = fakeWorld(keys)
  const { shelf, server, world } = all
  const { oplog } = server
  let bases = 0
  const warnings: string[] = []
  return {
    ...all,
    oplog,
    warnings,
    /** Puts a backup of the whole instance on the shelf that ends with this entry. */
    base: (last: FakeEntry, takenAt = '2026-11-21T13:00:00.000Z'): string => {
      bases += 1
      const id = `medical-20261121T13000${bases.toString()}Z`
      const bytes = Buffer.from(id)
      shelf.files.set(`${shelf.folder}/${id}.archive.gz`, bytes)
      shelf.manifests.set(
        id,
        manifestFor(id, bytes, {
          takenAt,
          consistentAt: new Date(last.point.at.seconds * 1000).toISOString(),
          oplog: {
            first: last.point.at,
            last: last.point.at,
            lastEntry: last.point.sha256,
            entries: 1,
            bytes: 1,
            writes: {},
          },
        }),
      )
      return id
    },
    slice: (sliceBytes?: number): Promise<TakenSlices> =>
      takeSlices(
        {
          target: medical,
          compression,
          command: 'pitr slice',
          ...(sliceBytes === undefined ? {} : { sliceBytes }),
        },
        world,
        { signal: new AbortController().signal, warn: (text) => warnings.push(text) },
      ),
    /** What all slices hold, in order. */
    stored: (): Buffer =>
      Buffer.concat(
        all.slices.manifests.map(({ file }) => gunzipSync(all.slices.files.get(file) ?? '')),
      ),
  }
}

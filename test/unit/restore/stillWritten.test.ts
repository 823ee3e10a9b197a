import { describe, expect, test } from 'vitest'
import type { Document } from 'bson'
import { restore } from '../../../src/procedures/restore/restore.js'
import { carriedOut, medical } from '../../fakes/world.js'
import { disaster, request } from './scene.js'

/** Does something to the documents of a collection while the safety backup is taken. */
async function during(change: (documents: Document[]) => Document[]) {
  const scene = await disaster()
  const { tools, because } = await scene.server.tools().choose(medical)
  const busy: typeof tools = {
    ...tools,
    dump: async (...given) => {
      const run = await tools.dump(...given)
      const found = scene.server.databases.get('medical_records')?.get('healthcare_data')
      if (found) found.documents = change(found.documents)
      return run
    },
  }
  const world = {
    ...scene.world,
    tools: { choose: () => Promise.resolve({ tools: busy, because }) },
  }
  const plan = await restore.plan(request, world)
  return { ...scene, run: carriedOut(plan, world) }
}

describe('a restore while something still writes', () => {
  test('is refused before the first drop, and the writers that were stopped run again', async () => {
    const { run, server, stack } = await during((documents) => [...documents, { _id: 'new' }])
    await expect(run).rejects.toMatchObject({
      code: 'STILL_WRITTEN',
      exitCode: 6,
      message: expect.stringContaining(
        'medical_records.healthcare_data (1 documents more)',
      ) as string,
      next: expect.arrayContaining([
        expect.stringContaining('targets.medical.writers'),
      ]) as string[],
    })
    expect(server.log.filter((line) => /^(drop|restore)/.test(line))).toEqual([])
    expect(stack.log).toEqual(['stop api', 'start api'])
  })

  test('goes on where documents only expire', async () => {
    const { run, server, good } = await during((documents) => documents.slice(1))
    await run
    expect(server.state()['medical_records']).toEqual(good)
  })
})

import { serialize } from 'bson'
import { expect, test } from 'vitest'
import { Refusals } from '../../../../src/archive/oplog/refusals.js'
import { refused, refusedEntries } from './refused.js'
import {
  at,
  base,
  command,
  entry,
  insert,
  meeting,
  part,
  patients,
  said,
  spliced,
} from './scene.js'

/** Refused because of what the base holds, or lacks: nobody can say so without it. */
const ofTheBase = ['the renaming of what is not known', 'the end of a transaction']
test.each(refusedEntries)('%s: so says who takes slices', async (name, fields) => {
  const recorded = entry(11, { ...fields })
  const refusals = new Refusals()
  refusals.take(Buffer.from(serialize(recorded)), at(11))
  const failure = await refused([meeting, recorded], at(12))
  const found = refusals.found()
  if (ofTheBase.includes(name)) {
    expect(found).toEqual([])
    return
  }
  expect(found).toMatchObject([{ at: at(11) }])
  expect(failure.message).toContain(found[0]?.what)
})

test('but not what the base begins with, which was there before anything was dumped', async () => {
  const own = [entry(5, command({ importCollection: 'a' }))]
  const { replayed } = await spliced(base([patients], own), [
    meeting,
    entry(11, insert('patients', { _id: 7 })),
  ])
  expect(said(replayed)).toEqual([insert('patients', { _id: 7 })])
})

test('unless it is of a transaction that was open then', async () => {
  const own = [part(5, [command({ importCollection: 'a' })], { partialTxn: true })]
  const failure = await refused([meeting], at(11), base([patients], own))
  expect(failure.code).toBe('SPLICE_CANNOT_REPLAY')
})

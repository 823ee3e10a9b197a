import { serialize } from 'bson'
import { expect, test } from 'vitest'
import { idOf } from '../../../src/archive/documentId.js'
import { hashOf } from '../../../src/procedures/dr/putBack.js'
import { PlayingBack } from '../../../src/procedures/replay/playBack.js'
import { provePlayed } from '../../../src/procedures/replay/provePlayed.js'
import { keyIn } from '../../../src/procedures/replay/readWrites.js'
import type { PlannedChange } from '../../../src/procedures/replay/simulate.js'
import type { DocumentChange } from '../../../src/ports/documents.js'
import type { ListedDocument } from '../../../src/ports/putBackLists.js'
import { medical } from '../../fakes/world.js'
import { insert, remove, set, visits, writtenSince } from './scene.js'

const { signal } = new AbortController()
const done = () => Promise.resolve()
const nowhere = { about: done, butNot: done, close: done }

function planned(_id: number, before?: object, after?: object): PlannedChange {
  const [was, is] = [before, after].map((one) => one && Buffer.from(serialize({ _id, ...one })))
  const id = idOf(serialize({ _id }))
  const key = keyIn(visits, id)
  return {
    ...{ namespace: visits, key, id, tie: key, writes: 1 },
    ...(was ? { before: was } : {}),
    ...(is ? { after: is } : {}),
  }
}

test('what is sent in one go is bounded, deletes of large documents too', async () => {
  const changes = Array.from({ length: 9 }, (_, at) => ({
    ...planned(at),
    before: Buffer.alloc(1024 * 1024),
  }))
  const sent: number[] = []
  const change = (some: readonly unknown[]) => {
    sent.push(some.length)
    return Promise.resolve(undefined)
  }
  await new PlayingBack({ change }, nowhere, signal).play(changes)
  expect(sent).toEqual([4, 4, 1])
})

test('what is about to be changed is on the list first, with the number of its writes', async () => {
  const listed: (readonly ListedDocument[])[] = []
  const about = ({ documents }: { readonly documents: readonly ListedDocument[] }) => {
    listed.push(documents)
    return Promise.resolve()
  }
  const change = () => {
    expect(listed).toHaveLength(1)
    return Promise.resolve(undefined)
  }
  const playing = new PlayingBack({ change }, { ...nowhere, about }, signal)
  await playing.play([{ ...planned(1, { a: 1 }, { a: 2 }), writes: 7 }])
  expect(listed[0]?.[0]).toMatchObject({ writes: 7, sha256: playing.done[0]?.sum })
})

test('one that another is in the way of is tried again when that one was changed, and shown where it stays so', async () => {
  const numbers = new Map([[1, 1]])
  const idIn = ({ id }: DocumentChange) => Buffer.from(id).readInt32LE(9)
  // Each wants the number that is one above its own; 8 wants one that stays taken.
  const change = (some: readonly DocumentChange[]) => {
    const isFree = some.every((one) => idIn(one) < 8 && !numbers.has(idIn(one) + 1))
    if (some.length > 1 || !isFree) return Promise.resolve('unique index' as const)
    for (const one of some) {
      numbers.delete(idIn(one))
      numbers.set(idIn(one) + 1, 1)
    }
    return Promise.resolve(undefined)
  }
  for (const number of [2, 3, 4]) numbers.set(number, 1)
  const playing = new PlayingBack({ change }, nowhere, signal)
  await playing.play([1, 2, 3, 4, 8].map((id) => planned(id, { a: 1 }, { a: 2 })))
  await playing.end()
  expect(playing.done).toHaveLength(4)
  expect(playing.refused[0]?.conflicts).toEqual([
    { because: 'another document has what is unique in an index', count: 1, ids: ['8'] },
  ])
})

test('a document that is not what it should be is one that somebody wrote to since, or no proof', async () => {
  const { server, world } = await writtenSince([])
  const session = await server.connect()
  const since = await session.lastOptime()
  const sumOf = (_id: number, fields: object) => hashOf(serialize({ _id, ...fields }))
  const played = (_id: number, fields: object) => {
    const { namespace, key, id } = planned(_id)
    return { namespace, key, id, sum: sumOf(_id, fields) }
  }
  const proof = (...all: ReturnType<typeof played>[]) =>
    provePlayed(all, since, session, medical, world, signal)
  expect(await proof(played(1, { a: 0 }))).toEqual({ proved: 1, changedSince: 0 })
  // An insert that an application removes right away, and an update that one takes back.
  for (const entry of [insert(9, { a: 1 }), remove(9), set(2, { a: 1 }), set(2, { a: 0 })])
    server.oplog.write(entry)
  const gone = played(9, { a: 1 })
  const back = played(2, { a: 1 })
  expect(await proof(played(1, { a: 0 }), gone, back)).toEqual({ proved: 1, changedSince: 2 })
  const differs = { code: 'REPLAY_DIFFERS', kind: 'integrity' }
  server.oplog.write(set(3, { a: 1 }))
  await expect(proof(played(3, { a: 1 }))).rejects.toMatchObject(differs)
  await expect(proof(gone, played(1, { a: 7 }))).rejects.toMatchObject(differs)
})

import { Timestamp } from 'bson'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { inspectArchive } from '../../../src/archive/inspect.js'
import { ArchiveReader } from '../../../src/archive/reader.js'
import type { DumpTools, RestoreRequest } from '../../../src/ports/tools.js'
import type { World } from '../../../src/ports/world.js'
import type { StepContext } from '../../../src/procedures/plan.js'
import { feedArchive, rehearseFeed, type FeedJob } from '../../../src/procedures/restore/feed.js'
import { decideSelection, type Choice } from '../../../src/procedures/restore/selection.js'
import { fakeClock } from '../../fakes/clock.js'
import { fakeWorld, medical } from '../../fakes/world.js'
import { archive, type Namespace } from '../archive/archiveBuilder.js'

const namespaces: readonly Namespace[] = [
  { db: 'medical_records', collection: 'patients', documents: [{ _id: 1 }] },
  { db: 'medical_records', collection: 'notes', documents: [{ _id: 1 }] },
]

const oplog = (...entries: object[]): Namespace => ({
  db: '',
  collection: 'oplog',
  metadata: '',
  type: '',
  documents: entries.map((entry, at) => ({ ts: new Timestamp({ t: 1, i: at + 1 }), ...entry })),
})

/** A world whose clock runs by itself, ever five seconds at once, and whose shelf has this one archive. */
async function scene(bytes: Buffer, choice: Choice = {}) {
  const { world: still, server, shelf } = fakeWorld()
  const clock = fakeClock()
  const world: World = {
    ...still,
    clock: {
      ...clock,
      sleep: async (milliseconds, signal) => {
        await sleep(0)
        signal?.throwIfAborted()
        clock.advance(milliseconds)
      },
    },
  }
  const path = '/shelf/one.archive'
  shelf.files.set(path, bytes)
  const found = await inspectArchive(shelf.read(path))
  const source = { name: 'one', path, ...found, discard: () => Promise.resolve() }
  const selection = decideSelection(choice, medical, source.contents)
  const { tools } = await server.tools().choose(medical)
  const requests: RestoreRequest[] = []
  const warnings: string[] = []
  const context: StepContext = {
    signal: new AbortController().signal,
    detail: () => undefined,
    amount: () => undefined,
    remember: () => Promise.resolve(),
    warn: (text) => warnings.push(text),
  }
  const job = (restore: DumpTools['restore']): FeedJob => ({
    target: medical,
    source,
    selection,
    tools: {
      ...tools,
      restore: (target, request, ...rest) => {
        requests.push(request)
        return restore(target, request, ...rest)
      },
    },
  })
  const feed = (restore: DumpTools['restore'] = (...given) => tools.restore(...given)) =>
    feedArchive(job(restore), world, context)
  return { world, server, shelf, path, source, selection, feed, requests, warnings }
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await sleep(0)
}

const done = {
  engine: 'exec' as const,
  fellBack: [],
  exitCode: 0,
  lines: [],
  restored: 2,
  failed: 0,
}

describe('watching a restore', () => {
  test('lets mongorestore build its indexes for hours once everything is fed', async () => {
    const { feed } = await scene(archive(namespaces))
    const outcome = await feed(async (_target, _request, source, signal) => {
      for await (const part of source) expect(part.length).toBeGreaterThan(0)
      await turns(200)
      signal.throwIfAborted()
      return done
    })
    expect(outcome).toEqual(done)
  })

  test('gives up on one that stands still before everything is fed', async () => {
    const { feed } = await scene(archive(namespaces))
    const stuck = feed(async (_target, _request, source, signal) => {
      await source[Symbol.asyncIterator]().next()
      await turns(200)
      signal.throwIfAborted()
      return done
    })
    await expect(stuck).rejects.toMatchObject({ code: 'STREAM_STALLED', exitCode: 124 })
  })
})

describe('what mongorestore is told', () => {
  const capped = JSON.stringify({ options: { capped: true, size: 1000 }, indexes: [] })

  test('to keep the order where a collection is capped, and only there', async () => {
    const trail = { db: 'medical_records', collection: 'trail', metadata: capped }
    const one = await scene(archive([...namespaces, trail]))
    await one.feed()
    const other = await scene(archive([...namespaces, trail]), { collection: 'notes' })
    await other.feed()
    expect([one, other].map(({ requests }) => requests[0]?.maintainInsertionOrder)).toEqual([
      true,
      false,
    ])
  })

  test.each([
    ['no oplog', undefined, {}, false],
    ['a write to it', { op: 'i', ns: 'medical_records.notes', o: { _id: 2 } }, {}, true],
    [
      'a write to another collection',
      { op: 'i', ns: 'medical_records.notes', o: { _id: 2 } },
      { collection: 'patients' },
      false,
    ],
    ['a write to another database', { op: 'i', ns: 'other.notes', o: { _id: 2 } }, {}, false],
    [
      'a view alone',
      { op: 'i', ns: 'medical_records.system.views', o: { _id: 'medical_records.v' } },
      {},
      false,
    ],
  ] as const)('to replay or not: %s', async (_, entry, choice, replay) => {
    const { feed, requests } = await scene(
      archive([
        ...namespaces,
        { db: 'other', collection: 'notes' },
        ...(entry ? [oplog(entry)] : []),
      ]),
      choice,
    )
    await feed()
    expect(requests[0]?.oplogReplay).toBe(replay)
  })
})

describe('a collection that was dropped before the archive listed it', () => {
  const gone = 'medical_records.gone'
  const drop = { op: 'c', ns: 'medical_records.$cmd', o: { drop: 'gone' } }
  const create = { op: 'c', ns: 'medical_records.$cmd', o: { create: 'gone' } }
  const write = (op: string, _id: number) => ({ op, ns: gone, o: { _id }, o2: { _id } })
  const transaction = { op: 'c', ns: 'admin.$cmd', o: { applyOps: [write('i', 3)] } }

  test('is not written to until the oplog makes it', async () => {
    const before = [write('i', 1), write('u', 1), transaction, write('d', 1), drop]
    const after = [create, write('i', 2), drop]
    const { feed } = await scene(archive([...namespaces, oplog(...before, ...after)]))
    const reader = new ArchiveReader()
    await feed(async (_target, _request, part) => {
      for await (const chunk of part) reader.feed(chunk)
      return { engine: 'exec', exitCode: 0, lines: [], restored: 0, failed: 0, fellBack: [] }
    })
    expect(reader.end().oplog?.writes[gone]).toEqual({
      inserts: 1,
      updates: 0,
      deletes: 0,
      commands: 3,
    })
  })
})

describe('views in the oplog', () => {
  const views = 'medical_records.system.views'
  const view = (name: string) => ({ _id: `medical_records.${name}`, viewOn: 'patients' })

  test('are made and dropped through the driver, the last state of each', async () => {
    const entries = [
      { op: 'i', ns: views, o: view('made') },
      { op: 'i', ns: views, o: view('passing') },
      { op: 'd', ns: views, o: { _id: 'medical_records.passing' } },
      { op: 'u', ns: views, o: view('old'), o2: { _id: 'medical_records.old' } },
      { op: 'u', ns: views, o: { $v: 2, diff: {} }, o2: { _id: 'medical_records.odd' } },
    ]
    const { feed, server, warnings } = await scene(archive([...namespaces, oplog(...entries)]))
    await feed()
    expect(server.log.filter((line) => line.includes('view'))).toEqual([
      'view medical_records.made',
      'no view medical_records.passing',
      'view medical_records.old',
    ])
    expect(warnings).toEqual([expect.stringContaining('medical_records.odd')])
  })

  test('are dropped with all views of their database, under the name of the copy', async () => {
    const listed = { db: 'medical_records', collection: 'listed', type: 'view' }
    const metadata = '{"options":{"viewOn":"patients","pipeline":[]},"indexes":[]}'
    const entries = [
      { op: 'i', ns: views, o: view('first') },
      { op: 'c', ns: 'medical_records.$cmd', o: { drop: 'system.views' } },
      { op: 'i', ns: views, o: view('second') },
    ]
    const { feed, server } = await scene(
      archive([...namespaces, { ...listed, metadata }, oplog(...entries)]),
      { into: 'copy' },
    )
    await feed()
    expect(server.log.filter((line) => line.includes('view')).toSorted()).toEqual([
      'no view copy.first',
      'no view copy.listed',
      'view copy.second',
    ])
  })
})

describe('that what was restored is durable', () => {
  const metadata = '{"options":{},"indexes":[{"v":2,"key":{"_id":1},"name":"_id_"}]}'
  const patients = { db: 'medical_records', collection: 'patients', metadata }

  test('is waited for at the end, where mongorestore did not: on a set of one member', async () => {
    const { feed, server, requests } = await scene(archive([patients]), { into: 'copy' })
    server.members = 1
    await feed()
    expect(requests).toMatchObject([{ durableLater: true }])
    expect(server.log.at(-1)).toBe('durable copy.patients')
  })

  test.each([
    ['more members', 2, [patients]],
    ['a standalone, or a user who may not ask', undefined, [patients]],
    [
      'nothing but a time-series',
      1,
      [{ db: 'medical_records', collection: 'pulse', type: 'timeseries' }],
    ],
  ] as const)('is left to mongorestore: %s', async (_, members, parts) => {
    const { feed, server, requests } = await scene(archive(parts))
    server.members = members
    await feed(() => Promise.resolve(done))
    expect(requests).toMatchObject([{ durableLater: false }])
    expect(server.log.filter((line) => line.startsWith('durable'))).toEqual([])
  })

  test('is not proved by a server that was restarted meanwhile, though it has everything', async () => {
    const { feed, server } = await scene(archive([patients]))
    server.members = 1
    const { tools } = await server.tools().choose(medical)
    const restarting = feed(async (...given) => {
      const outcome = await tools.restore(...given)
      server.processId = '6553f1000000000000000002'
      return outcome
    })
    await expect(restarting).rejects.toMatchObject({ code: 'RESTORE_UNPROVED', kind: 'failed' })
  })

  test('is left to mongorestore on a server that would not tell of a restart', async () => {
    const { feed, server, requests } = await scene(archive([patients]))
    server.members = 1
    server.processId = undefined
    await feed()
    expect(requests).toMatchObject([{ durableLater: false }])
  })

  test('is not asked of a restore that failed', async () => {
    const { feed, server } = await scene(archive([patients]))
    server.members = 1
    server.mischief = { restoreExitCode: 1 }
    await expect(feed()).rejects.toMatchObject({ code: 'RESTORE_FAILED' })
    expect(server.log.filter((line) => line.startsWith('durable'))).toEqual([])
  })
})

test('engines that could not restore are told of', async () => {
  const { feed, server, warnings } = await scene(archive(namespaces))
  server.fellBack = ['there is no pipe; the next engine was tried']
  await feed()
  expect(warnings).toEqual(server.fellBack)
})

test('what was made while the backup was taken is dropped before it is made again', async () => {
  const entry = { op: 'c', ns: 'medical_records.$cmd', o: { create: 'young' } }
  const { feed, server } = await scene(archive([...namespaces, oplog(entry)]))
  server.collection('medical_records', 'young', [{ _id: 'of another day' }])
  server.collection('medical_records', 'stray', [{ _id: 1 }])
  await feed()
  expect(server.log[0]).toBe('drop medical_records.young')
  expect(server.log).not.toContain('drop medical_records.stray')
})

describe('a rehearsal', () => {
  const strange = { op: 'c', ns: 'medical_records.$cmd', o: { somethingNew: 'patients' } }

  test('finds what cannot be cut out, and touches nothing', async () => {
    const { world, server, ...job } = await scene(archive([...namespaces, oplog(strange)]))
    await expect(rehearseFeed({ target: medical, ...job }, world)).rejects.toMatchObject({
      kind: 'refused',
      code: 'OPLOG_CANNOT_SELECT',
    })
    expect(server.log).toEqual([])
  })

  test('finds an archive that changed meanwhile', async () => {
    const write = { op: 'i', ns: 'medical_records.notes', o: { _id: 2 } }
    const { world, shelf, path, ...job } = await scene(archive([...namespaces, oplog(write)]))
    shelf.files.set(path, archive([...namespaces, oplog(write, write)]))
    await expect(rehearseFeed({ target: medical, ...job }, world)).rejects.toMatchObject({
      code: 'ARCHIVE_CHANGED',
    })
  })

  test('says nothing where all is well', async () => {
    const write = { op: 'i', ns: 'medical_records.notes', o: { _id: 2 } }
    const { world, ...job } = await scene(archive([...namespaces, oplog(write)]))
    await expect(rehearseFeed({ target: medical, ...job }, world)).resolves.toBeUndefined()
  })
})

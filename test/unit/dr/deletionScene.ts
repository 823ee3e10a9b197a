import type { Document } from 'bson'
import type { Catalogue } from '../../../src/domain/catalogue.js'
import type { PutBackRecord } from '../../../src/domain/deletions/putBackRecord.js'
import { DeletionRun } from '../../../src/procedures/dr/deletionRun.js'
import { findDeletions, type ListedDeletion } from '../../../src/procedures/dr/findDeletions.js'
import type { StepContext } from '../../../src/procedures/plan.js'
import { FakeServer } from '../../fakes/server.js'
import { compression, medical } from '../../fakes/world.js'
import { disasterInTime } from '../moment/scene.js'

const patients = Array.from({ length: 20 }, (_, at) => ({ _id: at, name: at.toString() }))

/** Ten of twenty patients are deleted one a second, then the audit trail is dropped. */
const disaster: readonly Document[] = [
  ...patients
    .slice(0, 10)
    .map(({ _id }) => ({ op: 'd', ns: 'medical_records.healthcare_data', o: { _id } })),
  { op: 'c', ns: 'medical_records.$cmd', o: { drop: 'audit_trail' }, o2: { numRecords: 1 } },
]

/** How a run differs from the usual one. */
interface Changes {
  readonly nothing?: boolean
  readonly earlier?: readonly PutBackRecord[]
}

/** What a step is told, kept. */
export function stepContext() {
  const warnings: string[] = []
  const context: StepContext = {
    signal: new AbortController().signal,
    detail: () => undefined,
    amount: () => undefined,
    remember: () => Promise.resolve(),
    warn: (text) => warnings.push(text),
  }
  return { context, warnings }
}

/** A hospital after that, with a scratch server that is as the live one was right before. */
export async function afterDeletion(entries = disaster) {
  const scene = await disasterInTime(undefined, entries)
  const scratch = new FakeServer()
  scratch.collection('medical_records', 'healthcare_data', patients, ['name_1'])
  scratch.collection('medical_records', 'audit_trail', [{ _id: 1 }], ['at_1'])
  const world = {
    ...scene.world,
    mongo: {
      connect: ({ place }: typeof medical) =>
        (place.kind === 'container' ? scratch : scene.server).connect(),
    },
  }
  const { signal } = new AbortController()
  const since = new Date(0)
  const { deletions } = await findDeletions({ target: medical, since, atLeast: 1, signal }, world)
  const catalogue: Catalogue = await (await scratch.connect()).catalogue(['medical_records'])
  const rebuild = {
    expected: { catalogue, documents: {}, operations: 0, late: { views: [], series: [] } },
    asTarget: { ...medical, place: { kind: 'container' as const, container: 'scratch' } },
  }
  const runOf = (deletion: ListedDeletion, changes: Changes = {}) => {
    const expected = changes.nothing ? { ...rebuild.expected, catalogue: {} } : rebuild.expected
    const job = { target: medical, deletion, compression, earlier: changes.earlier ?? [] }
    return new DeletionRun(job, { ...rebuild, expected }, world)
  }
  const of = (kind: ListedDeletion['kind']) => {
    const one = deletions.find((each) => each.kind === kind)
    if (!one) throw new Error(`no ${kind}`)
    return one
  }
  const names = () =>
    scene.server.databases
      .get('medical_records')
      ?.get('healthcare_data')
      ?.documents.map((one) => String(one['name']))
      .sort()
  return { ...scene, world, scratch, deletions, of, runOf, names, patients }
}

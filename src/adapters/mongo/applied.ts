import { BSON, MongoServerError, type Document, type MongoClient } from 'mongodb'
import { asBuffer } from '../../archive/asBuffer.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import { inOrder, isExact } from './inOrder.js'
import { mongoFailure } from './mongoFailure.js'
import { codeOf } from './queryFailure.js'

/** Values with the types of BSON. */
const asStored = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const

/** Of an operation; what else an entry has says who wrote it, and when. */
const wanted = ['ts', 't', 'v', 'op', 'ns', 'o', 'o2'] as const

/**
 * Carries out operations of an oplog as `Documents.apply` promises. Each counts by itself (`allowAtomic: false`): together they would
 * have to fit into one entry of the oplog, and hold the server up for as long as they take.
 */
export async function applied(
  client: MongoClient,
  operations: readonly Uint8Array[],
  target: Target,
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<number> {
  const applyOps: Document[] = []
  for (const raw of operations) {
    const fields = exactly(raw)
    if (!fields) break
    applyOps.push(fields)
  }
  if (applyOps.length === 0) return 0
  try {
    const writeConcern = durable ? { w: 'majority', j: true } : { w: 1 }
    const answer = await client.db('admin').command({ applyOps, allowAtomic: false, writeConcern })
    const unsure = answer['writeConcernError'] as { code?: number; codeName?: string } | undefined
    if (unsure) throw refused(target, `no majority confirmed it (${codeOf(unsure)})`)
    const results = (answer['results'] ?? []) as readonly unknown[]
    if (Number(answer['applied']) !== applyOps.length || results.some((result) => result !== true))
      throw refused(target, 'it answers that not all were carried out')
    return applyOps.length
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw mongoFailure(target, error)
    const known = mongoFailure(target, error)
    // What the server says may quote a document.
    throw known === error ? refused(target, codeOf(error)) : known
  }
}

/** The operation as the driver sends it; nothing where that would be other bytes. */
function exactly(raw: Uint8Array): Document | undefined {
  return plainly(raw) ?? fieldByField(raw)
}

/** Quick, and right for most: names that are numbers would come before all others. */
function plainly(raw: Uint8Array): Document | undefined {
  try {
    const plain = BSON.deserialize(raw, asStored)
    const isSame = asBuffer(raw).equals(BSON.serialize(plain, { ignoreUndefined: false }))
    return isSame ? picked((name) => plain[name]) : undefined
  } catch {
    // A field `_bsontype` is somebody's data, and the driver's own mark.
    return undefined
  }
}

function fieldByField(raw: Uint8Array): Document | undefined {
  try {
    const fields = inOrder(raw)
    return isExact(raw, fields) ? picked((name) => fields.get(name)) : undefined
  } catch {
    // What servers took once, and the driver does not: text that is no UTF-8, options of a pattern that nobody knows.
    return undefined
  }
}

function picked(valueOf: (name: string) => unknown): Document {
  return Object.fromEntries(
    wanted.map((name) => [name, valueOf(name)]).filter(([, value]) => value !== undefined),
  ) as Document
}

function refused({ name }: Target, says: string): Failure {
  return new Failure(
    'failed',
    'OPLOG_REFUSED',
    `the server of "${name}" did not carry out an operation of the oplog: ${says}`,
    ['ops doctor', 'ops undo'],
  )
}

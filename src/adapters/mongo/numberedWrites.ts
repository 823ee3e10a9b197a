import type { Collection } from 'mongodb'
import type { ConfirmedWrite } from '../../domain/lostWrites.js'
import type { Target } from '../../domain/target.js'
import type { NumberedWrites, WritesPlace, Writing } from '../../ports/numberedWrites.js'
import { connectedClient, type MongoWorld } from './mongo.js'
import { mongoFailure } from './mongoFailure.js'
import { oneByOne } from './oneByOne.js'

/** A document of a drill: its number, and when it was sent. */
interface Numbered {
  readonly _id: number
  readonly at: Date
}

/** Milliseconds that the write under way has to be confirmed once nobody wants more. */
const lastWord = 2_000

const confirmedByAll = { writeConcern: { w: 'majority', j: true, wtimeoutMS: 10_000 } } as const

/** Numbered writes through the driver, over the same way as every session. */
export function numberedWrites(world: MongoWorld): NumberedWrites {
  return {
    async begin(target, { database, collection }, first, signal) {
      const { client, close } = await connectedClient(target, world, signal)
      const writes = client.db(database).collection<Numbered>(collection)
      try {
        const begun = await confirmed(writes, first)
        return continued(writes, begun, signal, close)
      } catch (error) {
        await close().catch(() => undefined)
        throw mongoFailure(target, error)
      }
    },

    found: (target, place, signal) => numbersOf(target, place, world, signal),
  }
}

/** Writes a number; once more where nobody was told whether the try before went through. */
async function confirmed(
  writes: Collection<Numbered>,
  number: number,
  again = false,
): Promise<ConfirmedWrite> {
  const at = new Date()
  if (again) await writes.replaceOne({ _id: number }, { at }, { ...confirmedByAll, upsert: true })
  else await writes.insertOne({ _id: number, at }, confirmedByAll)
  return { number, at: Date.now() }
}

function continued(
  writes: Collection<Numbered>,
  begun: ConfirmedWrite,
  signal: AbortSignal,
  close: () => Promise<void>,
): Writing {
  const done: ConfirmedWrite[] = [begun]
  const over = new AbortController()
  const wanted = AbortSignal.any([signal, over.signal])
  const writing = oneByOne((number, again) => confirmed(writes, number, again), done, wanted)
  let closing: Promise<void> | undefined
  return {
    newest: () => done.at(-1) ?? begun,

    async stop() {
      over.abort()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, lastWord)
      })
      await Promise.race([writing, late])
      clearTimeout(timer)
      closing ??= close().catch(() => undefined)
      await closing
      return [...done]
    },
  }
}

async function numbersOf(
  target: Target,
  { database, collection }: WritesPlace,
  world: MongoWorld,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const { client, close } = await connectedClient(target, world, signal)
  try {
    const found = new Set<number>()
    const writes = client.db(database).collection<Numbered>(collection)
    for await (const { _id: number } of writes.find({}, { projection: { _id: 1 } }))
      found.add(number)
    return found
  } catch (error) {
    throw mongoFailure(target, error)
  } finally {
    await close().catch(() => undefined)
  }
}

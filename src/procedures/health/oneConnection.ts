import type { Watch } from '../../checks/doctor/look.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Mongo, MongoSession } from '../../ports/mongo.js'

/** One connection to each server, whoever asks for it and however often. `end` closes them. */
export interface SharedMongo extends Mongo {
  end(): Promise<void>
}

/** Milliseconds that closing may take. */
const closing = 2_000

/**
 * Connects to each server once, and waits no longer than so many seconds for it: whoever asks for one that does not answer is told
 * so at the same moment. Closing what was handed out does nothing. `connect` throws what connecting throws, `MONGO_UNREACHABLE`
 * (environment) where it takes too long, and the watch's reason.
 */
export function oneConnection(mongo: Mongo, watch: Watch, seconds: number): SharedMongo {
  const opened = new Map<string, Promise<MongoSession>>()
  const over = new AbortController()
  return {
    async connect(target) {
      const known = opened.get(target.name) ?? connected(target, mongo, watch, seconds, over.signal)
      opened.set(target.name, known)
      return { ...(await known), close: () => Promise.resolve() }
    },
    async end() {
      over.abort(new Error('it is no longer needed'))
      const enough = new AbortController()
      const closed = Promise.all(
        [...opened.values()].map((session) =>
          session.then((one) => one.close()).catch(() => undefined),
        ),
      )
      const late = watch.clock.sleep(closing, enough.signal).catch(() => undefined)
      await Promise.race([closed, late])
      enough.abort(new Error('closed'))
    },
  }
}

async function connected(
  target: Target,
  mongo: Mongo,
  { clock, signal }: Watch,
  seconds: number,
  over: AbortSignal,
): Promise<MongoSession> {
  const late = new AbortController()
  const answered = new AbortController()
  const within = AbortSignal.any([signal, over, late.signal])
  const connecting = mongo.connect(target, within)
  const deadline = clock
    .sleep(seconds * 1000, AbortSignal.any([signal, over, answered.signal]))
    .then((): never => {
      throw tooLate(target, seconds)
    })
  try {
    return await Promise.race([connecting, deadline])
  } catch (error) {
    late.abort(error)
    // What comes after all is nobody's.
    connecting.then((session) => session.close()).catch(() => undefined)
    signal.throwIfAborted()
    throw error
  } finally {
    answered.abort(new Error('answered'))
  }
}

function tooLate({ name }: Target, seconds: number): Failure {
  return new Failure(
    'environment',
    'MONGO_UNREACHABLE',
    `the server of "${name}" does not answer: not within ${seconds.toString()} s`,
    ['ops stack ps', 'ops doctor'],
  )
}

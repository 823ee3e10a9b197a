import type { FindingSource } from '../checks/health/source.js'
import { judgeSymptoms } from '../checks/health/symptoms.js'
import type { Config } from '../config/config.js'
import type { World } from '../ports/world.js'
import { oneConnection } from '../procedures/health/oneConnection.js'
import { lookForTroubles } from '../procedures/troubleshoot/look.js'
import type { TroubleshootWorld } from '../procedures/troubleshoot/request.js'

/** Seconds: for everything, and until a server that does not answer is given up. */
const patience = { all: 20, connect: 5 }

/** Part of that, and of what the run has left, in which looks end by themselves: what was seen by then is judged. */
const inside = 0.95

/** What `ops troubleshoot` sees and no built-in check does, as a source of findings. */
export function symptomSource(
  { targets, objectives, pitr }: Pick<Config, 'targets' | 'objectives' | 'pitr'>,
  world: World,
  more: (world: World) => TroubleshootWorld,
): FindingSource {
  let under: Promise<unknown> = Promise.resolve()
  return {
    name: 'symptom',
    seconds: patience.all,
    find(signal, left = () => Infinity) {
      const { clock } = world
      const began = clock.elapsed()
      const own = inside * Math.min(patience.all, left())
      const mongo = oneConnection(world.mongo, { clock, signal }, patience.connect)
      const request = {
        targets: Object.values(targets),
        backupAgeSeconds: objectives.backupAgeSeconds,
        everySeconds: pitr.everySeconds,
        routine: true as const,
        left: () => own - (clock.elapsed() - began) / 1000,
        signal,
      }
      const found = lookForTroubles(request, more({ ...world, mongo })).then(judgeSymptoms)
      under = found.catch(() => undefined).then(() => mongo.end())
      return found
    },
    async ended() {
      await under
    },
  }
}

import { seen } from '../doctor/look.js'
import type { TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Found } from './found.js'

/** Failures that say where the server is not, which its container tells better. */
const toldByContainer = new Set(['CONTAINER_STOPPED', 'CONTAINER_NOT_FOUND'])

/** Failures that findings about access tell. */
const toldByAccess = new Set([
  'MONGO_AUTHENTICATION',
  'MONGO_UNAUTHORIZED',
  'SECRET_UNAVAILABLE',
  'SECRET_EXPOSED',
])

/** Does the engine answer, and does each server where nothing else says why it does not? */
export function judgeReach(evidence: TroubleEvidence): readonly Found[] {
  const { engine, targets } = evidence
  if (engine.state === 'refused' && !/EACCES|permission denied/i.test(engine.message))
    return [
      found('connection', 'fail', 'engine-unreachable', {
        says: 'the Docker engine does not answer',
        because: [engine.message],
        next: engine.next.length > 0 ? engine.next : ['systemctl status docker'],
      }),
    ]
  if (engine.state !== 'seen') return []
  return targets.flatMap((target) => reached(target, evidence))
}

function reached(target: TargetTroubles, { services }: TroubleEvidence): readonly Found[] {
  const { name, connection, server } = target
  const container = (seen(services) ?? []).find((one) => one.target === name)
  if (connection.state === 'seen') {
    if (server.state !== 'seen' || server.facts.primary) return []
    return [
      found('connection', 'fail', 'not-primary', {
        about: name,
        says: `the server of ${name} is not the primary: it takes no writes`,
        because: [`${server.facts.host} answers`],
        candidates: [{ cause: 'database-stopped', ruledOutBy: 'it answers' }],
        next: ['mongosh --eval "rs.status()"', 'ops dr container'],
      }),
    ]
  }
  if (container?.trouble) return []
  const because = connection.state === 'refused' ? connection.message : connection.because
  const code = connection.state === 'refused' ? connection.code : ''
  if (toldByAccess.has(code)) return []
  const stopped = toldByContainer.has(code)
  return [
    found('connection', 'fail', stopped ? 'database-stopped' : 'server-silent', {
      about: name,
      says: stopped
        ? `the server of ${name} does not run`
        : `the server of ${name} does not answer`,
      because: [because],
      candidates: stopped
        ? []
        : [
            container
              ? { cause: 'database-stopped', ruledOutBy: 'its container runs' }
              : { cause: 'database-stopped', needs: 'a look at where it runs' },
            { cause: 'wrong-port', needs: 'the port that it listens on: ops stack logs' },
            { cause: 'overloaded', needs: 'ops stack stats' },
          ],
      next: connection.state === 'refused' ? connection.next : ['ops stack ps', 'ops doctor'],
    }),
  ]
}

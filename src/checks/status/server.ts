import type { Finding } from '../../domain/finding.js'
import type { Looked } from '../doctor/evidence.js'
import { blind, broken, fine, refused } from '../doctor/finding.js'
import type { ServerState } from './evidence.js'

/** Does the server of a target answer, and take writes? */
export function judgeServerState(target: string, server: Looked<ServerState>): Finding {
  const id = `${target}.server`
  if (server.state === 'refused') return refused(id, 'its server cannot be asked', server)
  if (server.state === 'unseen') return blind(id, 'its server', server)
  const { version, primary } = server.facts
  if (primary) return fine(id, `MongoDB ${version} answers`)
  return broken(id, {
    says: 'its server is not the primary: it takes no writes',
    next: ['ops dr container', 'mongosh --eval "rs.status()"'],
    value: server.facts,
  })
}

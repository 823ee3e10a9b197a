import type { Optime } from '../../domain/contents.js'
import type { Finding } from '../../domain/finding.js'
import type { Target } from '../../domain/target.js'
import type { Clock } from '../../ports/clock.js'
import type { Mongo, MongoSession, ServerFacts } from '../../ports/mongo.js'
import { check, type Check } from './check.js'
import { broken, doubtful, fine } from './finding.js'
import { found, type Found } from './machine.js'

/** What a target's server said. */
export interface ServerEvidence {
  readonly server: ServerFacts
  readonly privileges: Awaited<ReturnType<MongoSession['privileges']>>
  readonly lastOptime?: Optime
  /** Our clock when it was asked. */
  readonly now: Date
}

/** Can the server be reached, read and written, and to which moment can it be brought back? */
export function serverCheck(target: Target, mongo: Mongo, clock: Clock): Check {
  const id = `server.${target.name}`
  return check({
    id,
    asks: `the server of ${target.name}`,
    look: () => found(look(target, mongo, clock)),
    judge: (evidence) => judgeServer(target, evidence),
  })
}

async function look(target: Target, mongo: Mongo, clock: Clock): Promise<ServerEvidence> {
  const session = await mongo.connect(target)
  try {
    const server = await session.server()
    const databases = target.databases.length > 0 ? target.databases : await session.databases()
    const privileges = await session.privileges(databases)
    const lastOptime = server.replicaSet === undefined ? undefined : await session.lastOptime()
    return { server, privileges, now: clock.now(), ...(lastOptime ? { lastOptime } : {}) }
  } finally {
    await session.close()
  }
}

/** Judges reach, rights, point in time and clock. */
export function judgeServer(target: Target, evidence: Found<ServerEvidence>): readonly Finding[] {
  const { name } = target
  if ('failure' in evidence) {
    const { message, next } = evidence.failure
    return [broken(`server.${name}`, `the server of ${name} cannot be used`, message, next)]
  }
  const { server } = evidence.found
  const says = `MongoDB ${server.version} on ${server.host}, ${server.connections.toString()} connections`
  return [
    server.primary
      ? fine(`server.${name}`, says, '', server.version)
      : broken(`server.${name}`, says, 'it is not the primary: it takes no writes', [
          'ops stack ps',
        ]),
    judgeAccess(target, evidence.found),
    judgePointInTime(target, evidence.found),
    ...judgeClock(target, evidence.found),
  ]
}

function judgeAccess({ name }: Target, { privileges }: ServerEvidence): Finding {
  const id = `access.${name}`
  const { authenticated, missingForBackup, missingForRestore } = privileges
  if (missingForBackup.length > 0)
    return broken(
      id,
      'these credentials cannot take a backup',
      `missing: ${missingForBackup.join(', ')}`,
      ['grant the role backup'],
    )
  if (missingForRestore.length > 0)
    return broken(
      id,
      'these credentials can take a backup but not restore it',
      `missing: ${missingForRestore.join(', ')}`,
      ['grant the role restore'],
    )
  if (!authenticated)
    return doubtful(
      id,
      'the server asks for no password',
      'whoever reaches its port reads and writes everything',
      ['turn on authorization'],
    )
  return fine(id, 'the credentials can back up and restore')
}

function judgePointInTime({ name, pointInTime }: Target, { server }: ServerEvidence): Finding {
  const id = `point-in-time.${name}`
  if (server.replicaSet !== undefined)
    return fine(id, `replica set ${server.replicaSet}: backups can be consistent at one moment`)
  const says = 'a standalone server: no point-in-time recovery'
  const next = ['start mongod with --replSet and initiate it: one member is enough']
  return pointInTime
    ? broken(id, says, 'ops.yaml asks for it (pitr), and it takes a replica set', next)
    : doubtful(id, says, 'each collection is backed up as it is when its turn comes', next)
}

const tolerated = 60

/** A server that is ahead of us would make new backups look older than they are, and the other way round. */
function judgeClock({ name }: Target, { lastOptime, now }: ServerEvidence): readonly Finding[] {
  if (!lastOptime) return []
  const ahead = lastOptime.seconds - now.getTime() / 1000
  if (ahead <= tolerated) return [fine(`clock.${name}`, 'the clocks here and at the server agree')]
  return [
    doubtful(
      `clock.${name}`,
      `the server's clock is ${Math.round(ahead).toString()} s ahead of this machine's`,
      'its newest write lies in our future',
      ['timedatectl status'],
      Math.round(ahead),
    ),
  ]
}

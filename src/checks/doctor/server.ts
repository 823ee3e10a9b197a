import type { Finding } from '../../domain/finding.js'
import type { Looked, Rights, ServerSeen, TargetEvidence } from './evidence.js'
import { blind, broken, doubtful, fine, refused, unknown } from './finding.js'
import { isExposed } from './reach.js'
import { span } from './words.js'

/** Failures that are about signing in, not about reaching the server. */
const aboutSignIn = new Set([
  'MONGO_AUTHENTICATION',
  'MONGO_UNAUTHORIZED',
  'SECRET_UNAVAILABLE',
  'SECRET_EXPOSED',
])

/** Does the server answer, and does it tell how it is? */
export function judgeServer({ name, connection, server }: TargetEvidence): Finding {
  const id = `${name}.server`
  if (connection.state === 'refused' && connection.code === 'MONGO_UNREACHABLE')
    return refused(id, 'the server does not answer', connection)
  if (connection.state === 'refused' && connection.code === 'MONGO_AUTHENTICATION')
    return fine(id, 'the server answers', 'it refuses the sign-in, so it was asked nothing more')
  if (connection.state !== 'seen') return blind(id, 'the server', connection, ['ops stack ps'])
  if (server.state === 'refused' && server.code === 'MONGO_UNAUTHORIZED')
    return refused(id, 'the server answers, but does not say how it is', server)
  if (server.state !== 'seen') return blind(id, 'what the server says of itself', server)
  const { version, host, connections } = server.facts
  return fine(
    id,
    `MongoDB ${version} answers on ${host}`,
    `${connections?.toString() ?? 'an unknown number of'} client connections`,
    { version, connections },
  )
}

/** Does the sign-in of `ops.yaml` work, and is one asked for at all? */
export function judgeSignIn(target: TargetEvidence): Finding {
  const { name, connection, rights } = target
  const id = `${name}.sign-in`
  const failed = [connection, rights].find(
    (looked) => looked.state === 'refused' && aboutSignIn.has(looked.code),
  )
  if (failed?.state === 'refused') return refused(id, 'signing in does not work', failed)
  if (connection.state !== 'seen') return blind(id, 'the sign-in', connection)
  if (rights.state !== 'seen') return blind(id, 'the sign-in', rights)
  if (rights.facts.authenticated) return fine(id, 'the sign-in works')
  const words = {
    says: 'the server asks nobody for a password',
    because: 'whoever reaches its port reads and changes everything',
    next: ['https://www.mongodb.com/docs/manual/tutorial/enable-authentication/'],
  }
  // Of a container the finding about its port says whether others reach it.
  return target.place === 'server' && isExposed(target) ? broken(id, words) : doubtful(id, words)
}

/** May this user take a backup? */
export function judgeBackupRights(target: string, rights: Looked<Rights>): Finding {
  return judgeRights(`${target}.backup-rights`, 'backup', rights, (facts) => facts.missingForBackup)
}

/** May this user restore one? A backup that nobody may restore is found out too late otherwise. */
export function judgeRestoreRights(target: string, rights: Looked<Rights>): Finding {
  return judgeRights(
    `${target}.restore-rights`,
    'restore',
    rights,
    (facts) => facts.missingForRestore,
  )
}

function judgeRights(
  id: string,
  role: 'backup' | 'restore',
  rights: Looked<Rights>,
  missing: (rights: Rights) => readonly string[],
): Finding {
  const what = role === 'backup' ? 'take a backup' : 'restore one'
  if (rights.state !== 'seen') return blind(id, `whether this user may ${what}`, rights)
  const lacking = missing(rights.facts)
  if (lacking.length === 0) return fine(id, `this user may ${what}`)
  return broken(id, {
    says: `this user may not ${what}`,
    because: `missing: ${lacking.join(', ')}`,
    next: [
      `db.getSiblingDB("admin").grantRolesToUser("USER", ["${role}"])   (in mongosh, as an administrator)`,
      'ops doctor --roles   (prints users with the rights that each kind of work takes)',
    ],
    value: lacking,
  })
}

/** Can the data be brought back to any moment? That takes an oplog, and an oplog takes a replica set. */
export function judgePointInTime({ name, pointInTime, server }: TargetEvidence): Finding {
  const id = `${name}.point-in-time`
  if (server.state !== 'seen') return blind(id, 'whether it is a replica set', server)
  const { replicaSet } = server.facts
  if (replicaSet !== undefined)
    return fine(
      id,
      `replica set ${replicaSet}: a backup of the whole server is of one moment`,
      '',
      {
        replicaSet,
      },
    )
  const words = {
    says: 'a standalone: it has no oplog, so no point-in-time recovery',
    next: [
      `ops pitr enable --target ${name}   (a service of the compose project)`,
      'start mongod with --replSet rs0 (and --keyFile, where it asks for passwords), then once: mongosh --eval "rs.initiate()"   (a set of one member is enough; the data stays)',
    ],
  }
  return pointInTime
    ? broken(id, { ...words, because: 'ops.yaml asks for it (pitr.enabled)' })
    : doubtful(id, {
        ...words,
        because: 'each collection is backed up as it is when its turn comes, not all at one moment',
      })
}

/** Does the server take writes? A restore needs that. */
export function judgePrimary(target: string, server: Looked<ServerSeen>): Finding {
  const id = `${target}.primary`
  if (server.state !== 'seen') return blind(id, 'whether it takes writes', server)
  const { primary, replicaSet, host } = server.facts
  if (primary) return fine(id, replicaSet === undefined ? 'it takes writes' : `${host} is primary`)
  return broken(id, {
    says: `${host} is not the primary: it takes no writes`,
    because: 'nothing can be restored there',
    next: ['mongosh --eval "rs.status().members.map(m => m.name + \' \' + m.stateStr)"'],
  })
}

/** Seconds of difference that are worth a warning, and those that make times of backups a lie. */
const tolerated = { doubtful: 5, broken: 5 * 60 }

/** Do this machine's clock and the server's agree? Recovery to a moment is only as good as what "moment" means. */
export function judgeClock(target: string, server: Looked<ServerSeen>): Finding {
  const id = `${target}.clock`
  if (server.state !== 'seen') return blind(id, "the server's clock", server)
  const { localTime, askedAt, answeredAt } = server.facts
  if (localTime === undefined)
    return unknown(id, {
      says: "the server's clock could not be looked at",
      because: 'the server does not say what time it is',
      next: ['mongosh --eval "db.hello().localTime"'],
    })
  const theirs = Date.parse(localTime)
  // It looked at its clock at some moment between our two looks: what lies within them is no difference.
  const ahead = Math.max(0, theirs - Date.parse(answeredAt)) / 1000
  const behind = Math.max(0, Date.parse(askedAt) - theirs) / 1000
  const apart = Math.max(ahead, behind)
  const value = { seconds: ahead - behind }
  if (apart <= tolerated.doubtful)
    return fine(id, "this machine's clock and the server's agree", '', value)
  const words = {
    says: `the server's clock is ${span(apart)} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`,
    because: 'a time given to a recovery means another moment there',
    next: ['timedatectl status   (here, and where the server runs)'],
    value,
  }
  return apart > tolerated.broken ? broken(id, words) : doubtful(id, words)
}

import type { Finding } from '../../domain/finding.js'
import { blind, broken, doubtful, fine, refused, unknown } from '../doctor/finding.js'
import { isLate } from '../doctor/look.js'
import { span } from '../doctor/words.js'
import type { HealthTarget } from './evidence.js'
import { judgeIndexes, judgeMembers } from './set.js'

/** Milliseconds after which an answer, or a confirmed write, is slow. */
const slow = { answer: 1_000, write: 2_000 }

/** Shares of the connections that a server takes. */
const crowded = { warn: 0.8, fail: 0.95 }

/**
 * Shares of WiredTiger's cache: from 0.95 of it, and from 0.2 of it dirty, clients have to clear up themselves
 * (eviction_trigger and eviction_dirty_trigger, WiredTiger's configuration reference).
 */
const pressed = { used: 0.95, dirty: 0.2, dirtyWarn: 0.15 }

/** Seconds of writes that an oplog should hold: a night in which nobody looks. */
const comfortable = 24 * 3600

/** Days that a certificate should be good for. */
const expiring = { warn: 30, fail: 7 }

/** How is the server of a target? */
export function judgeServer(target: HealthTarget, at: string): readonly Finding[] {
  return [
    judgePing(target),
    judgePrimary(target),
    judgeWrite(target),
    judgeConnections(target),
    judgeLong(target),
    ...judgeOplog(target),
    ...judgeCache(target),
    ...judgeMembers(target, at),
    ...judgeIndexes(target),
    ...judgeCertificate(target, at),
  ]
}

const idOf = ({ name }: HealthTarget, what: string) => `mongo:${name}:${what}`

/** What brings a server back. */
function cureOf({ service, name }: HealthTarget): readonly string[] {
  return service === null ? [`ops doctor --target ${name}`] : [`ops dr container ${service}`]
}

function judgePing(target: HealthTarget): Finding {
  const id = idOf(target, 'ping')
  const { server } = target
  if (server.state === 'refused') {
    const next = [...cureOf(target), ...server.next]
    return refused(id, 'its server cannot be asked', { ...server, next })
  }
  if (server.state === 'unseen') {
    if (!isLate(server)) return blind(id, 'its server', server, cureOf(target))
    const says = 'its server does not answer'
    return broken(id, { says, because: server.because, next: cureOf(target) })
  }
  const { milliseconds, version } = server.facts
  const value = { milliseconds, version }
  const says = `MongoDB ${version} answers in ${milliseconds.toString()} ms`
  if (milliseconds <= slow.answer) return fine(id, says, '', value)
  return doubtful(id, {
    says,
    because: 'that is slow: it, its machine, or the way to it is busy',
    next: ['ops stack stats', 'ops health mongo'],
    value,
  })
}

function judgePrimary(target: HealthTarget): Finding {
  const id = idOf(target, 'primary')
  const { server } = target
  if (server.state !== 'seen') return blind(id, 'whether it takes writes', server, cureOf(target))
  const { primary, host } = server.facts
  if (primary) return fine(id, `${host} takes writes`)
  return broken(id, {
    says: `${host} is not the primary: it takes no writes`,
    next: [...cureOf(target), 'mongosh --eval "rs.status()"'],
  })
}

function judgeWrite(target: HealthTarget): Finding {
  const id = idOf(target, 'write')
  const { write } = target
  if (write.state === 'refused' && write.code === 'WRITE_NOT_CONFIRMED')
    return refused(id, 'a write was not confirmed by a majority', write)
  if (write.state !== 'seen')
    return blind(id, 'whether a write is confirmed', write, cureOf(target))
  switch (write.facts.kind) {
    case 'confirmed':
      return judgeWriteTime(id, write.facts.milliseconds)
    case 'not primary':
      return blind(id, 'whether a write is confirmed', {
        state: 'unseen',
        because: 'it is not the primary, and nothing is written to a secondary',
      })
    case 'standalone':
      return unknown(id, {
        says: 'whether a write is confirmed could not be tried',
        because: 'a standalone has no oplog, and so nothing can be written that changes no data',
        next: [`ops pitr enable --target ${target.name}`],
      })
    case 'not allowed':
      return unknown(id, {
        says: 'whether a write is confirmed could not be tried',
        because:
          'this user may not write a note into the oplog (appendOplogNote, of clusterManager)',
        next: [
          'db.getSiblingDB("admin").grantRolesToUser("USER", ["clusterManager"])   (in mongosh, as an administrator)',
        ],
      })
  }
}

function judgeWriteTime(id: string, milliseconds: number): Finding {
  const says = `a majority confirmed a write in ${milliseconds.toString()} ms`
  const value = { milliseconds }
  if (milliseconds <= slow.write) return fine(id, says, '', value)
  const because = 'that is slow: disks, or the way between the members, are busy'
  return doubtful(id, { says, because, next: ['ops stack stats'], value })
}

function judgeConnections(target: HealthTarget): Finding {
  const id = idOf(target, 'connections')
  const { pressure } = target
  if (pressure.state !== 'seen') return blind(id, 'its connections', pressure, cureOf(target))
  const { current, available } = pressure.facts.connections
  const limit = current + available
  const share = limit === 0 ? 0 : current / limit
  const says = `${current.toString()} of ${limit.toString()} connections are open`
  const value = { current, limit }
  if (share < crowded.warn) return fine(id, says, '', value)
  const words = {
    says,
    because: 'clients that come then are turned away',
    next: ['mongosh --eval "db.currentOp(true).inprog.map(o => o.client + \' \' + o.appName)"'],
    value,
  }
  return share < crowded.fail ? doubtful(id, words) : broken(id, words)
}

function judgeLong(target: HealthTarget): Finding {
  const id = idOf(target, 'slow')
  const { long } = target
  if (long.state !== 'seen') return blind(id, 'what runs long', long, cureOf(target))
  const [longest, ...others] = long.facts
  if (!longest) return fine(id, 'nothing runs long')
  const { kind, namespace, seconds, id: operation } = longest
  return doubtful(id, {
    says: `a ${kind} on ${namespace || 'the server'} has been running for ${span(seconds)}`,
    because: others.length > 0 ? `and ${others.length.toString()} more run long` : '',
    next: [`mongosh --eval 'db.killOp(${numberOrText(operation)})'   (ends it)`],
    value: long.facts,
  })
}

/** A server by itself knows its operations by numbers, a router by texts (`host:number`). */
function numberOrText(operation: string): string {
  return /^-?\d+$/.test(operation) ? operation : JSON.stringify(operation)
}

function judgeOplog(target: HealthTarget): readonly Finding[] {
  const id = idOf(target, 'oplog')
  const { oplog } = target
  if (oplog.state !== 'seen') return [blind(id, 'its oplog', oplog, cureOf(target))]
  // Whether a standalone is a fault is told with the slices, which need an oplog.
  if (oplog.facts === null) return []
  const { seconds, full } = oplog.facts
  const says = `the oplog holds the writes of ${span(seconds)}`
  const value = { seconds, full }
  // One that has never dropped anything yet may be as young as it likes.
  if (!full || seconds >= comfortable) return [fine(id, says, '', value)]
  return [
    doubtful(id, {
      says,
      because: 'what is older can neither be sliced nor counted any more',
      next: ['mongosh --eval "db.adminCommand({replSetResizeOplog: 1, size: MEGABYTES})"'],
      value,
    }),
  ]
}

function judgeCache(target: HealthTarget): readonly Finding[] {
  const id = idOf(target, 'cache')
  const { pressure } = target
  if (pressure.state !== 'seen') return [blind(id, 'its cache', pressure, cureOf(target))]
  const { cache } = pressure.facts
  if (!cache || cache.maximumBytes === 0) return []
  const used = cache.usedBytes / cache.maximumBytes
  const dirty = cache.dirtyBytes / cache.maximumBytes
  const percent = (share: number) => `${Math.round(share * 100).toString()} %`
  const says = `its cache is ${percent(used)} full, ${percent(dirty)} of it not yet on the disk`
  const value = { ...cache, used, dirty }
  if (used < pressed.used && dirty < pressed.dirtyWarn) return [fine(id, says, '', value)]
  const words = {
    says,
    because: 'clients have to clear it up themselves and wait for that',
    next: ['ops stack stats', 'more memory, or a larger --wiredTigerCacheSizeGB'],
    value,
  }
  return [dirty >= pressed.dirty ? broken(id, words) : doubtful(id, words)]
}

function judgeCertificate(target: HealthTarget, at: string): readonly Finding[] {
  const id = idOf(target, 'certificate')
  const { certificate } = target
  if (certificate.state !== 'seen')
    return [blind(id, 'its certificate', certificate, cureOf(target))]
  if (certificate.facts === null) return []
  const { validTo, subject } = certificate.facts
  const days = Math.floor((Date.parse(validTo) - Date.parse(at)) / 86_400_000)
  const says =
    days < 0
      ? 'the certificate of its server has run out'
      : `the certificate of its server is good for ${days.toString()} days more`
  const value = { days, validTo, subject }
  if (days >= expiring.warn) return [fine(id, says, `${subject}, until ${validTo}`, value)]
  const words = {
    says,
    because: `${subject}, until ${validTo}; after that nobody can sign in`,
    next: ['have a new one signed, and give it to the server (net.tls.certificateKeyFile)'],
    value,
  }
  return [days < expiring.fail ? broken(id, words) : doubtful(id, words)]
}

import type { Finding } from '../../domain/finding.js'
import type { SetMember } from '../../ports/serverVitals.js'
import { blind, broken, doubtful, fine } from '../doctor/finding.js'
import { span } from '../doctor/words.js'
import type { HealthTarget } from './evidence.js'

/** Seconds that a member may be behind the primary. */
const behind = 60

/** States in which a member does what it is for (MongoDB manual, "Replica Set Member States"). */
const working: ReadonlySet<string> = new Set(['PRIMARY', 'SECONDARY', 'ARBITER'])

/** States that pass by themselves. */
const passing: ReadonlySet<string> = new Set(['STARTUP', 'STARTUP2', 'RECOVERING', 'ROLLBACK'])

/** Are all members of its replica set up, and is there a primary? No finding for a standalone. */
export function judgeMembers({ name, members }: HealthTarget, at: string): readonly Finding[] {
  const id = `mongo:${name}:members`
  const next = ['mongosh --eval "rs.status().members.map(m => m.name + \' \' + m.stateStr)"']
  if (members.state !== 'seen') return [blind(id, 'its replica set', members, next)]
  if (members.facts === null) return []
  const all = members.facts
  const value = all.map(({ name: member, state }) => ({ member, state }))
  const primary = all.find(({ state }) => state === 'PRIMARY')
  if (!primary)
    return [
      broken(id, {
        says: 'its replica set has no primary: nothing can be written',
        because: all.map(({ name: member, state }) => `${member}: ${state}`).join('\n'),
        next,
        value,
      }),
    ]
  const down = all.filter(({ state, reachable }) => !reachable || !isKnown(state))
  const others = all.filter((one) => !down.includes(one))
  const unready = others.filter(({ state }) => passing.has(state))
  const late = others.filter((one) => lagOf(one, primary, at) > behind)
  if (down.length + unready.length + late.length === 0)
    return [
      fine(
        id,
        `its replica set is whole: ${all.length.toString()} of ${all.length.toString()}`,
        '',
        value,
      ),
    ]
  const because = [
    ...[...down, ...unready].map(({ name: member, state }) => `${member}: ${state}`),
    ...late.map((one) => `${one.name}: ${span(lagOf(one, primary, at))} behind`),
  ].join('\n')
  // With half of the members gone the next loss takes the majority, and with it every write.
  const isNarrow = 2 * (all.length - down.length) <= all.length + 1
  const words = { says: 'its replica set is not whole', because, next, value }
  return [down.length > 0 && isNarrow ? broken(id, words) : doubtful(id, words)]
}

function isKnown(state: string): boolean {
  return working.has(state) || passing.has(state)
}

/**
 * Seconds that a member is behind beyond what it is meant to be (secondaryDelaySecs). A primary that writes nothing has nothing that
 * others could be behind with.
 */
function lagOf(member: SetMember, primary: SetMember, at: string): number {
  const { state, writtenAt, delaySeconds = 0 } = member
  if (state !== 'SECONDARY' || writtenAt === undefined) return 0
  const newest = Math.min(Date.parse(primary.writtenAt ?? at), Date.parse(at))
  return (newest - Date.parse(writtenAt)) / 1000 - delaySeconds
}

/** Are the indexes there that the configuration expects? No finding where it expects none. */
export function judgeIndexes({ name, indexes }: HealthTarget): readonly Finding[] {
  const id = `mongo:${name}:indexes`
  if (indexes.state !== 'seen') return [blind(id, 'its indexes', indexes)]
  if (indexes.facts.length === 0) return []
  const missing = indexes.facts.flatMap(({ namespace, expected, found }) => {
    const there = new Set(found.map(({ key }) => patternOf(key)))
    return expected
      .filter((pattern) => !there.has(normal(pattern)))
      .map((pattern) => ({ namespace, pattern }))
  })
  const [first] = missing
  if (!first) return [fine(id, 'every index is there that ops.yaml expects')]
  return [
    broken(id, {
      says: `${missing.length === 1 ? 'an index is' : `${missing.length.toString()} indexes are`} not there`,
      because: missing.map(({ namespace, pattern }) => `${namespace}: ${pattern}`).join('\n'),
      next: [creating(first.namespace, first.pattern)],
      value: missing,
    }),
  ]
}

function patternOf(key: Readonly<Record<string, unknown>>): string {
  return Object.entries(key)
    .map(([field, direction]) => `${field}:${String(direction)}`)
    .join(',')
}

/** `field` alone means ascending. */
function normal(pattern: string): string {
  return pattern
    .split(',')
    .map((part) => part.trim())
    .map((part) => (part.includes(':') ? part : `${part}:1`))
    .join(',')
}

function creating(namespace: string, pattern: string): string {
  const dot = namespace.indexOf('.')
  const key = Object.fromEntries(
    normal(pattern)
      .split(',')
      .map((part) => {
        const at = part.lastIndexOf(':')
        const direction = part.slice(at + 1)
        return [part.slice(0, at), /^-?\d+$/.test(direction) ? Number(direction) : direction]
      }),
  )
  const [database, collection] = [namespace.slice(0, dot), namespace.slice(dot + 1)]
  return `db.getSiblingDB(${JSON.stringify(database)}).getCollection(${JSON.stringify(collection)}).createIndex(${JSON.stringify(key)})   (in mongosh)`
}

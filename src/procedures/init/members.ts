import type { Candidate } from './candidate.js'
import type { Recognised } from './recognise.js'

/** One server, or a replica set that several services are members of: backed up once, through one of them. */
export interface Installation {
  readonly through: Recognised
  /** The other members. */
  readonly others: readonly Candidate[]
  /** Name of its replica set, as its command or its variables say. */
  readonly replicaSet?: string
}

/**
 * Servers, members of one replica set taken together. Two services are members of one set where they name the same set
 * and their names differ by a number or a role only: independent servers often share the name `rs0`, and taking two of
 * them for one would leave one without backups.
 */
export function installations(servers: readonly Recognised[]): readonly Installation[] {
  const keys = new Set(servers.map(key))
  return [...keys].flatMap((one): Installation[] => {
    const group = servers.filter((server) => key(server) === one)
    const through = group.find(({ candidate }) => isPrimary(candidate)) ?? group[0]
    if (through === undefined) return []
    const replicaSet = setName(through.candidate)
    const others = group.filter((one) => one !== through).map(({ candidate }) => candidate)
    return [{ through, others, ...(replicaSet === undefined ? {} : { replicaSet }) }]
  })
}

function key({ candidate }: Recognised): string {
  const set = setName(candidate)
  return set === undefined ? candidate.name : `${set} ${stem(candidate.name)}`
}

function setName(candidate: Candidate): string | undefined {
  const option = /--replSet(?:=|\s+)([^\s'"]+)/.exec(candidate.program.join(' '))?.[1]
  const named = candidate.environment['MONGODB_REPLICA_SET_NAME']
  const member = candidate.environment['MONGODB_REPLICA_SET_MODE']
  // Bitnami's name for a set that nobody named.
  return option ?? named ?? (member === undefined ? undefined : 'replicaset')
}

function isPrimary(candidate: Candidate): boolean {
  return candidate.environment['MONGODB_REPLICA_SET_MODE'] === 'primary'
}

function stem(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/primary|secondary|arbiter|master|slave|replica/g, '')
    .replaceAll(/[\d._-]+/g, '')
}

import type { Candidate } from './candidate.js'
import { isExporterImage, isInterfaceImage, isServerImage } from './images.js'

/** A candidate that runs a database server, and the signs it was recognised by. */
export interface Recognised {
  readonly candidate: Candidate
  readonly signs: readonly string[]
}

/** Variables that make an image set up its server; programs that use the server often share them through an env_file. */
const serverVariables =
  /^(MONGO_INITDB_(ROOT_(USERNAME|PASSWORD)(_FILE)?|DATABASE)|MONGODB_(INITDB_)?ROOT_(USER(NAME)?|PASSWORD)(_FILE)?|MONGODB_REPLICA_SET_MODE)$/

const dataFolders: readonly string[] = ['/data/db', '/bitnami/mongodb', '/bitnami/mongodb/data/db']

/**
 * The candidates that run a server. Image, command and data folder are signs enough alone; variables and the port are
 * shared with programs that only use the server, so it takes two of them, or that there is no better candidate at all.
 */
export function recognise(all: readonly Candidate[]): readonly Recognised[] {
  const judged = all
    .filter((candidate) => role(candidate) === undefined)
    .map((candidate) => ({ candidate, ...signsOf(candidate) }))
  const sure = judged.filter(({ weight }) => weight >= 2)
  if (sure.length > 0) return sure.filter(({ candidate }) => !isHelper(candidate, sure))
  const perhaps = judged.filter(({ weight }) => weight === 1)
  const names = perhaps.map(({ candidate }) => candidate.name)
  return perhaps.filter(
    ({ candidate }) => !candidate.dependsOn.some((name) => names.includes(name)),
  )
}

/** Runs once and waits for a server: a seed or a setup from the server's own image. */
function isHelper(candidate: Candidate, servers: readonly Recognised[]): boolean {
  return (
    candidate.service?.restart === 'no' &&
    servers.some((server) => candidate.dependsOn.includes(server.candidate.name))
  )
}

/** What a candidate is when it is part of a database installation, but no server to be backed up by itself. */
export function role(candidate: Candidate): 'router' | 'shard' | 'tool' | undefined {
  const program = candidate.program.join(' ')
  if (/\bmongos\b/.test(program)) return 'router'
  if (/--(configsvr|shardsvr)\b/.test(program)) return 'shard'
  if (/^(configsvr|shardsvr)$/.test(candidate.environment['MONGODB_SHARDING_MODE'] ?? '')) {
    return 'shard'
  }
  if (candidate.environment['MONGODB_SHARDING_MODE'] === 'mongos') return 'router'
  return isInterfaceImage(candidate.image) || isExporterImage(candidate.image) ? 'tool' : undefined
}

/** A service says what it runs instead of the image's choice; a container says what it runs in any case. */
function runsSomethingElse(candidate: Candidate): boolean {
  if (candidate.kind === 'service') return /^[^-]/.test(candidate.program.join(' '))
  return candidate.program.some((part) => otherPrograms.test(part))
}

const otherPrograms =
  /(^|\/)(mongo|mongosh|mongo(dump|restore|import|export|stat|top)|bash|sh|sleep|tail|cat|node|python3?)$/

function signsOf(candidate: Candidate): { signs: string[]; weight: number } {
  const program = candidate.program.join(' ')
  const runsServer = /(^|[\s/])mongod(\s|$)/.test(program)
  // The same image also runs shells, loaders and dumps: then it is no server, whatever it is called.
  const runsOther = !runsServer && runsSomethingElse(candidate)
  const variable = Object.keys(candidate.environment).find((name) => serverVariables.test(name))
  const folder = candidate.mounts.find(({ destination }) => dataFolders.includes(destination))

  const signs: readonly (readonly [holds: boolean, weight: number, sign: string])[] = [
    [isServerImage(candidate.image) && !runsOther, 2, `its image ${candidate.image ?? ''}`],
    [runsServer, 2, 'its command mongod'],
    [folder !== undefined, runsOther ? 1 : 2, `what it mounts at ${folder?.destination ?? ''}`],
    [variable !== undefined, 1, `${variable ?? ''} in its environment`],
    [candidate.ports.includes(27017), 1, 'its port 27017'],
  ]
  const found = signs.filter(([holds]) => holds)
  return {
    signs: found.map(([, , sign]) => sign),
    weight: found.reduce((sum, [, weight]) => sum + weight, 0),
  }
}

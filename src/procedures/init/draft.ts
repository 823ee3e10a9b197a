import { basename, isAbsolute, relative } from 'node:path'
import { Failure } from '../../domain/failure.js'
import { candidates, type Candidate } from './candidate.js'
import type { InitFacts } from './initFacts.js'
import { installations, type Installation } from './members.js'
import { recognise, role } from './recognise.js'
import { signIn, type SignIn } from './signIn.js'
import { writersOf, type DraftWriter } from './writers.js'

/** A target as it will be written. */
export interface DraftTarget {
  readonly name: string
  /** How it was found, for its comment. */
  readonly found: readonly string[]
  readonly place: 'service' | 'container' | 'uri'
  /** Name of the service or container; of the environment variable for a `uri`. */
  readonly at: string
  readonly databases: readonly string[]
  readonly databasesComment: string
  readonly signIn: SignIn
  readonly writers: readonly DraftWriter[]
  readonly replicaSet?: string
}

/** `ops.yaml`, decided but not yet written as text. */
export interface Draft {
  readonly name: string
  readonly stack?: {
    readonly compose: readonly string[]
    readonly project: string
    readonly job?: string
    /** Services that could be the job as well. */
    readonly jobs: readonly string[]
  }
  readonly targets: readonly DraftTarget[]
  readonly shelf: string
  /** What the operator should know: what was found and how, and what was left out and why. */
  readonly notes: readonly string[]
}

/**
 * Decides what goes into `ops.yaml`. Throws `INIT_NOTHING_FOUND` (not-found) where there is neither a MongoDB server nor
 * an environment variable that names one.
 */
export function draft(facts: InitFacts): Draft {
  const all = candidates(facts)
  const servers = recognise(all)
  const inProject = servers.filter(({ candidate }) => candidate.kind === 'service')
  const taken = installations(inProject.length > 0 ? inProject : servers)
  const names = uniqueNames(taken.map(({ through }) => through.candidate.name))
  const found = taken.map((one, index) =>
    targetOf(
      names[index] ?? '',
      one,
      all,
      servers.map(({ candidate }) => candidate),
      facts,
    ),
  )
  const targets = found.length > 0 ? found : fromEnvironment(facts)
  if (targets.length === 0) throw nothingFound(facts)

  return {
    name: fileName(facts.compose?.project.name ?? basename(facts.folder)) || 'ops',
    ...stackOf(facts, targets),
    targets,
    shelf: facts.shelf,
    notes: [
      ...targets.map((target) => `${target.name}: ${target.found.join(' ')}`),
      ...foreign(taken),
      ...leftOut(
        all,
        servers.map(({ candidate }) => candidate),
        taken,
      ),
    ],
  }
}

function targetOf(
  name: string,
  installation: Installation,
  all: readonly Candidate[],
  servers: readonly Candidate[],
  facts: InitFacts,
): DraftTarget {
  const { through, others } = installation
  const { candidate } = through
  const seen = facts.servers[candidate.name]
  const replicaSet = seen === undefined ? installation.replicaSet : seen.replicaSet
  return {
    name,
    found: [
      `Found by ${through.signs.join(', ')}.`,
      ...(candidate.published ? [] : ['No port is published: ops works inside its container.']),
      ...(others.length === 0
        ? []
        : [
            `Taken for one replica set together with ${others.map((one) => one.name).join(', ')}; one that is a server of its own needs a target of its own.`,
          ]),
    ],
    place: candidate.kind,
    at: candidate.name,
    ...databasesOf(candidate, seen?.databases ?? []),
    signIn: signIn(candidate, facts),
    writers: writersOf([candidate, ...others], servers, all),
    ...(replicaSet === undefined ? {} : { replicaSet }),
  }
}

function databasesOf(
  candidate: Candidate,
  seen: readonly string[],
): { readonly databases: readonly string[]; readonly databasesComment: string } {
  if (seen.length > 0 && seen.every((name) => databaseName.test(name))) {
    return {
      databases: seen,
      databasesComment:
        'What the server holds now. A database that is made later must be added; empty means all of them.',
    }
  }
  const first = candidate.environment['MONGO_INITDB_DATABASE'] ?? ''
  const mentioned = databaseName.test(first) ? ` The container was set up with ${first}.` : ''
  return {
    databases: [],
    databasesComment: `Empty: every database of the server (admin, config and local are its own).${mentioned}`,
  }
}

/** A server outside Docker, where the environment already knows how to reach one. */
function fromEnvironment(facts: InitFacts): readonly DraftTarget[] {
  const variable = uriVariables.find((name) => facts.environmentNames.includes(name))
  if (variable === undefined) return []
  return [
    {
      name: 'mongodb',
      found: [
        `Found by the environment variable ${variable}, which must hold its connection string.`,
      ],
      place: 'uri',
      at: variable,
      databases: [],
      databasesComment:
        'Empty: every database of the server (admin, config and local are its own).',
      signIn: { kind: 'none', comments: ['The connection string says who signs in.'] },
      writers: [],
    },
  ]
}

function stackOf(facts: InitFacts, targets: readonly DraftTarget[]): Pick<Draft, 'stack'> {
  if (facts.compose === undefined) return {}
  const { stack, project } = facts.compose
  const jobs = unique(
    targets
      .flatMap((target) => target.writers)
      .filter((writer) => writer.kind === 'job')
      .map((writer) => writer.service),
  )
  const likely = jobs.filter((name) => /migrat|load|pipeline|import|ingest|etl/i.test(name))
  const job = jobs.length === 1 ? jobs[0] : likely.length === 1 ? likely[0] : undefined
  return {
    stack: {
      compose: stack.composeFiles.map((path) => fromFolder(facts.folder, path)),
      project: project.name,
      ...(job === undefined ? {} : { job }),
      jobs,
    },
  }
}

/** Nobody's containers are taken without a word: a machine may hold several projects, and this folder be none of them. */
function foreign(taken: readonly Installation[]): readonly string[] {
  return taken.flatMap(({ through: { candidate } }) => {
    const project = candidate.kind === 'container' ? candidate.container?.project : undefined
    return project === undefined
      ? []
      : [
          `${candidate.name} belongs to the compose project ${project}, whose file is not in this folder (nor named by COMPOSE_FILE): remove its target if it is not yours`,
        ]
  })
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

function leftOut(
  all: readonly Candidate[],
  servers: readonly Candidate[],
  taken: readonly Installation[],
): readonly string[] {
  const covered = taken.flatMap(({ through, others }) => [through.candidate, ...others])
  return all.flatMap((candidate) => {
    const part = role(candidate)
    if (part === 'router' || part === 'shard') {
      return [
        `${candidate.name} is part of a sharded cluster, which ops cannot back up consistently: left out`,
      ]
    }
    return servers.includes(candidate) && !covered.includes(candidate)
      ? [`container ${candidate.name} runs MongoDB too, but is not part of this project: left out`]
      : []
  })
}

function fromFolder(folder: string, path: string): string {
  const way = relative(folder, path)
  return way === '' || way.startsWith('..') || isAbsolute(way) ? path : way
}

function uniqueNames(names: readonly string[]): readonly string[] {
  const lower: string[] = []
  return names.map((name) => {
    const wanted = fileName(name) || 'mongodb'
    let unique = wanted
    for (let number = 2; lower.includes(unique.toLowerCase()); number += 1) {
      unique = `${wanted}-${number.toString()}`
    }
    lower.push(unique.toLowerCase())
    return unique
  })
}

/** A name as targets may have it, which is also a file name. */
function fileName(name: string): string {
  return name
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 50)
}

function nothingFound(facts: InitFacts): Failure {
  const looked = [
    facts.compose === undefined
      ? 'there is no compose file'
      : `no service of ${facts.compose.stack.composeFiles.join(', ')} runs MongoDB`,
    `none of ${facts.containers.length.toString()} containers does`,
    `none of ${uriVariables.join(', ')} is set`,
  ]
  return new Failure(
    'not-found',
    'INIT_NOTHING_FOUND',
    `found no MongoDB server: ${looked.join('; ')}`,
    [
      'cd to the folder of the compose file, then ops init',
      'export MONGODB_URI=mongodb://HOST:27017/ && ops init',
    ],
  )
}

const uriVariables = ['MONGODB_URI', 'MONGO_URI', 'MONGODB_URL', 'MONGO_URL']
const databaseName = /^[A-Za-z0-9_][\w-]{0,62}$/

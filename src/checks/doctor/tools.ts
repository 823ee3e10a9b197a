import type { Finding } from '../../domain/finding.js'
import type { Looked, ServerSeen, ToolFacts } from './evidence.js'
import { blind, broken, doubtful, fine, unknown } from './finding.js'
import { seen } from './look.js'

type Release = readonly [major: number, minor: number]

/** The first tools that support a server release; they support every one before it (MongoDB's changelogs of the tools). */
const supports: readonly (readonly [tools: Release, server: Release])[] = [
  [
    [100, 0],
    [4, 4],
  ],
  [
    [100, 4],
    [5, 0],
  ],
  [
    [100, 5],
    [6, 0],
  ],
  [
    [100, 7],
    [6, 3],
  ],
  [
    [100, 8],
    [7, 0],
  ],
  [
    [100, 10],
    [8, 0],
  ],
  [
    [100, 12],
    [8, 1],
  ],
  [
    [100, 13],
    [8, 2],
  ],
  [
    [100, 16],
    [8, 3],
  ],
  [
    [100, 18],
    [9, 0],
  ],
]

/**
 * Older ones list collections before they note where their oplog begins: what is made in between is in neither (`Dump`,
 * mongodump/mongodump.go, 100.6.1 and 100.7.0).
 */
const oldest: Release = [100, 7]

const install = 'https://www.mongodb.com/docs/database-tools/installation/'

/** Are mongodump and mongorestore where they would be run, and made for this server? */
export function judgeTools(
  target: string,
  tools: Looked<ToolFacts>,
  server: Looked<ServerSeen>,
): Finding {
  const id = `${target}.tools`
  if (tools.state === 'refused' && aboutTools.has(tools.code))
    return broken(id, {
      says: 'mongodump and mongorestore cannot be run',
      because: tools.message,
      next: [...tools.next, `install MongoDB's tools: ${install}`],
      value: { code: tools.code },
    })
  if (tools.state !== 'seen') return blind(id, "MongoDB's tools", tools, ['ops stack ps'])
  const { engine, because, mongodump, mongorestore } = tools.facts
  const where = `engine ${engine}: ${because}`
  const value = { engine, mongodump, mongorestore }
  const next = [`install MongoDB's tools ${oldest.join('.')} or later: ${install}`]
  const version = releaseOf(mongodump)
  if (!version)
    return unknown(id, {
      says: `mongodump does not say which version it is ("${mongodump}")`,
      because: where,
      next,
      value,
    })
  const [why] = tools.facts.fellBack ?? []
  if (why !== undefined)
    return doubtful(id, {
      says: `backups are taken by engine ${engine}, though another would be better`,
      because: why,
      next: [
        `ops backup --engine ${engine}   (or "engine: ${engine}" in ops.yaml, if it is to stay so)`,
      ],
      value,
    })
  if (mongodump !== mongorestore)
    return doubtful(id, {
      says: `mongodump ${mongodump} and mongorestore ${mongorestore} do not belong together`,
      because: where,
      next,
      value,
    })
  if (isBefore(version, oldest))
    return doubtful(id, {
      says: `mongodump ${mongodump} can leave out collections that are made just as it begins`,
      because: `${where}; before ${oldest.join('.')} it lists collections first, and then notes where its oplog begins`,
      next,
      value,
    })
  const tooNew = beyond(version, releaseOf(seen(server)?.version ?? ''))
  if (tooNew)
    return doubtful(id, {
      says: `mongodump ${mongodump} is older than the server`,
      because: `${where}; it supports servers up to ${tooNew.supported.join('.')}, this one is ${tooNew.server.join('.')}`,
      next: [`install newer tools: ${install}`],
      value,
    })
  return fine(id, `mongodump and mongorestore ${mongodump}`, where, value)
}

const aboutTools = new Set(['TOOL_MISSING', 'ENGINE_IMPOSSIBLE'])

/** Newest server release that these tools support; nothing for tools newer than all that is known here. */
function newestSupported(tools: Release): Release | undefined {
  const [newest] = supports.at(-1) ?? []
  if (newest && isBefore(newest, tools)) return undefined
  return supports.findLast(([since]) => !isBefore(tools, since))?.[1]
}

function beyond(tools: Release, server: Release | undefined) {
  const supported = newestSupported(tools)
  return server && supported && isBefore(supported, server) ? { supported, server } : undefined
}

function releaseOf(version: string): Release | undefined {
  const [, major, minor] = /^[a-z]?(\d+)\.(\d+)/.exec(version) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor)]
}

function isBefore(one: Release, other: Release): boolean {
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1])
}

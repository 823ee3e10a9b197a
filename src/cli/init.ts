import { dirname, resolve } from 'node:path'
import { defaultShelf } from '../config/folders.js'
import { parseConfig } from '../config/parse.js'
import { Failure } from '../domain/failure.js'
import { draft, type Draft } from '../procedures/init/draft.js'
import type { InitFacts } from '../procedures/init/initFacts.js'
import { configExists, mayWrite } from '../procedures/init/mayWrite.js'
import { render } from '../procedures/init/render.js'
import { agree } from './agree.js'
import { composeStack, isThere } from './composeFiles.js'
import { patiently, warn, type Door } from './door.js'
import { surroundings } from './surroundings.js'
import { machineWorld, openWorld } from './world.js'

/** What `init` answers. */
export interface Initialised {
  /** Absolute path of the file. */
  readonly file: string
  readonly written: boolean
  /** Where the file that was there before is kept. */
  readonly keptAs: string | null
  readonly targets: readonly string[]
  /** What was found, how, and what was left out and why. */
  readonly notes: readonly string[]
  readonly text: string
}

/** What `init` was asked for. */
export interface InitRequest {
  readonly config: string | undefined
  readonly force: boolean
  readonly dryRun: boolean
  readonly opsVersion: string
}

/** Name of a configuration file where none is given. */
const usualName = 'ops.yaml'

/**
 * Looks for a compose project and MongoDB servers, asks the servers what they hold, and writes `ops.yaml`. Throws
 * `CONFIG_EXISTS` (refused), `INIT_NOTHING_FOUND` (not-found), `CONFIG_UNWRITABLE` (environment), `COMPOSE_FAILED` (failed).
 */
export async function initialise(request: InitRequest, door: Door): Promise<Initialised> {
  const around = surroundings()
  const file = resolve(around.cwd, request.config ?? usualName)
  const exists = await isThere(file)
  // Before anything is looked at: a refusal should not take ten seconds.
  if (!request.dryRun && exists && !request.force) await mayReplace(file, door)

  const { facts, unasked } = await patiently(door, lookAround(dirname(file), door))
  const first = draftOf(facts, unasked)
  const servers = await patiently(door, askServers(first, file, request.opsVersion, door))
  const decided = draft({ ...facts, servers })
  const text = render(decided)
  const { warnings } = parseConfig(text, file, around)
  for (const warning of warnings) warn(door, warning)

  const answer = {
    file,
    targets: decided.targets.map(({ name }) => name),
    notes: decided.notes,
    text,
  }
  if (request.dryRun) return { ...answer, written: false, keptAs: null }
  return { ...answer, written: true, keptAs: await write(file, text, exists) }
}

async function mayReplace(file: string, door: Door): Promise<void> {
  const replace = await agree(`${file} is there already. Replace it (the old one is kept)?`, door)
  mayWrite({ path: file, exists: true, replace })
}

async function write(file: string, text: string, exists: boolean): Promise<string | null> {
  const { createConfigFile, replaceConfigFile } = await import('../adapters/state/initFiles.js')
  if (exists) return replaceConfigFile(file, text, new Date())
  if (await createConfigFile(file, text)) return null
  throw configExists(file)
}

/** Where the engine did not answer, that nothing was found is its doing. */
function draftOf(facts: InitFacts, unasked: Failure | undefined): Draft {
  try {
    return draft(facts)
  } catch (error) {
    throw unasked ?? error
  }
}

/** What is here, and why running containers could not be looked at, if so. */
async function lookAround(
  folder: string,
  door: Door,
): Promise<{ readonly facts: InitFacts; readonly unasked: Failure | undefined }> {
  const around = surroundings()
  const { engine, compose } = machineWorld(around)
  // Written to /etc/ops, it may be for the compose file that lies here.
  const stack =
    (await composeStack(folder, around.env)) ?? (await composeStack(around.cwd, around.env))
  const project = stack ? await compose.project(stack) : undefined
  let unasked: Failure | undefined
  const containers = await engine.containers().catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error
    warn(door, `running containers were not looked at: ${error.message}`)
    unasked = error
    return []
  })
  const facts: InitFacts = {
    folder,
    shelf: defaultShelf(around),
    ...(stack && project ? { compose: { stack, project } } : {}),
    containers,
    environmentNames: Object.keys(around.env),
    servers: {},
  }
  return { facts, unasked }
}

/** What each server says of itself. One that cannot be asked is drafted from what its container says. */
async function askServers(
  first: Draft,
  file: string,
  opsVersion: string,
  door: Door,
): Promise<InitFacts['servers']> {
  const around = surroundings()
  const { config } = parseConfig(render(first), file, around)
  const world = openWorld(config, opsVersion, around)
  const seen: Record<string, InitFacts['servers'][string]> = {}
  for (const { name, at } of first.targets) {
    const target = config.targets[name]
    if (!target) continue
    try {
      const session = await world.mongo.connect(target, door.interruption.signal)
      try {
        const { replicaSet } = await session.server()
        const databases = await session.databases()
        seen[at] = { databases, ...(replicaSet === undefined ? {} : { replicaSet }) }
      } finally {
        await session.close()
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      warn(door, `${name} was not asked what it holds: ${error.message}`)
    }
  }
  return seen
}

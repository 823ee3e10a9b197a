import { look } from '../../checks/doctor/look.js'
import { Failure } from '../../domain/failure.js'
import { endsInMongod } from '../../domain/replicaSet/memberFile.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { optionOf } from '../dataFiles/place.js'
import { withSession } from '../withSession.js'

/** Seconds that a server gets to say where its data lies. */
const patience = 10

/** Where mongod keeps its data if nobody says otherwise (the official image's own command). */
const usualFolder = '/data/db'

/** Words by which mongod is told to read its options from a file. */
const fromFile = /^(-f|--conf)/

/**
 * The folder in its container that a server keeps its data in: as it says itself, or by its arguments, where it does not answer and they
 * alone decide that. Throws `NO_NAMED_VOLUME` (refused) where nothing tells: what lies in the container goes with it.
 */
export async function dataFolder(
  target: Target,
  { name, command, state }: Pick<ContainerFacts, 'name' | 'command' | 'state'>,
  world: Pick<World, 'mongo' | 'clock'>,
): Promise<string> {
  if (state === 'running') {
    const watch = { clock: world.clock, signal: new AbortController().signal }
    const asked = await look(watch, patience, (signal) =>
      withSession(target, world, signal, (session) => session.storage()),
    )
    if (asked.state === 'seen') return asked.facts.dbPath
  }
  const words = command.flatMap((part) => part.split(/\s+/))
  if (!endsInMongod(command)) throw untold(target, name, 'what it runs is not known to be mongod')
  if (words.some((word) => fromFile.test(word)))
    throw untold(target, name, 'its options stand in a file')
  return optionOf(command, 'dbpath') ?? usualFolder
}

function untold({ name: target }: Target, container: string, why: string): Failure {
  return new Failure(
    'refused',
    'NO_NAMED_VOLUME',
    `nothing tells where the data of "${target}" lies: its server does not say, and ${why}; made anew, ${container} might come up without it`,
    [
      `docker inspect ${container}   (what it runs, and what it mounts)`,
      'ops troubleshoot connection',
    ],
  )
}

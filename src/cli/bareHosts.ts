import { join } from 'node:path'
import { clonedCompose } from '../adapters/docker/clonedCompose.js'
import { recoveryFolder } from '../adapters/host/recoveryFolder.js'
import { supplyFiles } from '../adapters/host/supplyFiles.js'
import type { Config } from '../config/config.js'
import type { Surroundings } from '../config/surroundings.js'
import { bareDocument } from '../domain/bareDocument.js'
import { Failure } from '../domain/failure.js'
import type { Stack, Target } from '../domain/target.js'
import type { ComposeProject } from '../ports/compose.js'
import type { Supplies } from '../ports/supplies.js'
import type { World } from '../ports/world.js'
import type { BareHosts, BareWish } from '../procedures/drill/bareHost.js'
import { cloneSet } from '../procedures/drill/cloneSet.js'
import { secretsMissing } from '../procedures/dr/system/filePlan.js'
import { findSystem, type FoundSystem } from '../procedures/dr/system/findSystem.js'
import type { Asking } from './recoveryValues.js'
import { systemFromPlace } from './systemFromPlace.js'
import { openWorld } from './world.js'

/**
 * Folders of drills in which a system is built again. Compose reads the files of the kit there and runs a clone of what they say. What
 * no kit holds comes from the real stack, as an operator would bring it: `.env` and what was typed into compose files is copied,
 * other files are linked to.
 */
export function bareHosts(
  config: Config,
  opsVersion: string,
  around: Surroundings,
  { compose }: Pick<World, 'compose'>,
): BareHosts {
  return {
    async open(bare, signal) {
      const { clone, target, place, backup, wish, timeoutSeconds } = bare
      const { stack: real } = config
      if (!real) throw new Error('a clone is made of a stack')
      const folder = recoveryFolder(clone.bareFolder)
      const found = inClone(await findSystem(place, { backup, target: target.name }, signal), bare)
      const { project: original, leftOut } = found.kit.kit
      const project = await compose.project(real)
      const names = [...namesIn(leftOut), ...secretFiles(project, real)]
      const supplied = await supplyFiles(real.directory, folder.path, names)
      const cloning = {
        ...(original === undefined ? {} : { project: original }),
        fit: bareDocument(wish, folder.path),
      }
      const inProject = (stack: Stack): Stack => ({ ...stack, project: clone.project })
      const read = await systemFromPlace(
        {
          place,
          found,
          folder,
          before: real.directory,
          keepFiles: false,
          identity: [],
          ask: knownTo(project),
          planning: (env) => clonedCompose(env, cloning),
          open: (kept) => {
            const own: Config = {
              ...kept,
              backup: {
                ...kept.backup,
                shelf: join(folder.path, '.shelf'),
                encryption: config.backup.encryption,
                copies: [],
              },
              ...(kept.stack ? { stack: inProject(kept.stack) } : {}),
            }
            const world = openWorld(own, opsVersion, around, {
              state: join(folder.path, '.state'),
              compose: clonedCompose(around.env, cloning),
            })
            return { ...world, supplies: withoutFetching(world.supplies) }
          },
        },
        around,
      )
      const { request, world } = read
      return {
        world,
        request: {
          ...request,
          replay: true,
          stack: inProject(request.stack),
          staged: inProject(request.staged),
          targets: [{ ...requireTarget(read.config, target), ...signIn(target) }],
          timeoutSeconds,
          again: 'ops dr drill system',
          signal,
        },
        supplied,
        discard: () => read.discard(),
      }
    },
  }
}

/** The server of the clone is no other member of the old set: it is initiated with the name that it has there. */
function inClone(found: FoundSystem, { document, service }: BareWish): FoundSystem {
  const { replicaSet, ...kit } = found.kit.kit
  const set = replicaSet && cloneSet(document, service)
  return { ...found, kit: { ...found.kit, kit: { ...kit, ...(set ? { replicaSet: set } : {}) } } }
}

/** A line of what was left out begins with its name. A kit may say anything: no step of a name leads upwards. */
function namesIn(lines: readonly string[]): readonly string[] {
  return lines
    .map((line) => line.split(': ', 1)[0] ?? '')
    .filter((name) => name.split('/').every((step) => !['', '.', '..'].includes(step)))
}

function secretFiles({ secrets = {} }: ComposeProject, { directory }: Stack): readonly string[] {
  const below = `${directory}/`
  return Object.values(secrets).flatMap(({ file }) =>
    file?.startsWith(below) === true ? [file.slice(below.length)] : [],
  )
}

/** What stood in a compose file as it is was left out of the kit under the name of its variable: the real stack knows it. */
function knownTo({ services }: ComposeProject): Asking {
  return (names) => {
    const values = new Map(
      Object.values(services).flatMap(({ environment }) => Object.entries(environment)),
    )
    const unknown = names.filter((name) => !values.has(name))
    if (unknown.length > 0) return Promise.reject(secretsMissing(unknown))
    return Promise.resolve(Object.fromEntries(names.map((name) => [name, values.get(name) ?? ''])))
  }
}

function requireTarget({ targets }: Config, { name }: Target): Target {
  const target = targets[name]
  if (target) return target
  throw new Failure('not-found', 'TARGET_UNKNOWN', `ops.yaml of the kit has no target "${name}"`, [
    'ops backup',
    'ops dr drill system',
  ])
}

/** The clone knows nobody but the user that its image makes. */
function signIn({ place, writers, credentials, tls }: Target): Partial<Target> {
  return { place, writers, ...(credentials ? { credentials } : {}), ...(tls ? { tls } : {}) }
}

/** A drill fetches no image; what lies at the place may be loaded. */
function withoutFetching(supplies: Supplies): Supplies {
  return {
    ...supplies,
    pullImage: (image) =>
      Promise.reject(
        new Failure(
          'environment',
          'DRILL_IMAGE_MISSING',
          `the image ${image} of the kit is not on this engine, and a drill fetches none`,
          [`docker pull ${image}`, 'ops backup'],
        ),
      ),
  }
}

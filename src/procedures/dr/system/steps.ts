import { Failure } from '../../../domain/failure.js'
import type { Kit } from '../../../domain/kit.js'
import type { Target } from '../../../domain/target.js'
import type { World } from '../../../ports/world.js'
import type { Step, StepContext } from '../../plan.js'
import { loadFromPlace } from '../../images/loadImage.js'
import { bringBack } from './bringBack.js'
import { initiated } from '../initiated.js'
import { keptData } from './keptData.js'
import { usersIn } from '../corruption/users.js'
import { proveServer, type ServerProof } from '../proveServer.js'
import { withSession } from '../../withSession.js'
import type { SystemFacts } from './look.js'
import type { OpenArchive } from './openArchives.js'
import type { Replay } from './replay.js'
import type { SystemRequest } from './request.js'
import type { SystemRun } from './run.js'
import { usersMissing } from './usersMissing.js'

/** Writes the files of the kit that are not there yet. */
export function writeFiles({ files }: SystemFacts, { folder }: SystemRequest): readonly Step[] {
  if (files.write.length === 0) return []
  return [
    {
      title: `Write ${files.write.length.toString()} files into ${folder.path}`,
      effect: 'changes',
      stays: true,
      async run({ signal, detail }) {
        for (const file of files.write) {
          signal.throwIfAborted()
          await folder.write(file)
          detail(file.name)
        }
      },
    },
  ]
}

/** Gets the images that are not here. One that only a service needs which nobody waits for keeps nothing else from coming back. */
export function fetchImages(
  facts: SystemFacts,
  { place }: SystemRequest,
  run: SystemRun,
  world: World,
): readonly Step[] {
  return facts.images
    .filter(({ how }) => how === 'kept' || how === 'pull')
    .map(({ name, services, how, id }) => ({
      title: how === 'kept' ? `Load the image ${name} from the place` : `Ask for the image ${name}`,
      effect: 'changes',
      stays: true,
      async run(context) {
        const { signal, warn } = context
        try {
          if (how === 'kept' && id !== undefined) {
            const built = services.some((service) => isBuilt(service, facts))
            if ((await loaded({ id, name }, built, place, world, context)) === 'built') return
          } else await world.supplies.pullImage(name, signal)
          run.images.push(name)
        } catch (error) {
          const needed = services.some((service) => facts.servers.includes(service))
          if (needed || signal.aborted || !(error instanceof Failure)) throw error
          warn(error.message)
          run.withoutImage(name, services, error)
        }
      },
    }))
}

function isBuilt(service: string, { project }: SystemFacts): boolean {
  return project.services[service]?.buildContext !== undefined
}

/**
 * Takes in the archive at the place. Where that is damaged, and this is said, the registry may have the image, or compose builds it:
 * then `built`. Throws what `loadFromPlace` throws where nobody else has it either.
 */
async function loaded(
  image: { readonly id: string; readonly name: string },
  built: boolean,
  place: SystemRequest['place'],
  world: World,
  { signal, warn }: Pick<StepContext, 'signal' | 'warn'>,
): Promise<'had' | 'built'> {
  try {
    await loadFromPlace(image, place, world, signal)
    return 'had'
  } catch (error) {
    if (signal.aborted || !(error instanceof Failure)) throw error
    // A registry knows something else under the name of an image that is built here, if anything.
    if (built) {
      if (await world.engine.image(image.name)) throw error
      warn(`${error.message}; compose builds it instead`)
      return 'built'
    }
    warn(`${error.message}; its registry is asked instead`)
    await world.supplies.pullImage(image.name, signal).catch((refused: unknown) => {
      throw signal.aborted || !(refused instanceof Failure) ? refused : error
    })
    return 'had'
  }
}

/** Volumes and networks that compose does not make by itself. */
export function makeExternal({ external }: SystemFacts, world: World): readonly Step[] {
  const { volumes, networks } = external
  if (volumes.length + networks.length === 0) return []
  return [
    {
      title: `Make what compose only uses: ${[...volumes, ...networks].join(', ')}`,
      effect: 'changes',
      stays: true,
      async run() {
        for (const name of volumes) await world.supplies.makeVolume(name)
        for (const name of networks) await world.supplies.makeNetwork(name)
      },
    },
  ]
}

/** Starts the servers alone: nobody writes to them before their data is back. */
export function startServers(
  facts: SystemFacts,
  { stack, timeoutSeconds }: SystemRequest,
  run: SystemRun,
  world: World,
): readonly Step[] {
  const { servers } = facts
  return [
    {
      title: `Start ${servers.join(', ')} alone, and wait until it is healthy`,
      effect: 'changes',
      stays: true,
      async run({ signal, detail, remember }) {
        run.begins(servers)
        await remember()
        await world.compose.up(stack, servers, { timeoutSeconds }, detail, signal)
      },
    },
  ]
}

/**
 * Brings one target back and proves it. What an earlier run brought
 * back is looked at first, and left as it is unless nothing of it is there any more.
 */
export function restoreData(
  archive: OpenArchive,
  request: SystemRequest,
  run: SystemRun,
  world: World,
): readonly Step[] {
  const { target, manifest, replay } = archive
  const { timeoutSeconds, found } = request
  const first = run.entering(target)
  const prove: Step = {
    title: `Prove that ${target.name} is primary and takes a write`,
    effect: 'reads',
    async run(context) {
      const [named, inArchive] = [run.usersOf(target), usersIn(archive.source)]
      const known = {
        ...(named ? { named } : {}),
        ...(inArchive === undefined ? {} : { inArchive }),
      }
      run.proofs.push(await proved(target, first, timeoutSeconds, run, world, context))
      const { replicaSet } = await withSession(first, world, context.signal, (session) =>
        session.server(),
      )
      if (replicaSet === undefined) run.isOfNoSet(target)
      run.missing.push(...(await usersMissing(first, known, world, context.signal)))
    },
  }
  const look: Step = {
    title: `Look whether the data of ${target.name} is still there`,
    effect: 'reads',
    async run({ signal, warn }) {
      const id = run.restoredBefore(target)
      if (id === undefined) return
      const was = found.backups[target.name]?.find((one) => one.id === id)
      const kept = await keptData(first, was, world, signal)
      if (kept.gone) {
        warn(
          `the data of ${target.name} that an earlier run brought back is gone: it is restored again`,
        )
        run.isGone(target)
        return
      }
      if (kept.fewer.length > 0) warn(`fewer documents than in ${id}: ${kept.fewer.join(', ')}`)
      run.lost(target, id, kept.lost)
      run.reachedBefore(archive, id)
    },
  }
  return [
    {
      title: `Wait until the server of ${target.name} is primary`,
      effect: 'changes',
      stays: true,
      async run(context) {
        await initiatedAsBefore(first, run.replicaSetOf(target), timeoutSeconds, world, context)
        await answers(first, timeoutSeconds, world, context)
      },
    },
    ...(run.restoredBefore(target) === undefined ? [] : [look]),
    {
      title: `Restore ${target.name} from ${manifest.id}${replay ? ` and ${slicesText(replay)}` : ''}, and prove it`,
      effect: 'destroys',
      stays: true,
      async run(context) {
        const kept = run.restoredBefore(target)
        if (kept !== undefined) {
          context.detail(`it is back since an earlier run, from ${kept}`)
          return
        }
        const brought = { ...archive, target: first }
        run.restored(archive, await bringBack(brought, request, world, context))
      },
    },
    prove,
  ]
}

/** `2 slices behind it`. */
export function slicesText({ moment: { slices } }: Replay): string {
  return slices.length === 1
    ? 'the slice behind it'
    : `${slices.length.toString()} slices behind it`
}

/** A set of several members is left to whoever knows where the others are. */
async function initiatedAsBefore(
  target: Target,
  set: Kit['replicaSet'],
  timeoutSeconds: number,
  world: World,
  context: StepContext,
): Promise<void> {
  if (!set) return
  const { name, members } = set
  const [member, ...others] = members
  if (member === undefined || others.length > 0) {
    context.warn(
      `${target.name} was a set of ${members.join(', ')}: its other members are not made here`,
    )
    return
  }
  await initiated({ target, name, member, patience: timeoutSeconds * 1000 }, world, context)
}

/** As the user of the target; where he cannot sign in, as the first one, and that is told. */
async function proved(
  target: Target,
  first: Target,
  timeoutSeconds: number,
  run: SystemRun,
  world: World,
  context: StepContext,
): Promise<ServerProof> {
  const asked = { timeoutSeconds, wasWell: false }
  try {
    return await proveServer({ ...asked, target }, world, context)
  } catch (error) {
    const refused = error instanceof Failure && error.code === 'MONGO_AUTHENTICATION'
    if (!refused || first === target) throw error
    run.withoutOwnUser(target, error)
    return proveServer({ ...asked, target: first }, world, context)
  }
}

/** Its databases are not there yet, so only the server is asked. */
async function answers(
  target: Target,
  timeoutSeconds: number,
  world: World,
  context: StepContext,
): Promise<void> {
  await proveServer(
    { target: { ...target, databases: [] }, timeoutSeconds, wasWell: false },
    world,
    context,
  )
}

/** Starts each of the other services and waits for its health. One that stays ill keeps no other from being started. */
export function startOthers(
  facts: SystemFacts,
  { stack, timeoutSeconds }: SystemRequest,
  run: SystemRun,
  world: World,
): readonly Step[] {
  return facts.others.map((service) => ({
    title: `Start ${service}`,
    effect: 'changes',
    stays: true,
    async run({ signal, detail, warn, remember }) {
      run.begins([service])
      await remember()
      try {
        await world.compose.make(stack, service, { timeoutSeconds, anew: false }, detail, signal)
        run.started.push(service)
      } catch (error) {
        if (signal.aborted || !(error instanceof Failure)) throw error
        warn(`${service}: ${error.message}`)
        run.withoutService(service, error)
      }
    },
  }))
}

import { Failure } from '../../domain/failure.js'
import type { ChangedSetting } from '../../domain/receipt.js'
import type { ContainerFacts, ContainerState } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { stillIll } from '../dr/cure.js'
import { proveServer } from '../dr/proveServer.js'
import type { Plan, Step, StepContext } from '../plan.js'
import { isWell } from '../stack/health.js'
import { requireAsPlanned } from './asPlanned.js'
import type { ServiceScene } from './serviceScene.js'
import { putSetting, type Direction } from './setting.js'

/** Seconds that a container gets to come up while something is taken back: one that was not well, and at most one that was. */
const backPatience = 20
const longestBack = 180

/** Milliseconds after which a container that came up is looked at once more: one that is killed for memory is so at once. */
const settling = 3_000

/** A setting that is changed, and what proves that it holds. */
export interface Remake {
  readonly title: string
  readonly facts: Plan<unknown>['facts']
  readonly warnings?: readonly string[]
  /** What is lost besides what making anew always loses. */
  readonly loses?: readonly string[]
  readonly setting: ChangedSetting
  /** Throws `PLAN_STALE` (refused) where something else than the container is not as it was when it was planned. */
  readonly lookAgain?: () => Promise<void>
  /** Throws where the container that came up does not have the setting. */
  readonly prove: (now: ContainerFacts, context: StepContext) => Promise<void>
  readonly result: Readonly<Record<string, unknown>>
  /** What to type to do the same once more. */
  readonly again: string
  /** How long the container may take to get well. */
  readonly timeoutSeconds: number
}

/** Changes a setting, makes the container of its service anew, and proves that it holds and that the server answers. */
export function remakePlan(
  {
    title,
    facts,
    warnings = [],
    loses = [],
    setting,
    lookAgain,
    prove,
    result,
    again,
    timeoutSeconds,
  }: Remake,
  scene: ServiceScene,
  world: World,
): Plan<Readonly<Record<string, unknown>>> {
  const { found, target, service } = scene
  return {
    command: 'troubleshoot',
    target: scene.name,
    title,
    facts: [
      ...facts,
      ['Container', `${found.name} is made anew; nothing that it depends on is touched`],
      ['Way back', '"ops undo" sets it as it was, and makes the container anew'],
    ],
    warnings,
    loses: [
      `the connections to ${found.name}, and what it wrote anywhere but into its volumes: it is made anew`,
      ...loses,
    ],
    locks: scene.locks,
    recordedFromTheStart: true,
    steps: [
      remakeStep(`Write ${setting.file}, and make ${found.name} anew`, setting, 'forth', {
        scene,
        timeoutSeconds,
        world,
        ...(lookAgain ? { lookAgain } : {}),
      }),
      {
        title: `Prove that it holds${target ? `, and that ${target.name} takes a write` : ''}`,
        effect: 'reads',
        async run(context) {
          await world.clock.sleep(settling, context.signal)
          await prove(await remade(scene, world), context)
          if (target) await proveServer({ target, timeoutSeconds, wasWell: false }, world, context)
          context.detail(`${service} is well`)
        },
      },
    ],
    receipt: () => ({ setting, again }),
    result: () => result,
  }
}

/** What making anew needs. */
interface Around {
  readonly scene: ServiceScene
  readonly timeoutSeconds: number
  readonly world: World
  /** What else has to be as it was when it was planned. */
  readonly lookAgain?: () => Promise<void>
}

/**
 * Writes the setting and makes the container anew with it; undone, both are as they were, as far as they were well. Looks again before it
 * touches anything (`PLAN_STALE`), and its server gets the time to end by itself.
 */
export function remakeStep(
  title: string,
  setting: ChangedSetting,
  direction: Direction,
  { scene, timeoutSeconds, world, lookAgain }: Around,
): Step {
  const { service } = scene
  let isTouched = false
  let making = false
  const isExpected = direction === 'forth' || setting.ranBefore
  return {
    title,
    effect: 'destroys',
    async run(context) {
      await requireAsPlanned(scene, world, context.signal)
      await lookAgain?.()
      isTouched = true
      const stack = await putSetting(setting, direction, scene, world).catch((error: unknown) => {
        isTouched = !(error instanceof Failure && error.code === 'SETTING_CHANGED')
        throw error
      })
      making = true
      await stopFirst(scene, world, context.signal)
      const options = { timeoutSeconds: isExpected ? timeoutSeconds : backPatience, anew: true }
      const done = world.compose.make(stack, service, options, context.detail, context.signal)
      await (isExpected ? done : asFarAsItGoes(done, service, context))
    },
    async undo(context) {
      if (!isTouched) return
      const other = direction === 'forth' ? 'back' : 'forth'
      const stack = await putSetting(setting, other, scene, world)
      if (!making) return
      await stopFirst(scene, world, context.signal)
      const wasWell = isWell(scene.found)
      const patience = wasWell ? Math.min(timeoutSeconds, longestBack) : backPatience
      const options = { timeoutSeconds: patience, anew: true }
      const done = world.compose.make(stack, service, options, context.detail, context.signal)
      await (wasWell
        ? orAsItWas(done, scene, world, context)
        : asFarAsItGoes(done, service, context))
    },
  }
}

/** Compose would kill it after ten seconds: a server that writes down its cache takes longer, and would have to recover then. */
async function stopFirst(
  { service, project }: ServiceScene,
  { engine, power }: Pick<World, 'engine' | 'power'>,
  signal: AbortSignal,
): Promise<void> {
  for (const one of await engine.containers(project))
    if (one.service === service && one.oneOff !== true && lives.has(one.state))
      await power.stop(one.id, signal)
}

/** States that something is to be stopped in. */
const lives: ReadonlySet<ContainerState> = new Set(['running', 'paused', 'restarting'])

/** Where compose cannot make it anew, and never came to remove the container that was there, that one goes on. */
async function orAsItWas(
  making: Promise<void>,
  { found, service }: ServiceScene,
  { engine, power }: Pick<World, 'engine' | 'power'>,
  { warn, signal }: Pick<StepContext, 'warn' | 'signal'>,
): Promise<void> {
  try {
    await making
  } catch (error) {
    if (signal.aborted || !(await engine.container(found.id))) throw error
    await power.start(found.id, signal)
    const why = error instanceof Error ? error.message : String(error)
    warn(`${service} was started as it was, and not made anew: ${why}`)
  }
}

/** What was not well with the setting that comes back need not be well with it again. */
async function asFarAsItGoes(
  making: Promise<void>,
  service: string,
  { warn, signal }: Pick<StepContext, 'warn' | 'signal'>,
): Promise<void> {
  try {
    await making
  } catch (error) {
    if (signal.aborted) throw error
    const why = error instanceof Error ? error.message : String(error)
    warn(`${service} is as it was before, and did not come up: ${why}`)
  }
}

/** The container that was made. Throws `CONTAINER_STILL_ILL` (failed) where it is not well, or was started again since. */
async function remade(
  { service, project }: ServiceScene,
  { engine }: Pick<World, 'engine'>,
): Promise<ContainerFacts> {
  const facts = (await engine.containers(project)).find(
    (one) => one.service === service && one.oneOff !== true,
  )
  if (facts && isWell(facts) && facts.restarts === 0) return facts
  throw stillIll(service, facts)
}

import { Failure } from '../../domain/failure.js'
import type { ChangedSetting } from '../../domain/receipt.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { stillIll } from '../dr/cure.js'
import { proveServer } from '../dr/proveServer.js'
import type { Plan, Step, StepContext } from '../plan.js'
import { isWell } from '../stack/health.js'
import type { ServiceScene } from './serviceScene.js'
import { putSetting, type Direction } from './setting.js'

/** Seconds that a container gets to come up while something is taken back. */
const backPatience = 20

/** Milliseconds after which a container that came up is looked at once more: one that is killed for memory is so at once. */
const settling = 3_000

/** A setting that is changed, and what proves that it holds. */
export interface Remake {
  readonly title: string
  readonly facts: Plan<unknown>['facts']
  readonly warnings?: readonly string[]
  readonly setting: ChangedSetting
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
  { title, facts, warnings = [], setting, prove, result, again, timeoutSeconds }: Remake,
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
    ],
    locks: scene.locks,
    recordedFromTheStart: true,
    steps: [
      remakeStep(`Write ${setting.file}, and make ${found.name} anew`, setting, 'forth', {
        scene,
        timeoutSeconds,
        world,
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
}

/** Writes the setting and makes the container anew with it; undone, both are as they were, as far as they were well. */
export function remakeStep(
  title: string,
  setting: ChangedSetting,
  direction: Direction,
  { scene, timeoutSeconds, world }: Around,
): Step {
  const { service } = scene
  let isTheirs = false
  let making = false
  const isExpected = direction === 'forth' || setting.ranBefore
  return {
    title,
    effect: 'destroys',
    async run(context) {
      const stack = await putSetting(setting, direction, scene, world).catch((error: unknown) => {
        isTheirs = error instanceof Failure && error.code === 'SETTING_CHANGED'
        throw error
      })
      making = true
      const options = { timeoutSeconds: isExpected ? timeoutSeconds : backPatience, anew: true }
      const done = world.compose.make(stack, service, options, context.detail, context.signal)
      await (isExpected ? done : asFarAsItGoes(done, service, context))
    },
    async undo(context) {
      if (isTheirs) return
      const other = direction === 'forth' ? 'back' : 'forth'
      const stack = await putSetting(setting, other, scene, world)
      if (!making) return
      const options = { timeoutSeconds: backPatience, anew: true }
      const done = world.compose.make(stack, service, options, context.detail, context.signal)
      await (isWell(scene.found) ? done : asFarAsItGoes(done, service, context))
    },
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

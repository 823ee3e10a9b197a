import { join } from 'node:path'
import type { Fix } from '../../checks/troubleshoot/fix.js'
import { valueIn, withNumber } from '../../domain/envText.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { Plan } from '../plan.js'
import { isWell } from '../stack/health.js'
import { planStale } from '../stack/asPlanned.js'
import { portVariable } from './portVariable.js'
import { remakePlan } from './remake.js'
import type { TroubleshootWorld } from './request.js'
import { madeFrom, serviceScene } from './serviceScene.js'

type PortFix = Extract<Fix, { readonly kind: 'port' }>

/** Whose service it is, and how long its container may take. */
interface Request {
  readonly targets: readonly Target[]
  readonly timeoutSeconds: number
}

/** Milliseconds for one attempt to connect, and how often that is tried. */
const patience = 2_000
const attempts = 5

/**
 * Publishes a service on another port: one number in `.env`, and its container anew. Throws `PORT_NOT_CHANGED` (refused) where the number
 * cannot be changed for certain or the other port was taken meanwhile, `PORT_SILENT` (failed) where nobody answers there afterwards, and
 * what `serviceScene` throws.
 */
export async function otherPort(
  { service, variable: name, from, to, host }: PortFix,
  { targets, timeoutSeconds }: Request,
  world: TroubleshootWorld,
): Promise<Plan<Readonly<Record<string, unknown>>>> {
  const scene = await serviceScene(service, targets, world)
  const file = join(scene.stack.directory, '.env')
  const text = await world.variableFiles.text(file)
  const inside = scene.declared.ports.find(({ published }) => Number(published) === from)?.container
  const now = await portVariable({ port: from, inside: inside ?? 0 }, world)
  if (now?.name !== name || !now.alone)
    throw notChanged(service, `${name} is not where its published port comes from any more`)
  if (withNumber(text ?? '', name, to.toString()) === undefined)
    throw notChanged(service, `${name} cannot be set in ${file} without changing anything else`)
  if (!(await world.premises.isFree(host, to)))
    throw notChanged(service, `port ${to.toString()} is taken by now, too`)
  const before = valueIn(text ?? '', name) ?? null
  const address = `${host === '' ? '*' : host}:${to.toString()}`
  return remakePlan(
    {
      title: `publish ${service} on port ${to.toString()} instead of ${from.toString()}`,
      facts: [
        ['Port', `${name}=${to.toString()} in ${file}, instead of ${from.toString()}`],
        ['File', 'keeps everything else: other lines, remarks, mode and owner'],
        ['Taken', `port ${from.toString()} stays with whoever has it`],
      ],
      warnings: [
        `whoever connects to ${service} through port ${from.toString()} of this machine has to be told of ${to.toString()}`,
      ],
      setting: {
        project: scene.project,
        service,
        targets: scene.locks.slice(1),
        file,
        variable: {
          name,
          before,
          after: to.toString(),
          ...(text === undefined ? { made: true } : {}),
        },
        ...madeFrom(scene),
        ranBefore: isWell(scene.found),
      },
      async lookAgain() {
        if (!(await world.premises.isFree(host, to)))
          throw planStale(`port ${to.toString()} was taken meanwhile`)
      },
      async prove(made, { detail, signal }) {
        requirePublished(made, to)
        await untilAnswered(host, to, world, signal)
        detail(`${address} answers`)
      },
      result: { service, variable: name, file, port: { before: from, after: to } },
      again: 'ops troubleshoot port --fix',
      timeoutSeconds,
    },
    scene,
    world,
  )
}

/** A variable of the environment that ops runs in goes before the file. */
function requirePublished({ name, ports }: ContainerFacts, port: number): void {
  const all = Object.values(ports).flat()
  if (all.some((one) => one.port === port)) return
  throw new Failure(
    'failed',
    'PORT_SILENT',
    `${name} was made anew, and is not published on port ${port.toString()}: something besides .env decides that`,
    ['docker compose config   (what compose makes of the files)', 'env | grep PORT'],
  )
}

async function untilAnswered(
  host: string,
  port: number,
  { premises, clock }: TroubleshootWorld,
  signal: AbortSignal,
): Promise<void> {
  const address = ['', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await premises.answers(address, port, patience)) return
    await clock.sleep(patience / 2, signal)
  }
  throw new Failure(
    'failed',
    'PORT_SILENT',
    `nobody answers on ${address}:${port.toString()}, although the engine publishes it`,
    ['ops stack logs', `ss -ltnp "sport = :${port.toString()}"`],
  )
}

function notChanged(service: string, why: string): Failure {
  return new Failure(
    'refused',
    'PORT_NOT_CHANGED',
    `the port of ${service} was left as it is: ${why}`,
    ['ops troubleshoot port'],
  )
}

import { join } from 'node:path'
import { withVariable } from '../../domain/environmentText.js'
import { Failure } from '../../domain/failure.js'
import type { ChangedPort } from '../../domain/receipt.js'
import type { Stack, Target } from '../../domain/target.js'
import type { Plan } from '../plan.js'
import { lookAtProject } from '../stack/project.js'
import type { TroubleshootWorld } from './request.js'

/** A port that is to be another one. */
interface Wanted {
  readonly service: string
  /** Variable of `.env` that the compose file takes it from. */
  readonly variable: string
  readonly from: number
}

/** So many ports are tried. */
const tried = 200

/**
 * Publishes a service on the next free port, by the variable that its compose file takes the port from: in `.env`, which is kept beside it
 * as it was. Proves that compose reads it so before a container is touched. Throws `PORT_STAYS` (refused) where it does not, or none is free,
 * `ENVIRONMENT_CHANGED` (refused), what compose throws.
 */
export async function changePort(
  { service, variable, from }: Wanted,
  {
    targets,
    timeoutSeconds,
  }: { readonly targets: readonly Target[]; readonly timeoutSeconds: number },
  world: TroubleshootWorld,
): Promise<Plan<Readonly<Record<string, unknown>>>> {
  const { stack, project } = await lookAtProject(world)
  const declared = Object.values(project.services).flatMap(({ ports }) =>
    ports.map(({ published }) => Number(published)),
  )
  const to = await freePort(from, new Set(declared), world)
  const path = join(stack.directory, '.env')
  const before = await world.environmentFile.text(path)
  const after = withVariable(before ?? '', variable, to.toString())
  const stamp = world.clock.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  const kept = before === undefined ? undefined : `${path}.before-${stamp}Z`
  const changed: ChangedPort = { service, path, variable, from, to }
  return {
    command: 'troubleshoot',
    target: project.name,
    title: `publish ${service} on port ${to.toString()} instead of ${from.toString()}`,
    facts: [
      [
        'File',
        `${path}: ${variable}=${to.toString()}${kept === undefined ? '' : `; kept as ${kept}`}`,
      ],
      ['Service', `${service} is made anew on the data that it has`],
      ['Way back', `${variable}=${from.toString()} in .env, then "ops stack up ${service}"`],
    ],
    warnings: [
      `whoever connects to port ${from.toString()} of this machine has to be told: it is ${to.toString()} from now on`,
    ],
    loses: [],
    // Nobody may be at work on a server that is made anew.
    locks: [project.name, ...targets.map(({ name }) => name)],
    steps: [
      {
        title: `Write ${variable}=${to.toString()} into .env`,
        effect: 'changes',
        async run() {
          if ((await world.environmentFile.text(path)) !== before) throw fileChanged(path)
          if (kept !== undefined) await world.environmentFile.keep(path, kept)
          await world.environmentFile.write(path, after)
          await requireRead(service, variable, to, stack, world)
        },
        async undo() {
          // What somebody else wrote meanwhile is not ours to take back.
          if ((await world.environmentFile.text(path)) !== after) return
          await world.environmentFile.write(path, before ?? '')
        },
      },
      {
        title: `Make ${service} anew, and start it`,
        effect: 'changes',
        stays: true,
        run: ({ detail, signal }) =>
          world.compose.make(stack, service, { timeoutSeconds, anew: true }, detail, signal),
      },
      {
        title: `Prove that ${service} is published on port ${to.toString()}`,
        effect: 'reads',
        async run() {
          const all = await world.engine.containers(project.name)
          const own = all.filter((one) => one.service === service && one.state === 'running')
          const ports = own.flatMap((one) => Object.values(one.ports).flat())
          if (!ports.some(({ port }) => port === to))
            throw stays(service, `${service} has not got it`)
        },
      },
    ],
    receipt: () => ({ port: changed }),
    result: () => ({ ...changed, kept: kept ?? null }),
  }
}

/** A variable of the surroundings, or a file that compose reads besides, may say something else. */
async function requireRead(
  service: string,
  variable: string,
  to: number,
  stack: Stack,
  { compose }: TroubleshootWorld,
): Promise<void> {
  const { services } = await compose.project(stack)
  const ports = services[service]?.ports ?? []
  if (ports.some(({ published }) => Number(published) === to)) return
  throw stays(service, `${variable} of .env is not what compose takes it from`)
}

async function freePort(
  from: number,
  declared: ReadonlySet<number>,
  { engine, premises }: TroubleshootWorld,
): Promise<number> {
  const published = new Set(
    (await engine.containers()).flatMap(({ ports }) =>
      Object.values(ports).flatMap((all) => all.map(({ port }) => port)),
    ),
  )
  for (let port = from + 1; port <= Math.min(from + tried, 65_535); port++) {
    if (declared.has(port) || published.has(port)) continue
    const listeners = await premises.listeners(port)
    if (!listeners) break
    if (listeners.length === 0) return port
  }
  throw new Failure(
    'refused',
    'PORT_STAYS',
    `no port behind ${from.toString()} is known to be free: nothing was changed`,
    ['ss -ltn'],
  )
}

function stays(service: string, why: string): Failure {
  return new Failure(
    'refused',
    'PORT_STAYS',
    `the port of ${service} could not be changed: ${why}`,
    ['docker compose config', `ops stack logs ${service}`],
  )
}

function fileChanged(path: string): Failure {
  return new Failure(
    'refused',
    'ENVIRONMENT_CHANGED',
    `${path} was changed by somebody just now: nothing of it was touched`,
    ['ops troubleshoot port'],
  )
}

import { verdict, type Finding } from '../../domain/finding.js'
import type { Target } from '../../domain/target.js'
import type { Clock } from '../../ports/clock.js'
import type { Compose } from '../../ports/compose.js'
import type { Engine } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { examine, type Check } from './check.js'
import { configurationCheck, type ConfigurationEvidence } from './configuration.js'
import { containerCheck, imageCheck } from './container.js'
import { machineChecks } from './machine.js'
import { folderCheck, secretFileCheck, type PathLook } from './paths.js'
import { serverCheck } from './server.js'
import { roomCheck } from './shelf.js'
import { toolCheck } from './tools.js'
import { unfinishedCheck } from './unfinished.js'

/** What is examined. Without a usable configuration only the machine is. */
export interface Patient {
  readonly engine: Engine
  readonly compose: Compose
  readonly clock: Clock
  readonly paths: PathLook
  readonly configuration: ConfigurationEvidence
  /** Absolute. */
  readonly stateFolder: string
  readonly configured?: { readonly world: World; readonly targets: readonly Target[] }
}

/** What `doctor` answers. */
export interface Diagnosis {
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly checks: readonly Finding[]
}

/** Longer than reaching a server that is not there may take. */
const deadlineSeconds = 20

/** Is this machine able to do its job? Looks at everything at once and changes nothing. */
export async function diagnose(patient: Patient, signal: AbortSignal): Promise<Diagnosis> {
  const { clock } = patient
  const checks = await examine(checksFor(patient), { clock, deadlineSeconds, signal })
  return { verdict: verdict(checks), checks }
}

function checksFor(patient: Patient): readonly Check[] {
  const { engine, compose, paths, stateFolder, configuration, configured } = patient
  return [
    ...machineChecks(engine, compose),
    configurationCheck(configuration),
    folderCheck('state', 'the state folder', stateFolder, paths),
    ...(configured ? configuredChecks(patient, configured.world, configured.targets) : []),
  ]
}

function configuredChecks(
  { engine, compose, clock, paths }: Patient,
  world: World,
  targets: readonly Target[],
): readonly Check[] {
  const { stack, mongo, tools } = world
  return [
    unfinishedCheck(world.receipts),
    ...(stack
      ? [
          imageCheck(stack, engine, compose),
          secretFileCheck('env-file', `${stack.directory}/.env`, paths),
        ]
      : []),
    ...targets.flatMap((target) => {
      const shelf = world.shelf(target)
      return [
        containerCheck(target, engine, compose, stack),
        serverCheck(target, mongo, clock),
        toolCheck(target, tools),
        folderCheck(`shelf.${target.name}`, `the shelf of ${target.name}`, shelf.folder, paths),
        roomCheck(target, shelf, mongo, clock),
      ]
    }),
  ]
}

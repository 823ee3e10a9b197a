import { basename } from 'node:path'
import { readLimits } from '../../domain/limitsFile.js'
import type { ChangedSetting, Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { proveServer } from '../dr/proveServer.js'
import type { Plan, Step } from '../plan.js'
import type { UndoResult } from '../restore/undone.js'
import { remakeStep } from './remake.js'
import { serviceScene } from './serviceScene.js'
import { requireOurs } from './setting.js'

/** Seconds that the container gets to come up. */
const patience = 120

/**
 * Sets a setting as it was, and makes the container anew. What did not run with it before need not come up with it again. Throws
 * `SETTING_CHANGED` (refused) where somebody else changed it since, and what `serviceScene` throws.
 */
export async function undoSetting(
  receipt: Receipt,
  setting: ChangedSetting,
  targets: readonly Target[],
  last: Step,
  world: World,
): Promise<Plan<UndoResult>> {
  await requireOurs(setting, world)
  const scene = await serviceScene(setting.service, targets, world, setting.configHash)
  const { target, found } = scene
  const { variable, limits, file, service } = setting
  const was = variable
    ? `${variable.name}=${variable.before ?? '(not set)'} in ${file}`
    : `${JSON.stringify(limits?.before ?? 'nothing')} for ${service} in ${file}`
  return {
    command: 'undo',
    target: scene.name,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    facts: [
      ['Sets', was],
      ['Container', `${found.name} is made anew; its data stays as it is`],
      ...((await isRemoved(setting, world)) ? [byHand(file)] : []),
    ],
    warnings: setting.ranBefore
      ? []
      : [`${service} did not run with that setting: it may not come up with it again`],
    loses: [
      `the connections to ${found.name}, for the seconds that it takes to start, and what it logged`,
    ],
    locks: scene.locks,
    holds: 'lock and receipt',
    steps: [
      remakeStep(`Set ${file} as it was, and make ${found.name} anew`, setting, 'back', {
        scene,
        timeoutSeconds: patience,
        world,
      }),
      ...(target && setting.ranBefore
        ? [
            {
              title: `Prove that ${target.name} takes a write`,
              effect: 'reads' as const,
              run: async (context: Parameters<Step['run']>[0]) => {
                await proveServer(
                  { target, timeoutSeconds: patience, wasWell: false },
                  world,
                  context,
                )
              },
            },
          ]
        : []),
      last,
    ],
    result: (own) => ({
      undone: receipt.id,
      target: scene.name,
      dropped: [],
      restored: null,
      returned: [],
      receipt: own?.id ?? null,
    }),
  }
}

/** Whether the compose file of ops goes: nothing but this stands in it. */
async function isRemoved(
  { file, service, limits }: ChangedSetting,
  { ownCompose }: Pick<World, 'ownCompose'>,
): Promise<boolean> {
  if (!limits || limits.before !== null) return false
  const all = readLimits((await ownCompose.text(file)) ?? '') ?? {}
  return Object.keys(all).every((name) => name === service)
}

function byHand(file: string): readonly [string, string] {
  return [
    'By hand',
    `take ${basename(file)} out of COMPOSE_FILE, if it stands there: the file goes, and "docker compose" refuses one that is not there`,
  ]
}

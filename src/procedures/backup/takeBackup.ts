import type { Manifest } from '../../domain/manifest.js'
import type { World } from '../../ports/world.js'
import { kitPart, type KitPart } from '../kit/kitStep.js'
import type { KitRequest } from '../kit/kitRequest.js'
import { copiesAfter } from '../copies/afterBackup.js'
import type { Procedure, Step } from '../plan.js'
import type { RetentionSettings } from '../retention/examineShelf.js'
import { retentionAfter, type Retained } from '../retention/afterBackup.js'
import { planBackupPart, type BackupRequest } from './backupPart.js'

/** What taking a backup of its own needs to know. */
export interface TakeBackupRequest extends BackupRequest {
  /** Applied once the backup is good; absent: nothing is removed. */
  readonly retention?: RetentionSettings
}

/** What `ops backup` answers. */
export type BackupResult = Manifest & {
  readonly path: string
  /** What the retention removed once it was good; absent where it was not applied. */
  readonly pruned?: Retained
}

/** A backup that is there for its own sake. */
export interface TakeBackupRequest extends BackupRequest {
  /** What its recovery kit is made from; without it none is written. */
  readonly kit?: KitRequest
}

/** Takes a backup: nothing is changed on the server, and nothing is listed unless it is whole. */
export const takeBackup: Procedure<TakeBackupRequest, BackupResult, World> = {
  id: 'backup',
  summary: 'take a backup now and check it while it is written',

  async plan(request, world) {
    const { target } = request
    const session = await world.mongo.connect(target)
    const part = await planBackupPart(request, world, session).finally(() => session.close())
    const { folder } = world.shelf(target)
    const kit = request.kit && kitPart(target, request.kit, () => part.manifest(), world)
    const copies = copiesAfter(() => part.manifest(), target, world, request.retention)
    const retention = retentionAfter(request.retention, target, () => copies.states(), world)
    return {
      command: 'backup',
      target: target.name,
      title: `back up ${target.name}`,
      facts: [
        ['Takes', part.scope.because],
        ['Engine', `${part.tools.name} (${part.because})`],
        ['Data', `${part.expected.toString()} bytes in ${part.scope.databases.join(', ')}`],
        ['To', folder],
        ...encryptionFact(world.keys.recipients),
        ...world.copies.map(({ name, where }) => ['Copy to', `${name} (${where})`] as const),
      ],
      loses: [],
      steps: [
        ...beginning(part.steps, kit),
        ...(kit ? [kit.step] : []),
        ...copies.steps,
        ...retention.steps,
      ],
      holds: 'lock',
      result: () => {
        const manifest = part.manifest()
        if (!manifest) throw new Error('a backup has a result only after its last step')
        const made = kit?.kit()
        const retained = retention.done()
        return {
          ...manifest,
          ...(made ? { kit: made } : {}),
          copies: copies.states(),
          ...(retained ? { pruned: retained } : {}),
          path: `${folder}/${manifest.file}`,
        }
      },
    }
  },
}

/** The steps of a backup; with the first of them its kit begins to be gathered. */
function beginning(steps: readonly Step[], kit: KitPart | undefined): readonly Step[] {
  const [first, ...rest] = steps
  if (!first || !kit) return steps
  const run: Step['run'] = (context) => {
    kit.begin(context.signal)
    return first.run(context)
  }
  return [{ ...first, run }, ...rest]
}

function encryptionFact(recipients: readonly string[]): readonly (readonly [string, string])[] {
  return recipients.length === 0 ? [] : [['Encrypted', `to ${recipients.join(', ')}`]]
}

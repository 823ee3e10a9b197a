import { Failure } from '../../domain/failure.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Procedure } from '../plan.js'
import { findScene } from './scene.js'

/** What `ops restore --forget-old` answers. */
export interface ForgetResult {
  readonly target: string
  readonly forgotten: readonly string[]
}

/** Removes the data files that restores put aside. Those restores cannot be taken back any more. */
export const forgetOld: Procedure<{ readonly target: Target }, ForgetResult, World> = {
  id: 'restore --forget-old',
  summary: 'remove the data files that restores put aside',

  async plan({ target }, world) {
    const receipts = await keptFiles(target, world)
    const folders = [...new Set(receipts.map(({ dataFiles }) => dataFiles?.folder ?? ''))]
    if (folders.length === 0)
      throw new Failure(
        'not-found',
        'NOTHING_KEPT',
        `no restore of data files put anything of "${target.name}" aside`,
        ['ops backup list'],
      )
    const { place } = await findScene(target, undefined, world)
    return {
      command: 'restore --forget-old',
      target: target.name,
      title: `remove the data files that restores of ${target.name} put aside`,
      facts: folders.map((folder) => ['Folder', `${place.dbPath}/${folder} on ${place.volume}`]),
      loses: receipts.map(({ title, startedAt }) => `the way back from "${title}" of ${startedAt}`),
      steps: folders.map((folder) => ({
        title: `Remove ${folder}`,
        effect: 'destroys',
        async run({ signal }) {
          await world.dataVolumes.forget(place, folder, signal)
          for (const receipt of receipts)
            if (receipt.dataFiles?.folder === folder)
              await world.receipts.save({
                ...receipt,
                dataFiles: { ...receipt.dataFiles, forgotten: true },
              })
        },
      })),
      result: () => ({ target: target.name, forgotten: folders }),
    }
  },
}

/** Exchanges of a target whose other files are still on the volume, newest first; those under way left out. */
export async function keptFiles(
  target: Target,
  { receipts }: Pick<World, 'receipts'>,
): Promise<readonly Receipt[]> {
  return (await receipts.list()).filter(
    ({ target: of, state, dataFiles }) =>
      of === target.name &&
      dataFiles !== undefined &&
      dataFiles.forgotten !== true &&
      (state === 'done' || state === 'undone'),
  )
}

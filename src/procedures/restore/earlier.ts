import { covers, hasWayBack, overlaps, wayBackOf } from '../../domain/leftHalf.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import { isGood } from '../../domain/trust.js'
import type { World } from '../../ports/world.js'
import { halfDone } from './requireWhole.js'
import type { Touched } from './stateBefore.js'

/** What an earlier run left half done of what a restore is about to replace. */
export interface EarlierHalf {
  /** The run that left it so. */
  readonly half: string
  /** The state before the first attempt, which is what taking this restore back is to bring. */
  readonly carried?: NonNullable<Receipt['carried']>
}

/**
 * Looks whether what will be replaced was left half done. Then a safety backup of it holds rubble: the way back is that of the
 * first attempt, where it is still there and reaches over all that will be replaced. Nothing where the data is whole.
 */
export async function earlierHalf(
  touched: Touched | undefined,
  target: Target,
  world: Pick<World, 'receipts' | 'shelf'>,
): Promise<EarlierHalf | undefined> {
  if (!touched) return undefined
  const found = (await halfDone(target, world)).filter(
    (receipt) => !receipt.touched || overlaps(receipt.touched, touched),
  )
  const [newest] = found
  if (!newest) return undefined
  const { entries } = await world.shelf(target).catalog()
  const isThere = (id: string) =>
    entries.some(({ manifest, present }) => manifest.id === id && present && isGood(manifest.trust))
  for (const receipt of found.toReversed()) {
    if (receipt.savedHalf !== undefined && !receipt.carried) continue
    const { safetyBackup, touched: before, emptyBefore = false } = wayBackOf(receipt)
    if (!before || !covers(before, touched) || !hasWayBack(wayBackOf(receipt))) continue
    if (safetyBackup !== undefined && !isThere(safetyBackup)) continue
    return {
      half: newest.id,
      carried: {
        from: receipt.carried?.from ?? receipt.id,
        touched: before,
        emptyBefore,
        ...(safetyBackup === undefined ? {} : { safetyBackup }),
      },
    }
  }
  return { half: newest.id }
}

/** What the receipt says of it. */
export function earlierPart(
  earlier: EarlierHalf | undefined,
  isSaved: boolean,
): Pick<Receipt, 'carried' | 'savedHalf'> {
  if (!earlier) return {}
  const { carried, half } = earlier
  return { ...(carried ? { carried } : {}), ...(isSaved ? { savedHalf: half } : {}) }
}

import type { Receipt } from '../../domain/receipt.js'
import { newestFirst } from '../../domain/receiptOrder.js'

/** Operations a second where nobody has measured it: carried out by the hundred, on a small machine. */
const usualRate = 5_000

/** Fewer say more about starting a tool than about replaying. */
const enough = 2_000

/** What a restore to a moment notes down of its replay. */
export interface MeasuredReplay {
  readonly operations: number
  readonly milliseconds: number
}

/** Operations a second: as the newest restore of this target to a moment measured it, else as usual. */
export function replayRate(receipts: readonly Receipt[], target: string): number {
  for (const { target: of, proof } of receipts.toSorted(newestFirst)) {
    const replay = proof?.['replay'] as Partial<MeasuredReplay> | undefined
    const { operations = 0, milliseconds = 0 } = replay ?? {}
    if (of !== target || operations < enough || milliseconds <= 0) continue
    return (operations / milliseconds) * 1000
  }
  return usualRate
}

import { putBackDamaged } from './leftHalf.js'
import type { Receipt } from './receipt.js'

/** What state a run that was cut off may have left things in. */
export function stateAfterCutOff({
  destroyed,
  containers,
  putBack,
  system,
  replicaSet,
  replayed,
}: Pick<
  Receipt,
  'destroyed' | 'containers' | 'putBack' | 'system' | 'replicaSet' | 'replayed'
>): string {
  if (replicaSet) return 'its server may be stopped, or not serve yet; no data was changed'
  if (containers) return 'its containers may be stopped, or come up; no data was changed'
  if (system) return 'what it had made is there, as far as it came'
  if (putBack) return 'part of what was deleted may be back; nothing else was changed'
  if (replayed) return 'part of the writes may be played back, each once, and transactions whole'
  return destroyed === false ? 'no data was replaced' : 'the data may be half changed'
}

/** How a run ended that left something to see to: `"restore medical" …`. */
export function howItEnded(receipt: Pick<Receipt, 'state' | 'dataFiles'>): string {
  if (putBackDamaged(receipt)) return 'put damaged data files in place again'
  if (receipt.state === 'started') return 'was cut off half-way'
  if (receipt.state === 'failed' || receipt.state === 'rolled-back')
    return 'failed half-way, and was not taken back'
  return 'left the data half done, as it had found it'
}

/** What to type where damaged data files were put in place again: whoever did that does not want it once more. */
export function waysFromDamaged({ id }: Pick<Receipt, 'id'>, target: string): readonly string[] {
  return [`ops undo ${id}`, `ops dr corruption --target ${target} --assume-damaged`]
}

/** Whether there is anything that could be taken back: what a container did before it was started again is nowhere. */
export function mayBeTakenBack({ containers }: Pick<Receipt, 'containers'>): boolean {
  return containers === undefined
}

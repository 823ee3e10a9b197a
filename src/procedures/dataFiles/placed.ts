import type { Receipt } from '../../domain/receipt.js'

/**
 * How far an exchange of data files came, by the record of the run that made it: `not begun`, with the server never stopped for it;
 * `perhaps`, killed between the stop and the end of the exchange; `placed`, from when a server may have run on the new files,
 * and somebody may have written to it: those writes are nowhere else.
 */
export function howFarPlaced({
  steps,
}: Pick<Receipt, 'steps'>): 'not begun' | 'perhaps' | 'placed' {
  if (steps.some((title) => title.startsWith('Put '))) return 'placed'
  const stopped = steps.some((title) => /^Stop (?!the writers: )/.test(title))
  return stopped ? 'perhaps' : 'not begun'
}

import type { Premises } from '../../ports/premises.js'

/** How many ports behind a taken one are tried, and the last that there is. */
const tried = 100
const last = 65_535

/** The next port that is promised to nobody and can be had on this machine; nothing where none of the next hundred can. */
export async function freePort(
  port: number,
  host: string,
  promised: ReadonlySet<number>,
  { premises }: { readonly premises: Pick<Premises, 'isFree'> },
): Promise<number | undefined> {
  for (let next = port + 1; next <= Math.min(port + tried, last); next++)
    if (!promised.has(next) && (await premises.isFree(host, next))) return next
  return undefined
}

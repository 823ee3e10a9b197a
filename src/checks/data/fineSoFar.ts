import type { Finding } from '../../domain/finding.js'
import { fine, unknown } from '../doctor/finding.js'
import { separated } from './numbers.js'

/** Nothing is wrong with what was looked at; where that was not everything, nobody knows of the rest. */
export function fineSoFar(
  id: string,
  says: string,
  { whole, documents }: { readonly whole: boolean; readonly documents: number },
  namespace: string,
  value: unknown,
): Finding {
  if (whole) return fine(id, says, '', value)
  return unknown(id, {
    says: `${says}, as far as was looked`,
    because: `${separated(documents)} documents chosen at random were looked at, and not every one`,
    next: [`ops data check ${namespace} --exact`],
    value,
  })
}

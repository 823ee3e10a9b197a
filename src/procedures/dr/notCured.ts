import type { Trouble } from '../../checks/containers/trouble.js'
import { Failure } from '../../domain/failure.js'

/** A container that is not back: nothing was tried, it was stopped, or what was tried failed. */
export interface NotCured {
  readonly trouble: Trouble
  readonly failed?: string
}

/** What is said when all else is done. */
export function notCured(left: readonly NotCured[]): Failure {
  return new Failure(
    'failed',
    'CONTAINER_NOT_CURED',
    left.map(sentence).join('\n'),
    [...new Set(left.flatMap(({ trouble }) => trouble.next))],
    { facts: { services: left.map(({ trouble: { service, kind } }) => ({ service, kind })) } },
  )
}

function sentence({ trouble, failed }: NotCured): string {
  const { service, kind, because, evidence, cure } = trouble
  const line = evidence === null ? '' : `; its log: ${evidence}`
  const done =
    failed ??
    (cure === 'stop' ? 'it was stopped, for it would end in the same way' : 'it was left as it is')
  return `${service} (${kind}): ${because}${line}; ${done}`
}

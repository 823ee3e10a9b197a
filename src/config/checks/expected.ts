import type { Expectation } from '../../domain/target.js'
import type { ConfigFile } from '../schema.js'
import { present } from './asked.js'
import type { CheckFileOf } from './schema.js'

/** What a check of data expects by itself; nothing where it holds the data against what its target expects. */
export function ownExpectation(check: CheckFileOf<'data'>): Expectation {
  const { documents, indexes, required, types, unique } = check
  return present({ documents, indexes, required, types, unique })
}

/** What is held against the data, by collection: what the check says itself, or else what its target says of that one, or of all. */
export function expectationsFor(
  check: CheckFileOf<'data'>,
  targets: ConfigFile['targets'],
): Readonly<Record<string, Expectation>> {
  const { target = Object.keys(targets)[0] ?? '', collection } = check
  const own = ownExpectation(check)
  if (collection !== undefined && Object.keys(own).length > 0) return { [collection]: own }
  const expected = Object.hasOwn(targets, target) ? (targets[target]?.expectations ?? {}) : {}
  const wanted = Object.entries(expected).filter(
    ([name]) => collection === undefined || name === collection,
  )
  return Object.fromEntries(wanted)
}

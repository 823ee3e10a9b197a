import type { SplicedState } from '../../archive/splice.js'
import { catalogueDifferences, type Catalogue } from '../../domain/catalogue.js'
import { Failure } from '../../domain/failure.js'
import type { MongoSession } from '../../ports/mongo.js'
import { namespaceOf } from './deletionSources.js'
import type { MadeAnew } from './makeAnew.js'

/**
 * Holds collections that were made anew against those that were dropped: options, and every index. Throws `DEFINITION_DIFFERS`
 * (integrity).
 */
export async function provedDefinitions(
  { made }: Pick<MadeAnew, 'made'>,
  { catalogue }: Pick<SplicedState, 'catalogue'>,
  live: Pick<MongoSession, 'catalogue'>,
): Promise<void> {
  if (made.length === 0) return
  const names = new Set(made.map(({ namespace }) => namespace))
  const of = (all: Catalogue): Catalogue =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)))
  const databases = [...new Set([...names].map((name) => namespaceOf(name).database))]
  const found = catalogueDifferences(of(catalogue), of(await live.catalogue(databases)))
  // An index more may have been made by somebody since.
  const problems = found
    .filter(({ kind }) => kind !== 'index extra')
    .map(
      ({ kind, namespace, index }) =>
        `${namespace}: ${kind}${index === undefined ? '' : ` (${index})`}`,
    )
  if (problems.length === 0) return
  throw new Failure(
    'integrity',
    'DEFINITION_DIFFERS',
    `what was made anew is not what was dropped: ${problems.join('; ')}`,
    ['ops doctor', 'ops dr deletion   (once more)'],
    { facts: { problems } },
  )
}

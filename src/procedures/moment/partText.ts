import type { World } from '../../ports/world.js'
import { keepingFact } from '../discarded/keeping.js'
import { forecastFact } from '../forecastFact.js'
import { wayBackFact, safetyText } from '../restore/planText.js'
import { scratchBytes } from '../trial/scratchScript.js'
import type { PartFacts } from './partFacts.js'
import { momentText, serverFacts, stretchFacts } from './planText.js'

/** What is put back, as its operator names it. */
function partName({ restore: { selection } }: PartFacts): string {
  const { databases, collection } = selection
  return collection === undefined ? databases.join() : `${databases.join()}.${collection}`
}

/** The title of the plan. */
export function partTitle(facts: PartFacts): string {
  const { request, restore } = facts
  const { into } = restore.selection
  return into === undefined
    ? `restore ${partName(facts)} of ${request.target.name} to ${momentText(request.wanted)}`
    : `copy ${partName(facts)} as of ${momentText(request.wanted)} to ${into}`
}

/** What the operator should know before saying yes. */
export async function partPlanFacts(
  facts: PartFacts,
  engine: string,
  world: World,
): Promise<readonly (readonly [string, string])[]> {
  const { request, moment, expected, restore, image, bytes } = facts
  const { rawBytes } = moment.source.contents
  const megabytes = (count: number) => Math.ceil(count / 1e6).toString()
  const documents = Object.entries(expected.documents).filter(
    ([name]) => name in restore.selection.namespaces,
  )
  return [
    ...stretchFacts(facts),
    [
      'Scratch',
      `the moment is rebuilt in a server of image ${image}, without a network: up to ${megabytes(scratchBytes(rawBytes))} MB on the engine's disk, and the part of it, up to ${megabytes(bytes)} MB, beside the backups; both are removed`,
    ],
    await forecastFact('restore', request.target, rawBytes + bytes, world),
    ...serverFacts(documents, restore, engine),
    [
      'Kept',
      restore.selection.into === undefined
        ? `everything but ${partName(facts)} stays as it is now, users and roles too`
        : 'everything that is there now',
    ],
    ['First', safetyText(restore)],
    ...keepingFact(restore.keeping),
    ...wayBackFact(restore.earlier),
  ]
}

/** What saying yes gives up. */
export function partLosses(facts: PartFacts): readonly string[] {
  const { request, restore } = facts
  const { selection, surplus } = restore
  if (selection.into !== undefined) return []
  return [
    `every write to ${partName(facts)} after ${momentText(request.wanted)}`,
    ...surplus.map(
      ({ database, collection, documents }) =>
        `${database}.${collection} (${documents.toString()} documents): it was not there then`,
    ),
  ]
}

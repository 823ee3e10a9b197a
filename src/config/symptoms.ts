import { isPossible, possibleIds } from '../domain/checkIds.js'
import type { DeclaredSymptom } from '../domain/declaredSymptom.js'
import { nearestName } from '../domain/nearest.js'
import { isBuiltIn } from '../domain/symptoms.js'
import { defaults } from './defaults.js'
import type { Path } from './problem.js'
import { quote } from './quote.js'
import type { ConfigFile } from './schema.js'
import { section, type Setting } from './setting.js'

type Complaint = readonly [path: Path, sentence: string]

/** The symptoms that a checked file declares. */
export function declaredSymptoms({
  symptoms = [],
}: Pick<ConfigFile, 'symptoms'>): readonly DeclaredSymptom[] {
  return symptoms.map(({ when, next = [], ...symptom }) => ({
    ...defaults.symptoms,
    ...symptom,
    when: when.map(({ check, is = defaults.condition }) => ({ check, is })),
    next,
  }))
}

/** What is wrong with symptoms whose every part has the right shape. */
export function symptomComplaints(file: ConfigFile): readonly Complaint[] {
  const symptoms = file.symptoms ?? []
  const names = symptoms.map(({ name }) => name.toLowerCase())
  return symptoms.flatMap(({ name, when }, index): readonly Complaint[] => {
    const path: Path = ['symptoms', index]
    return [
      ...(names.indexOf(names[index] ?? '') < index
        ? [[[...path, 'name'], `${quote(name)} is there twice`] as const]
        : []),
      ...(isBuiltIn(name.toLowerCase())
        ? [[[...path, 'name'], `${quote(name)} is a symptom that ops knows by itself`] as const]
        : []),
      ...when.flatMap(({ check }, at): readonly Complaint[] => {
        const why = unknownCheck(check, file)
        return why === undefined ? [] : [[[...path, 'when', at, 'check'], why]]
      }),
    ]
  })
}

/** Every setting of the symptoms. */
export function symptomSettings(symptoms: readonly DeclaredSymptom[]): readonly Setting[] {
  return symptoms.flatMap((symptom, index) =>
    section(['symptoms', index], { ...symptom, when: symptom.when.map((one) => ({ ...one })) }),
  )
}

function unknownCheck(check: string, { checks = [], targets }: ConfigFile): string | undefined {
  const ids = [
    ...checks.map(({ name }) => `declared:${name}`),
    ...possibleIds(Object.keys(targets)),
  ]
  if (isPossible(check, ids)) return undefined
  const kinds = ids.map((id) => id.split(':')[0] ?? id)
  const meant = nearestName(
    check,
    [...ids, ...new Set(kinds)].filter((id) => !id.endsWith(':')),
  )
  return `${quote(check)} is no check${meant === undefined ? '' : `; did you mean ${quote(meant)}?`}`
}

import { builtInKinds } from '../domain/checkKinds.js'
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

function unknownCheck(check: string, { checks = [] }: ConfigFile): string | undefined {
  const own = checks.map(({ name }) => `declared:${name}`)
  const [kind = ''] = check.split(':')
  const isKnown =
    kind === 'declared'
      ? own.some((id) => id.startsWith(check))
      : builtInKinds.some((one) => one === kind)
  if (isKnown) return undefined
  const meant = nearestName(check, [...own, ...builtInKinds])
  return `${quote(check)} is no check${meant === undefined ? '' : `; did you mean ${quote(meant)}?`}`
}

import { nameOf } from '../checks/troubleshoot/declared.js'
import type { Config } from '../config/config.js'
import { Failure } from '../domain/failure.js'
import { nearestName } from '../domain/nearest.js'
import { isBuiltIn, symptoms, type SymptomName } from '../domain/symptoms.js'

/** The symptom that somebody named: one that ops knows, or one of `ops.yaml`, with `declared:` before it or not. Throws `SYMPTOM_UNKNOWN` (usage). */
export function chooseSymptom(
  name: string | undefined,
  { symptoms: declared }: Pick<Config, 'symptoms'>,
): SymptomName | undefined {
  if (name === undefined || isBuiltIn(name)) return name
  const own = declared.find((one) => one.name === name || nameOf(one) === name)
  if (own) return nameOf(own)
  const known = [...symptoms, ...declared.map((one) => one.name)]
  const meant = nearestName(name, known)
  throw new Failure(
    'usage',
    'SYMPTOM_UNKNOWN',
    `there is no symptom "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`} (there are ${known.join(', ')})`,
    [`ops troubleshoot${meant === undefined ? '' : ` ${meant}`}`, 'ops config show'],
  )
}

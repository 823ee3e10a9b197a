/** What may be wrong, as somebody who is awake at night calls it. */
export const symptoms = [
  'connection',
  'memory',
  'duplicates',
  'slow',
  'port',
  'restart-loop',
  'disk',
  'lock',
  'access',
  'stale',
] as const

/** One of them. */
export type Symptom = (typeof symptoms)[number]

/** One of them, or one that the operator declares. */
export type SymptomName = Symptom | `declared:${string}`

/** Whether it is one of those that ops knows by itself. */
export function isBuiltIn(name: string): name is Symptom {
  return symptoms.some((one) => one === name)
}

/** What each of them asks. */
export const symptomQuestions: Readonly<Record<Symptom, string>> = {
  connection: 'does everything reach the database?',
  memory: 'does everything have the memory that it needs?',
  duplicates: 'is anything there twice?',
  slow: 'does anything take long?',
  port: 'is a port taken by something else?',
  'restart-loop': 'does anything start over and over?',
  disk: 'is there room?',
  lock: 'does anything hold something up?',
  access: 'is anybody refused?',
  stale: 'are backups, oplog and clocks what they should be?',
}

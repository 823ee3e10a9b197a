/**
 * Names of BSON types as `$type` of the server has them (MongoDB manual, "BSON Types"), and `number` for the four that are
 * numbers.
 */
export const fieldTypes = [
  'number',
  'int',
  'long',
  'double',
  'decimal',
  'string',
  'bool',
  'date',
  'timestamp',
  'objectId',
  'object',
  'array',
  'binData',
  'regex',
] as const

/** One of them. */
export type FieldType = (typeof fieldTypes)[number]

const numbers: readonly string[] = ['int', 'long', 'double', 'decimal']

/** Whether a type that the server names is among those that are allowed. */
export function isAllowed(type: string, allowed: readonly FieldType[]): boolean {
  return allowed.some((one) => one === type || (one === 'number' && numbers.includes(type)))
}

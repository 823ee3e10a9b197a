import { EJSON, type Document } from 'bson'

/** Classes of BSON say what they hold. */
interface Printed {
  toString(): string
}

/** Which types a field has, as far as that decides how the text of a column is understood. */
export interface FieldForm {
  readonly numbers: boolean
  /** Among the numbers are binary ones: a text with a fraction is what it is when it is read as one. */
  readonly doubles: boolean
  readonly dates: boolean
  readonly booleans: boolean
  /** What loaders clean does not count: upper case, spaces, commas at either end, what is behind two decimals. */
  readonly loosely: boolean
}

/** Values as they are, for people. */
export const plainForm: FieldForm = {
  numbers: false,
  doubles: false,
  dates: false,
  booleans: false,
  loosely: false,
}

/** The form of a field by the types that a sample of it has. */
export function formOf(types: Readonly<Record<string, number>>, loosely = false): FieldForm {
  const has = (...names: readonly string[]) => names.some((name) => name in types)
  return {
    numbers: has('int', 'long', 'double', 'decimal'),
    doubles: has('double'),
    dates: has('date'),
    booleans: has('bool'),
    loosely,
  }
}

/** Classes of BSON that are numbers. */
const numbers: ReadonlySet<string> = new Set(['Int32', 'Double', 'Long', 'Decimal128'])

/** A number as people and programs write it. With zeros in front it is no number: a room "007" is not the room 7. */
const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$/

const date =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/

/** Whether a text is what no heading is: nothing, a number or a date. Then it is a value, and not to be shown. */
export function isValue(text: string): boolean {
  const plain = text.trim()
  return plain === '' || number.test(plain) || date.test(plain)
}

/**
 * The text of a column in a form that is the same for what is the same: numbers by value (`54`, `54.0`, `5.4e1`), dates of ISO 8601 by the
 * moment (UTC where no offset is told), true and false in any case. Everything else, letter by letter; nothing at all is the
 * same as missing, null and the empty text.
 */
export function comparableText(given: string, form: FieldForm): string {
  const text = form.loosely ? cleaned(given) : given
  if (text === '') return ''
  if (form.numbers && number.test(text)) return numberText(text, form)
  if (form.dates) {
    const moment = momentOf(text)
    if (moment !== undefined) return moment
  }
  if (form.booleans && /^(true|false)$/i.test(text)) return text.toLowerCase()
  return text
}

/** A date that no text of a file can be. */
const beyondDates = '\u0000beyond the dates of this language'

/** The same of what a document holds (decoded with the types of BSON). */
export function comparableValue(value: unknown, form: FieldForm): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return comparableText(value, form)
  if (typeof value === 'boolean') return String(value)
  // Dates of BSON reach further than those of this language.
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? beyondDates : value.toISOString()
  const { _bsontype: type = '' } = value as { readonly _bsontype?: string }
  if (type === 'ObjectId') return (value as { toHexString(): string }).toHexString()
  if (!numbers.has(type)) return EJSON.stringify(value, { relaxed: true })
  const text = type === 'Double' ? Number(value).toString() : (value as Printed).toString()
  if (!form.numbers || !number.test(text)) return text
  return type === 'Double' ? numberText(text, form) : exact(text)
}

function cleaned(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[ ,]+|[ ,]+$/g, '')
}

function numberText(text: string, { doubles, loosely }: FieldForm): string {
  const isWhole = /^-?\d+$/.test(text)
  if (!doubles || isWhole) return exact(text)
  const value = Number(text)
  // By what the number is, as Python rounds it: 1.115 is a little less than that, and a hundred times it is not.
  return exact((loosely ? Number(value.toFixed(2)) : value).toString())
}

/** Digits without zeros at either end, and the power of ten behind them: one text for each value. */
function exact(text: string): string {
  const [, sign = '', whole = '', , fraction = '', , power = '0'] =
    /^(-?)(\d+)(\.(\d+))?([eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const short = digits.replace(/0+$/, '')
  if (short === '') return whole === '' ? text : '0'
  const exponent = Number(power) - fraction.length + (digits.length - short.length)
  return `${sign}${short}e${exponent.toString()}`
}

/** Nothing for a day that no month has. */
function momentOf(text: string): string | undefined {
  const [, year, month, day, hour = '0', minute = '0', second = '0', part = '', offset = 'Z'] =
    date.exec(text) ?? []
  if (year === undefined) return undefined
  const numbers = [Number(year), Number(month) - 1, Number(day)] as const
  // `Date.UTC` takes the years 0 to 99 for those of the last century.
  const moment = new Date(0)
  moment.setUTCFullYear(...numbers)
  const isThere = moment.getUTCMonth() === numbers[1] && moment.getUTCDate() === numbers[2]
  const milliseconds = Number(part.slice(0, 3).padEnd(3, '0'))
  const time = [Number(hour), Number(minute), Number(second)] as const
  if (!isThere || time[0] > 23 || time[1] > 59 || time[2] > 59) return undefined
  moment.setUTCHours(...time, milliseconds)
  return new Date(moment.getTime() - offsetMinutes(offset) * 60_000).toISOString()
}

function offsetMinutes(offset: string): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

/** What stands at a dotted path; through a list, of each of its entries. Undefined where there is nothing. */
export function valueAt(document: unknown, parts: readonly string[]): unknown {
  const [name, ...rest] = parts
  if (name === undefined) return document
  if (Array.isArray(document)) {
    const found = document.map((one) => valueAt(one, parts)).filter((one) => one !== undefined)
    return found.length === 0 ? undefined : found
  }
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, name))
    return undefined
  return valueAt((document as Document)[name], rest)
}

import { counted as nounCounted } from '../../domain/counted.js'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const

/** Making one takes far longer than using it: a list has thousands of rows. */
const formats = new Map<string, Intl.NumberFormat>()

function made(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const known = formats.get(key) ?? new Intl.NumberFormat('en', options)
  formats.set(key, known)
  return known
}

function unitFormat(unit: (typeof units)[number]): Intl.NumberFormat {
  const unitDisplay = unit === 'byte' ? 'narrow' : 'short'
  return made(unit, { style: 'unit', unit, unitDisplay, maximumSignificantDigits: 3 })
}

/** So many bytes, in decimal units: `3.28 MB`. Three digits say enough. */
export function bytes(count: number): string {
  const exponent = count < 1000 ? 0 : Math.min(5, Math.floor(Math.log10(count) / 3))
  const value = count / 1000 ** exponent
  // 999.7 kB would be rounded to "1,000 kB".
  const carried = exponent > 0 && exponent < 5 && value >= 999.5
  return unitFormat(units[carried ? exponent + 1 : exponent] ?? 'byte')
    .format(carried ? value / 1000 : value)
    .replace(/(?<=\d)B$/, ' B')
}

/** A whole number with separators: `54,966`. */
export function count(value: number): string {
  return made('count', {}).format(value)
}

/** A number with its noun: `1 document`, `2 documents`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return nounCounted(value, one, { many, written: count(value) })
}

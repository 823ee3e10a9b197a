import { parseEnv } from 'node:util'

/** A line that sets a variable, in parts: what stands before its value, and behind it. */
const assignment = (name: string) =>
  new RegExp(`^(\\s*(?:export\\s+)?${name}\\s*=[ \\t]*)([^\\r\\n]*)`, 'gm')

/** Digits as somebody writes them: bare or in quotes, and what may follow, such as a remark. */
const digits = /^(["']?)\d+\1(?=\s|$)/

/**
 * The text of a `.env` file with one number in it changed, or set where it is not there; every other character stays as it is. Nothing
 * where that cannot be done for certain: the variable is set more than once, or not to a number, or another one would change too.
 */
export function withNumber(text: string, name: string, value: string): string | undefined {
  const [found, ...more] = text.matchAll(assignment(name))
  if (more.length > 0) return undefined
  const changed = found ? replaced(text, found, value) : appended(text, name, value)
  if (changed === undefined) return undefined
  return isOnlyChange(text, changed, name, value) ? changed : undefined
}

/** The text without a line that `withNumber` put at its end; nothing where that line is not there as it was put. */
export function withoutNumber(text: string, name: string, value: string): string | undefined {
  const line = new RegExp(`^${name}=${value}\\r?\\n?`, 'm')
  const changed = text.replace(line, '')
  if (changed === text) return undefined
  return isOnlyChange(text, changed, name, undefined) ? changed : undefined
}

/** What a `.env` file sets a variable to; nothing where it does not. */
export function valueIn(text: string, name: string): string | undefined {
  const values: Readonly<Record<string, string | undefined>> = parseEnv(text)
  return Object.hasOwn(values, name) ? values[name] : undefined
}

function replaced(text: string, found: RegExpExecArray, value: string): string | undefined {
  const [, before = '', rest = ''] = found
  if (!digits.test(rest)) return undefined
  const at = found.index + before.length
  const after = rest.replace(digits, (_, quote: string) => `${quote}${value}${quote}`)
  return text.slice(0, at) + after + text.slice(at + rest.length)
}

function appended(text: string, name: string, value: string): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  return `${text}${text === '' || text.endsWith('\n') ? '' : end}${name}=${value}${end}`
}

function isOnlyChange(
  before: string,
  after: string,
  name: string,
  value: string | undefined,
): boolean {
  const [was, is] = [parseEnv(before), parseEnv(after)]
  if (valueIn(after, name) !== value) return false
  const names = new Set([...Object.keys(was), ...Object.keys(is)])
  return [...names].every((one) => one === name || was[one] === is[one])
}

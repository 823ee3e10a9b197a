import { visible } from './format/visible.js'

/** A finding as a monitoring plugin tells it. */
interface PluginFinding {
  readonly id: string
  readonly severity: 'ok' | 'warn' | 'fail' | 'unknown'
  readonly says: string
  readonly value?: unknown
}

/** What a monitoring plugin prints, and the exit code that says the same. */
export interface PluginOutput {
  readonly line: string
  readonly exitCode: 0 | 1 | 2 | 3
}

/** Exit codes of the guidelines (Monitoring Plugins Development Guidelines, "Plugin Return Codes"). */
const states = {
  ok: { word: 'OK', code: 0 },
  warn: { word: 'WARNING', code: 1 },
  fail: { word: 'CRITICAL', code: 2 },
  unknown: { word: 'UNKNOWN', code: 3 },
} as const

/** Findings that are told in the line; the rest is counted. */
const told = 3

/**
 * One line: the worst state, what is wrong, and behind `|` the figures with their units. What is unknown decides only where nothing
 * is worse.
 */
export function pluginOutput(checks: readonly PluginFinding[]): PluginOutput {
  const worst = (['fail', 'warn', 'unknown'] as const).find((severity) =>
    checks.some((check) => check.severity === severity),
  )
  const { word, code } = states[worst ?? 'ok']
  const wrong = (['fail', 'warn', 'unknown'] as const).flatMap((severity) =>
    checks.filter((check) => check.severity === severity),
  )
  const more = wrong.length > told ? `, and ${(wrong.length - told).toString()} more` : ''
  const text =
    wrong.length === 0
      ? `${checks.length.toString()} checks`
      : wrong
          .slice(0, told)
          .map(({ id, says }) => `${id}: ${says}`)
          .join('; ') + more
  const figures = figuresOf(checks)
  const data = figures.length === 0 ? '' : ` | ${figures.join(' ')}`
  return { line: `OPS ${word} - ${harmless(text)}${data}`, exitCode: code }
}

/** The same for a run that came to nothing: whatever it was, nobody looked. */
export function pluginFailure(message: string): PluginOutput {
  return { line: `OPS UNKNOWN - ${harmless(message)}`, exitCode: states.unknown.code }
}

/** `|` begins the figures, and a line break ends the line. */
function harmless(text: string): string {
  return visible(text.replaceAll('\n', ' ').replaceAll('|', '/'))
}

/** Figures of `value`, by their names, with the unit that the guidelines have for it. */
const units: readonly (readonly [name: string, unit: string])[] = [
  ['milliseconds', 'ms'],
  ['ageSeconds', 's'],
  ['seconds', 's'],
  ['usedBytes', 'B'],
  ['freeBytes', 'B'],
  ['bytes', 'B'],
  ['current', ''],
  ['days', ''],
]

function figuresOf(checks: readonly PluginFinding[]): readonly string[] {
  const counts = (['fail', 'warn', 'unknown'] as const).map((severity) => {
    const count = checks.filter((check) => check.severity === severity).length
    return `'${severity}'=${count.toString()};;;0;${checks.length.toString()}`
  })
  const figures = checks.flatMap(({ id, value }) =>
    units.flatMap(([name, unit]) => {
      const figure: unknown =
        typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
      if (typeof figure !== 'number' || !Number.isFinite(figure)) return []
      return [`'${labelOf(id, name)}'=${plain(figure)}${unit}`]
    }),
  )
  return [...counts, ...figures]
}

/** A label holds neither the equals sign nor the quote. */
function labelOf(id: string, name: string): string {
  return `${id}:${name}`.replace(/['=|\s]/g, '_')
}

/** Digits and a point, never an exponent. */
function plain(figure: number): string {
  return Number.isInteger(figure) ? BigInt(figure).toString() : figure.toFixed(3)
}

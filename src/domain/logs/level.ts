/** How bad a line of a log is, the mildest first. */
export const levels = ['debug', 'info', 'warning', 'error', 'fatal'] as const

/** One of them. */
export type Level = (typeof levels)[number]

/** Whether a level is at least as bad as another. */
export function isAtLeast(level: Level, least: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(least)
}

/** The words that programs have for them; mongod has one letter (its manual, "Log Messages": F, E, W, I, D1 to D5). */
const words: readonly (readonly [Level, RegExp])[] = [
  ['fatal', /^(f|fatal|critical|crit|panic|emerg|emergency|alert)$/i],
  ['error', /^(e|err|error|severe)$/i],
  ['warning', /^(w|warn|warning)$/i],
  ['info', /^(i|info|information|notice)$/i],
  ['debug', /^(d[1-5]?|debug|trace|verbose)$/i],
]

/** What a word says of a level; nothing where it is none. */
export function levelCalled(word: string): Level | undefined {
  return words.find(([, called]) => called.test(word))?.[0]
}

/** Of levels as numbers (pino, bunyan): 60 is fatal, 30 is information. */
export function levelNumbered(number: number): Level {
  return levels[Math.min(4, Math.max(0, Math.floor(number / 10) - 2))] ?? 'info'
}

/** `level=warn`, `[error]`, `ERROR:`, ` - WARNING - `; words in small letters count only where they are marked as a level. */
const marked =
  /(?:\b(?:level|lvl|severity)=["']?|\[)(fatal|critical|crit|panic|emerg|alert|error|err|warning|warn|notice|info|debug|trace)\b/i
const shouted =
  /\b(FATAL|CRITICAL|CRIT|PANIC|EMERG|ALERT|ERROR|ERR|WARNING|WARN|NOTICE|INFO|DEBUG|TRACE)\b/

/** The last line of a trace names what was thrown. */
const thrown = /^(Traceback \(most recent call last\)|(?:[\w.]*(?:Error|Exception))\b)/

/** So far into a line a level is looked for: behind that it is what somebody wrote. */
const near = 120

/** The level that a line of text names; nothing where it names none. */
export function levelIn(text: string): Level | undefined {
  const start = text.slice(0, near)
  const word = (marked.exec(start) ?? shouted.exec(start))?.[1]
  if (word !== undefined) return levelCalled(word)
  return thrown.test(start) ? 'error' : undefined
}

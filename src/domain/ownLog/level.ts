/** How bad an entry of ops's own log is, the mildest first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const

/** One of them. */
export type LogLevel = (typeof logLevels)[number]

/** Whether an entry is written where entries of at least that level are. */
export function isLogged(level: LogLevel, least: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(least)
}

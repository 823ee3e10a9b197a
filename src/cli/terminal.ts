type Environment = Readonly<Record<string, string | undefined>>

/**
 * Whether text for a stream may be coloured. The flag has the first word, then FORCE_COLOR, NO_COLOR, TERM, and whether
 * a person looks at that very stream.
 */
export function wantsColor(terminal: boolean, noColor: boolean, env: Environment): boolean {
  if (noColor) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return !['0', 'false'].includes(force.toLowerCase())
  if (env['NO_COLOR']) return false
  return env['TERM'] !== 'dumb' && terminal
}

/** Whether text on a terminal may be drawn over: not on a dumb one. */
export function canRedraw(terminal: boolean, env: Environment): boolean {
  return terminal && env['TERM'] !== 'dumb'
}

/** Whether a person can be asked: both ends are a terminal, and nobody said not to. */
export function canAsk(
  stdin: { isTTY?: boolean },
  stderr: { isTTY?: boolean },
  noInput: boolean,
  env: Environment,
): boolean {
  return !noInput && !env['CI'] && stdin.isTTY === true && stderr.isTTY === true
}

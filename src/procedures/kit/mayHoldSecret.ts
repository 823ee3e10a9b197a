import { withoutSecrets, type KnownSecret } from './withoutSecrets.js'

/** Endings of programs: what stands behind a colon or an equals sign there is rarely a value. */
const program = /\.(c?js|mjs|ts|py|sh|bash|go)$/

/** `password = …`, `"password": …`, as programs write it. */
const given = /^\s*(?:export\s+|const\s+|let\s+|var\s+)?["']?[\w.-]+["']?\s*[:=]\s*(\S.*)$/

/**
 * The name of what looks like a secret in a file that a person wrote; nothing where none is seen. In programs only literal
 * values count: `password: settings.password` gives nothing away.
 */
export function mayHoldSecret(
  name: string,
  text: string,
  known: readonly KnownSecret[],
): string | undefined {
  const looked = program.test(name) ? text.split('\n').map(literalOnly).join('\n') : text
  const cleaned = withoutSecrets(looked, known)
  return cleaned ? cleaned.leftOut[0] : 'a private key'
}

/** The line, or nothing of it where what it assigns is an expression. */
function literalOnly(line: string): string {
  const value = given.exec(line)?.[1]
  if (value === undefined) return line
  const literal = /^(["'`])(?:(?!\1)[^$`])+\1[,;)]*$/.test(value) || /^[\w!#%+/@^~-]+$/.test(value)
  // A bare word behind a colon, or with a comma behind it, is a name.
  return literal && !/^\s*["']?[\w.-]+["']?\s*:\s*[A-Za-z_]\w*,?$/.test(line) ? line : ''
}

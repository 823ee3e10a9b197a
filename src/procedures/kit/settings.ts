import { parseEnv } from 'node:util'
import { withoutSecrets, type KnownSecret } from './withoutSecrets.js'

/** Names that may stand for a secret, or for something a secret can hide in. Rather one too many: it is asked for then. */
const doubtful =
  /pass|pwd|_pw$|secret|token|cred|key|auth|cert|salt|pin$|dsn|ur[il]$|user|conn|hook|licen[cs]e|private|sign|access/i

/**
 * Values of the variables that files ask for, as `.env` has them, without what may be a secret: a host that has nothing needs
 * names of images, ports and folders as much as the files themselves.
 */
export function plainSettings(
  text: string | undefined,
  asked: readonly string[],
  secrets: readonly KnownSecret[],
): Readonly<Record<string, string>> {
  if (text === undefined) return {}
  const all = parseEnv(text)
  return Object.fromEntries(
    asked.flatMap((name) => {
      const value = all[name]
      // A dollar sign may stand for another variable, which compose fills in and this does not.
      if (value === undefined || doubtful.test(name) || value.includes('$')) return []
      return mayHold(name, value, secrets) ? [] : [[name, value]]
    }),
  )
}

/** Whether a value holds a known secret anywhere, is an address with somebody's name or a query in it, or reads like a secret. */
function mayHold(name: string, value: string, secrets: readonly KnownSecret[]): boolean {
  if (secrets.some((one) => value === one.value || holds(value, one.value))) return true
  if (value.includes('://') && /[@?]/.test(value)) return true
  const line = `${name}=${value}`
  return withoutSecrets(line, secrets)?.text !== line
}

/** Shorter ones are parts of ordinary words. */
function holds(value: string, secret: string): boolean {
  return secret.length >= 4 && value.includes(secret)
}

import type { Secret } from '../../domain/secret.js'

/** Replaces every form in which a secret may turn up in a tool's words: as it is, percent-encoded, JSON-escaped; and any password in a connection string. */
export function redactor(secrets: readonly Secret[]): (text: string) => string {
  const forms = secrets
    .map((secret) => secret.reveal())
    .filter((value) => value !== '')
    .flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
    .toSorted((one, other) => other.length - one.length)
  return (text) => {
    let clean = text
    for (const form of new Set(forms)) clean = clean.replaceAll(form, '[secret]')
    return clean.replaceAll(/(mongodb(?:\+srv)?:\/\/[^:/@\s]*):[^@\s]*@/g, '$1:[secret]@')
  }
}

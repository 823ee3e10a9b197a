/** Passwords inside connection strings and addresses, however they came into a sentence. */
const password = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:)[^\s@]+(@)/gi

/** Secret keys of age: nothing that prints one has any business to. */
const secretKey = /AGE-(SECRET-KEY|PLUGIN)-[A-Z0-9-]+/gi

/** The text with the passwords of addresses and secret keys taken out: a last sieve before anything is printed or logged. */
export function scrub(text: string): string {
  return text.replaceAll(password, '$1[secret]$2').replaceAll(secretKey, '[secret]')
}

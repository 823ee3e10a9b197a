import { Secret } from '../../domain/secret.js'

/** A sign-in with its values fetched. */
export interface SignIn {
  readonly username: string
  readonly password: Secret
  readonly authSource: string
}

/**
 * A connection string to one server, never to the set it belongs to: the members' own host names are often known only
 * inside the compose network. The whole of it is a secret.
 */
export function connectionString(hostAndPort: string, signIn: SignIn | undefined): Secret {
  const who = signIn ? `${encoded(signIn.username)}:${encoded(signIn.password.reveal())}@` : ''
  const source = signIn ? `authSource=${encoded(signIn.authSource)}&` : ''
  return new Secret(`mongodb://${who}${hostAndPort}/?${source}directConnection=true`)
}

/** `encodeURIComponent`, and the apostrophe that it leaves alone. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27')
}

/** Password of a connection string, decoded, for redaction; nothing if it has none. */
export function passwordOf(uri: Secret): Secret | undefined {
  const found = /^mongodb(?:\+srv)?:\/\/[^:/@]*:([^@]*)@/.exec(uri.reveal())
  if (!found?.[1]) return undefined
  try {
    return new Secret(decodeURIComponent(found[1]))
  } catch {
    return new Secret(found[1])
  }
}

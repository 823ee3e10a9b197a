import { Secret } from '../../domain/secret.js'

/** A sign-in with its values fetched. */
export interface SignIn {
  readonly username: string
  readonly password: Secret
  readonly authSource: string
}

/** Files for TLS, as they are named where the connection string is used. */
export interface TlsFiles {
  readonly ca?: string
  readonly certificate?: string
}

/**
 * A connection string to one server, never to the set it belongs to: the members' own host names are often known only
 * inside the compose network. The whole of it is a secret.
 */
export function connectionString(
  hostAndPort: string,
  signIn: SignIn | undefined,
  tls?: TlsFiles,
): Secret {
  const who = signIn ? `${encoded(signIn.username)}:${encoded(signIn.password.reveal())}@` : ''
  const source = signIn ? `authSource=${encoded(signIn.authSource)}&` : ''
  return new Secret(
    `mongodb://${who}${hostAndPort}/?${source}${tlsOptions(tls)}directConnection=true`,
  )
}

function tlsOptions(tls: TlsFiles | undefined): string {
  if (!tls) return ''
  const ca = tls.ca === undefined ? '' : `tlsCAFile=${encoded(tls.ca)}&`
  const own =
    tls.certificate === undefined ? '' : `tlsCertificateKeyFile=${encoded(tls.certificate)}&`
  return `tls=true&${ca}${own}`
}

/**
 * A given connection string with another sign-in: who signs in is replaced, `authSource` is added where there is none, and
 * everything else (hosts, database, options) stays byte for byte as it was. What is no connection string is handed back.
 */
export function signedInAs(uri: Secret, signIn: SignIn): Secret {
  const parts = /^(mongodb(?:\+srv)?:\/\/)(?:[^/?]*@)?([^/?@]+)(\/[^?]*)?(\?.*)?$/s.exec(
    uri.reveal(),
  )
  if (!parts) return uri
  const [, scheme = '', hosts = '', path, query] = parts
  const who = `${encoded(signIn.username)}:${encoded(signIn.password.reveal())}@`
  const given = optionsOf(uri).has('authsource')
  const source = `authSource=${encoded(signIn.authSource)}`
  const options =
    query === undefined
      ? `?${source}`
      : given
        ? query
        : `${query}${/[?&]$/.test(query) ? '' : '&'}${source}`
  return new Secret(`${scheme}${who}${hosts}${path ?? (query === undefined ? '/' : '')}${options}`)
}

/** Options by which somebody signs in, in lower case. */
const signInOptions: ReadonlySet<string> = new Set([
  'authsource',
  'authmechanism',
  'authmechanismproperties',
  'gssapiservicename',
])

/** A given connection string as somebody uses it who signs in as nobody. What is no connection string is handed back. */
export function withoutSignIn(uri: Secret): Secret {
  const parts = /^(mongodb(?:\+srv)?:\/\/)(?:[^/?]*@)?([^/?@]+)(\/[^?]*)?(?:\?(.*))?$/s.exec(
    uri.reveal(),
  )
  if (!parts) return uri
  const [, scheme = '', hosts = '', path = '/', query = ''] = parts
  const kept = query
    .split('&')
    .filter((option) => option !== '')
    .filter((option) => !signInOptions.has(option.split('=')[0]?.toLowerCase() ?? ''))
  return new Secret(`${scheme}${hosts}${path}${kept.length > 0 ? `?${kept.join('&')}` : ''}`)
}

/** Names of the options that a connection string sets, in lower case (they are not case-sensitive). */
export function optionsOf(uri: Secret): ReadonlySet<string> {
  const query = /\?(.*)$/s.exec(uri.reveal())?.[1] ?? ''
  const names = query.split('&').map((option) => option.split('=')[0]?.toLowerCase() ?? '')
  return new Set(names.filter((name) => name !== ''))
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

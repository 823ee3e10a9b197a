/** The parts of a connection string that say who speaks to whom, and how. */
export interface ConnectionUri {
  /** Decoded. */
  readonly username?: string
  /** Decoded. A secret. */
  readonly password?: string
  /** Without ports; an IPv6 address without its brackets, a socket of this machine as its path. */
  readonly hosts: readonly string[]
  /** Whether what is sent is encrypted. */
  readonly encrypted: boolean
  /** Whether it is made sure that the server is the one that is meant. */
  readonly verified: boolean
}

const form = /^mongodb(\+srv)?:\/\/(?:([^/?]*)@)?([^/?@]+)(?:\/[^?]*)?(?:\?(.*))?$/s

/** Options that take whatever certificate there is (MongoDB's connection string options). */
const blind = ['tlsinsecure', 'tlsallowinvalidcertificates', 'tlsallowinvalidhostnames']

/**
 * Reads a connection string as MongoDB's drivers do: TLS is on with `tls` or `ssl`, and with `mongodb+srv` unless it is
 * switched off. Absent for what is none.
 */
export function readConnectionUri(text: string): ConnectionUri | undefined {
  const [whole, srv, userInfo, hosts = '', query = ''] = form.exec(text.trim()) ?? []
  if (whole === undefined) return undefined
  const options = optionsOf(query)
  const asked = options.get('tls') ?? options.get('ssl')
  const encrypted = asked === undefined ? srv !== undefined : asked === 'true'
  return {
    ...signInOf(userInfo),
    hosts: hosts.split(',').map(hostOf),
    encrypted,
    verified: encrypted && !blind.some((name) => options.get(name) === 'true'),
  }
}

/**
 * The hosts that an address names which a program was given: a connection string of any kind, or hosts with or without
 * ports, between commas. In lower case.
 */
export function hostsIn(text: string): readonly string[] {
  const uri = readConnectionUri(text)
  if (uri) return uri.hosts
  const [, rest = text] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/?#]*)/i.exec(text.trim()) ?? []
  return rest
    .split(',')
    .map(hostOf)
    .filter((host) => host !== '')
}

/** Whether a host of a connection string is this machine itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.') || host.startsWith('/')
}

function signInOf(userInfo: string | undefined): Pick<ConnectionUri, 'username' | 'password'> {
  if (userInfo === undefined) return {}
  const at = userInfo.indexOf(':')
  if (at < 0) return { username: decoded(userInfo) }
  return { username: decoded(userInfo.slice(0, at)), password: decoded(userInfo.slice(at + 1)) }
}

/** Names of options are not case-sensitive. */
function optionsOf(query: string): ReadonlyMap<string, string> {
  return new Map(
    query.split('&').map((option) => {
      const [name = '', value = ''] = option.split('=')
      return [name.toLowerCase(), decoded(value).toLowerCase()]
    }),
  )
}

function hostOf(text: string): string {
  const host = decoded(text.trim())
  if (host.startsWith('/')) return host
  const [, inBrackets] = /^\[([^\]]*)\]/.exec(host) ?? []
  return (inBrackets ?? host.replace(/:\d+$/, '')).toLowerCase()
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

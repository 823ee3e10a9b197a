import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { checkServerIdentity, connect, type DetailedPeerCertificate } from 'node:tls'
import type { FactsOf } from '../../domain/declared/facts.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { readBounded } from './readBounded.js'
import { readTrusted, unreadable } from './readTrusted.js'
import { distrust, unanswered } from './unanswered.js'
import { watchedLookup } from './watchedLookup.js'

type Facts = FactsOf['certificate']
type Asked<Kind> = Extract<ProbeOf['certificate'], { readonly kind: Kind }>

/** The certificate that an address shows, or that lies in a file. Throws `CERTIFICATE_UNREADABLE`, `NAME_UNRESOLVED` (environment). */
export function lookAtCertificate(
  probe: ProbeOf['certificate'],
  signal: AbortSignal,
): Promise<Facts> {
  return probe.kind === 'file' ? inFile(probe.path) : shownBy(probe, signal)
}

/**
 * Nothing is sent over this connection. It is made whatever the certificate says, for one that is refused can be looked at just
 * so: whether it is trusted, and whether it bears the name, are told apart.
 */
async function shownBy(
  { host, port, name, ca: path }: Asked<'address'>,
  signal: AbortSignal,
): Promise<Facts> {
  const ca = path === undefined ? undefined : await readTrusted(path)
  signal.throwIfAborted()
  const names = watchedLookup()
  const socket = connect({
    host,
    lookup: names.lookup,
    port,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
  })
  const stop = () => socket.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve).once('error', reject)
      socket.once('close', () => {
        reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
      })
    })
    const shown = socket.getPeerCertificate(true)
    // Its type does not say that it is a text, and null where all is well.
    const refused = socket.authorized ? undefined : String(socket.authorizationError)
    return {
      answered: true,
      ...lifetime(chainOf(shown).filter(isOfUse)),
      ...(refused === undefined ? {} : { untrusted: distrust(refused) }),
      named: checkServerIdentity(name, shown) === undefined,
    }
  } catch (error) {
    names.requireResolved(error)
    signal.throwIfAborted()
    return unanswered(error)
  } finally {
    signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

interface Life {
  readonly from: string
  readonly until: string
}

/** The certificate itself first. A root vouches for itself, and is linked to itself. */
function chainOf(first: DetailedPeerCertificate): readonly Life[] {
  const chain: Life[] = []
  const met = new Set<string>()
  let one: DetailedPeerCertificate | undefined = first
  while (one !== undefined && !met.has(one.fingerprint256)) {
    met.add(one.fingerprint256)
    chain.push({ from: one.valid_from, until: one.valid_to })
    one = issuerOf(one)
  }
  return chain
}

/** At the end of a chain that is not whole there is none, whatever the type says. */
function issuerOf(one: DetailedPeerCertificate): DetailedPeerCertificate | undefined {
  return one.issuerCertificate
}

/** Servers also show issuers that have ended, for those who know no others: where one was needed, nobody trusts the certificate. */
function isOfUse({ until }: Life, index: number): boolean {
  return index === 0 || Date.parse(until) > Date.now()
}

function lifetime(
  chain: readonly Life[],
): Pick<Extract<Facts, { answered: true }>, 'from' | 'until' | 'of'> {
  const [own = { from: '', until: '' }] = chain
  const first = chain.reduce((one, other) =>
    Date.parse(other.until) < Date.parse(one.until) ? other : one,
  )
  return {
    from: new Date(own.from).toISOString(),
    until: new Date(first.until).toISOString(),
    of: first.until === own.until ? 'its own' : 'an issuer',
  }
}

async function inFile(path: string): Promise<Facts> {
  try {
    const blocks = (await readBounded(path)).match(
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
    )
    const chain = (blocks ?? []).map((block) => {
      const { validFrom: from, validTo: until } = new X509Certificate(block)
      return { from, until }
    })
    if (chain.length === 0) throw new Error('no certificate is in it')
    return { answered: true, ...lifetime(chain) }
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : 'unknown reason')
  }
}

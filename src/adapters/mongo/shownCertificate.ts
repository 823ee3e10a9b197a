import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import type { MongoClient } from 'mongodb'
import type { ServerCertificate } from '../../ports/serverVitals.js'

/** What the servers of a client showed, by the options that its connections are made with. */
const shown = new WeakMap<object, ServerCertificate>()

/** How a client looks at the certificate of a server: as it always does, and it remembers until when that is good. */
export function rememberingIdentity(): typeof checkServerIdentity {
  const identity: typeof checkServerIdentity = (host, certificate) => {
    const seen = factsOf(certificate)
    if (seen) shown.set(identity, seen)
    return checkServerIdentity(host, certificate)
  }
  return identity
}

/** The certificate that a server showed last; nothing where it is not spoken to over TLS, or its certificate is not looked at. */
export function certificateOf(client: MongoClient): ServerCertificate | undefined {
  const { checkServerIdentity: identity } = client.options as { checkServerIdentity?: object }
  return identity && shown.get(identity)
}

function factsOf({ subject, valid_to: until }: PeerCertificate): ServerCertificate | undefined {
  const validTo = new Date(until)
  if (Number.isNaN(validTo.getTime())) return undefined
  const { CN: name } = subject as { CN?: string | string[] }
  return {
    subject: Array.isArray(name) ? name.join(', ') : (name ?? 'a server without a name'),
    validTo: validTo.toISOString(),
  }
}

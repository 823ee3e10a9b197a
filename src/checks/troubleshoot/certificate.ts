import { span } from '../doctor/words.js'
import { seen } from '../doctor/look.js'
import type { TargetTroubles } from './evidence.js'
import { found, type Found } from './found.js'

/** Days that a certificate should be good for, as `ops health` counts them. */
const expiring = { warn: 30, fail: 7 }

/** Does the certificate of the server end soon? After that nobody can sign in. `at` is RFC 3339 UTC. */
export function judgeCertificate(
  { name, certificate }: TargetTroubles,
  at: string,
): readonly Found[] {
  const facts = seen(certificate)
  if (!facts) return []
  const seconds = (Date.parse(facts.validTo) - Date.parse(at)) / 1000
  const days = seconds / 86_400
  if (days >= expiring.warn) return []
  const isOver = seconds < 0
  return [
    found(
      'stale',
      days < expiring.fail ? 'fail' : 'warn',
      isOver ? 'certificate-over' : 'certificate-expires',
      {
        also: isOver ? ['connection'] : [],
        about: name,
        says: isOver
          ? `the certificate of the server of ${name} has run out`
          : `the certificate of the server of ${name} is good for ${span(seconds)} more`,
        because: [`${facts.subject}, until ${facts.validTo}`],
        next: ['have a new one signed, and give it to the server (net.tls.certificateKeyFile)'],
      },
    ),
  ]
}

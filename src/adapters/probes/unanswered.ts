import type { Unanswered } from '../../domain/declared/facts.js'

/** What an error code says of the one who was asked. What is none of these says more of this machine, or of ops. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ENOTFOUND: 'its name is not known',
  EHOSTUNREACH: 'no way leads there',
  ETIMEDOUT: 'no answer in time',
  EPROTO: 'it does not speak TLS as it should',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by somebody who is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by somebody who is not known',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is signed by somebody who is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by somebody who is not known',
  CERT_REVOKED: 'its certificate was revoked',
}

/**
 * The error as an answer: it is about whoever was asked. Throws it again where it is not: the network of this machine is down
 * (ENETUNREACH), names cannot be looked up (EAI_AGAIN), there are no more files to open (EMFILE).
 */
export function unanswered(error: unknown): Unanswered {
  // A name with several addresses fails once for each: one that answered, if only by refusing, says more than one without a way.
  const tried: readonly unknown[] = error instanceof AggregateError ? error.errors : []
  for (const code of [...tried, error].map(codeOf)) {
    const known = code === undefined ? undefined : (words[code] ?? byKind(code))
    if (code !== undefined && known !== undefined)
      return { answered: false, because: `${known} (${code})` }
  }
  throw error
}

/** What OpenSSL says of a certificate, in words. */
export function distrust(code: string): string {
  return `${words[code] ?? 'it is not accepted'} (${code})`
}

function byKind(code: string): string | undefined {
  if (code.startsWith('HPE_')) return 'what it answers is not HTTP'
  if (/^ERR_(SSL|TLS)_/.test(code)) return 'it does not speak TLS as it should'
  return /CERT|CRL|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH/.test(code)
    ? 'its certificate is not accepted'
    : undefined
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
}

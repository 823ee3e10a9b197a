import { Failure } from '../../domain/failure.js'
import type { Secret, SecretReference } from '../../domain/secret.js'
import type { Deadman, DeadmanSignal } from '../../ports/deadman.js'
import type { Secrets } from '../../ports/secrets.js'

/** What is put behind the path of the address, as healthchecks.io and its kin have it. */
const endings: Readonly<Record<DeadmanSignal, string>> = {
  start: '/start',
  success: '',
  fail: '/fail',
}

/** Milliseconds that one ping may take. */
const pingLimit = 10_000

/** The dead man's switch behind an address, which is fetched when it is first needed and shown nowhere. */
export function httpDeadman(
  reference: SecretReference,
  secrets: Pick<Secrets, 'resolve'>,
  limit = pingLimit,
): Deadman {
  return {
    async tell(what, note, signal) {
      const address = addressFor(await secrets.resolve(reference), what)
      const late = AbortSignal.timeout(limit)
      try {
        const response = await fetch(address, {
          method: 'POST',
          body: note,
          signal: AbortSignal.any([signal, late]),
        })
        await response.body?.cancel()
        if (!response.ok) throw unreached(`it answers ${response.status.toString()}`)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof Failure) throw error
        throw unreached(
          late.aborted ? `no answer within ${(limit / 1000).toString()} s` : reasonOf(error),
        )
      }
    },
  }
}

function addressFor(secret: Secret, what: DeadmanSignal): URL {
  const text = secret.reveal().trim()
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    throw unreached('it is no address that starts with https:// or http://')
  const address = new URL(text)
  address.pathname = `${address.pathname.replace(/\/+$/, '')}${endings[what]}`
  return address
}

/** The operating system's word for it; the sentences of fetch may quote the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return /^[A-Z][A-Z0-9_]+$/.test(code) ? code : 'the request failed'
}

function unreached(why: string): Failure {
  return new Failure(
    'environment',
    'DEADMAN_UNREACHED',
    `the dead man's switch (notify.deadman.url) was not reached: ${why}`,
    ['ops config show'],
  )
}

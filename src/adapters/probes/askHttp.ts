import { request as plainRequest, type IncomingMessage } from 'node:http'
import { request as securedRequest } from 'node:https'
import type { FactsOf } from '../../domain/declared/facts.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { Failure } from '../../domain/failure.js'
import type { Secrets } from '../../ports/secrets.js'
import { countMatches } from './countMatches.js'
import { readTrusted } from './readTrusted.js'
import { unanswered } from './unanswered.js'
import { unlessAborted } from './unlessAborted.js'
import { watchedLookup, type WatchedLookup } from './watchedLookup.js'

/** Bytes of a body that are looked at. */
const mostBytes = 1_048_576

/**
 * One request, to this address and no other: nobody follows where it sends to, so that no header goes there. The certificate is
 * verified whatever the environment says. The body is read only where something is looked for in it, and never without a bound.
 */
export async function askHttp(
  probe: ProbeOf['http'],
  secrets: Pick<Secrets, 'resolve'>,
  signal: AbortSignal,
): Promise<FactsOf['http']> {
  const headers = await unlessAborted(headersOf(probe, secrets), signal)
  if (!headers) throw lateSecret()
  const ca = probe.ca === undefined ? undefined : await readTrusted(probe.ca)
  signal.throwIfAborted()
  const begun = performance.now()
  const names = watchedLookup()
  let response: IncomingMessage | undefined
  try {
    response = await answerTo(probe, headers, ca, names, signal)
    const { statusCode: status = 0, headers: told } = response
    const redirects = status >= 300 && status <= 399 && told.location !== undefined
    const body = isLookedInto(probe) ? await bodyOf(response) : undefined
    const milliseconds = performance.now() - begun
    const found = body ? await lookedFor(probe, body.text, signal) : {}
    const unread = body?.unread === undefined ? {} : { unread: body.unread }
    return { answered: true, status, milliseconds, redirects, ...found, ...unread }
  } catch (error) {
    names.requireResolved(error)
    signal.throwIfAborted()
    return unanswered(error)
  } finally {
    response?.destroy()
  }
}

function answerTo(
  { url, method }: ProbeOf['http'],
  headers: Readonly<Record<string, string>>,
  ca: string | undefined,
  { lookup }: WatchedLookup,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const address = new URL(url)
  const request = address.protocol === 'https:' ? securedRequest : plainRequest
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers: { 'User-Agent': 'ops', Accept: '*/*', ...headers },
      // A connection of its own, by no proxy.
      agent: false as const,
      // Said here, NODE_TLS_REJECT_UNAUTHORIZED has no say.
      rejectUnauthorized: true,
      lookup,
      signal,
      ...(ca === undefined ? {} : { ca }),
    }
    request(address, options, resolve).on('error', reject).end()
  })
}

async function headersOf(
  { headers }: ProbeOf['http'],
  secrets: Pick<Secrets, 'resolve'>,
): Promise<Record<string, string>> {
  const fetched = Object.entries(headers).map(async ([name, reference]) => {
    const value = await secrets.resolve(reference)
    return [name, value.reveal()] as const
  })
  return Object.fromEntries(await Promise.all(fetched))
}

/** The address was not asked: it is not at fault. */
function lateSecret(): Failure {
  return new Failure(
    'usage',
    'SECRET_UNAVAILABLE',
    'the secrets of the headers did not come in time, so that nothing was asked',
    ['ops config show'],
  )
}

function isLookedInto({ contains, pattern, method }: ProbeOf['http']): boolean {
  return method !== 'HEAD' && (contains !== undefined || pattern !== undefined)
}

interface Body {
  readonly text: string
  /** Why it is not all of it. */
  readonly unread?: string
}

async function bodyOf(response: IncomingMessage): Promise<Body> {
  const encoding = response.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') return { text: '', unread: `it is compressed (${encoding})` }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, mostBytes - size))
    size += chunk.length
    if (size > mostBytes) break
  }
  const text = Buffer.concat(chunks).toString('utf8')
  return size > mostBytes ? { text, unread: 'it is longer than 1 MiB' } : { text }
}

async function lookedFor(
  { contains, pattern }: ProbeOf['http'],
  text: string,
  signal: AbortSignal,
): Promise<{ readonly contains?: boolean; readonly matches?: boolean }> {
  const one = async function* () {
    yield await Promise.resolve([text])
  }
  return {
    ...(contains === undefined ? {} : { contains: text.includes(contains) }),
    ...(pattern === undefined
      ? {}
      : { matches: (await countMatches(pattern, one(), signal, { lines: true })) > 0 }),
  }
}

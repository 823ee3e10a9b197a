import { LogReader } from '../../domain/logs/entry.js'
import { shownLine } from '../containers/shownLine.js'
import { seen } from '../doctor/look.js'
import type { LoggedLine, ServiceSeen } from './evidence.js'

/** What programs complain of, as far as it is told apart. */
export type ComplaintKind =
  'unresolved' | 'refused' | 'silent' | 'sign-in' | 'duplicate key' | 'no right' | 'store denied'

/** A complaint in the log of a container, of its present run. */
export interface Complaint {
  readonly kind: ComplaintKind
  readonly at: string
  /** The line, without secrets, and without what stands in braces: that may be a document. */
  readonly line: string
  /** The name that could not be resolved, where the line says it. It is data: no command is made of it. */
  readonly host?: string
}

/** Words of common drivers (Node, Python, Java, Go), of S3 and of operating systems; the one that says most first. */
const known: readonly (readonly [ComplaintKind, RegExp])[] = [
  ['duplicate key', /E11000 duplicate key error/],
  ['sign-in', /Authentication failed|AuthenticationFailed|bad auth|requires authentication/i],
  [
    'unresolved',
    /ENOTFOUND|EAI_AGAIN|getaddrinfo|Name or service not known|Temporary failure in name resolution|HostNotFound|UnknownHostException|no such host/i,
  ],
  ['refused', /ECONNREFUSED|connection refused/i],
  ['silent', /ServerSelection\w*(Error|Timeout|Exception)|ETIMEDOUT|No servers found yet/],
  [
    'store denied',
    /\b(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken)\b|S3.{0,60}Access Denied/,
  ],
  ['no right', /Permission denied|EACCES|not authorized on \S+ to execute/i],
]

/** Something that runs on and complained longer ago has got over it. */
const present = 10 * 60_000

/**
 * The newest complaint of each kind of the run that a container is in, or ended with: what was logged before it was last started is
 * past. `now` is RFC 3339 UTC.
 */
export function complaintsOf(service: ServiceSeen, now: string): readonly Complaint[] {
  const { facts } = service
  if (!facts) return []
  const lines = linesOfRun(service)
  const recent =
    facts.state === 'running'
      ? lines.filter(({ at }) => Date.parse(now) - Date.parse(at) < present)
      : lines
  return known.flatMap(([kind, pattern]) => {
    const line = recent.findLast(({ text }) => pattern.test(text))
    const isFirst = line && known.find(([, one]) => one.test(line.text))?.[0] === kind
    return line && isFirst ? [complaint(kind, line, facts.environment)] : []
  })
}

/** Milliseconds: what is complained of goes on for as long as that, at least. */
const lasting = { silence: 30_000, after: 5_000 }

/**
 * Whether a container has gone on with something else since a complaint, and has not complained for a while: then it has probably got
 * over it. Where nothing else speaks for a cause, a complaint like that is none. Lines that are indented belong to the one before.
 */
export function wentOn(service: ServiceSeen, { at }: Complaint, now: string): boolean {
  if (Date.parse(now) - Date.parse(at) < lasting.silence) return false
  const later = linesOfRun(service).filter(
    (line) => Date.parse(line.at) - Date.parse(at) > lasting.after && /^\S/.test(line.text),
  )
  return later.some(({ text }) => !known.some(([, pattern]) => pattern.test(text)))
}

/** What a container logged since it was last started, by the engine's clock. */
export function linesOfRun({ facts, lines }: ServiceSeen): readonly LoggedLine[] {
  const { startedAt } = facts ?? {}
  const start = startedAt === undefined ? NaN : Date.parse(startedAt)
  // Without a start there was no run: whatever the engine has is of an earlier container of that name.
  if (Number.isNaN(start)) return []
  return (seen(lines) ?? []).filter(({ at }) => Date.parse(at) >= start)
}

function complaint(
  kind: ComplaintKind,
  { at, text }: LoggedLine,
  environment: Readonly<Record<string, string>>,
): Complaint {
  const host = /(?:ENOTFOUND|EAI_AGAIN) ([^\s'",:]+)/.exec(text)?.[1]
  return {
    kind,
    at,
    line: withoutValues(shownLine(text, { environment })),
    ...(host === undefined ? {} : { host }),
  }
}

/** A line without what may be a document: of JSON only what it says, of text only what stands before a brace. */
export function withoutValues(text: string): string {
  const said = text.startsWith('{') ? new LogReader().read(text).message : text
  const brace = said.indexOf('{')
  return brace < 0 ? said : `${said.slice(0, brace)}{…}`
}

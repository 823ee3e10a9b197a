import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { requireOwnFile } from '../adapters/host/ownFile.js'
import { writeReportFile } from '../adapters/host/reportFile.js'
import type { HealthEvidence } from '../checks/health/evidence.js'
import { Failure } from '../domain/failure.js'
import { scrub } from '../domain/scrub.js'

/** Raised when evidence changes so that older versions would judge it wrongly. */
const schema = 1

/** How each of ours begins. */
const ours = /^\s*\{\s*"opsHealthEvidence"/

/** Bytes: no evidence is larger. */
const largest = 50_000_000

/** Saves evidence for another machine (mode 0600): what was seen, without secrets. Throws `REPORT_UNWRITABLE` (environment). */
export async function saveEvidence(
  path: string,
  evidence: HealthEvidence,
  opsVersion: string,
): Promise<void> {
  await requireOwnFile(path, ours)
  const clean = scrubbed(evidence)
  const sha256 = digestOf(clean)
  const file = { opsHealthEvidence: schema, opsVersion, sha256, evidence: clean }
  await writeReportFile(path, `${JSON.stringify(file, undefined, 1)}\n`)
}

/** Evidence that was saved, and the version of ops that saved it. */
interface SavedEvidence {
  readonly evidence: HealthEvidence
  readonly savedBy: string
}

/**
 * Evidence that was saved. Throws `EVIDENCE_NOT_FOUND` (not-found), `EVIDENCE_FOREIGN` (usage) for a file of another kind,
 * `EVIDENCE_NEWER` (usage) for one of a newer ops, `EVIDENCE_DAMAGED` (integrity) for one that was cut off or changed.
 */
export async function loadEvidence(path: string): Promise<SavedEvidence> {
  const text = await textOf(path)
  const parsed = parsedOf(text, path)
  const { opsHealthEvidence: version, opsVersion, sha256, evidence } = parsed
  if (version === undefined) throw foreign(path)
  if (typeof version !== 'number' || version > schema)
    throw new Failure(
      'usage',
      'EVIDENCE_NEWER',
      `${path} was saved by a newer ops (${String(opsVersion)}), whose evidence this one cannot judge`,
      ['ops --version', `ops health --from ${path}   (with that version)`],
    )
  if (typeof evidence !== 'object' || evidence === null || digestOf(evidence) !== sha256)
    throw damaged(path)
  return { evidence: evidence as HealthEvidence, savedBy: String(opsVersion) }
}

async function textOf(path: string): Promise<string> {
  try {
    const found = await stat(resolve(path))
    // A device has no size, and no end; a folder is told by the call itself.
    const isReadable = found.isDirectory() || (found.isFile() && found.size <= largest)
    if (isReadable) return await readFile(resolve(path), 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new Failure(
      'not-found',
      'EVIDENCE_NOT_FOUND',
      `${path} cannot be read (${code})`,
      ['ops health --save FILE   (where the stack runs)'],
      { cause: error },
    )
  }
  throw foreign(path)
}

function parsedOf(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null)
      return parsed as Readonly<Record<string, unknown>>
  } catch {
    // One of ours begins like this, and was cut off.
    if (ours.test(text)) throw damaged(path)
  }
  throw foreign(path)
}

function foreign(path: string): Failure {
  return new Failure('usage', 'EVIDENCE_FOREIGN', `${path} is no evidence of ops health`, [
    'ops health --save FILE   (where the stack runs)',
  ])
}

function damaged(path: string): Failure {
  return new Failure(
    'integrity',
    'EVIDENCE_DAMAGED',
    `${path} is not what was saved: it was cut off, or changed since`,
    ['ops health --save FILE   (where the stack runs)', `ls -l ${path}`],
  )
}

/** By the text that it is saved as: what JSON cannot hold is not in it. */
function digestOf(evidence: unknown): string {
  return createHash('sha256').update(JSON.stringify(evidence)).digest('hex')
}

/** Every text by itself: across several the sieve would take more than a password. */
function scrubbed(value: unknown): unknown {
  if (typeof value === 'string') return scrub(value)
  if (Array.isArray(value)) return value.map(scrubbed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, scrubbed(one)]))
}

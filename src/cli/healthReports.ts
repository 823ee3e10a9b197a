import { seen } from '../checks/doctor/look.js'
import { uptimeOf } from '../checks/health/uptime.js'
import { Failure } from '../domain/failure.js'
import { scrub } from '../domain/scrub.js'
import { endingWithin } from '../procedures/underWay.js'
import type { HealthFound } from './health.js'

/** Milliseconds that a file may take: the answer must not wait for a disk that does not answer. */
const patience = 5_000

/** Which files were asked for besides the answer. */
interface ReportsAsked {
  readonly save?: string | undefined
  readonly prometheus?: string | undefined
}

/**
 * Writes the files that were asked for, and says which could not be written, and why: the answer is worth more than a file of it, so
 * nothing is thrown.
 */
export async function unwrittenReports(
  { save, prometheus }: ReportsAsked,
  found: HealthFound,
  version: string,
): Promise<readonly string[]> {
  const [saved, exposed] = await Promise.all([
    save === undefined ? undefined : trouble(saveFound(save, found, version), save),
    prometheus === undefined ? undefined : trouble(writeExposition(prometheus, found), prometheus),
  ])
  return [saved, exposed].filter((one) => one !== undefined)
}

async function trouble(writing: Promise<void>, file: string): Promise<string | undefined> {
  try {
    await endingWithin(writing, `write ${file}`, patience)
    return undefined
  } catch (error) {
    if (error instanceof Failure && error.code !== 'STILL_UNDER_WAY') return scrub(error.message)
    const why =
      error instanceof Failure
        ? `its disk did not answer within ${(patience / 1000).toString()} s`
        : scrub(String(error))
    return `the file cannot be written: ${file} (${why})`
  }
}

async function saveFound(
  file: string,
  { evidence }: HealthFound,
  opsVersion: string,
): Promise<void> {
  const { saveEvidence } = await import('./healthFile.js')
  await saveEvidence(file, evidence, opsVersion)
}

/** For a collector of Prometheus. */
async function writeExposition(file: string, { evidence, health }: HealthFound): Promise<void> {
  const { exposition } = await import('../report/prometheus.js')
  const { requireOwnFile } = await import('../adapters/host/ownFile.js')
  const { writePublicFile } = await import('../adapters/host/publicFile.js')
  await requireOwnFile(file, /^# HELP ops_/)
  const stretches = seen(evidence.history)?.stretches ?? []
  const [first] = stretches
  const earlier = first ? uptimeOf(stretches, first.from, evidence.at).checks : []
  const lastOk = Object.fromEntries(
    earlier.flatMap(({ id, lastOk: time }) => (time === null ? [] : [[id, time] as const])),
  )
  await writePublicFile(file, exposition(health, lastOk))
}

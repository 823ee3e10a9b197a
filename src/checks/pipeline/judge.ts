import type { Finding } from '../../domain/finding.js'
import { broken, doubtful, fine, unknown } from '../doctor/finding.js'
import { span } from '../doctor/words.js'

/** A step, or the whole run, and what it usually takes at most; in seconds. */
interface Measurement {
  readonly title: string
  /** Absent where nothing tells. */
  readonly seconds?: number
  /** Absent where there is none. */
  readonly baselineSeconds?: number
}

/** What the last run of a job is judged by. */
export interface PipelineSeen {
  readonly job: string
  readonly state: 'never' | 'running' | 'succeeded' | 'failed'
  readonly exitCode: number | null
  readonly steps: readonly Measurement[]
  readonly whole: Measurement
}

/** So much more than its baseline something may take: machines have better and worse days. */
const tolerance = 1.25

const look = ['ops pipeline status', 'ops pipeline run --debug']

/** Did the last run go through, and no slower than it should? */
export function judgePipeline(seen: PipelineSeen): readonly Finding[] {
  const { job, state, exitCode, steps, whole } = seen
  const run = `${job}.run`
  switch (state) {
    case 'never':
      return [broken(run, { says: `${job} has never run`, next: ['ops pipeline run'] })]
    case 'failed': {
      const code = exitCode === null ? '' : ` with exit code ${exitCode.toString()}`
      return [broken(run, { says: `${job} ended${code}`, next: look, value: { exitCode } })]
    }
    case 'running':
      return [judgePace(run, `${job} is running`, whole)]
    case 'succeeded':
      return [
        judgePace(run, job, whole),
        ...steps.flatMap((step, index) =>
          step.baselineSeconds === undefined
            ? []
            : [judgePace(`${job}.step${(index + 1).toString()}`, step.title, step)],
        ),
      ]
  }
}

function judgePace(id: string, what: string, { seconds, baselineSeconds }: Measurement): Finding {
  if (seconds === undefined || baselineSeconds === undefined)
    return unknown(id, {
      says: `how long ${what} took is not known`,
      because: 'its log does not tell when it began and ended',
      next: look,
    })
  const value = { seconds, baselineSeconds }
  const says = `${what}: ${seconds.toFixed(1)} s`
  const because = `the baseline is ${span(baselineSeconds)}`
  if (!isLate(seconds, baselineSeconds)) return fine(id, says, because, value)
  const next = ['ops stack stats --since 1h', 'ops stack logs --level warning']
  return doubtful(id, { says: `${says}, slower by more than a quarter`, because, next, value })
}

/** Whether something took more than a quarter longer than its baseline. */
export function isLate(seconds: number, baselineSeconds: number): boolean {
  return seconds > baselineSeconds * tolerance
}

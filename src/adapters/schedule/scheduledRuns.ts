import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScheduledRun, ScheduledRuns } from '../../ports/scheduledRuns.js'
import { makeFolder, writeDurably } from '../disk/durable.js'
import { isGone, processIdentity, type ProcessIdentity } from '../state/processIdentity.js'
import { stateFailure } from '../state/stateFailure.js'

/** So many runs of a job are kept. */
const runsKept = 30

type Stored = ScheduledRun & { readonly process?: ProcessIdentity }

/** Scheduled runs as one JSON file a job. Two stacks of one name are told apart by where their `ops.yaml` lies. */
export function fileScheduledRuns(
  stateFolder: string,
  stack: { readonly name: string; readonly file: string },
  host: { readonly name: string },
): ScheduledRuns {
  const folder = join(stateFolder, 'schedule')
  const place = createHash('sha256').update(stack.file).digest('hex').slice(0, 8)
  const pathOf = (job: string) => join(folder, `${stack.name}-${place}.${job}.json`)

  async function read(job: string): Promise<readonly Stored[]> {
    try {
      const parsed: unknown = JSON.parse(await readFile(pathOf(job), 'utf8'))
      return Array.isArray(parsed) ? parsed.filter(isRun) : []
    } catch {
      return []
    }
  }

  return {
    async save(run) {
      try {
        await makeFolder(folder)
        const others = (await read(run.job)).filter(({ id }) => id !== run.id)
        const identity = await processIdentity(run.pid)
        const stored: Stored = { ...run, ...(identity ? { process: identity } : {}) }
        const kept = [stored, ...others]
          .toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1))
          .slice(0, runsKept)
        await writeDurably(pathOf(run.job), `${JSON.stringify(kept, undefined, 1)}\n`)
      } catch (error) {
        throw stateFailure(folder, error)
      }
    },
    async list(job) {
      return (await read(job)).map((stored) => {
        const { process, ...run } = stored
        return process === undefined ? stored : run
      })
    },
    async cutOff({ id, job, host: ranOn, pid, finishedAt }) {
      if (finishedAt !== undefined || ranOn !== host.name) return false
      const stored = (await read(job)).find((one) => one.id === id)
      return isGone(stored?.process ?? { pid })
    },
  }
}

const texts = ['id', 'job', 'startedAt', 'host'] as const

function isRun(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false
  const fields = value as Record<string, unknown>
  return (
    texts.every((name) => typeof fields[name] === 'string') && typeof fields['pid'] === 'number'
  )
}

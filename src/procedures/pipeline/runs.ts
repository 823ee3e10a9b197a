import type { JobRun } from '../../domain/samples/sample.js'
import type { World } from '../../ports/world.js'

/** Runs that are shown. */
const shown = 10

/** The newest run of a job, as far as keeping it goes. */
interface JobSeen {
  readonly job: string
  readonly startedAt: string | null
  readonly seconds: number | null
  /** Null while it runs. */
  readonly exitCode: number | null
  readonly steps: readonly { readonly title: string; readonly seconds?: number }[]
}

type RunWorld = Pick<World, 'samples' | 'clock'>

/** The last runs of a job, the newest first, with the one that was just seen; that one is kept, if it has ended. */
export async function pastRuns(
  project: string,
  seen: JobSeen,
  world: RunWorld,
): Promise<readonly JobRun[]> {
  const kept = await world.samples.runs.kept().catch(() => ({ samples: [] }))
  const before = kept.samples.filter((run) => run.project === project && run.job === seen.job)
  const now = endedRun(project, seen, world)
  const isNew = now && !before.some(({ startedAt }) => startedAt === now.startedAt)
  if (isNew) await world.samples.runs.keep([now]).catch(() => undefined)
  const runs = new Map([...before, ...(now ? [now] : [])].map((run) => [run.startedAt, run]))
  return [...runs.values()]
    .toSorted((one, other) => Date.parse(other.startedAt) - Date.parse(one.startedAt))
    .slice(0, shown)
}

function endedRun(project: string, seen: JobSeen, { clock }: RunWorld): JobRun | undefined {
  const { job, startedAt, seconds, exitCode, steps } = seen
  if (startedAt === null || seconds === null || exitCode === null) return undefined
  return {
    at: clock.now().toISOString(),
    project,
    job,
    startedAt,
    seconds,
    exitCode,
    steps: Object.fromEntries(
      steps.flatMap(({ title, seconds: took }) => (took === undefined ? [] : [[title, took]])),
    ),
  }
}

import type { ScheduledRun, ScheduledRuns } from '../../src/ports/scheduledRuns.js'

/** So many are kept, as the real record does. */
const kept = 30

/** A record in memory. Runs whose process number is in `gone` were cut off. */
export function fakeScheduledRuns(gone: readonly number[] = []) {
  let all: readonly ScheduledRun[] = []
  const list = (job: string) =>
    all
      .filter((run) => run.job === job)
      .toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1))
      .slice(0, kept)
  const runs: ScheduledRuns = {
    save(run) {
      all = [...all.filter(({ id }) => id !== run.id), run]
      return Promise.resolve()
    },
    list: (job) => Promise.resolve(list(job)),
    cutOff: ({ finishedAt, pid }) =>
      Promise.resolve(finishedAt === undefined && gone.includes(pid)),
  }
  return { runs, list }
}

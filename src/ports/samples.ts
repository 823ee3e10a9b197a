import type { JobRun, RoomSample, UseSample } from '../domain/samples/sample.js'

/** Samples that were kept, the oldest first. */
export interface Kept<Sample> {
  readonly samples: readonly Sample[]
  /** Lines that are no samples, and were passed over. */
  readonly damaged: number
}

/** Samples of one kind. They stay for a month at most, and below a size. */
export interface SampleFile<Sample> {
  /** Keeps more of them. Throws `STATE_UNWRITABLE` (environment) and `STATE_FULL` (space): nobody has to keep any. */
  keep(samples: readonly Sample[]): Promise<void>
  /** What is kept; of that only the newest bytes, where so many are given. Throws `STATE_UNWRITABLE` (environment). */
  kept(mostBytes?: number): Promise<Kept<Sample>>
}

/** What ops saw when it was asked to look: it keeps that, and looks at nothing by itself. */
export interface Samples {
  readonly use: SampleFile<UseSample>
  readonly room: SampleFile<RoomSample>
  readonly runs: SampleFile<JobRun>
}

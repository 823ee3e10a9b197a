/** What a container's meters stood at. */
export interface UseSample {
  /** RFC 3339 UTC, as the engine read them. */
  readonly at: string
  readonly project: string
  readonly service: string
  /** Its name, and its id: a new container begins to count anew. */
  readonly container: string
  readonly id: string
  /** Processor time since it started. */
  readonly cpuNanoseconds: number
  readonly memoryBytes: number
  /** 0: no limit. */
  readonly memoryLimitBytes: number
}

/** The room on a file system. */
export interface RoomSample {
  /** RFC 3339 UTC. */
  readonly at: string
  /** The folder that was asked about. */
  readonly path: string
  readonly freeBytes: number
}

/** A run of a stack's job that has ended. */
export interface JobRun {
  /** RFC 3339 UTC: when it was looked at. */
  readonly at: string
  readonly project: string
  readonly job: string
  readonly startedAt: string
  readonly seconds: number
  readonly exitCode: number
  /** Seconds of the steps whose end its log told, by their titles. */
  readonly steps: Readonly<Record<string, number>>
}

type Fields = Readonly<Record<string, unknown>>

/** What a line says, if it is a sample of that kind: whatever else is in the file is damaged. */
export type SampleOf<Sample> = (fields: Fields) => Sample | undefined

/** Reads a `UseSample`. */
export const useSample: SampleOf<UseSample> = (fields) =>
  isMoment(fields['at']) &&
  areTexts(fields, ['project', 'service', 'container', 'id']) &&
  areNumbers(fields, ['cpuNanoseconds', 'memoryBytes', 'memoryLimitBytes'])
    ? (fields as unknown as UseSample)
    : undefined

/** Reads a `RoomSample`. */
export const roomSample: SampleOf<RoomSample> = (fields) =>
  isMoment(fields['at']) && areTexts(fields, ['path']) && areNumbers(fields, ['freeBytes'])
    ? (fields as unknown as RoomSample)
    : undefined

/** Reads a `JobRun`. */
export const jobRun: SampleOf<JobRun> = (fields) => {
  const { at, startedAt, steps } = fields
  const isWhole =
    isMoment(at) &&
    isMoment(startedAt) &&
    areTexts(fields, ['project', 'job']) &&
    areNumbers(fields, ['seconds', 'exitCode']) &&
    isObject(steps) &&
    areNumbers(steps, Object.keys(steps))
  return isWhole ? (fields as unknown as JobRun) : undefined
}

function areTexts(fields: Fields, names: readonly string[]): boolean {
  return names.every((name) => typeof fields[name] === 'string')
}

function areNumbers(fields: Fields, names: readonly string[]): boolean {
  return names.every((name) => Number.isFinite(fields[name]))
}

function isMoment(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}

/** Whether a value that was parsed has fields. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

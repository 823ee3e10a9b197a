/** What a configuration is read in: handed over by the door, never looked up here. */
export interface Surroundings {
  /** The process environment. A `.env` file is not part of it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute working folder. */
  readonly cwd: string
  /** Absolute home folder of whoever runs ops. */
  readonly home: string
  /** Numeric user id; absent where the system has none (Windows), where file modes say nothing either. */
  readonly uid?: number
}

/** A variable of the environment; one that is set to nothing counts as not set. */
export function variable(
  surroundings: Pick<Surroundings, 'env'>,
  name: string,
): string | undefined {
  const value = surroundings.env[name]
  return value === '' ? undefined : value
}

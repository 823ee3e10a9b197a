/** What became of the last attempt to bring a backup to one place; kept in its manifest. Times are RFC 3339 UTC. */
export interface CopyState {
  /** The place, by its name in `ops.yaml`. */
  readonly to: string
  /**
   * `ok`: it was there, checked, when last looked at; `failed`: it is not there, or not whole; `removed`: the retention of the
   * place took it away.
   */
  readonly state: 'ok' | 'failed' | 'removed'
  readonly at: string
  /** Why it failed or was removed, or how it was checked. */
  readonly because?: string
}

/** The states with one of them added, or put in the place of the earlier one of the same place. */
export function withCopy(
  states: readonly CopyState[] | undefined,
  state: CopyState,
): readonly CopyState[] {
  return [...(states ?? []).filter(({ to }) => to !== state.to), state]
}

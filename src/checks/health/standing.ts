import type { Health } from './judge.js'

/** What every check is, and nothing of figures that are never the same twice: while this stays, nothing has changed. */
export function standingOf({ checks }: Pick<Health, 'checks'>): string {
  return checks.map(({ id, severity }) => `${id}=${severity}`).join('\n')
}

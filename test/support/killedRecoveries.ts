import { expect } from 'vitest'
import { ops, type Ended, type Place, type RunOptions } from './cli.js'
import { chosen, eachVisit, hurtAt, long, type Passed, type Visit } from './faultPoints.js'

/** A recovery that is killed between any two of its steps. */
interface KilledRecovery {
  readonly argv: readonly string[]
  readonly options?: RunOptions
  /** The borders between its steps, as a run that was left alone passed them. */
  readonly borders: readonly Passed[]
  /** Of these, in the short form, the first of each kind whose step is called so. */
  readonly short: readonly (readonly [border: 'step started' | 'step done', called: RegExp])[]
  /** And these. */
  readonly also?: readonly Visit[]
}

/** What is left for whoever comes next. */
export interface LeftByKill {
  readonly place: Pick<Place, 'folder' | 'state'>
  /** What the killed command had said. */
  readonly killed: Ended
  /** Where it was killed: `step done#3`, and the title of that step. */
  readonly where: string
}

/** The borders between two steps, of all points that a run passed. */
export function bordersIn(passed: readonly Passed[]): readonly Passed[] {
  return passed.filter(({ point }) => point.startsWith('step '))
}

/**
 * Kills the recovery at each border, always after a disaster of its own, and hands over what is left. Fails with every border after
 * which something did not hold.
 */
export async function killedAtEachBorder(
  { argv, options, borders, short, also = [] }: KilledRecovery,
  disaster: () => Promise<Pick<Place, 'folder' | 'state'>>,
  then: (left: LeftByKill) => Promise<void>,
): Promise<void> {
  const points = borders.map(({ point }) => point)
  const few = [
    ...chosen(
      borders,
      short.map(([border, called]) => [border, called, 'kill9'] as const),
    ),
    ...also,
  ]
  const broken = await eachVisit(
    points,
    few,
    async (point) => {
      const place = await disaster()
      const killed = await hurtAt(place, argv, point, 'kill9', options)
      const title = borders.find((each) => each.point === point)?.where ?? ''
      expect(killed.exitCode, killed.stdout + killed.stderr).toBe(137)
      // Whoever runs it for an hour wants to see where it is.
      if (long) process.stderr.write(`killed at ${point} ${title}\n`)
      await then({ place, killed, where: `${point} ${title}` })
    },
    ['kill9'],
  )
  expect(broken).toEqual([])
}

/** The doctor names what was cut off, and what to type; its exit code says that something is broken. */
export async function doctorTells(
  place: Pick<Place, 'folder' | 'state'>,
  title: string | RegExp,
  next: string | RegExp,
): Promise<void> {
  const { exitCode, stdout } = await ops(place, ['doctor', '--json'])
  expect(exitCode, stdout).toBe(5)
  const finding = cutOffFinding(stdout)
  expect(finding?.says ?? stdout).toMatch(title)
  expect(finding?.next.join('\n') ?? '').toMatch(next)
}

/** Nothing is told to be cut off any more. */
export async function doctorIsCalm(place: Pick<Place, 'folder' | 'state'>): Promise<void> {
  const { stdout } = await ops(place, ['doctor', '--json'])
  expect(cutOffFinding(stdout)?.severity ?? 'not looked at', stdout).toBe('ok')
}

interface Finding {
  readonly id: string
  readonly severity: string
  readonly says: string
  readonly next: readonly string[]
}

function cutOffFinding(stdout: string): Finding | undefined {
  const { result } = JSON.parse(stdout) as { readonly result: { readonly checks: Finding[] } }
  return result.checks.find(({ id }) => id.endsWith('.cut-off'))
}

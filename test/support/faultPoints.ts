import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ops, type Ended, type Place, type RunOptions } from './cli.js'

/** What a run can be made to suffer at a point. */
const hurts = ['kill9', 'ENOSPC', 'EIO', 'throw'] as const
export type Hurt = (typeof hurts)[number] | 'ESTALE' | 'EROFS'

/** The long form visits everything; the short one, for every day, a fair part of it. */
export const long = process.env['OPS_FAULTS'] === 'long'

/** A point as a run passed it. */
export interface Passed {
  /** `rename#2` and the like. */
  readonly point: string
  /** What was to be done there: a path, an amount, the title of a step. */
  readonly where: string
}

/** The points that a run passes, in order. The run itself must succeed. */
export async function passedBy(
  place: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[],
  options: RunOptions & { readonly exitCode?: number } = {},
): Promise<readonly Passed[]> {
  const { exitCode = 0, ...rest } = options
  const { ended, passed } = await traced(place, argv, rest)
  if (ended.exitCode !== exitCode)
    throw new Error(`the run to be traced failed: ${ended.stdout}${ended.stderr}`)
  return passed
}

/** The same without what was done there. */
export async function pointsOf(
  place: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[],
): Promise<readonly string[]> {
  return pointsIn(await passedBy(place, argv))
}

export const pointsIn = (passed: readonly Passed[]) => passed.map(({ point }) => point)

async function traced(
  place: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<{ readonly ended: Ended; readonly passed: readonly Passed[] }> {
  const trace = join(tmpdir(), `ops-trace-${randomBytes(4).toString('hex')}`)
  const ended = await ops(place, argv, {
    ...options,
    env: { ...options.env, OPS_FAILPOINT_TRACE: trace },
  })
  const text = await readFile(trace, 'utf8').catch(() => '')
  await rm(trace, { force: true })
  const passed = text.split('\n').flatMap((line) => {
    const [, point = '', where = ''] = /^(.*?#\d+) (.*)$/.exec(line) ?? []
    return point === '' ? [] : [{ point, where }]
  })
  return { ended, passed }
}

/** The same as `hurtAt`, of a run that always takes the same way: throws where it did not come to the point. */
export async function surelyHurtAt(
  place: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[],
  point: string,
  hurt: Hurt,
): Promise<Ended> {
  const env = { OPS_FAILPOINT: `${point}:${hurt}` }
  const { ended, passed } = await traced(place, argv, { env })
  if (!passed.some((each) => each.point === point))
    throw new Error(`the run did not come to ${point}: ${ended.stdout}${ended.stderr}`)
  return ended
}

/** Runs a command that is hurt at a point. */
export function hurtAt(
  place: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[],
  point: string,
  hurt: Hurt,
  options: RunOptions = {},
): Promise<Ended> {
  return ops(place, argv, {
    ...options,
    env: { ...options.env, OPS_FAILPOINT: `${point}:${hurt}` },
  })
}

/** A full or broken disk is felt where a disk is used, not between two steps. */
const between: readonly Hurt[] = ['kill9', 'throw']

/** One point with one hurt. */
export interface Visit {
  readonly point: string
  readonly hurt: Hurt
}

/** Of the points that a run passed the first of each kind at which something so called was dealt with. Throws where there is none. */
export function chosen(
  passed: readonly Passed[],
  wanted: readonly (readonly [kind: string, where: RegExp, hurt: Hurt])[],
): readonly Visit[] {
  return wanted.map(([kind, called, hurt]) => {
    const found = passed.find(
      ({ point, where }) => point.startsWith(`${kind}#`) && called.test(where),
    )
    if (!found) throw new Error(`the run passes no ${kind} of ${String(called)}`)
    return { point: found.point, hurt }
  })
}

/** What the environment does, without what a mistake of ours would do. */
export const fromOutside: readonly Hurt[] = ['kill9', 'ENOSPC', 'EIO']

/** Every point with every hurt; in the short form one in so many, so that each comes by everywhere in turn, or these. */
function visits(
  points: readonly string[],
  short: number | readonly Visit[],
  wanted: readonly Hurt[],
): readonly Visit[] {
  if (!long && typeof short !== 'number') return short
  const all = points.flatMap((point) =>
    wanted
      .filter((hurt) => !point.startsWith('step') || between.includes(hurt))
      .map((hurt) => ({ point, hurt })),
  )
  return long || typeof short !== 'number' ? partOf(all) : all.filter((_, at) => at % short === 0)
}

/** Of the long form one part alone: `OPS_FAULTS_PART=2/4`. */
function partOf<One>(all: readonly One[]): readonly One[] {
  const [part = 1, parts = 1] = (process.env['OPS_FAULTS_PART'] ?? '1/1').split('/').map(Number)
  return all.filter((_, at) => at % parts === part - 1)
}

/** Visits them, each followed by what must hold then; tells every one after which something did not. */
export async function eachVisit(
  points: readonly string[],
  short: number | readonly Visit[],
  visit: (point: string, hurt: Hurt) => Promise<void>,
  wanted: readonly Hurt[] = hurts,
): Promise<readonly string[]> {
  const broken: string[] = []
  for (const { point, hurt } of visits(points, short, wanted)) {
    try {
      await visit(point, hurt)
    } catch (error) {
      broken.push(`${point}:${hurt}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return broken
}

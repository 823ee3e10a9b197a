import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ops, type Ended, type Place, type RunOptions } from './cli.js'

/** What a run can be made to suffer at a point. */
const hurts = ['kill9', 'ENOSPC', 'EIO', 'throw'] as const
export type Hurt = (typeof hurts)[number]

/** The long form visits everything; the short one, for every day, a fair part of it. */
export const long = process.env['OPS_FAULTS'] === 'long'

/** The points that a run passes, in order: `rename#2` and the like. The run itself must succeed. */
export async function pointsOf(
  place: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[],
): Promise<readonly string[]> {
  const trace = join(tmpdir(), `ops-trace-${randomBytes(4).toString('hex')}`)
  const { exitCode, stderr, stdout } = await ops(place, argv, {
    env: { OPS_FAILPOINT_TRACE: trace },
  })
  if (exitCode !== 0) throw new Error(`the run to be traced failed: ${stdout}${stderr}`)
  const lines = (await readFile(trace, 'utf8')).trim().split('\n')
  await rm(trace)
  return lines.map((line) => /^.*?#\d+/.exec(line)?.[0] ?? '')
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

/** Every point with every hurt; in the short form one in `oneIn`, so that each hurt comes by everywhere in turn. */
function visits(
  points: readonly string[],
  oneIn: number,
): readonly { readonly point: string; readonly hurt: Hurt }[] {
  const all = points.flatMap((point) =>
    (point.startsWith('step') ? between : hurts).map((hurt) => ({ point, hurt })),
  )
  return long ? all : all.filter((_, at) => at % oneIn === 0)
}

/** Visits them, each followed by what must hold then; tells every one after which something did not. */
export async function eachVisit(
  points: readonly string[],
  oneIn: number,
  visit: (point: string, hurt: Hurt) => Promise<void>,
): Promise<readonly string[]> {
  const broken: string[] = []
  for (const { point, hurt } of visits(points, oneIn)) {
    try {
      await visit(point, hurt)
    } catch (error) {
      broken.push(`${point}:${hurt}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return broken
}

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Health } from '../../../src/checks/health/judge.js'
import type { Severity } from '../../../src/domain/finding.js'
import { ops, type Place, type RunOptions } from '../../support/cli.js'
import { nothingSecret } from './ward.js'

/**
 * Every check but the memory of the machine that tests run on, of which they know nothing. A run of named checks is not written down: what
 * goes back and forth is damped, and here it does so on purpose.
 */
const kinds = [
  'engine',
  'container',
  'image',
  'mongo',
  'backup',
  'rpo',
  'rto',
  'disk',
  'clock',
  'cut-off',
  'history',
  'symptom',
]

/** What one run of `ops health` finds. */
export interface HealthSaid {
  readonly exitCode: number
  /** What is not ok, by the ids of the checks. */
  readonly bad: Readonly<Record<string, Severity>>
  /** Causes of a check that names them. */
  causes(id: string): readonly unknown[]
}

/** Asks once, and holds that nothing secret was said. */
export async function healthOf(
  place: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[] = [],
  options: RunOptions = {},
): Promise<HealthSaid> {
  const ended = await ops(place, ['health', '--json', ...argv, ...kinds], options)
  nothingSecret(ended)
  const { result } = JSON.parse(ended.stdout) as { result?: Health }
  if (!result) throw new Error(ended.stdout + ended.stderr)
  const bad = result.checks.filter(({ severity }) => severity !== 'ok')
  return {
    exitCode: ended.exitCode,
    bad: Object.fromEntries(bad.map(({ id, severity }) => [id, severity])),
    causes(id) {
      const found = result.checks.find((one) => one.id === id)?.value as
        { readonly causes?: readonly { readonly cause: string }[] } | undefined
      return (found?.causes ?? []).map(({ cause }) => cause)
    },
  }
}

/** The lines in which `ops health` says that all is well, or whatever else it prints. */
export async function linesOf(place: Pick<Place, 'folder' | 'state'>): Promise<readonly string[]> {
  const { stdout, stderr } = await ops(place, ['health', ...kinds])
  return (stdout + stderr).trimEnd().split('\n')
}

/** Surroundings in which the clock of `ops` is so many milliseconds ahead, as that of a machine that nobody looks after is. */
export async function clockAhead(
  { folder }: Pick<Place, 'folder'>,
  milliseconds: number,
): Promise<RunOptions> {
  const file = join(folder, 'clock.cjs')
  await writeFile(
    file,
    `const Real = Date
const ahead = ${milliseconds.toString()}
globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + ahead)
    else super(...given)
  }
  static now() { return Real.now() + ahead }
}
`,
  )
  return { env: { NODE_OPTIONS: `--require=${file}` } }
}

/** Changes a file, and hands back what puts it as it was. */
export async function changed(
  path: string,
  from: string | RegExp,
  to: string,
): Promise<() => Promise<void>> {
  const before = await readFile(path, 'utf8')
  const after = before.replace(from, to)
  if (after === before) throw new Error(`nothing to change in ${path}: ${String(from)}`)
  await writeFile(path, after)
  return () => writeFile(path, before)
}

import type { PastRun } from '../domain/pastRun.js'
import type { Readiness } from '../domain/readiness.js'
import type { Canvas } from './canvas.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { table } from './table.js'

/** What is drawn. */
export interface DrawnReadiness {
  readonly ready: boolean
  readonly targets: readonly {
    readonly target: string
    readonly scenarios: readonly (Readiness & {
      readonly lastRun: PastRun | null
      readonly lastDrill: PastRun | null
    })[]
  }[]
}

/** Each scenario ready, or the one thing that is in its way and what to type. */
export function readinessScreen({ ready, targets }: DrawnReadiness, canvas: Canvas): string {
  const { good, bad } = paint(canvas)
  const lines = targets.flatMap(({ target, scenarios }) => [
    '',
    visible(target),
    ...scenarios.flatMap(({ name, objectiveSeconds, forecastSeconds, blocker, notes }) => {
      const forecast =
        forecastSeconds === null ? '' : `, forecast ${duration(Math.max(1, forecastSeconds))}`
      const mark = blocker ? bad('BLOCKED') : good('READY  ')
      return [
        `  ${mark}  ${name.padEnd(10)}  objective ${duration(objectiveSeconds)}${forecast}`,
        ...(blocker
          ? [
              `           ${visible(blocker.says)}`,
              ...blocker.next.map((line) => `           → ${visible(line)}`),
            ]
          : notes.map((note) => `           ${visible(note)}`)),
      ]
    }),
  ])
  return [ready ? good('READY') : bad('NOT READY'), ...lines].join('\n')
}

/** The scenarios: what each is for, whether it would work, and when it was last carried out or drilled. */
export function scenariosScreen({ targets }: DrawnReadiness, canvas: Canvas): string {
  const rows = targets.flatMap(({ target, scenarios }) =>
    scenarios.map((one) => [
      `ops dr ${one.name}`,
      target,
      one.for,
      duration(one.objectiveSeconds),
      one.ready ? 'READY' : 'BLOCKED',
      past(one.lastRun),
      past(one.lastDrill),
    ]),
  )
  const { good, bad } = paint(canvas)
  const columns = [
    { title: 'COMMAND' },
    { title: 'TARGET' },
    { title: 'FOR' },
    { title: 'OBJECTIVE' },
    {
      title: 'TONIGHT',
      paint: (padded: string, cell: string) => (cell === 'READY' ? good(padded) : bad(padded)),
    },
    { title: 'LAST RUN' },
    { title: 'LAST DRILL' },
  ]
  return `${table(columns, rows, canvas)}${canvas.terminal ? '\n\n"ops dr ready" says what is in the way.' : ''}`
}

function past(run: PastRun | null): string {
  if (!run) return 'never'
  const took = run.seconds === null ? '' : `, ${duration(run.seconds)}`
  return `${run.at.slice(0, 16).replace('T', ' ')} ${run.outcome}${took}`
}

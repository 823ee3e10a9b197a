import { quoted } from '../domain/quoted.js'
import { isBuiltIn, symptomQuestions, type SymptomName } from '../domain/symptoms.js'
import type { Canvas } from './canvas.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { broken } from './table.js'

/** What `--fix` would do, as it is drawn; some is about a collection, and fields of it. */
interface DrawnFix {
  readonly title: string
  readonly target?: string
  readonly namespace?: string
  readonly fields?: readonly string[]
}

/** A finding as it is drawn. */
interface DrawnFound {
  readonly symptom: SymptomName
  readonly severity: 'fail' | 'warn' | 'unknown'
  readonly cause: string
  readonly says: string
  readonly because: readonly string[]
  readonly candidates: readonly (
    | { readonly cause: string; readonly ruledOutBy: string }
    | { readonly cause: string; readonly needs: string }
  )[]
  readonly next: readonly string[]
  readonly fix: DrawnFix | null
}

/** What applies and what does not, as it is drawn. */
interface DrawnTroubles {
  readonly symptoms: readonly DrawnFound[]
  readonly clear: readonly SymptomName[]
}

/** Columns where nobody said how many there are. */
const usualColumns = 100

/** Each thing that is wrong: what, why, what it is not, what to type. Below it what was looked for and does not apply. */
export function troublesScreen({ symptoms, clear }: DrawnTroubles, canvas: Canvas): string {
  const { good } = paint(canvas)
  const found = symptoms.flatMap((one) => [...foundLines(one, canvas), ''])
  const calm = clear.map((one) => `  ${good('✔')} ${one.padEnd(12)}  ${questionOf(one)}`)
  if (symptoms.length === 0)
    return [
      `${good('Nothing')} of what was looked for applies: it is nobody's fault here.`,
      ...calm,
    ].join('\n')
  return [...found, ...(clear.length > 0 ? ['Looked for, and not found:', ...calm] : [])]
    .join('\n')
    .trimEnd()
}

function questionOf(name: SymptomName): string {
  return isBuiltIn(name) ? symptomQuestions[name] : 'as ops.yaml declares it'
}

/** What was put right, and what still applies. */
export function troubleFixedScreen(
  {
    fixed,
    ...left
  }: DrawnTroubles & {
    readonly fixed: { readonly title: string; readonly receipt: string | null }
  },
  canvas: Canvas,
): string {
  const { good } = paint(canvas)
  const { title, receipt } = fixed
  return [
    `${good('✔')} Done: ${visible(title)}${receipt === null ? '' : `  (receipt ${receipt})`}`,
    ...(left.symptoms.length > 0
      ? ['', 'What still applies:', '', troublesScreen(left, canvas)]
      : []),
  ].join('\n')
}

function foundLines(one: DrawnFound, canvas: Canvas): readonly string[] {
  const { warning, bad, faint } = paint(canvas)
  const columns = canvas.terminal ? canvas.columns : usualColumns
  const { symptom, severity, cause, says, because, candidates, next, fix } = one
  const mood = severity === 'fail' ? bad : warning
  const lines = (mark: string, text: string) =>
    broken(visible(text), columns - indent.length - mark.length).map(
      (line, at) => `${indent}${at === 0 ? mark : ' '.repeat(mark.length)}${line}`,
    )
  return [
    `${mood(severity.padEnd(7))}  ${symptom}: ${visible(says)}  ${faint(`[${cause}]`)}`,
    ...because.flatMap((line) => lines('· ', line)),
    ...candidates.flatMap((other) =>
      'needs' in other
        ? lines('? ', `${other.cause}: what would tell is ${other.needs}`)
        : lines('not ', `${other.cause}: ${other.ruledOutBy}`),
    ),
    // What is typed is in one piece, so that it can be copied.
    ...next.map((line) => `${indent}→ ${visible(line)}`),
    ...(fix ? [`${indent}→ ${visible(fixCommand(symptom, fix))}   (${visible(fix.title)})`] : []),
  ]
}

/** What is there twice by some fields is put right only where both are named again; which target is meant is said wherever there is one. */
function fixCommand(symptom: string, { target, namespace = '', fields = [] }: DrawnFix): string {
  const which =
    fields.length > 0 ? ` --collection ${quoted(namespace)} --by ${quoted(fields.join(','))}` : ''
  const where = target === undefined ? '' : ` --target ${quoted(target)}`
  return `ops troubleshoot ${symptom}${which}${where} --fix`
}

const indent = '         '

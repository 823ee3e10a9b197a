import { Failure } from '../domain/failure.js'
import { quoted } from '../domain/quoted.js'

/** A command as somebody typed it: its name, and everything behind that. */
export interface Typed {
  readonly command: string
  readonly argv: readonly string[]
}

/** Short forms of the flags that a next command sets. */
const short: Readonly<Record<string, string>> = { '--target': '-t', '--dry-run': '-n' }

/**
 * The failure with `ops …` in its next commands filled in: the same command once more, with other flags. Whoever throws it
 * does not know how it was typed.
 */
export function nextAsTyped(failure: Failure, typed: Typed): Failure {
  if (!failure.next.some((line) => /\bops …/.test(line))) return failure
  const { facts, cause } = failure
  const next = failure.next.map((line) => lineAsTyped(line, typed))
  return new Failure(failure.kind, failure.code, failure.message, next, { cause, facts })
}

/** The same for one line; any other is handed back as it is. */
export function lineAsTyped(line: string, { command, argv }: Typed): string {
  const [, before, rest = '', remark = ''] = /^(.*\bops) …(.*?)(\s{2,}\(.*)?$/.exec(line) ?? []
  if (before === undefined) return line
  const set = [...rest.matchAll(/(--[\w-]+)( [^\s-]\S*)?/g)].map(([, flag = '', value]) => ({
    flag,
    takesValue: value !== undefined,
  }))
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const kept = without(argv.slice(0, end), set).map(quoted)
  // What follows `--` is no flag: a flag that is added comes before it.
  const behind = argv.slice(end).map((word) => ` ${quoted(word)}`)
  return [before, command, ...kept].join(' ') + rest + behind.join('') + remark
}

/** What was typed but for the flags that are set anew. */
function without(
  argv: readonly string[],
  set: readonly { readonly flag: string; readonly takesValue: boolean }[],
): readonly string[] {
  const kept: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    const found = set.find(
      ({ flag }) => word === flag || word === short[flag] || word.startsWith(`${flag}=`),
    )
    if (!found) kept.push(word)
    else if (found.takesValue && !word.includes('=')) at++
  }
  return kept
}

import { exitCodes, type ExitKind } from '../../src/domain/exit.js'
import type { FailurePlace } from './failures.js'
import { madeBy, table, type Generated } from './files.js'

/** Every error code: what it says, and the exit code that goes with it. */
export function errorsPage(places: readonly FailurePlace[]): Generated {
  const codes = [...new Set(places.map(({ code }) => code))].sort()
  const rows = codes.map((code) => {
    const made = places.filter((place) => place.code === code)
    return [
      `<a id="${code.toLowerCase()}"></a>\`${code}\``,
      unique(made.map(({ kind }) => kind)).join(', '),
      unique(made.map(({ kind }) => codeOf(kind))).join(', '),
      unique(
        made.flatMap(({ sentence }) => (sentence === undefined ? [] : [plain(sentence)])),
      ).join('<br>'),
      unique(made.map(({ file }) => `[${lastOf(file)}](../${file})`)).join(', '),
    ]
  })
  return {
    path: 'docs/errors.md',
    text: [
      madeBy,
      '# Errors\n',
      'Every failure has a stable code: in `error.code` under `--json`, and in the line "Code" on a terminal. A code has one',
      'kind, and the kind decides the [exit code](exit-codes.md); only `partial` (3: the main thing is done and good) may carry the',
      'code of what failed after it. Sentences may change; "…" stands for what is filled in.',
      'What to do about the common ones: [troubleshooting](troubleshooting.md).\n',
      table(['code', 'kind', 'exit', 'says', 'made in'], rows),
      '',
    ].join('\n'),
  }
}

function codeOf(kind: string): string {
  return kind in exitCodes ? exitCodes[kind as ExitKind].code.toString() : '?'
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort()
}

function plain(sentence: string): string {
  return sentence.replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('_', '\\_')
}

function lastOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1)
}

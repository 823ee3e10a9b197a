import { exitCodes } from '../../src/domain/exit.js'
import { madeBy, table, type Generated } from './files.js'

/** The one table of exit codes. */
export function exitCodesPage(): Generated {
  const rows = Object.entries(exitCodes).map(([kind, { code, meaning }]) => [
    code.toString(),
    `\`${kind}\``,
    meaning,
  ])
  return {
    path: 'docs/exit-codes.md',
    text: [
      madeBy,
      '# Exit codes\n',
      'The same with and without `--json`. Codes are only ever added: take an unknown one for a failure.',
      'Under `--json` the kind is in `error.kind`, and `error.code` says exactly what happened: see [errors](errors.md).\n',
      table(['code', 'kind', 'meaning'], rows),
      '\n`ops help exit-codes` prints this table; the help of each command names the codes to be ready for.',
      '',
      '## In a script',
      '',
      '```sh',
      'ops backup --all --quiet',
      'case $? in',
      '  0) ;;                                                    # the promise was kept',
      '  11) echo "another run holds the target: try later" ;;    # nothing was done',
      '  *) echo "no backup was taken" >&2; exit 1 ;;             # codes of the future too',
      'esac',
      '```',
      '',
    ].join('\n'),
  }
}

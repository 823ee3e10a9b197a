/** A command as the front page names it. */
export interface PageCommand {
  /** As it is typed, without `ops`. */
  readonly name: string
  readonly summary: string
}

const groups: readonly (readonly [title: string, names: readonly string[]])[] = [
  [
    'Look',
    [
      'status',
      'health',
      'doctor',
      'troubleshoot',
      'data check',
      'data duplicates',
      'backup list',
      'backup show',
      'pitr status',
      'schedule show',
      'stack ps',
      'stack logs',
      'stack stats',
      'pipeline status',
    ],
  ],
  [
    'Protect',
    [
      'backup',
      'backup verify',
      'backup test-restore',
      'backup copy',
      'backup prune',
      'backup delete',
      'pitr start',
      'pitr slice',
      'schedule install',
      'schedule remove',
    ],
  ],
  [
    'Recover',
    [
      'restore',
      'undo',
      'dr',
      'dr container',
      'dr corruption',
      'dr deletion',
      'dr bisect',
      'dr system',
      'dr ready',
      'dr drill',
      'pitr replay',
    ],
  ],
  ['Operate', ['stack up', 'stack restart', 'stack down', 'pipeline run']],
  ['Set up', ['init', 'pitr enable', 'config check', 'config show', 'config path']],
]

/** Commands that are about ops itself, not about the operator's work. */
const own = new Set(['help', 'autocomplete'])

/**
 * What `ops` alone prints: what it is, the commands by what they are for, and where to read on. A command that no group
 * names is listed all the same.
 */
export function frontPage(commands: readonly PageCommand[], version: string): string {
  const known = new Map(commands.map((command) => [command.name, command]))
  const named = new Set(groups.flatMap(([, names]) => names))
  const others = commands
    .map(({ name }) => name)
    .filter((name) => !named.has(name) && !own.has(name))
  const width = Math.max(...commands.map(({ name }) => name.length))

  const sections = [...groups, ['More', others] as const]
    .map(([title, names]) => ({
      title,
      lines: names.flatMap((name) => {
        const command = known.get(name)
        return command ? [`  ops ${name.padEnd(width)}  ${command.summary}`] : []
      }),
    }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => `${title}\n${lines.join('\n')}`)

  return [
    `ops ${version}: your operations runbook as commands, for MongoDB on Docker.\n` +
      'It backs up, verifies, restores and takes back; it shows a plan before it destroys anything,\n' +
      'and exit code 0 means that the promise was kept.',
    ...sections,
    'Help\n' +
      '  ops COMMAND --help     what it does, its flags, examples, exit codes\n' +
      '  ops help exit-codes    every exit code and its meaning\n' +
      '  ops help environment   every environment variable\n' +
      '  ops autocomplete       completion for bash, zsh and PowerShell',
  ].join('\n\n')
}

import { exitCodes } from '../../src/domain/exit.js'
import type { CommandPart, FlagPart } from './commands.js'
import { madeBy, table, type Generated } from './files.js'

/** A page for each command, and the list of them. */
export function referencePages(commands: readonly CommandPart[]): readonly Generated[] {
  return [
    { path: 'docs/reference/README.md', text: index(commands) },
    ...commands.map((command) => ({
      path: `docs/reference/${pageOf(command)}`,
      text: page(command, commands),
    })),
  ]
}

function pageOf({ name }: Pick<CommandPart, 'name'>): string {
  return `${name.replaceAll(' ', '-')}.md`
}

function index(commands: readonly CommandPart[]): string {
  const [any] = commands
  return [
    madeBy,
    '# Commands\n',
    table(
      ['command', 'what it does'],
      commands.map((command) => [`[\`ops ${command.name}\`](${pageOf(command)})`, command.summary]),
    ),
    '\n## Flags of every command\n',
    flagTable((any?.flags ?? []).filter(({ global }) => global)),
    '\nA flag on the command line has the last word, then its environment variable. `ops help environment` lists all',
    'variables, [exit codes](../exit-codes.md) and [errors](../errors.md) have pages of their own.',
    '',
  ].join('\n')
}

function page(command: CommandPart, commands: readonly CommandPart[]): string {
  const { name, summary, description, flags, arguments: given, examples, exitKinds } = command
  const own = flags.filter(({ global }) => !global)
  const below = commands.filter((other) => other.name.startsWith(`${name} `))
  return [
    madeBy,
    `# ops ${name}\n`,
    `${summary}\n`,
    `\`\`\`\n${usage(command)}\n\`\`\`\n`,
    ...(description === '' ? [] : [`${description}\n`]),
    ...section(
      'Arguments',
      given.length === 0
        ? ''
        : table(
            ['argument', 'meaning', 'default'],
            given.map((one) => [`\`${one.name}\``, one.summary, code(one.standard)]),
          ),
    ),
    ...section('Flags', own.length === 0 ? '' : flagTable(own)),
    'The [flags of every command](README.md#flags-of-every-command) work here too.\n',
    ...section(
      'Examples',
      examples.map((one) => `${one.description}:\n\n\`\`\`sh\n${one.command}\n\`\`\``).join('\n\n'),
    ),
    ...section(
      'Exit codes',
      table(
        ['code', 'kind', 'meaning'],
        exitKinds.map((kind) => [exitCodes[kind].code.toString(), kind, exitCodes[kind].meaning]),
      ),
    ),
    'Any command may also end with 1 (a bug), 124, 130 or 143: see [exit codes](../exit-codes.md).\n',
    ...section(
      'Commands below it',
      below
        .map((other) => `- [\`ops ${other.name}\`](${pageOf(other)}): ${other.summary}`)
        .join('\n'),
    ),
  ].join('\n')
}

function section(title: string, text: string): readonly string[] {
  return text === '' ? [] : [`## ${title}\n`, `${text}\n`]
}

function usage({ name, arguments: given, many, flags }: CommandPart): string {
  const words = given.map(({ name: argument, required }, index) => {
    const dots = many && index === given.length - 1 ? '…' : ''
    return required ? `${argument}${dots}` : `[${argument}${dots}]`
  })
  const own = flags
    .filter(({ global }) => !global)
    .map(({ name: flag, value }) => `[--${flag}${value === undefined ? '' : ` ${value}`}]`)
  return ['ops', name, ...words, ...own].join(' ')
}

function flagTable(flags: readonly FlagPart[]): string {
  return table(
    ['flag', 'meaning', 'default', 'variable'],
    flags.map(({ name, char, value, summary, standard, variable }) => [
      code(
        `${char === undefined ? '' : `-${char}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
      ),
      summary,
      code(standard),
      code(variable),
    ]),
  )
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``
}

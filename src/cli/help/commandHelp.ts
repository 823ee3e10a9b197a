import { CommandHelp, type Command } from '@oclif/core'
import { exitCodes, type ExitKind } from '../../domain/exit.js'

/** Help of one command, with the exit codes its callers should be ready for. */
export class OpsCommandHelp extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    return [
      ...super.sections(),
      { header: 'EXIT CODES', generate: () => exitCodeLines(this.command) },
    ]
  }
}

function exitCodeLines(command: Command.Loadable): string | undefined {
  const kinds = (command as { exitKinds?: readonly ExitKind[] }).exitKinds
  if (!kinds) return undefined
  const rows = (['ok', ...kinds] as const).map((kind) => {
    const { code, meaning } = exitCodes[kind]
    return `${code.toString().padStart(3)}  ${meaning}`
  })
  return [...rows, '', 'All of them: ops help exit-codes'].join('\n')
}

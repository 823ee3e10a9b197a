import { environmentTopic } from '../../src/cli/help/topics.js'
import type { CommandPart } from './commands.js'

/** What `ops help environment` prints, as a block. */
export function environmentPart(commands: readonly CommandPart[]): string {
  const flags = commands.flatMap((command) =>
    command.flags.flatMap(({ variable, name, summary }) =>
      variable === undefined ? [] : [{ variable, flag: name, summary }],
    ),
  )
  const [, , ...lines] = environmentTopic(flags).split('\n')
  return ['```text', ...lines.map((line) => line.replace(/^ {2}/, '')), '```'].join('\n')
}

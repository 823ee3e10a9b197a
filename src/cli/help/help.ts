import { Help } from '@oclif/core'
import { OpsCommandHelp } from './commandHelp.js'
import { frontPage } from './frontPage.js'
import { environmentTopic, exitCodesTopic } from './topics.js'

/** Help as ops gives it: a front page by what commands are for, two topics of its own, exit codes of each command. */
export default class OpsHelp extends Help {
  protected override CommandHelpClass = OpsCommandHelp

  override async showHelp(argv: string[]): Promise<void> {
    const words = argv.filter((word) => !word.startsWith('-') && word !== 'help')
    if (words[0] === 'exit-codes') {
      this.log(exitCodesTopic())
      return
    }
    if (words[0] === 'environment') {
      this.log(environmentTopic(this.#variables()))
      return
    }
    await super.showHelp(argv)
  }

  protected override showRootHelp(): Promise<void> {
    const commands = this.config.commands
      .filter(({ hidden }) => !hidden)
      .map(({ id, summary, description }) => ({
        name: id.replaceAll(':', ' '),
        summary: summary ?? (description ?? '').split('\n')[0] ?? '',
      }))
    this.log(frontPage(commands, this.config.version))
    return Promise.resolve()
  }

  #variables() {
    return this.config.commands.flatMap(({ flags }) =>
      Object.entries(flags).flatMap(([flag, { env, summary }]) =>
        env === undefined ? [] : [{ variable: env, flag, summary: summary ?? '' }],
      ),
    )
  }
}

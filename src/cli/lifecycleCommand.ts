import { Args } from '@oclif/core'
import type { ExitKind } from '../domain/exit.js'
import type { World } from '../ports/world.js'
import type { Procedure } from '../procedures/plan.js'
import type { LifecycleRequest } from '../procedures/stack/lifecycle.js'
import type { StackState } from '../procedures/stack/rows.js'
import * as flags from './flags.js'
import { OpsCommand } from './opsCommand.js'

/** A command on services of the stack, all of them where none is named, that waits until they are healthy. */
export abstract class LifecycleCommand extends OpsCommand {
  static override exitKinds: readonly ExitKind[] = [
    'failed',
    'usage',
    'refused',
    'not-found',
    'locked',
    'environment',
    'timed-out',
  ]
  static override strict = false
  static override args = {
    services: Args.string({ description: 'Services or containers; all services by default.' }),
  }
  static override flags = { 'dry-run': flags.dryRun(), wait: flags.wait() }

  /** Does that with the services named, and shows the state of the stack afterwards. */
  protected async carryOutOn(
    procedure: Procedure<LifecycleRequest, StackState, World>,
  ): Promise<unknown> {
    const { argv, flags: given } = await this.parse(LifecycleCommand)
    const request = {
      names: argv.map(String),
      targets: await this.allTargets(),
      timeoutSeconds: flags.waitSeconds(given.wait),
    }
    return this.follow(procedure, request, given, 'stack state')
  }
}

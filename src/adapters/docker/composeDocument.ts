import type { ComposeDocument } from '../../domain/composeDocument.js'
import type { Stack } from '../../domain/target.js'
import { everyProfile, projectArguments } from './composeArguments.js'
import { composeFailure, runProcess } from './composeProcess.js'
import { findCompose } from './composeProgram.js'

/**
 * A compose project written out as one document that compose reads again, dollar signs doubled. Throws `COMPOSE_MISSING`
 * (environment), `COMPOSE_FAILED` (failed).
 */
export async function composeDocument(
  stack: Stack,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ComposeDocument> {
  const { command } = await findCompose(environment)
  const asked = [...projectArguments(stack), ...everyProfile, 'config', '--format', 'json']
  const finished = await runProcess([...command, ...asked], { environment, keep: true })
  if (finished.exitCode !== 0) throw composeFailure('config', finished)
  return JSON.parse(finished.stdout) as ComposeDocument
}

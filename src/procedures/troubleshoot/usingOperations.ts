import type { Target } from '../../domain/target.js'
import type { OperationsSession } from '../../ports/operations.js'
import type { TroubleshootWorld } from './request.js'

/** Asks a server what it is doing, over a session that is closed whatever comes of it. Throws what connecting and `use` throw. */
export async function usingOperations<Answer>(
  target: Target,
  { operations }: Pick<TroubleshootWorld, 'operations'>,
  signal: AbortSignal,
  use: (session: OperationsSession) => Promise<Answer>,
): Promise<Answer> {
  const session = await operations.connect(target, signal)
  try {
    return await use(session)
  } finally {
    await session.close()
  }
}

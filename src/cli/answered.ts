import { Failure } from '../domain/failure.js'
import type { Door } from './door.js'

/** The answer to a prompt; the reason for stopping where there is none. */
export async function answered<Answer>(prompt: Promise<Answer>, door: Door): Promise<Answer> {
  try {
    return await prompt
  } catch (error) {
    door.interruption.signal.throwIfAborted()
    // The prompt reads the terminal itself, so Ctrl-C comes as an error of its own instead of as a signal.
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new Failure('interrupted', 'INTERRUPTED', 'interrupted; nothing was changed', [], {
        cause: error,
      })
    throw error
  }
}

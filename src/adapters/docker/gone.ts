import { isEngineAnswer } from './client.js'

/** The answer, or nothing where the engine says that there is no such thing. */
export async function orNothing<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call()
  } catch (error) {
    if (isEngineAnswer(error) && error.statusCode === 404) return undefined
    throw error
  }
}

/** Ends or removes something; that it is gone, is being removed or does not run any more (404, 409) is no failure. */
export async function unlessGone(call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (isEngineAnswer(error) && (error.statusCode === 404 || error.statusCode === 409)) return
    throw error
  }
}

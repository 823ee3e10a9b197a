import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again and again until the answer is yes or time is up; the last answer. */
export async function until(what: () => Promise<boolean>, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds
  while (Date.now() < deadline) {
    if (await what()) return true
    await sleep(30)
  }
  return what()
}

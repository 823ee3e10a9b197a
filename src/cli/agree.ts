import type { Door } from './door.js'
import { answered } from './answered.js'
import { canAsk } from './terminal.js'

/** A mild question: yes or no, and no without an answer. Where nobody can be asked the answer is no. */
export async function agree(question: string, door: Door): Promise<boolean> {
  if (door.json || !canAsk(door.stdin, door.stderr, door.noInput, door.env)) return false
  const { confirm } = await import('@inquirer/prompts')
  const { signal } = door.interruption
  const context = { input: door.stdin, output: door.stderr, signal }
  return answered(confirm({ message: question, default: false }, context), door)
}

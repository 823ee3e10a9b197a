import { Failure } from '../domain/failure.js'
import { agree } from './agree.js'
import type { Door } from './door.js'
import { answered } from './answered.js'
import { canAsk } from './terminal.js'

/** What has to be confirmed. */
export interface Question {
  /** What must be typed. */
  readonly name: string
  /** What `--confirm` gave. */
  readonly given?: string | undefined
}

/**
 * Has the name typed, or takes it from `--confirm`. Throws `CONFIRMATION_WRONG` and `CONFIRMATION_REQUIRED` (refused);
 * nothing was changed by then.
 */
export async function confirm(question: Question, door: Door): Promise<void> {
  const { name, given } = question
  const answer = `ops … --confirm ${name}`
  if (given !== undefined) {
    check(question, given, answer)
    return
  }
  if (door.json || !canAsk(door.stdin, door.stderr, door.noInput, door.env)) {
    throw new Failure(
      'refused',
      'CONFIRMATION_REQUIRED',
      `this removes or replaces something and nobody can be asked here: --confirm ${name} says yes; nothing was changed`,
      [answer, 'ops … --dry-run'],
    )
  }
  check(question, await ask(name, door), answer)
}

/**
 * A mild question for what can be taken back: yes or no on a terminal; without one the name, by `--confirm`. Throws
 * `CONFIRMATION_WRONG`, `CONFIRMATION_REQUIRED` and `CONFIRMATION_DENIED` (refused).
 */
export async function confirmMildly(
  { name, given }: Question,
  question: string,
  door: Door,
  ask: typeof agree = agree,
): Promise<void> {
  const canBeAsked = !door.json && canAsk(door.stdin, door.stderr, door.noInput, door.env)
  if (given !== undefined || !canBeAsked) {
    await confirm({ name, given }, door)
    return
  }
  if (await ask(question, door)) return
  throw new Failure('refused', 'CONFIRMATION_DENIED', 'not confirmed; nothing was changed', [
    'ops … --dry-run',
  ])
}

function check({ name }: Question, typed: string, answer: string): void {
  if (typed.trim() === name) return
  throw new Failure(
    'refused',
    'CONFIRMATION_WRONG',
    `"${typed.trim()}" is not "${name}"; nothing was changed`,
    [answer],
  )
}

async function ask(name: string, door: Door): Promise<string> {
  const { input } = await import('@inquirer/prompts')
  const { signal } = door.interruption
  const context = { input: door.stdin, output: door.stderr, signal }
  return answered(input({ message: `Type ${name} to go on (Ctrl-C to stop):` }, context), door)
}

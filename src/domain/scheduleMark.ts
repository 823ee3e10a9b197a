/** Whose a schedule is: two stacks may have one name, never one file. */
export interface StackMark {
  readonly name: string
  /** Absolute path of its `ops.yaml`. */
  readonly file: string
}

/** What a text at a place of ours is, held against what would be written there. */
export type TextState = 'absent' | 'current' | 'outdated' | 'edited' | 'foreign'

const sumPattern = /^# sum: ([0-9a-f]{16})$/

/** The line that says whose it is. */
export function markOf({ name, file }: StackMark): string {
  return `# ops schedule: ${name} ${file}`
}

/** A text with its mark and its sum on top, so that an edit is noticed. `sum` gives 16 hexadecimal digits. */
export function marked(stack: StackMark, body: string, sum: (text: string) => string): string {
  return [
    markOf(stack),
    '# Written by "ops schedule install" from that file: change it there. An edit here is noticed and left alone.',
    `# sum: ${sum(body)}`,
    body,
  ].join('\n')
}

/** What `found` is, where `wanted` is what would be written; `wanted` is absent where nothing would be. */
export function stateOf(
  found: string | undefined,
  wanted: string | undefined,
  stack: StackMark,
  sum: (text: string) => string,
): TextState {
  if (found === undefined) return 'absent'
  if (found === wanted) return 'current'
  const [mark, , sumLine = '', ...body] = found.split('\n')
  if (mark !== markOf(stack)) return 'foreign'
  return sumPattern.exec(sumLine)?.[1] === sum(body.join('\n')) ? 'outdated' : 'edited'
}

const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/**
 * Text that came from outside (names of collections, lines of logs, words of a tool) so that a terminal shows it instead
 * of obeying it: control characters and those that turn the writing direction become `\u001b` and the like.
 */
export function visible(text: string): string {
  return text.replaceAll(control, (character) =>
    character === '\t'
      ? '  '
      : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

/** The same for text of several lines: its line breaks stay. */
export function visibleLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => visible(line))
    .join('\n')
}

/** Longest piece of the file that a message repeats. */
const longest = 40

/**
 * Text of the file as it may appear in a message: in quotes, shortened, and with everything escaped that a terminal
 * would obey instead of showing.
 */
export function quote(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return `"${printable(short.replaceAll(/["\\]/g, '\\$&'))}"`
}

/** The text with everything escaped that a terminal would obey instead of showing. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

import ms from 'ms'

/** Shape of a duration on the command line: a number and a unit, `90s`, `30m`, `1.5h`, `7d`. */
const pattern = /^\d{1,9}(\.\d{1,3})?(ms|s|m|h|d|w)$/

/** The longest that a timer of Node can wait. */
const longest = 2 ** 31 - 1

/** Milliseconds of a duration; nothing where the text is not one, or no wait of that length can be measured. */
export function milliseconds(text: string): number | undefined {
  if (!pattern.test(text)) return undefined
  const value = ms(text as ms.StringValue)
  return value >= 1 && value <= longest ? value : undefined
}

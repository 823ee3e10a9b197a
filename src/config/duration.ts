/** Shape of a duration in `ops.yaml`: a whole number and a unit. Nothing longer than six digits: no one means that. */
export const durationPattern = /^[0-9]{1,6}[smhdw]$/

const secondsIn: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
}

/** Seconds of a duration such as `60s`, `30m`, `26h`, `7d`, `4w`; nothing where the text is not one. */
export function durationSeconds(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined
  const unit = secondsIn[text.slice(-1)]
  return unit === undefined ? undefined : Number(text.slice(0, -1)) * unit
}

/** So many whole seconds in the largest unit up to days that fits: 93600 is `26h`. */
export function durationText(seconds: number): string {
  const unit = ['d', 'h', 'm'].find(
    (letter) => seconds > 0 && seconds % (secondsIn[letter] ?? 1) === 0,
  )
  return unit === undefined
    ? `${seconds.toString()}s`
    : `${(seconds / (secondsIn[unit] ?? 1)).toString()}${unit}`
}

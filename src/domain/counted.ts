/** A number with its noun: `1 service`, `2 services`; `written` is the number as its reader wants it. */
export function counted(
  value: number,
  one: string,
  { many = `${one}s`, written = value.toString() } = {},
): string {
  return `${written} ${value === 1 ? one : many}`
}

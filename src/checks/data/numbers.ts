/** A number with separators, and its noun: `54,966 documents`. */
export function many(count: number, one: string): string {
  return `${separated(count)} ${one}${count === 1 ? '' : 's'}`
}

/** `54,966`. */
export function separated(count: number): string {
  return count.toString().replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

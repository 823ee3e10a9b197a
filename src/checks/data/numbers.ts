import { counted } from '../../domain/counted.js'

/** A number with separators, and its noun: `54,966 documents`. */
export function many(count: number, one: string): string {
  return counted(count, one, { written: separated(count) })
}

/** `54,966`. */
export function separated(count: number): string {
  return count.toString().replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

import { z } from 'zod'
import { durationPattern, durationSeconds } from './duration.js'

/** A duration as it is written: `60s`, `26h`, `7d`; longer than nothing. */
export function durationSchema() {
  return z
    .string()
    .regex(
      durationPattern,
      'is not a duration: a whole number and s, m, h, d or w, as in 60s, 26h, 7d',
    )
    .refine((text) => durationSeconds(text) !== 0, { error: 'must be longer than nothing' })
}

import type { Interfaces } from '@oclif/core'

type Values = Record<string, unknown>

/**
 * Left to itself oclif takes standard input for an argument that is not there: in `while read`, or with an archive piped
 * in, a restore would look for a backup of that name. Only `-` means standard input, and the command reads it itself.
 */
export function deaf<F extends Values, B extends Values, A extends Values>(
  options: Interfaces.Input<F, B, A>,
): Interfaces.Input<F, B, A> {
  const { flags, baseFlags } = options
  const named = Object.entries((options.args ?? {}) as Readonly<Record<string, object>>)
  const args: unknown = Object.fromEntries(
    named.map(([name, arg]) => [name, { ...arg, ignoreStdin: true }]),
  )
  return { ...options, flags, baseFlags, args } as typeof options
}

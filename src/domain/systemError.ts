/**
 * Whether an error is what the operating system said of a call: Node gives those an `errno` and the name of the call, and
 * a code like `ESTALE`. Mistakes of a program have neither.
 */
export function isOfTheSystem(error: unknown): error is Error & { readonly code: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return false
  return /^E[A-Z0-9]+$/.test(error.code)
}

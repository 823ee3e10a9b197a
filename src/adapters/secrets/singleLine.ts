import { Failure } from '../../domain/failure.js'
import { Secret } from '../../domain/secret.js'

/**
 * The secret in what a file or a command gave: without the line break at its end. Throws `SECRET_UNAVAILABLE` (usage)
 * where nothing is left, or where there is a second line: then it is not the secret alone. `source` names the origin.
 */
export function singleLine(text: string, source: string): Secret {
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw unavailable(`${source} is empty`)
  if (/[\r\n\0]/.test(value)) throw unavailable(`${source} holds more than one line`)
  return new Secret(value)
}

/** Makes a secret of the text that a file or a command gave; `source` names the origin. */
export type TakeSecret = (text: string, source: string) => Secret

/** All of the text, line breaks included. Throws `SECRET_UNAVAILABLE` (usage) where there is nothing but space. */
export const wholeText: TakeSecret = (text, source) => {
  if (text.trim() === '') throw unavailable(`${source} is empty`)
  return new Secret(text)
}

/** `SECRET_UNAVAILABLE` (usage) with a sentence that names where the secret should have come from, never what it is. */
export function unavailable(
  sentence: string,
  next: readonly string[] = [],
  cause?: unknown,
): Failure {
  return new Failure('usage', 'SECRET_UNAVAILABLE', sentence, [...next, 'ops config show'], {
    ...(cause === undefined ? {} : { cause }),
  })
}

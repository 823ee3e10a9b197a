import type { Secret } from '../../domain/secret.js'

/**
 * Variables of a container that hold a secret, emptied for what ops starts in it: a process there inherits the container's
 * environment, and /proc/PID/environ is readable by its neighbours.
 */
export function hiddenVariables(
  environment: Readonly<Record<string, string>>,
  secrets: readonly Secret[],
): Record<string, string> {
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value !== '')
  const holding = Object.entries(environment).filter(([, content]) =>
    values.some((value) => content.includes(value) || content.includes(encodeURIComponent(value))),
  )
  return Object.fromEntries(holding.map(([name]) => [name, '']))
}

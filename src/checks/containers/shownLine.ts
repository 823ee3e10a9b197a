import { scrub } from '../../domain/scrub.js'
import type { ContainerFacts } from '../../ports/engine.js'

/** Longer lines of a log are cut: mongod's may hold a whole document. */
const longestLine = 300

/** Variables whose value is nobody's business. */
const secretName = /pass|secret|token|key|pwd|credential/i

/** A line of a log, without what the container was given in secret. */
export function shownLine(
  line: string,
  { environment }: Pick<ContainerFacts, 'environment'>,
): string {
  const secrets = Object.entries(environment)
    .filter(([name, value]) => secretName.test(name) && value.length > 3)
    .map(([, value]) => value)
  const clean = secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), scrub(line))
  return clean.length > longestLine ? `${clean.slice(0, longestLine)}…` : clean
}

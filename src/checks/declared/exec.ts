import type { FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import { broken, doubtful, fine, unknown } from '../doctor/finding.js'

/** What a shell, an engine and `env` leave with where a program could not be started (POSIX, "Exit Status for Commands"). */
const notStarted = ['126', '127']

/** What the exit code of the command means. */
export function judgeExec(
  id: string,
  { program, where, exits }: RuleOf['exec'],
  { exitCode }: FactsOf['exec'],
): Finding {
  const code = exitCode.toString()
  const severity = exits[code] ?? (exitCode === 0 ? 'ok' : 'fail')
  const says = `${program} ${where} left with exit code ${code}`
  const value = { exitCode }
  const words = { says, next: [`run the command by hand ${where}`, 'ops config show'], value }
  if (exits[code] === undefined && notStarted.includes(code))
    return unknown(id, { ...words, because: 'that code means that it could not be started' })
  switch (severity) {
    case 'ok':
      return fine(id, says, '', value)
    case 'warn':
      return doubtful(id, words)
    case 'fail':
      return broken(id, words)
    case 'unknown':
      return unknown(id, words)
  }
}

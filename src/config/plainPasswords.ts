import type { Places } from './places.js'
import { dotted, type Path } from './problem.js'
import type { ConfigFile } from './schema.js'
import { hasLiteralPassword } from './secrets.js'

/** A setting that holds a password in plain text, and the line it is on. */
export interface PlainPassword {
  readonly setting: string
  readonly line: number
}

/** Passwords that stand in the file itself (a default inside `${NAME:-default}` too). */
export function plainPasswords(file: ConfigFile, places: Places): readonly PlainPassword[] {
  const ofTargets = Object.entries(file.targets).flatMap(([name, target]) => {
    const uri: Path = ['targets', name, 'uri']
    const password: Path = ['targets', name, 'credentials', 'password']
    const literalUri =
      typeof target.uri === 'string' && hasLiteralPassword(places.get(uri)?.raw ?? '')
    const literalPassword =
      typeof target.credentials?.password === 'string' && places.get(password)?.pure !== true
    return [...(literalUri ? [uri] : []), ...(literalPassword ? [password] : [])]
  })
  const deadman: Path = ['notify', 'deadman', 'url']
  const literalDeadman =
    typeof file.notify?.deadman?.url === 'string' && places.get(deadman)?.pure !== true
  return [...ofTargets, ...(literalDeadman ? [deadman] : [])].map((path) => ({
    setting: dotted(path),
    line: places.valuePosition(path).line,
  }))
}

import { secretsOfCheck } from './checks/rules.js'
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
  const all = [
    ...ofTargets(file, places),
    ...ofCopies(file, places),
    ...ofDeadman(file, places),
    ...ofChecks(file, places),
  ]
  return all.map((path) => ({
    setting: dotted(path),
    line: places.valuePosition(path).line,
  }))
}

function ofCopies(file: ConfigFile, places: Places): readonly Path[] {
  return (file.backup?.copies ?? []).flatMap((copy, index) => {
    const path: Path = ['backup', 'copies', index, 'secretAccessKey']
    const literal = copy.type === 's3' && typeof copy.secretAccessKey === 'string'
    return literal && places.get(path)?.pure !== true ? [path] : []
  })
}

/** Not every header is a secret, and the first half of a key is none. */
const secretNames = /auth|cookie|key|token|secret|pass/i

function ofChecks(file: ConfigFile, places: Places): readonly Path[] {
  return (file.checks ?? []).flatMap((check, index) =>
    secretsOfCheck(['checks', index], check).flatMap(([path, secret]) => {
      const name = String(path.at(-1))
      const isSecret = secretNames.test(name) && name !== 'accessKeyId'
      const literal = isSecret && typeof secret === 'string'
      return literal && places.get(path)?.pure !== true ? [path] : []
    }),
  )
}

function ofDeadman(file: ConfigFile, places: Places): readonly Path[] {
  const path: Path = ['notify', 'deadman', 'url']
  const literal = typeof file.notify?.deadman?.url === 'string'
  return literal && places.get(path)?.pure !== true ? [path] : []
}

function ofTargets(file: ConfigFile, places: Places): readonly Path[] {
  return Object.entries(file.targets).flatMap(([name, target]) => {
    const uri: Path = ['targets', name, 'uri']
    const password: Path = ['targets', name, 'credentials', 'password']
    const literalUri =
      typeof target.uri === 'string' && hasLiteralPassword(places.get(uri)?.raw ?? '')
    const literalPassword =
      typeof target.credentials?.password === 'string' && places.get(password)?.pure !== true
    return [...(literalUri ? [uri] : []), ...(literalPassword ? [password] : [])]
  })
}

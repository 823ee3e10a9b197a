import { Secret, type SecretReference } from '../domain/secret.js'
import { composePattern } from './names.js'
import type { SecretText } from './secretSchema.js'

/** The reference that a secret of the file stands for; `absolute` turns its path into one that works from anywhere. */
export function secretReference(
  text: SecretText,
  absolute: (path: string) => string,
): SecretReference {
  if (typeof text === 'string') return { from: 'value', value: new Secret(text) }
  if (text.file !== undefined) return { from: 'file', path: absolute(text.file) }
  if (text.command !== undefined) {
    const [program = '', ...args] = text.command
    // A bare name is looked for on the PATH; a path starts from the file's folder, as every path does.
    const found = program.includes('/') ? absolute(program) : program
    return { from: 'command', command: [found, ...args] }
  }
  const [, service = '', variable = ''] = composePattern.exec(text.compose ?? '') ?? []
  return { from: 'compose', service, variable }
}

/** Whether a connection string is one of MongoDB's. */
export function isConnectionString(text: string): boolean {
  return /^mongodb(\+srv)?:\/\/[^\s]+$/.test(text)
}

/** Whether a connection string says who signs in. */
export function namesUser(connectionString: string): boolean {
  return /^mongodb(\+srv)?:\/\/[^@/]+@/.test(connectionString)
}

/**
 * Whether a connection string as the file writes it holds a password in plain text: something after the colon of
 * `user:password@` that is not just `${NAME}`.
 */
export function hasLiteralPassword(raw: string): boolean {
  const withoutReferences = raw.replaceAll(/\$\{[A-Za-z_][A-Za-z0-9_]*(:-)?\}/g, '')
  return /^mongodb(\+srv)?:\/\/[^:@/]*:[^@]+@/.test(withoutReferences)
}

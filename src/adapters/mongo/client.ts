import type { MongoClient, MongoClientOptions } from 'mongodb'
import { Failure } from '../../domain/failure.js'
import type { Secret } from '../../domain/secret.js'
import type { Target } from '../../domain/target.js'
import type { Access } from './access.js'
import { optionsOf } from './connectionString.js'
import { rememberingIdentity } from './shownCertificate.js'

/** Milliseconds for finding the server and signing in. */
const patience = 10_000

/** A driver's client, not connected yet. Throws `URI_INVALID` (usage) for a connection string that the driver does not take. */
export async function clientFor(
  target: Target,
  uri: Secret,
  kind: Access['kind'],
): Promise<MongoClient> {
  const { MongoClient: Client } = await import('./driver.js')
  // Its certificate bears a name of its own, not that of the way we have to it.
  const named = target.tls === undefined ? {} : { servername: target.tls.name }
  const remembering = { checkServerIdentity: rememberingIdentity() }
  const options =
    kind === 'container'
      ? { ...ourOptions, ...named, ...remembering }
      : { ...missingOptions(uri), ...(looksAtNames(uri) ? remembering : {}) }
  try {
    return new Client(uri.reveal(), options)
  } catch (error) {
    // Neither the driver's sentence nor its error is handed on: both may hold parts of the connection string.
    throw new Failure(
      'usage',
      'URI_INVALID',
      `the connection string of "${target.name}" cannot be used: ${reason(error)}`,
      ['ops config show', 'ops doctor'],
    )
  }
}

const basicOptions = {
  appName: 'ops',
  serverSelectionTimeoutMS: patience,
  connectTimeoutMS: patience,
} as const satisfies MongoClientOptions

/** For a container, whose connection string is ours: this very server, whatever set it belongs to, over few connections. */
const ourOptions: MongoClientOptions = {
  ...basicOptions,
  directConnection: true,
  maxPoolSize: 4,
  readPreference: 'primaryPreferred',
  serverMonitoringMode: 'poll',
}

/** For a given connection string: it says how its server is reached. Only what it leaves open is set. */
export function missingOptions(uri: Secret): MongoClientOptions {
  const given = optionsOf(uri)
  return Object.fromEntries(
    Object.entries(basicOptions).filter(([name]) => !given.has(name.toLowerCase())),
  )
}

/** Whether a connection string leaves it at the usual: that the certificate of a server bears its name. */
function looksAtNames(uri: Secret): boolean {
  const given = optionsOf(uri)
  return !given.has('tlsinsecure') && !given.has('tlsallowinvalidhostnames')
}

/** Why the driver does not take a connection string, in words that hold nothing of it. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : ''
  if (/invalid scheme/i.test(text)) return 'it begins with neither mongodb:// nor mongodb+srv://'
  if (/options? .* (?:is|are) not supported/i.test(text))
    return 'it has an option that is not known'
  if (/tls|ssl|ca file|certificate|ENOENT/i.test(text))
    return 'its TLS options contradict each other, or name a file that cannot be read'
  return 'it is not written as one (special characters in user name and password are written as %XX)'
}

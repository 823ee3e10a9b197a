import { MongoServerError } from 'mongodb'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'

/** Server error codes (mongo, src/mongo/base/error_codes.yml). */
const unauthorized = 13
const authenticationFailed = 18
/**
 * NotYetInitialized, ShutdownInProgress, InvalidReplicaSetConfig, PrimarySteppedDown, NotWritablePrimary,
 * InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary.
 */
const notReady: ReadonlySet<unknown> = new Set([94, 91, 93, 189, 10107, 11600, 11602, 13435, 13436])

/** A driver error as a `Failure`: signing in, missing rights, not ready, unreachable. What is none of these is handed back as it is. */
export function mongoFailure(target: Target, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error
  if (error instanceof MongoServerError && error.code === authenticationFailed) {
    return new Failure(
      'environment',
      'MONGO_AUTHENTICATION',
      `the server of "${target.name}" refuses the sign-in: user name, password or authSource is wrong`,
      ['ops config show', 'ops doctor'],
      { cause: error },
    )
  }
  if (isUnauthorized(error)) {
    return new Failure(
      'environment',
      'MONGO_UNAUTHORIZED',
      target.credentials
        ? `the user of "${target.name}" may not do this: ${withoutCommand(error.message)}`
        : `the server of "${target.name}" asks for a sign-in, but ops.yaml gives no credentials`,
      ['ops config show', 'ops doctor'],
      { cause: error },
    )
  }
  if (error instanceof MongoServerError && notReady.has(error.code)) {
    return new Failure(
      'environment',
      'MONGO_NOT_READY',
      `the server of "${target.name}" serves nobody now: ${firstLine(error.message)} (a replica-set member that was never initiated, was removed, is starting or shutting down)`,
      ['ops doctor', 'mongosh --eval "rs.status()"'],
      { cause: error },
    )
  }
  if (
    /Network|ServerSelection|TopologyClosed|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEOUT|querySrv/.test(
      `${error.name} ${error.message}`,
    )
  ) {
    return new Failure(
      'environment',
      'MONGO_UNREACHABLE',
      `the server of "${target.name}" does not answer: ${firstLine(error.message)}${tlsHint(error.message)}`,
      ['ops stack ps', 'ops doctor'],
      { cause: error },
    )
  }
  return error
}

/** A server that requires TLS hangs up on whoever does without, and says nothing. */
function tlsHint(text: string): string {
  return /connection .* closed|ECONNRESET|socket hang up/i.test(text)
    ? ' (it hangs up: it may require TLS, which a target with "uri: mongodb://…/?tls=true" has)'
    : ''
}

/** Whether the server refused because the user lacks a right, or nobody is signed in. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === unauthorized
}

/** The server quotes the whole command, data and all: its name is enough. */
function withoutCommand(text: string): string {
  return text.replace(/ to execute command \{ *"?(\w+).*$/s, ' to run $1')
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text
}

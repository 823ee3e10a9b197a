import { listeningPort } from '../../domain/listeningPort.js'
import type { Secret } from '../../domain/secret.js'
import type { Target } from '../../domain/target.js'
import type { Containers } from '../../ports/containers.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { Secrets } from '../../ports/secrets.js'
import { passwordOf, signedInAs, type SignIn } from './connectionString.js'

/** Everything needed to reach a target's server from anywhere. */
export type Access =
  | {
      readonly kind: 'container'
      readonly container: ContainerFacts
      /** Port mongod listens on inside the container. */
      readonly port: number
      readonly signIn?: SignIn
      readonly secrets: readonly Secret[]
    }
  | { readonly kind: 'server'; readonly uri: Secret; readonly secrets: readonly Secret[] }

/** Finds a target's server and fetches its sign-in. Throws what `Containers.running` and `Secrets.resolve` throw. */
export async function accessTo(
  target: Target,
  containers: Containers,
  secrets: Secrets,
): Promise<Access> {
  const signIn = await signInOf(target, secrets)
  if (target.place.kind === 'server') {
    const given = await secrets.resolve(target.place.uri)
    const uri = signIn ? signedInAs(given, signIn) : given
    const password = passwordOf(uri)
    return { kind: 'server', uri, secrets: [uri, given, ...(password ? [password] : [])] }
  }
  const container = await containers.running(target)
  if (!container)
    throw new Error(`target ${target.name} has a container by its kind, but none was found`)
  return {
    kind: 'container',
    container,
    port: listeningPort(container.command),
    secrets: signIn ? [signIn.password] : [],
    ...(signIn ? { signIn } : {}),
  }
}

async function signInOf(target: Target, secrets: Secrets): Promise<SignIn | undefined> {
  if (!target.credentials) return undefined
  const { username, password, authSource } = target.credentials
  return {
    username: (await secrets.resolve(username)).reveal(),
    password: await secrets.resolve(password),
    authSource,
  }
}

import type { Secret, SecretReference } from '../../domain/secret.js'
import type { Secrets } from '../../ports/secrets.js'
import { secretFromCommand } from './commandSecret.js'
import { secretFromCompose, type ComposeVariable } from './composeSecret.js'
import { stackVariable, type StackWorld } from './composeVariable.js'
import { secretFromFile } from './fileSecret.js'
import { singleLine, wholeText, type TakeSecret } from './singleLine.js'

/** Secrets of this machine, where `{compose: …}` asks the given stack. */
export function machineSecrets(world: StackWorld): Secrets {
  return fetchedSecrets(stackVariable(world))
}

/**
 * Fetches secrets, each of them once: a password manager is not asked again for every connection of a run.
 * `composeVariable` reads a variable of a compose service; its own failures are passed on.
 */
export function fetchedSecrets(composeVariable: ComposeVariable): Secrets {
  const lines = new Map<string, Promise<Secret>>()
  const texts = new Map<string, Promise<Secret>>()
  return {
    resolve: (reference) =>
      once(lines, reference, () => fetch(reference, composeVariable, singleLine)),
    resolveText: (reference) =>
      once(texts, reference, () => fetch(reference, composeVariable, wholeText)),
  }
}

async function once(
  fetched: Map<string, Promise<Secret>>,
  reference: SecretReference,
  fetchIt: () => Promise<Secret>,
): Promise<Secret> {
  if (reference.from === 'value') return fetchIt()
  const key = JSON.stringify(reference)
  const secret = fetched.get(key) ?? fetchIt()
  fetched.set(key, secret)
  try {
    return await secret
  } catch (error) {
    // What failed may work the next time: a file that was just made readable, a manager that was unlocked.
    fetched.delete(key)
    throw error
  }
}

async function fetch(
  reference: SecretReference,
  look: ComposeVariable,
  take: TakeSecret,
): Promise<Secret> {
  switch (reference.from) {
    case 'value':
      return reference.value
    case 'file':
      return secretFromFile(reference.path, take)
    case 'command':
      return secretFromCommand(reference.command, undefined, take)
    case 'compose':
      return secretFromCompose(reference, look)
  }
}

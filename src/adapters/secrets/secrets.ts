import type { Secret, SecretReference } from '../../domain/secret.js'
import type { Secrets } from '../../ports/secrets.js'
import { secretFromCommand } from './commandSecret.js'
import { secretFromCompose, type ComposeVariable } from './composeSecret.js'
import { stackVariable, type StackWorld } from './composeVariable.js'
import { secretFromFile } from './fileSecret.js'

/** Secrets of this machine, where `{compose: …}` asks the given stack. */
export function machineSecrets(world: StackWorld): Secrets {
  return fetchedSecrets(stackVariable(world))
}

/**
 * Fetches secrets, each of them once: a password manager is not asked again for every connection of a run.
 * `composeVariable` reads a variable of a compose service; its own failures are passed on.
 */
export function fetchedSecrets(composeVariable: ComposeVariable): Secrets {
  const fetched = new Map<string, Promise<Secret>>()
  return {
    async resolve(reference) {
      const key = reference.from === 'value' ? undefined : JSON.stringify(reference)
      if (key === undefined) return fetch(reference, composeVariable)

      const secret = fetched.get(key) ?? fetch(reference, composeVariable)
      fetched.set(key, secret)
      try {
        return await secret
      } catch (error) {
        // What failed may work the next time: a file that was just made readable, a manager that was unlocked.
        fetched.delete(key)
        throw error
      }
    },
  }
}

async function fetch(reference: SecretReference, look: ComposeVariable): Promise<Secret> {
  switch (reference.from) {
    case 'value':
      return reference.value
    case 'file':
      return secretFromFile(reference.path)
    case 'command':
      return secretFromCommand(reference.command)
    case 'compose':
      return secretFromCompose(reference, look)
  }
}

import type { Secret, SecretReference } from '../../domain/secret.js'
import type { Secrets } from '../../ports/secrets.js'
import { secretFromCommand } from './commandSecret.js'
import { secretFromCompose, type ComposeVariable } from './composeSecret.js'
import { secretFromFile } from './fileSecret.js'

/** Fetches secrets, each of them once: a password manager is not asked again for every connection of a run. */
export class FetchedSecrets implements Secrets {
  readonly #fetched = new Map<string, Promise<Secret>>()

  /** `composeVariable` reads a variable of a compose service; its own failures are passed on. */
  constructor(private readonly composeVariable: ComposeVariable) {}

  async resolve(reference: SecretReference): Promise<Secret> {
    if (reference.from === 'value') return reference.value
    const key = JSON.stringify(reference)
    const fetched = this.#fetched.get(key) ?? this.#fetch(reference)
    this.#fetched.set(key, fetched)
    try {
      return await fetched
    } catch (error) {
      // What failed may work the next time: a file that was just made readable, a manager that was unlocked.
      this.#fetched.delete(key)
      throw error
    }
  }

  #fetch(reference: Exclude<SecretReference, { from: 'value' }>): Promise<Secret> {
    switch (reference.from) {
      case 'file':
        return secretFromFile(reference.path)
      case 'command':
        return secretFromCommand(reference.command)
      case 'compose':
        return secretFromCompose(reference, this.composeVariable)
    }
  }
}

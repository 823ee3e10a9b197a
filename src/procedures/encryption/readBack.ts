import { readAgeHeader } from '../../archive/ageHeader.js'
import { Failure } from '../../domain/failure.js'
import { keyFor, type KeyWorld } from './keyFor.js'

/**
 * Proves that a backup written now could be read here again: nothing is encrypted to the recipients, and a key is tried on
 * it. Returns where backups are written in clear. Throws what `keyFor` throws.
 */
export async function requireOwnKey(world: KeyWorld, name: string): Promise<void> {
  const { recipients } = world.keys
  if (recipients.length === 0) return
  const header = await readAgeHeader(world.cipher.encrypt(nothing(), recipients))
  if (!header) throw new Error('what was encrypted has no header')
  await keyFor({ name, header, recipients }, world)
}

/**
 * To be asked before a safety backup is relied on: one that nobody here can open is no way back. Throws
 * `SAFETY_UNREADABLE` (refused); nothing was touched then.
 */
export async function requireWayBack(world: KeyWorld): Promise<void> {
  try {
    await requireOwnKey(world, 'a safety backup')
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(
      'refused',
      'SAFETY_UNREADABLE',
      `the safety backup could not be read back here, so there would be no undo: ${error.message}; nothing was touched`,
      [...error.next, 'ops … --no-safety-backup   (there is no way back then)'],
      { cause: error },
    )
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A stream without a single part.
}

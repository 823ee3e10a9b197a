import type { Finding } from '../../domain/finding.js'
import type { TargetEvidence } from './evidence.js'
import { blind, fine, refused } from './finding.js'
import { counted } from './words.js'

/** Codes of what is wrong with a key, or with an encrypted file; anything else kept the doctor from looking. */
const aboutKeys = /^(KEY|SECRET|ENCRYPTION|AGE)_/

/** Are backups encrypted, to how many keys, and does a key of this machine open the newest one? */
export function judgeEncryption({
  name,
  encryption: { recipients, identities, opened },
}: Pick<TargetEvidence, 'name' | 'encryption'>): Finding {
  const id = `${name}.encryption`
  const written =
    recipients === 0
      ? 'backups are written in clear'
      : `backups are encrypted to ${counted(recipients, 'key')}`
  const value = { recipients, identities }
  if (opened.state === 'seen') {
    const { newest } = opened.facts
    if (recipients === 0 && newest === undefined)
      return fine(id, written, 'backup.encryption is not set', value)
    const proof =
      newest === undefined ? 'a key here would open them' : 'a key here opens the newest'
    return fine(id, `${written}, and ${proof}`, newest, value)
  }
  if (opened.state === 'unseen' || !aboutKeys.test(opened.code))
    return blind(id, 'whether a key here opens the backups', opened)
  // Without any key that is what the operator chose: it lies elsewhere.
  if (opened.code === 'KEY_MISSING' && identities === 0)
    return fine(
      id,
      `${written}, and no key is here: this machine can write backups, and not read them`,
      opened.message,
      value,
    )
  return refused(id, 'no key here opens the backups', opened)
}

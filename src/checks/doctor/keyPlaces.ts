import type { Finding } from '../../domain/finding.js'
import type { TargetEvidence } from './evidence.js'
import { blind, broken, doubtful, fine } from './finding.js'
import { quoted } from '../../domain/quoted.js'

/**
 * Do the keys that open the backups lie beside them? Then whoever comes by the one comes by the other, and nothing is
 * protected. No finding where no key lies in a file.
 */
export function judgeKeyPlaces({
  name,
  keyPlaces,
}: Pick<TargetEvidence, 'name' | 'keyPlaces'>): readonly Finding[] {
  const id = `${name}.key-places`
  if (!keyPlaces) return []
  if (keyPlaces.state !== 'seen') return [blind(id, 'where the keys lie', keyPlaces)]
  const beside = keyPlaces.facts
  const [first] = beside
  if (!first) return [fine(id, 'no key that opens the backups lies beside them')]
  const words = {
    says: `a key that opens the backups lies beside them: ${beside.map(({ file }) => file).join(', ')}`,
    because: `whoever comes by ${first.of} has both: ${first.folder}`,
    next: [
      `mv ${quoted(first.file)} SOMEWHERE_ELSE   (then backup.encryption.identities in ops.yaml)`,
    ],
  }
  // What lies in a place for copies leaves this machine with them.
  return [beside.some(({ of }) => of !== 'the shelf') ? broken(id, words) : doubtful(id, words)]
}

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { placeFor, type Place } from '../../support/cli.js'
import type { MongoServer } from '../../support/mongoServer.js'

/** A key pair that the age program made. */
export interface MadeKey {
  readonly file: string
  readonly recipient: string
  /** What must turn up nowhere. */
  readonly secret: string
}

/** A place whose backups are encrypted: one key is on this machine, the other in a safe elsewhere. */
export interface EncryptedPlace extends Place {
  readonly ward: MadeKey
  readonly escrow: MadeKey
  /** Rewrites `backup.encryption` with these identities; nothing at all: no encryption. */
  configure(identities?: string): Promise<void>
}

/** Makes the place, with keys made by `age-keygen`. */
export async function encryptedPlace(server: MongoServer): Promise<EncryptedPlace> {
  const place = await placeFor(server)
  const [ward, escrow] = [await madeKey(place, 'ward.key'), await madeKey(place, 'escrow.key')]
  const path = join(place.folder, 'ops.yaml')
  const plain = await readFile(path, 'utf8')
  const configure = (identities?: string) => {
    const section =
      identities === undefined
        ? ''
        : `  encryption:\n    recipients: [${ward.recipient}, ${escrow.recipient}]\n    identities: ${identities}\n`
    return writeFile(path, plain.replace('shelf: ./shelf\n', `shelf: ./shelf\n${section}`))
  }
  await configure('[{file: ward.key}]')
  return { ...place, ward, escrow, configure }
}

/** A key file with mode 0600, as `age-keygen` leaves it. */
async function madeKey({ folder }: Place, name: string): Promise<MadeKey> {
  const file = join(folder, name)
  await execa('age-keygen', ['-o', file])
  const text = await readFile(file, 'utf8')
  const [, recipient = ''] = /public key: (age1\S+)/.exec(text) ?? []
  const [secret = ''] = /AGE-SECRET-KEY-1\S+/.exec(text) ?? []
  return { file, recipient, secret }
}

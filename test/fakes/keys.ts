import { Secret } from '../../src/domain/secret.js'
import type { Identity, Keys } from '../../src/ports/keys.js'

/** A public key and its secret one. */
export interface KeyPair {
  readonly recipient: string
  readonly secret: string
}

/** Made by age-keygen for these tests; nothing was ever encrypted to them that matters. */
export const keyPairs: readonly [KeyPair, KeyPair, KeyPair] = [
  {
    recipient: 'age1tcw3kjyw6yx0ur5famv3947e2sv0y6na2d04cnap7d8u0npaw9nq2jaxkq',
    secret: 'AGE-SECRET-KEY-1QWSUCHS7DJK4ZE3QNW0S2SHUYRZLHUSL90LVA6D8P7E5WSYDX23SGHHT2T',
  },
  {
    recipient: 'age1en98skcg3y027pams8qy4t3xm9wfhm2zxazw36djku282efryv7st4ppqu',
    secret: 'AGE-SECRET-KEY-1Y9W2JQH02JXD7A8N2AQPT56ED2XY9UGG6AP0A23X7UZ8VPU9W3MQHS7XVH',
  },
  {
    recipient: 'age1ywjlt55m4vc8j0ejq737dl0s8y7la355pgdh4hmdthcwlv8xh45s3zvuef',
    secret: 'AGE-SECRET-KEY-15JHNKDJU6VFR6UL38LT82LN4GUCTQ9Y29C86W40RGZAMVDL04WNS85TJDH',
  },
]

/** The hospital's own key, the one that lies in a safe elsewhere, and one that has nothing to do with it. */
export const [ward, escrow, stranger] = keyPairs

/** A source of secret keys; what it throws, where it is given an error instead. */
export function identity(...found: readonly (string | Error)[]): Identity & { fetched: number } {
  return {
    name: 'the key file /srv/key',
    file: '/srv/key',
    fetched: 0,
    fetch() {
      this.fetched += 1
      const error = found.find((one) => one instanceof Error)
      if (error) return Promise.reject(error)
      return Promise.resolve(found.map((key) => new Secret(String(key))))
    },
  }
}

/** No encryption at all. */
export const noKeys: Keys = { recipients: [], identities: [] }

/** Backups are encrypted to the ward and to the escrow; the ward's key is here. */
export const wardKeys: Keys = {
  recipients: [ward.recipient, escrow.recipient],
  identities: [identity(ward.secret)],
}

/** The same recipients on a machine that holds no key. */
export const keyless: Keys = { ...wardKeys, identities: [] }

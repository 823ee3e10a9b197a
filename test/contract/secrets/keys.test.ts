import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { configuredKeys } from '../../../src/adapters/secrets/keys.js'
import { fetchedSecrets } from '../../../src/adapters/secrets/secrets.js'
import type { KeyReference } from '../../../src/domain/secret.js'
import { escrow, ward } from '../../fakes/keys.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-keys-'))
  return () => rm(folder, { recursive: true, force: true })
})

const keyFile = `# created: 2026-11-21T16:00:11Z\n# public key: ${ward.recipient}\n${ward.secret}\n`

async function put(text: string, mode = 0o600): Promise<string> {
  const path = join(folder, 'key')
  await writeFile(path, text)
  await chmod(path, mode)
  return path
}

function only(reference: KeyReference) {
  const secrets = fetchedSecrets(() => Promise.resolve(undefined))
  const [identity] = configuredKeys([], [reference], secrets).identities
  if (!identity) throw new Error('there is none')
  return identity
}

const revealed = async (reference: KeyReference) =>
  (await only(reference).fetch()).map((key) => key.reveal())

describe('a key file', () => {
  test('as age-keygen writes it gives its key, and prints as nothing', async () => {
    const path = await put(keyFile)
    const identity = only({ from: 'file', path })
    expect(identity).toMatchObject({ name: `the key file ${path}`, file: path })
    const [key] = await identity.fetch()
    expect(key?.reveal()).toBe(ward.secret)
    expect(`${String(key)} ${JSON.stringify(identity)}`).not.toContain('AGE-SECRET-KEY')
  })

  test('may hold several keys', async () => {
    const path = await put(`${keyFile}\n${escrow.secret}\n`)
    expect(await revealed({ from: 'file', path })).toEqual([ward.secret, escrow.secret])
  })

  test.each([0o644, 0o640, 0o604])('that others may read (%o) is refused', async (mode) => {
    const path = await put(keyFile, mode)
    await expect(revealed({ from: 'file', path })).rejects.toMatchObject({
      code: 'SECRET_EXPOSED',
      exitCode: 6,
      next: [`chmod 600 ${path}`],
    })
  })

  test('that is not there, or is empty, says so', async () => {
    const path = join(folder, 'nowhere')
    await expect(revealed({ from: 'file', path })).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
    })
    await expect(revealed({ from: 'file', path: await put(' \n') })).rejects.toThrow('is empty')
  })

  test('without a usable key is named, and its content is not repeated', async () => {
    const path = await put(`hunter2\n${ward.secret}\n`)
    const failed = revealed({ from: 'file', path })
    await expect(failed).rejects.toMatchObject({ code: 'KEY_UNUSABLE', kind: 'usage' })
    await expect(failed).rejects.toThrow(path)
    await expect(failed).rejects.not.toThrow(/hunter2|AGE-SECRET-KEY-1Q/)
  })
})

describe('a command', () => {
  test('gives the keys that it prints', async () => {
    const path = await put(keyFile)
    expect(await revealed({ from: 'command', command: ['cat', path] })).toEqual([ward.secret])
  })

  test('is named by its program alone: its arguments and what it says are not repeated', async () => {
    const script = 'echo "AGE-SECRET-KEY-1TYPO"; echo "$1" >&2'
    const failed = revealed({ from: 'command', command: ['sh', '-c', script, 'sh', 'argument'] })
    await expect(failed).rejects.toMatchObject({ code: 'KEY_UNUSABLE' })
    await expect(failed).rejects.toThrow(/^what "sh" prints holds something else/)
    await expect(failed).rejects.not.toThrow(/TYPO|argument/)
  })

  test('that fails is no key', async () => {
    await expect(revealed({ from: 'command', command: ['false'] })).rejects.toMatchObject({
      code: 'SECRET_UNAVAILABLE',
    })
  })
})

import { describe, expect, test } from 'vitest'
import { readAgeHeader } from '../../../src/archive/ageHeader.js'

const header = [
  'age-encryption.org/v1',
  '-> X25519 kD3/sq6vNfCkOUXdYD6yxTfKDb0OgZf1GqfWeDmCyiY',
  'EcM9hDn5gUxhJsQ2vlHVm2hKBkGkyU5JlpPxXgOCPWc',
  '-> x-grease abc',
  '',
  '-> ssh-ed25519 abc def',
  'AAAA',
  '--- 2Qa2BZTxk0G1gjQ4jvWqmxRfPb0Uw8j3pXm1pqV0vJI',
  '',
].join('\n')

async function* parts(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(bytes.subarray(at, at + size))
}

describe('the header of an encrypted file', () => {
  test.each([1, 7, 64, 4096])('is found whatever the size of the parts: %i', async (size) => {
    const found = await readAgeHeader(parts(`${header}\u0000\u0001 the rest`, size))
    expect(found?.bytes.toString('latin1')).toBe(header)
  })

  test('tells the kinds of its recipients; those that nobody has do not count', async () => {
    const found = await readAgeHeader(parts(header, 4096))
    expect(found?.recipients).toEqual(['X25519', 'ssh-ed25519'])
  })

  test('is read, and nothing after it', async () => {
    let taken = 0
    async function* counted() {
      for await (const part of parts(header + 'x'.repeat(100_000), 100)) {
        taken += part.length
        yield part
      }
    }
    await readAgeHeader(counted())
    expect(taken).toBeLessThan(header.length + 200)
  })

  test.each([
    '',
    'a',
    'age-encrypt',
    'age-encryption.org/v2\n--- x\n',
    '\u001f\u008b gzip',
    '-----B',
  ])('is not seen in what is not encrypted: %j', async (text) => {
    expect(await readAgeHeader(parts(text, 3))).toBeUndefined()
  })

  test.each([header.slice(0, 30), header.slice(0, -1)])(
    'that is cut off is damaged',
    async (text) => {
      await expect(readAgeHeader(parts(text, 10))).rejects.toMatchObject({
        code: 'AGE_HEADER_INVALID',
        kind: 'integrity',
      })
    },
  )

  test('without an end is not read for ever', async () => {
    const endless = `age-encryption.org/v1\n${'-> x\n'.repeat(50_000)}`
    await expect(readAgeHeader(parts(endless, 1000))).rejects.toMatchObject({
      code: 'AGE_HEADER_INVALID',
    })
  })

  test('of a file that was turned into text says so', async () => {
    const text = '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n'
    await expect(readAgeHeader(parts(text, 5))).rejects.toMatchObject({
      code: 'ENCRYPTION_UNSUPPORTED',
      kind: 'usage',
    })
  })
})

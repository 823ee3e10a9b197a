import { createHash } from 'node:crypto'
import type { PlacedFile } from '../../ports/copies.js'

/** A small file that says what another one is, as a place takes it: one line of JSON with its bytes and SHA-256. */
export function paper(name: string, content: object): Omit<PlacedFile, 'target'> {
  const text = Buffer.from(`${JSON.stringify(content)}\n`)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return {
    name,
    bytes: text.length,
    sha256,
    async *read() {
      yield await Promise.resolve(text)
    },
  }
}

/** A small file whole; nothing where it has more bytes than it may. Throws what the reading throws. */
export async function readSmall(
  file: AsyncIterable<Uint8Array>,
  most: number,
): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of file) {
    bytes += chunk.length
    if (bytes > most) return undefined
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

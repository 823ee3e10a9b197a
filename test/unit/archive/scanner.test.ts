import { serialize } from 'bson'
import { expect, test } from 'vitest'
import { ArchiveScanner, type ArchiveEvents } from '../../../src/archive/scanner.js'
import { archive } from './archiveBuilder.js'
import { seeded } from './feeding.js'

const documents = Array.from({ length: 40 }, (_, _id) => serialize({ _id, text: 'x'.repeat(_id) }))
const namespaces = ['a', 'b'].map((collection) => ({ db: 'shop', collection, documents }))

test('bytes of documents that are handed over whole are told once, before their block ends, in runs as long as the chunk', () => {
  const whole = archive(namespaces)
  const told = listen([whole])
  expect(told.blocks.filter((parts) => parts.length > 0)).toEqual([
    [Buffer.concat(documents)],
    [Buffer.concat(documents)],
  ])
  expect(told.documents).toBe(80)
})

test('and they are the same in whatever chunks the archive comes', () => {
  const whole = archive(namespaces)
  const random = seeded(7)
  for (let round = 0; round < 50; round++) {
    const parts: Buffer[] = []
    for (let at = 0; at < whole.length; at += parts.at(-1)?.length ?? 0)
      parts.push(whole.subarray(at, at + 1 + Math.floor(random() * 400)))
    const told = listen(parts)
    expect(Buffer.concat(told.blocks.flat())).toEqual(Buffer.concat([...documents, ...documents]))
    expect(told.documents).toBe(80)
  }
})

/** What is told of each block that ends, as copies: chunks may be used again. */
function listen(parts: readonly Buffer[]) {
  const blocks: Buffer[][] = []
  let block: Buffer[] = []
  let handedOver = 0
  const nothing = () => undefined
  const events: ArchiveEvents = {
    header: nothing,
    entry: nothing,
    preludeEnd: nothing,
    complete: () => false,
    block: () => ({ whole: true, largest: 16 * 1024 * 1024 }),
    bytes: (chunk, start, end) => block.push(Buffer.from(chunk.subarray(start, end))),
    document: () => handedOver++,
    blockEnd: () => {
      blocks.push(block)
      block = []
    },
  }
  const scanner = new ArchiveScanner(events)
  for (const part of parts) {
    const chunk = Buffer.from(part)
    scanner.feed(chunk)
    chunk.fill(0xee)
  }
  return { blocks, documents: handedOver }
}

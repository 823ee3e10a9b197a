import { ArchiveReader } from '../../archive/reader.js'
import { DocumentSample, type SampledDocument } from '../../archive/sample.js'
import type { DumpTools } from '../../ports/tools.js'

/** Documents drawn of each collection. */
const eachCollection = 100

/** Tools that draw a sample of the very bytes that mongorestore is fed. */
export interface SamplingTools {
  readonly tools: DumpTools
  /** What was drawn, once the feeding is over. */
  taken(): readonly SampledDocument[]
}

/** Reads along while an archive is fed. `seed` decides which documents are drawn: the same ones for the same seed. */
export function samplingTools(tools: DumpTools, seed: string): SamplingTools {
  const sample = new DocumentSample(eachCollection, randomFrom(seed))
  return {
    tools: {
      name: tools.name,
      versions: (target) => tools.versions(target),
      dump: (target, request, signal) => tools.dump(target, request, signal),
      restore: (target, request, source, signal) =>
        tools.restore(target, request, readAlong(source, sample), signal),
    },
    taken: () => sample.taken(),
  }
}

async function* readAlong(
  source: AsyncIterable<Uint8Array>,
  sample: DocumentSample,
): AsyncGenerator<Uint8Array> {
  const reader = new ArchiveReader({ documents: sample })
  for await (const chunk of source) {
    reader.feed(chunk)
    yield chunk
  }
  reader.end()
}

/** Numbers from 0 up to 1 that look random and are the same for the same seed (FNV-1a, then mulberry32). */
function randomFrom(seed: string): () => number {
  let state = 0x811c9dc5
  for (const byte of Buffer.from(seed, 'utf8')) state = Math.imul(state ^ byte, 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

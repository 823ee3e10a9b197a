import { fileSamples } from '../../src/adapters/samples/samples.js'
import type { Samples } from '../../src/ports/samples.js'
import { fakeClock } from './clock.js'
import { fakeLines } from './lines.js'

/** Samples that lie in memory, as lines; `lines` are those of a kind: `use`, `room`, `runs`. */
export function fakeSamples(now = fakeClock()): Samples & {
  lines(kind: string): ReturnType<typeof fakeLines>
} {
  const files = new Map<string, ReturnType<typeof fakeLines>>()
  const lines = (name: string) => {
    const known = files.get(name) ?? fakeLines()
    files.set(name, known)
    return known
  }
  return {
    ...fileSamples('/state', now, (_folder, name) => lines(name)),
    lines: (kind) => lines(`${kind}.ndjson`),
  }
}

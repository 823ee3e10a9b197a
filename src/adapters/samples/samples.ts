import { join } from 'node:path'
import {
  isObject,
  jobRun,
  roomSample,
  useSample,
  type SampleOf,
} from '../../domain/samples/sample.js'
import type { Clock } from '../../ports/clock.js'
import type { Lines } from '../../ports/lines.js'
import type { Kept, SampleFile, Samples } from '../../ports/samples.js'
import { stateFailure } from '../state/stateFailure.js'

/** Milliseconds that a clock may have been ahead; a sample from later would be the newest for as long as that. */
const ahead = 60_000

/** Milliseconds that a sample is kept. */
const longest = 31 * 24 * 60 * 60 * 1000

/** Samples as lines of JSON in files of their own below the state folder. `linesIn` opens one of a folder. */
export function fileSamples(
  stateFolder: string,
  clock: Pick<Clock, 'now'>,
  linesIn: (folder: string, name: string) => Lines,
): Samples {
  const folder = join(stateFolder, 'samples')
  const file = <Sample extends { readonly at: string }>(
    name: string,
    sampleOf: SampleOf<Sample>,
  ): SampleFile<Sample> => {
    const lines = linesIn(folder, `${name}.ndjson`)
    return {
      async keep(samples) {
        const text = samples.map((sample) => `${JSON.stringify(sample)}\n`).join('')
        try {
          if (text !== '') await lines.add(text)
        } catch (error) {
          throw stateFailure(folder, error)
        }
      },
      async kept(mostBytes) {
        try {
          return read(await lines.read(mostBytes), sampleOf, clock.now().getTime())
        } catch (error) {
          throw stateFailure(folder, error)
        }
      },
    }
  }
  return {
    use: file('use', useSample),
    room: file('room', roomSample),
    runs: file('runs', jobRun),
  }
}

function read<Sample extends { readonly at: string }>(
  text: string,
  sampleOf: SampleOf<Sample>,
  now: number,
): Kept<Sample> {
  const lines = text.split('\n').filter((line) => line !== '')
  const found = lines.map((line) => parsed(line, sampleOf))
  const whole = found.filter((sample) => sample !== undefined)
  return {
    samples: whole
      .filter(({ at }) => Date.parse(at) >= now - longest && Date.parse(at) <= now + ahead)
      .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at)),
    damaged: found.length - whole.length,
  }
}

function parsed<Sample>(line: string, sampleOf: SampleOf<Sample>): Sample | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? sampleOf(value) : undefined
  } catch {
    return undefined
  }
}

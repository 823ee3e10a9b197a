import type { Failure } from '../domain/failure.js'
import { asBuffer } from './asBuffer.js'
import { damage } from './damage.js'

/** Type, three zeros, length of the payload as 32 bits big-endian (Docker Engine API, "Attach to a container"). */
const headerBytes = 8

const stderrType = 2

/**
 * Takes the engine's attach or exec stream (of a process without a terminal) apart: yields what the process wrote to
 * stdout, as parts of what the source gave, without copying; hands stderr to `onStderr`. Reads on only when the caller
 * asks for more, so that a slow caller slows the process. Ends when the source ends between two frames, which does NOT
 * prove that the process ended well: ask for its exit code.
 *
 * Throws STREAM_FRAME_CORRUPT for bytes that are no frame header, and STREAM_FRAME_TRUNCATED for an end inside a frame.
 */
export async function* demultiplex(
  source: AsyncIterable<Uint8Array>,
  onStderr: (chunk: Buffer) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const { isStderr, payload } of frames(source))
    if (isStderr) onStderr(payload)
    else yield payload
}

/** What a process wrote to one of its two outputs. */
export interface Frame {
  readonly isStderr: boolean
  readonly payload: Buffer
}

/** The same stream, both outputs in the order in which they came. Throws what `demultiplex` throws. */
export async function* frames(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Frame, void, undefined> {
  const header = Buffer.alloc(headerBytes)
  let headerFilled = 0
  let type = 0
  let payloadLeft = 0
  let passed = 0

  for await (const bytes of source) {
    const chunk = asBuffer(bytes)
    let at = 0
    while (at < chunk.length) {
      if (payloadLeft > 0) {
        const payload = chunk.subarray(at, at + payloadLeft)
        payloadLeft -= payload.length
        at += payload.length
        yield { isStderr: type === stderrType, payload }
        continue
      }
      const taken = chunk.copy(header, headerFilled, at, at + headerBytes - headerFilled)
      headerFilled += taken
      at += taken
      if (headerFilled < headerBytes) continue
      headerFilled = 0
      type = readType(header, passed + at - headerBytes)
      payloadLeft = header.readUInt32BE(4)
    }
    passed += chunk.length
  }
  if (headerFilled > 0 || payloadLeft > 0) {
    throw damage(
      'STREAM_FRAME_TRUNCATED',
      passed,
      'the stream from the engine ended inside a frame',
    )
  }
}

/** 0 is stdin, which the engine writes to stdout; 1 stdout; 2 stderr. */
function readType(header: Buffer, offset: number): number {
  const [type = 0, ...rest] = header.subarray(0, 4)
  if (type <= stderrType && rest.every((byte) => byte === 0)) return type
  throw corrupt(header, offset)
}

function corrupt(header: Buffer, offset: number): Failure {
  const says = `the stream from the engine has ${header.toString('hex')} where a frame should begin`
  return damage('STREAM_FRAME_CORRUPT', offset, says)
}

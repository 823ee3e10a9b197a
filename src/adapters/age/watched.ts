import { ageHeaderEnd } from '../../archive/ageHeader.js'

/** An encrypted source, and how far it has been read. */
export interface WatchedSource {
  readonly stream: AsyncIterable<Uint8Array>
  /** Bytes of its header, as far as it was seen. */
  readonly headerBytes: number
  /** Whether its end was seen. */
  readonly ended: boolean
  /** What it threw. */
  readonly error: Error | undefined
}

/** Watches a source, so that what went wrong in it can be told from what went wrong with its bytes. */
export function watched(source: AsyncIterable<Uint8Array>): WatchedSource {
  const state = { headerBytes: 0, ended: false, error: undefined as Error | undefined }
  async function* stream(): AsyncGenerator<Uint8Array> {
    let header: Buffer | undefined = Buffer.alloc(0)
    try {
      for await (const chunk of source) {
        if (header) {
          header = Buffer.concat([header, chunk])
          const end = ageHeaderEnd(header)
          state.headerBytes = end ?? header.length
          if (end !== undefined) header = undefined
        }
        yield chunk
      }
      state.ended = true
    } catch (error) {
      state.error = error instanceof Error ? error : new Error(String(error))
      throw error
    }
  }
  const watching = stream()
  return {
    stream: watching,
    get headerBytes() {
      return state.headerBytes
    },
    get ended() {
      return state.ended
    },
    get error() {
      return state.error
    },
  }
}

import { ageHeaderEnd } from '../../archive/ageHeader.js'

/** An encrypted source, and how far it has been read. */
export interface WatchedSource {
  readonly stream: AsyncIterable<Uint8Array>
  /** Bytes of its header, as far as it was seen. */
  readonly headerBytes: number
  /** All of its bytes, once its end was seen. */
  readonly totalBytes: number | undefined
  /** What it threw. */
  readonly error: Error | undefined
}

/** Watches a source, so that what went wrong in it can be told from what went wrong with its bytes. Parts come in pieces of at most `atOnce` bytes. */
export function watched(source: AsyncIterable<Uint8Array>, atOnce: number): WatchedSource {
  const state = {
    headerBytes: 0,
    totalBytes: undefined as number | undefined,
    error: undefined as Error | undefined,
  }
  async function* stream(): AsyncGenerator<Uint8Array> {
    let header: Buffer | undefined = Buffer.alloc(0)
    let bytes = 0
    try {
      for await (const chunk of source) {
        if (header) {
          header = Buffer.concat([header, chunk])
          const end = ageHeaderEnd(header)
          state.headerBytes = end ?? header.length
          if (end !== undefined) header = undefined
        }
        bytes += chunk.length
        for (let at = 0; at < chunk.length; at += atOnce) yield chunk.subarray(at, at + atOnce)
      }
      state.totalBytes = bytes
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
    get totalBytes() {
      return state.totalBytes
    },
    get error() {
      return state.error
    },
  }
}

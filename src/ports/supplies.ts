/**
 * What an engine must have before a stack can start on it. Everything throws `ENGINE_UNREACHABLE` (environment) where the engine
 * does not answer, and the signal's reason.
 */
export interface Supplies {
  /** Asks a registry for an image. Throws `IMAGE_NOT_HAD` (not-found) with what the engine said. */
  pullImage(name: string, signal: AbortSignal): Promise<void>
  /** An image as `docker save` writes it, with its name. Throws `IMAGE_NOT_HAD` (not-found). */
  saveImage(name: string, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Takes in what `docker save` wrote. Throws `IMAGE_NOT_LOADED` (failed). */
  loadImage(archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>
  /** When a volume was made (RFC 3339); nothing where there is none of that name. */
  volumeMadeAt(name: string): Promise<string | undefined>
  /** Makes a volume that compose only uses (`external`). One that is there is left as it is. */
  makeVolume(name: string): Promise<void>
  hasNetwork(name: string): Promise<boolean>
  /** Makes a network that compose only uses (`external`), of the usual kind. */
  makeNetwork(name: string): Promise<void>
}

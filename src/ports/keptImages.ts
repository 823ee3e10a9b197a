/** An image that lies beside the backups, as `docker save` wrote it, compressed. */
export interface KeptImage {
  /** As the engine knows it: `sha256:…`. */
  readonly id: string
  /** What services call it. */
  readonly name: string
  /** Of the file as it is stored. */
  readonly bytes: number
  readonly sha256: string
  /** Before it was compressed. */
  readonly rawBytes: number
}

/**
 * Images on a shelf, each once, whatever number of backups need it. Throws `SHELF_UNREADABLE`, `SHELF_UNWRITABLE` (environment),
 * `SHELF_FULL` (space).
 */
export interface KeptImages {
  /** The image with that id; nothing where it is not kept whole. */
  find(id: string): Promise<KeptImage | undefined>
  /** The same, for a backup that is about to name it: noted on the disk, so that a sweep beside it leaves it there. */
  need(id: string): Promise<KeptImage | undefined>
  /** Keeps an image that the engine hands out: file first, then the paper that says that it is whole. */
  keep(
    image: Pick<KeptImage, 'id' | 'name'>,
    archive: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<KeptImage>
  read(image: KeptImage): AsyncIterable<Uint8Array>
  /**
   * Removes what no backup on the shelf or in its trash needs, and nobody kept or needed since `before`; tells which. Those that are
   * known to be needed are asked nothing.
   */
  sweep(needed: readonly string[], before: Date): Promise<readonly string[]>
}

/**
 * Milliseconds for which an image stays whose backup nobody sees: another run may have kept it, and be about to name it in its
 * manifest.
 */
export const imageGrace = 86_400_000

/** Name of the file of an image, wherever it lies. */
export function imageFile(id: string): string {
  return `${hexOf(id)}.tar.gz`
}

/** Name of the paper that says that the file is whole. */
export function imagePaper(id: string): string {
  return `${hexOf(id)}.json`
}

/** Ids come out of kits, and become names of files: letters and digits are all that is let through. */
function hexOf(id: string): string {
  return id.replace(/^sha256:/, '').replaceAll(/[^0-9a-z]/gi, '_')
}

import { Failure } from '../../domain/failure.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { World } from '../../ports/world.js'

/** Puts sound copies from places in place of slices that are damaged or missing on the shelf. */
export class SliceMender {
  /** Names and bytes of what each place holds; asked for once. */
  readonly #there = new Map<CopyPlace, ReadonlyMap<string, number>>()
  /** Why places were of no help, a sentence each. */
  readonly doubts = new Set<string>()

  constructor(
    private readonly target: Target,
    private readonly world: Pick<World, 'slices' | 'copies'>,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Brings the first copy that proves to be, byte for byte, what the manifest on the shelf says; the name of its place, nothing where
   * there is none. A place that fails is told of in `doubts`. Throws what writing to the shelf throws, and the signal's reason.
   */
  async mend(slice: SliceManifest): Promise<string | undefined> {
    for (const place of this.world.copies) {
      try {
        if ((await this.#holdings(place)).get(slice.file) !== slice.bytes) continue
        const bytes = place.readSlice(this.target.name, slice.file, this.signal)
        await this.world.slices(this.target).replace(slice, bytes)
        return place.name
      } catch (error) {
        this.signal.throwIfAborted()
        if (!(error instanceof Failure) || error.kind === 'space') throw error
        this.doubts.add(`${place.name}: ${error.message}`)
      }
    }
    return undefined
  }

  async #holdings(place: CopyPlace): Promise<ReadonlyMap<string, number>> {
    const known = this.#there.get(place)
    if (known) return known
    // One that cannot be reached is not asked again for every slice.
    this.#there.set(place, new Map())
    const found = await place.slices(this.target.name, this.signal)
    this.#there.set(place, found)
    return found
  }
}

import type { Path, Position } from './problem.js'

/** Where a value of the file stands, and how it was written. */
export interface Place {
  /** Where its key starts; where it starts itself in lists. */
  readonly key: Position
  readonly value: Position
  /** Text as it stands in the file, before anything was filled in. Scalars only. */
  readonly raw?: string
  /** Environment variables that went into it. */
  readonly variables: readonly string[]
  /** Whether nothing but the environment went into it. */
  readonly pure: boolean
}

/** What is known of every value of the file, by its path. */
export class Places {
  readonly #places = new Map<string, Place>()

  set(path: Path, place: Place): void {
    this.#places.set(JSON.stringify(path), place)
  }

  get(path: Path): Place | undefined {
    return this.#places.get(JSON.stringify(path))
  }

  /** Where to point for a path: its key, or the closest thing around it that is in the file. */
  keyPosition(path: Path): Position {
    return this.#closest(path)?.key ?? { line: 1, column: 1 }
  }

  /** Where the value of a path starts, or the key of the closest thing around it where the path is not in the file. */
  valuePosition(path: Path): Position {
    return this.get(path)?.value ?? this.keyPosition(path)
  }

  #closest(path: Path): Place | undefined {
    for (let length = path.length; length >= 0; length -= 1) {
      const place = this.get(path.slice(0, length))
      if (place !== undefined) return place
    }
    return undefined
  }
}

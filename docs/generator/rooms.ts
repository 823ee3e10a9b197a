import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './files.js'

/** A room of the sources: what it may import, and the packages that only it may touch. */
export interface Room {
  readonly name: string
  readonly may: readonly string[]
  /** Rooms of `may` whose types alone may be imported. */
  readonly typesOnly: readonly string[]
  readonly packages: readonly string[]
}

interface Rule {
  readonly name: string
  readonly from: { readonly path?: string; readonly pathNot?: string }
  readonly to: {
    readonly path?: string
    readonly pathNot?: string
    readonly dependencyTypesNot?: readonly string[]
  }
}

/** The rooms as the rules of `.dependency-cruiser.cjs` have them, importers first. */
export function allRooms(): readonly Room[] {
  const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
    readonly forbidden: readonly Rule[]
  }
  const rooms = forbidden
    .filter(({ name }) => name.startsWith('room-'))
    .map(({ name, to }): Room => {
      const own = name.slice('room-'.length)
      return {
        name: own,
        may: names(to.pathNot ?? '').filter((other) => other !== own),
        typesOnly: typesOnly(forbidden, own),
        packages: packages(forbidden, own),
      }
    })
  return importersFirst(rooms)
}

/** `^src/(a|b)/` as its names. */
function names(path: string): readonly string[] {
  const [, inside = ''] = /^\^src\/\(?([a-z|]+)\)?\/$/.exec(path) ?? []
  return inside.split('|').filter((name) => name !== '')
}

function typesOnly(rules: readonly Rule[], room: string): readonly string[] {
  return rules
    .filter(
      ({ name, from, to }) =>
        !name.startsWith('room-') &&
        names(from.path ?? '').includes(room) &&
        to.dependencyTypesNot?.includes('type-only') === true,
    )
    .flatMap(({ to }) => names(to.path ?? ''))
}

/** Packages kept to a few rooms, of which this is one. */
function packages(rules: readonly Rule[], room: string): readonly string[] {
  return rules
    .filter(
      ({ from, to }) =>
        from.path === '^src/' &&
        names(from.pathNot ?? '').includes(room) &&
        to.path?.startsWith('node_modules/') === true,
    )
    .flatMap(({ to }) =>
      (to.path ?? '')
        .replace('node_modules/', '')
        .replaceAll(/[()]|\/$/g, '')
        .split('|'),
    )
}

/** Each room above all that it may import. Throws where they go in a circle. */
function importersFirst(rooms: readonly Room[]): readonly Room[] {
  const depth = (name: string, above: readonly string[]): number => {
    if (above.includes(name)) throw new Error(`rooms in a circle: ${[...above, name].join(', ')}`)
    const importers = rooms.filter(({ may }) => may.includes(name))
    return Math.max(-1, ...importers.map((room) => depth(room.name, [...above, name]))) + 1
  }
  return [...rooms].sort(
    (one, other) => depth(one.name, []) - depth(other.name, []) || (one.name < other.name ? -1 : 1),
  )
}

import { basename } from 'node:path'
import type { Config, Origins } from './config.js'
import { overriddenShelf } from './folders.js'
import type { Place, Places } from './places.js'
import { dotted } from './problem.js'
import { settingsOf } from './settings.js'
import type { Surroundings } from './surroundings.js'

/** Where every setting comes from: the environment, a line of the file (and what was filled in there), or a default. */
export function originsOf(config: Config, places: Places, surroundings: Surroundings): Origins {
  const shelf = overriddenShelf(surroundings)?.variable
  return Object.fromEntries(
    settingsOf(config).map(({ path }) => {
      const setting = dotted(path)
      const place = places.get(path)
      if (setting === 'backup.shelf' && shelf !== undefined) {
        return [setting, `environment ${shelf}`]
      }
      return [setting, place === undefined ? 'default' : lineOf(config, place)]
    }),
  )
}

function lineOf(config: Config, place: Place): string {
  const line = `${basename(config.file)}:${place.value.line.toString()}`
  return [line, ...place.variables.map((name) => `environment ${name}`)].join(', ')
}

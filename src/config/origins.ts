import { basename } from 'node:path'
import type { Config, Origins } from './config.js'
import { overriddenLogFolder, overriddenShelf } from './folders.js'
import type { Place, Places } from './places.js'
import { dotted } from './problem.js'
import { settingsOf } from './settings.js'
import type { Surroundings } from './surroundings.js'

/** Where every setting comes from: the environment, a line of the file (and what was filled in there), or a default. */
export function originsOf(config: Config, places: Places, surroundings: Surroundings): Origins {
  const overridden: Readonly<Record<string, string | undefined>> = {
    'backup.shelf': overriddenShelf(surroundings)?.variable,
    'log.folder': overriddenLogFolder(surroundings)?.variable,
  }
  return Object.fromEntries(
    settingsOf(config).map(({ path }) => {
      const setting = dotted(path)
      const place = places.get(path)
      const variable = overridden[setting]
      if (variable !== undefined) return [setting, `environment ${variable}`]
      return [setting, place === undefined ? 'default' : lineOf(config, place)]
    }),
  )
}

function lineOf(config: Config, place: Place): string {
  const line = `${basename(config.file)}:${place.value.line.toString()}`
  return [line, ...place.variables.map((name) => `environment ${name}`)].join(', ')
}

import type { ConfigReading } from './config.js'
import { chosenStateFolder } from './folders.js'
import { dotted } from './problem.js'
import { printable } from './quote.js'
import { settingsOf } from './settings.js'
import type { Surroundings } from './surroundings.js'

/** One line of `ops config show`. */
interface ShownSetting {
  /** Dotted path, as in the file. */
  readonly setting: string
  /** Plain JSON; secrets are references or `[secret]`. */
  readonly value: unknown
  readonly origin: string
}

/** The result of `ops config show`: safe to print and to paste into a ticket. */
export interface ShownConfig {
  readonly file: string
  readonly state: string
  readonly settings: readonly ShownSetting[]
}

/** Every setting with its value and its origin, and the state folder, which the file cannot choose. */
export function showConfig(reading: ConfigReading, surroundings: Surroundings): ShownConfig {
  const state = chosenStateFolder(surroundings)
  return {
    file: reading.config.file,
    state: state.path,
    settings: [
      ...settingsOf(reading.config).map(({ path, value }) => ({
        setting: dotted(path),
        value,
        origin: reading.origins[dotted(path)] ?? 'default',
      })),
      {
        setting: '(state folder)',
        value: state.path,
        origin: state.variable === undefined ? 'default' : `environment ${state.variable}`,
      },
    ],
  }
}

/** The same for people: setting, origin and value in columns; the value last, because it may be long. */
export function shownConfigText(shown: ShownConfig): string {
  const rows = shown.settings.map(({ setting, value, origin }) => [
    setting,
    origin,
    printable(typeof value === 'string' ? value : JSON.stringify(value)),
  ])
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${[shown.file, '', ...lines].join('\n')}\n`
}

import { isAbsolute, join, resolve } from 'node:path'
import { variable, type Surroundings } from './surroundings.js'

/** A folder, and the environment variable that chose it, if one did. */
export interface ChosenFolder {
  readonly path: string
  readonly variable?: string
}

/**
 * Absolute folder of receipts, locks and records: `OPS_STATE`, else `/var/lib/ops` for root, else `ops` below the XDG
 * state folder.
 */
export function stateFolder(surroundings: Surroundings): string {
  return chosenStateFolder(surroundings).path
}

/** `stateFolder`, and who chose it. */
export function chosenStateFolder(surroundings: Surroundings): ChosenFolder {
  return (
    overridden(surroundings, 'OPS_STATE') ?? {
      path:
        surroundings.uid === 0
          ? '/var/lib/ops'
          : join(xdgFolder(surroundings, 'XDG_STATE_HOME', '.local/state'), 'ops'),
    }
  )
}

/** The shelf that `OPS_SHELF` asks for, whatever the file says. */
export function overriddenShelf(surroundings: Surroundings): ChosenFolder | undefined {
  return overridden(surroundings, 'OPS_SHELF')
}

/** The folder of the log that `OPS_LOG` asks for, whatever the file says. */
export function overriddenLogFolder(surroundings: Surroundings): ChosenFolder | undefined {
  return overridden(surroundings, 'OPS_LOG')
}

/**
 * Absolute folder of `ops.log` where no file names one, and who chose it: `OPS_LOG`, else `OPS_STATE`, else `/var/log/ops` for
 * root, else the state folder.
 */
export function chosenLogFolder(surroundings: Surroundings): ChosenFolder {
  const state = chosenStateFolder(surroundings)
  const isSystem = surroundings.uid === 0 && state.variable === undefined
  return overriddenLogFolder(surroundings) ?? (isSystem ? { path: '/var/log/ops' } : state)
}

/** Absolute folder of backups where nothing names one: `/var/backups/ops` for root, else below the XDG data folder. */
export function defaultShelf(surroundings: Surroundings): string {
  if (surroundings.uid === 0) return '/var/backups/ops'
  return join(xdgFolder(surroundings, 'XDG_DATA_HOME', '.local/share'), 'ops', 'backups')
}

function overridden(surroundings: Surroundings, name: string): ChosenFolder | undefined {
  const value = variable(surroundings, name)
  return value === undefined
    ? undefined
    : { path: resolve(surroundings.cwd, value), variable: name }
}

/** The XDG rules: a relative path in one of these variables is ignored. */
function xdgFolder(surroundings: Surroundings, name: string, fallback: string): string {
  const value = variable(surroundings, name)
  return value !== undefined && isAbsolute(value) ? value : join(surroundings.home, fallback)
}

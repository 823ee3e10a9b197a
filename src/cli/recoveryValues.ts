import { secretsMissing } from '../procedures/dr/system/filePlan.js'
import type { ReadKit } from '../procedures/dr/system/kitAt.js'
import {
  envVariables,
  requiredOfConfiguration,
  requiredVariables,
} from '../procedures/dr/system/variables.js'
import { answered } from './answered.js'
import type { Door } from './door.js'
import { canAsk } from './terminal.js'

/** Variables of whoever is signed in: they are no settings of a stack. */
const ofSession = new Set(['HOME', 'USER', 'LOGNAME', 'PATH', 'PWD', 'SHELL', 'HOSTNAME', 'LANG'])

/** Values of everything that the files of a kit ask for. */
export interface RecoveryValues {
  /** For reading `ops.yaml`: all that is known. */
  readonly all: Readonly<Record<string, string | undefined>>
  /** What goes into `.env` besides what it holds: settings out of the kit, and what was given here. */
  readonly added: Readonly<Record<string, string>>
  /** Of the variables that compose asks for, those that only `.env` will know; secrets without their values. */
  readonly planning: Readonly<Record<string, string>>
}

/** Asks for the values of variables. Throws `SECRETS_MISSING` (refused) where nobody answers. */
export type Asking = (names: readonly string[]) => Promise<Readonly<Record<string, string>>>

/** What the kit and this host know. */
export interface ValueSources {
  readonly kit: ReadKit['kit']
  readonly composeTexts: readonly string[]
  readonly configurationText: string
  /** The `.env` that is in the folder. */
  readonly envText: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Puts together what files ask for: from the environment, the folder's `.env`, the kit, and for the rest from whoever can be asked.
 * Throws what asking throws.
 */
export async function recoveryValues(sources: ValueSources, ask: Asking): Promise<RecoveryValues> {
  const { kit, composeTexts, configurationText, envText, env } = sources
  const written = envVariables(envText)
  const settings = kit.settings ?? {}
  const ofCompose = new Set(composeTexts.flatMap(requiredVariables))
  const needed = [...new Set([...ofCompose, ...requiredOfConfiguration(configurationText)])].sort()
  const lacking = needed.filter(
    (name) => (env[name] ?? written[name] ?? settings[name]) === undefined,
  )
  const typed = lacking.length === 0 ? {} : await ask(lacking)
  const added: Record<string, string> = {}
  for (const name of new Set([...ofCompose, ...Object.keys(settings)])) {
    const value = env[name] ?? typed[name] ?? settings[name]
    if (ofSession.has(name) && settings[name] === undefined) continue
    if (written[name] === undefined && value !== undefined) added[name] = value
  }
  const planned = Object.keys(added).map((name) => [name, settings[name] ?? 'unknown-yet'] as const)
  return {
    all: { ...settings, ...written, ...typed, ...env },
    added,
    planning: Object.fromEntries(planned.filter(([name]) => env[name] === undefined)),
  }
}

/**
 * Asks whoever sits at the terminal, hidden. Throws `SECRETS_MISSING` (refused) with every name where nobody can be asked.
 */
export async function askedHidden(
  names: readonly string[],
  door: Door,
): Promise<Readonly<Record<string, string>>> {
  if (door.json || !canAsk(door.stdin, door.stderr, door.noInput, door.env))
    throw secretsMissing(names)
  const { password } = await import('@inquirer/prompts')
  const values: Record<string, string> = {}
  for (const name of names) {
    const context = { input: door.stdin, output: door.stderr, signal: door.interruption.signal }
    const message = `${name} (not in the kit; it is not shown):`
    values[name] = await answered(password({ message }, context), door)
  }
  return values
}

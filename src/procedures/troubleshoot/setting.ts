import type { ChangedSetting } from '../../domain/receipt.js'
import { Failure } from '../../domain/failure.js'
import { areSameLimits, limitsText, readLimits } from '../../domain/limitsFile.js'
import { valueIn, withNumber, withoutNumber } from '../../domain/envText.js'
import type { Stack } from '../../domain/target.js'
import type { World } from '../../ports/world.js'

type Files = Pick<World, 'ownCompose' | 'variableFiles'>

/** Which way a setting goes: as it was changed, or back. */
export type Direction = 'forth' | 'back'

/**
 * Writes a setting into its file, or back to what it was; one that is there already is left alone. The stack to go on with: compose refuses a file that is not there. Throws
 * `SETTING_CHANGED` (refused) where somebody else changed it since, what writing throws.
 */
export async function putSetting(
  setting: ChangedSetting,
  direction: Direction,
  {
    without,
    with: all,
    stack,
  }: { readonly without: Stack; readonly with: Stack; readonly stack: Stack },
  files: Files,
): Promise<Stack> {
  if (setting.variable) {
    await putVariable(setting, setting.variable, direction, files)
    return stack
  }
  const isThere = await putLimits(setting, direction, files)
  return isThere ? all : without
}

async function putVariable(
  setting: ChangedSetting,
  { name, before, after, made = false }: NonNullable<ChangedSetting['variable']>,
  direction: Direction,
  { variableFiles }: Files,
): Promise<void> {
  const { file } = setting
  const text = await variableFiles.text(file)
  const now = valueIn(text ?? '', name) ?? null
  const [from, to] = direction === 'forth' ? [before, after] : [after, before]
  if (now === to) return
  if (now !== from) throw changed(setting, name)
  const next =
    to === null ? withoutNumber(text ?? '', name, after) : withNumber(text ?? '', name, to)
  if (next === undefined) throw changed(setting, name)
  if (next === '' && made) await variableFiles.remove(file)
  else await variableFiles.replace(file, next)
}

/** Whether the file is there then. */
async function putLimits(
  setting: ChangedSetting,
  direction: Direction,
  { ownCompose }: Files,
): Promise<boolean> {
  const { file, service, limits } = setting
  const text = await ownCompose.text(file)
  const all = text === undefined ? {} : readLimits(text)
  if (!all || !limits) throw changed(setting, service)
  const now = all[service] ?? null
  const [from, to] =
    direction === 'forth' ? [limits.before, limits.after] : [limits.after, limits.before]
  if (areSameLimits(now, to)) return text !== undefined
  if (!areSameLimits(now, from)) throw changed(setting, service)
  const others = Object.fromEntries(Object.entries(all).filter(([name]) => name !== service))
  const next = to === null ? others : { ...others, [service]: to }
  if (Object.keys(next).length === 0) await ownCompose.remove(file)
  else await ownCompose.write(file, limitsText(next))
  return Object.keys(next).length > 0
}

function changed({ file }: ChangedSetting, what: string): Failure {
  return new Failure(
    'refused',
    'SETTING_CHANGED',
    `${file} was left as it is: what it says of ${what} is not what it was any more`,
    [`look at ${file}`, 'ops troubleshoot'],
  )
}

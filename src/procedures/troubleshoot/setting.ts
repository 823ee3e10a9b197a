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
  const isThere = await putLimits(setting, direction, without.composeFiles[0], files)
  return isThere ? all : without
}

/** Throws `SETTING_CHANGED` (refused) where a setting is neither what it was changed to nor what it was before; what reading throws. */
export async function requireOurs(
  { file, service, variable, limits }: ChangedSetting,
  { variableFiles, ownCompose }: Files,
): Promise<void> {
  if (variable) {
    const now = valueIn((await variableFiles.text(file)) ?? '', variable.name) ?? null
    if (now !== variable.before && now !== variable.after) throw changed({ file }, variable.name)
  }
  if (limits) {
    const text = await ownCompose.text(file)
    const all = text === undefined ? {} : readLimits(text)
    const now = all?.[service] ?? null
    if (!all || !(areSameLimits(now, limits.before) || areSameLimits(now, limits.after)))
      throw changed({ file }, service)
  }
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
  beside: string | undefined,
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
  // It holds no secret, and whoever may call compose has to be able to read it.
  else await ownCompose.publish(file, limitsText(next), beside ?? file)
  return Object.keys(next).length > 0
}

function changed({ file }: Pick<ChangedSetting, 'file'>, what: string): Failure {
  return new Failure(
    'refused',
    'SETTING_CHANGED',
    `${file} was left as it is: what it says of ${what} is not what it was any more`,
    [`look at ${file}`, 'ops troubleshoot'],
  )
}

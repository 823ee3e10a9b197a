import { Failure } from '../domain/failure.js'
import type { Target } from '../domain/target.js'
import { nearestName } from '../domain/nearest.js'

type Targets = Readonly<Record<string, Target>>

/** The target named, or the only one. Throws `TARGET_UNKNOWN` (not-found), `TARGET_REQUIRED` (usage). */
export function chooseTarget(targets: Targets, name: string | undefined): Target {
  const names = Object.keys(targets)
  if (name !== undefined) {
    const found = targets[name]
    if (found) return found
    const meant = nearestName(name, names)
    throw new Failure(
      'not-found',
      'TARGET_UNKNOWN',
      `there is no target "${name}" in ops.yaml${meant === undefined ? '' : `; did you mean "${meant}"?`} (it has: ${names.join(', ') || 'none'})`,
      [meant === undefined ? 'ops config show' : `ops … --target ${meant}`],
    )
  }
  const [only, ...others] = Object.values(targets)
  if (only && others.length === 0) return only
  throw new Failure(
    'usage',
    'TARGET_REQUIRED',
    names.length === 0
      ? 'ops.yaml names no target'
      : `there is more than one target: ${names.join(', ')}`,
    names.length === 0 ? ['ops init'] : names.map((each) => `ops … --target ${each}`),
  )
}

/** The target named, the only one, or with `all` every one. Throws what `chooseTarget` throws. */
export function chooseTargets(
  targets: Targets,
  flags: { readonly target?: string | undefined; readonly all?: boolean },
): readonly Target[] {
  const all = Object.values(targets)
  if (flags.all === true && all.length > 0) return all
  return [chooseTarget(targets, flags.target)]
}

import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Probes } from '../../ports/probes.js'
import { checkData, type DataWorld } from '../data/checkData.js'
import { namespaceOf } from '../data/namespaces.js'

/** Documents of a sample, where not every one is read. */
const sample = 1000

/**
 * Holds data against what is expected, as "ops data check" does it, with counts alone. What was not counted in full is unknown there and
 * here. The probe throws what connecting throws, `TARGET_UNKNOWN` (not-found), and the signal's reason.
 */
export function lookAtData(
  targets: Readonly<Record<string, Target>>,
  world: DataWorld,
): Probes['data'] {
  return async ({ target: name, expectations, exact, limitMilliseconds }, signal) => {
    signal.throwIfAborted()
    const target = targets[name]
    if (!target)
      throw new Failure('not-found', 'TARGET_UNKNOWN', `there is no target "${name}" in ops.yaml`, [
        'ops config show',
      ])
    const { checks } = await checkData(
      {
        target: { ...target, expectations },
        namespaces: Object.keys(expectations).map(namespaceOf),
        closeness: { sample, exact, milliseconds: limitMilliseconds, countsOnly: true },
        signal,
      },
      world,
    )
    return { findings: checks }
  }
}

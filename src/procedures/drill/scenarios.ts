import { Failure } from '../../domain/failure.js'
import { nearestName } from '../../domain/nearest.js'
import { containerScenario } from './container.js'
import { corruptionScenario } from './corruption.js'
import { deletionScenario } from './deletion.js'
import type { Scenario } from './scenario.js'
import { systemScenario } from './system.js'

/** Every scenario that can be drilled, in the order in which all of them are. */
export const scenarios: readonly Scenario[] = [
  containerScenario,
  corruptionScenario,
  deletionScenario,
  systemScenario,
]

/** The scenario of that name, or with `all` every one. Throws `SCENARIO_UNKNOWN` (usage). */
export function chooseScenarios(name: string): readonly Scenario[] {
  if (name === 'all') return scenarios
  const found = scenarios.filter((scenario) => scenario.name === name)
  if (found.length > 0) return found
  const names = [...scenarios.map((scenario) => scenario.name), 'all']
  const meant = nearestName(name, names)
  throw new Failure(
    'usage',
    'SCENARIO_UNKNOWN',
    `there is no scenario "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`} (there are: ${names.join(', ')})`,
    names.map((each) => `ops dr drill ${each}`),
  )
}

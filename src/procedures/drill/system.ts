import { recoverSystem } from '../dr/system/recoverSystem.js'
import type { Missing } from '../dr/system/request.js'
import { Failure } from '../../domain/failure.js'
import { followed } from './followed.js'
import type { Scenario } from './scenario.js'

/** Without one of these it is not the system that was there; users, files and volumes that no kit holds are told. */
const systemParts: ReadonlySet<Missing['what']> = new Set([
  'service',
  'image',
  'server',
  'data',
  'oplog',
])

/** Everything is gone but what lies elsewhere: `ops dr system` builds it again from there. */
export const systemScenario: Scenario = {
  name: 'system',
  summary: 'containers, volumes, networks, files and shelf are removed; only a place is left',
  guideSeconds: 1_800,
  mayLose: true,
  fromPlace: true,
  copies: 1,
  strikes: [
    {
      what: (service) => `${service} and everything around it was removed, the shelf too`,
      inject: ({ clone }) => clone.vanish(),
    },
  ],
  async recover(ward, context) {
    const { signal, detail, warn } = context
    const host = await ward.hosts.open(ward, signal)
    try {
      for (const name of host.supplied) detail(`${name} is brought: no kit holds it`)
      const planning = recoverSystem.plan(host.request, host.world)
      const { missing } = await followed(planning, host.world, context)
      for (const { what, name, because } of missing) warn(`not back: ${what} ${name}: ${because}`)
      const parts = missing.filter(({ what }) => systemParts.has(what))
      if (parts.length > 0) throw incomplete(parts)
    } finally {
      await host.discard()
    }
  },
}

function incomplete(parts: readonly Missing[]): Failure {
  const named = parts.map(({ what, name, because }) => `${what} ${name}: ${because}`)
  return new Failure(
    'failed',
    'SYSTEM_INCOMPLETE',
    `the system was rebuilt without ${named.join('; ')}`,
    parts.flatMap(({ next }) => next),
    { facts: { missing: parts.map(({ what, name }) => `${what} ${name}`) } },
  )
}

import { Failure } from '../../domain/failure.js'
import { recoverFromCorruption } from '../dr/corruption/corruption.js'
import { followed } from './followed.js'
import type { Scenario } from './scenario.js'

/** Milliseconds that looking for damage may take. */
const lookLimit = 600_000

/** A server dies, and what it left on its disk is noise in part: `ops dr corruption` finds that, and brings the data back. */
export const corruptionScenario: Scenario = {
  name: 'corruption',
  summary: 'the server is killed, and bytes of its data files are overwritten',
  guideSeconds: 600,
  mayLose: true,
  copies: 2,
  strikes: [
    {
      what: (service) => `bytes in the data files of ${service} were overwritten`,
      async inject({ clone, target, service }, { signal, detail }) {
        await clone.kill(service)
        const names = await clone.damage(target, service, signal)
        detail(`overwritten in part: ${names.join(', ')}`)
        // As a restart policy would.
        const container = await clone.world.containers.find(target)
        if (container) await clone.world.power.start(container.id, signal)
      },
    },
  ],
  async recover({ clone: { world }, target, compression, timeoutSeconds }, context) {
    const { signal } = context
    const request = {
      target,
      targets: [target],
      assumed: false,
      lookLimit,
      timeoutSeconds,
      compression,
      signal,
    }
    const done = await followed(recoverFromCorruption.plan(request, world), world, context)
    if (done.verdict === 'sound' || done.back === null) throw notSeen(target.name)
  },
}

/** Nothing was recovered: a server that answers all the same proves nothing. */
function notSeen(target: string): Failure {
  return new Failure(
    'failed',
    'DAMAGE_NOT_SEEN',
    `data files of "${target}" were overwritten, and "ops dr corruption" found nothing wrong with them: it brought nothing back`,
    ['ops dr corruption --assume-damaged   (where you know that it is damaged)', 'ops doctor'],
  )
}

import { recoverContainers } from '../dr/container.js'
import { followed } from './followed.js'
import type { Scenario } from './scenario.js'

/** A server is killed, then its container is gone as well: `ops dr container` brings both back. */
export const containerScenario: Scenario = {
  name: 'container',
  summary: 'the server is killed; then its container is removed as well',
  guideSeconds: 120,
  mayLose: false,
  copies: 0,
  strikes: [
    {
      what: (service) => `${service} was killed (SIGKILL)`,
      inject: ({ clone, service }) => clone.kill(service),
    },
    {
      what: (service) => `${service} was killed, and its container removed`,
      async inject({ clone, service }) {
        await clone.kill(service)
        await clone.takeAway(service)
      },
    },
  ],
  async recover({ clone: { world }, target, timeoutSeconds }, context) {
    const request = { names: [], targets: [target], timeoutSeconds }
    await followed(recoverContainers.plan(request, world), world, context)
  },
}

import { carryOut } from '../../../src/procedures/carryOut.js'
import type { Plan } from '../../../src/procedures/plan.js'
import type { ContainerFacts } from '../../../src/ports/engine.js'
import type { World } from '../../../src/ports/world.js'
import { FakeProject } from '../../fakes/project.js'
import { fakeWorld } from '../../fakes/world.js'

/**
 * The hospital's stack in a world, and a way to carry plans out in it. Waiting makes time pass; where a backup is taken
 * it must not, because its watch waits as well.
 */
export function stackScene(containers?: ContainerFacts[], waiting: 'passes' | 'stands' = 'passes') {
  const project = new FakeProject(containers)
  const { world: base, clock, locks, receipts, samples, shelf, server, supplies, images } =
    fakeWorld()
  const world: World = {
    ...base,
    clock: waiting === 'passes' ? clock : base.clock,
    engine: project.engine(),
    compose: project.compose(),
    stack: {
      composeFiles: ['/srv/docker-compose.yml'],
      directory: '/srv',
      project: 'healthcare',
      job: 'migration_app',
    },
  }
  const said: string[] = []
  const run = <Result>(plan: Plan<Result>) =>
    carryOut(plan, world, {
      signal: new AbortController().signal,
      tell: (event) => {
        if (event.kind === 'detail') said.push(event.text)
      },
    })
  return { project, world, clock, locks, receipts, samples, shelf, server, supplies, images, said, run }
}

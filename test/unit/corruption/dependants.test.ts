import { expect, test } from 'vitest'
import { runningDependants } from '../../../src/procedures/dr/corruption/dependants.js'
import { service } from '../../fakes/project.js'
import { container } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'
import { stackScene } from '../stack/scene.js'

test('what depends on the server is stopped, last things first, and comes back in order; jobs stay stopped', async () => {
  const { world, project } = stackScene([
    container('mongodb'),
    container('api'),
    container('portal'),
    container('loader'),
    container('reports', { state: 'exited' }),
    container('mail'),
  ])
  const on = (name: string) => ({ dependsOn: { [name]: 'service_healthy' }, restart: 'always' })
  project.project = {
    ...project.project,
    services: Object.fromEntries(
      [
        service('mongodb', {}),
        service('portal', on('api')),
        service('api', on('mongodb')),
        service('loader', { ...on('mongodb'), restart: 'no' }),
        service('reports', on('mongodb')),
        service('mail', {}),
      ].map((each) => [each.name, each]),
    ),
  }
  const target = { ...medical, writers: [{ service: 'mail', kind: 'service' as const }] }
  expect(await runningDependants(target, [target], world, [])).toEqual({
    stop: ['mail', 'portal', 'loader', 'api'],
    start: ['mail', 'api', 'portal'],
  })
  const { start } = await runningDependants(target, [target], world, ['reports'])
  expect(start).toEqual(['mail', 'api', 'reports', 'portal'])
})

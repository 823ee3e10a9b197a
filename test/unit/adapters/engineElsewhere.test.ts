import { expect, test } from 'vitest'
import { asking, type DockerClient } from '../../../src/adapters/docker/client.js'

const next = async (endpoint: string, local: boolean) => {
  const client = { endpoint, local, docker: undefined } as unknown as DockerClient
  const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
  const asked = asking(client, () => Promise.reject(refused))
  await expect(asked).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE', exitCode: 13 })
  return asked.catch((error: unknown) => (error as { next: readonly string[] }).next)
}

test('an engine of this machine that does not answer is started here', async () => {
  expect(await next('unix:///var/run/docker.sock', true)).toEqual([
    'sudo systemctl start docker',
    'ops doctor',
  ])
})

test.each([
  ['tcp://10.0.0.5:2376', ['docker --host tcp://10.0.0.5:2376 info', 'ops doctor']],
  [
    'ssh://ops@ward/',
    [
      'docker --host ssh://ops@ward/ info',
      'ssh ssh://ops@ward systemctl status docker',
      'ops doctor',
    ],
  ],
])('one elsewhere, at %s, is not', async (endpoint, expected) => {
  expect(await next(endpoint, false)).toEqual(expected)
})

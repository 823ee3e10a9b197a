import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engineEndpoint } from '../../../src/adapters/docker/endpoint.js'
import { failureOf } from '../archive/feeding.js'

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ops-home-'))
  await context('ward', '{"Endpoints":{"docker":{"Host":"ssh://ops@ward"}}}')
  await context('broken', '{"Endpoints":')
  await context('empty', '{}')
})
afterAll(() => rm(home, { recursive: true }))

/** Stores a context as `docker context create` does. */
async function context(name: string, meta: string): Promise<void> {
  const folder = createHash('sha256').update(name).digest('hex')
  await mkdir(join(home, '.docker/contexts/meta', folder), { recursive: true })
  await writeFile(join(home, '.docker/contexts/meta', folder, 'meta.json'), meta)
}

const endpoint = (environment: Record<string, string>) => engineEndpoint({ environment, home })

describe('the endpoint of the engine', () => {
  test('is that of the context', () => {
    expect(endpoint({ DOCKER_CONTEXT: 'ward' })).toBe('ssh://ops@ward')
    expect(endpoint({ DOCKER_CONTEXT: 'nosuch', DOCKER_HOST: 'unix:///x' })).toBe('unix:///x')
    expect(endpoint({ DOCKER_CONTEXT: 'default' })).toBe('unix:///var/run/docker.sock')
  })

  test.each(['nosuch', 'broken', 'empty'])('is nothing where the context is %s', (name) => {
    const failure = failureOf(() => endpoint({ DOCKER_CONTEXT: name }))
    expect(failure).toMatchObject({ code: 'DOCKER_CONTEXT_UNKNOWN', exitCode: 13 })
    expect(failure.message).toContain(`"${name}"`)
  })
})

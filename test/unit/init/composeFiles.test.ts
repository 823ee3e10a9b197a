import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { composeStack } from '../../../src/cli/composeFiles.js'
import { bare, container, written } from './scene.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-compose-'))
  await writeFile(join(folder, 'compose.yml'), 'services: {}')
  await writeFile(join(folder, 'compose.override.yml'), 'services: {}')
  return () => rm(folder, { recursive: true })
})

const files = async (env: Record<string, string> = {}) =>
  (await composeStack(folder, env))?.composeFiles

describe('the compose files of a folder', () => {
  test('are the usual one and its override', async () => {
    expect(await files()).toEqual([
      join(folder, 'compose.yml'),
      join(folder, 'compose.override.yml'),
    ])
    await rm(join(folder, 'compose.yml'))
    expect(await files()).toBeUndefined()
  })

  test('are those of COMPOSE_FILE, without an override', async () => {
    expect(await files({ COMPOSE_FILE: 'deploy/a.yml:/srv/b.yml' })).toEqual([
      join(folder, 'deploy/a.yml'),
      '/srv/b.yml',
    ])
    expect(await files({ COMPOSE_FILE: 'a.yml;b.yml', COMPOSE_PATH_SEPARATOR: ';' })).toEqual([
      join(folder, 'a.yml'),
      join(folder, 'b.yml'),
    ])
  })

  test('are those that .env names, where the environment names none', async () => {
    await writeFile(join(folder, '.env'), '# here\nCOMPOSE_FILE="deploy/a.yml"\n')
    expect(await files()).toEqual([join(folder, 'deploy/a.yml')])
    expect(await files({ COMPOSE_FILE: 'b.yml' })).toEqual([join(folder, 'b.yml')])
  })
})

test('containers of other projects are taken only with a word', () => {
  const mongo = { image: 'mongo:6.0', command: ['mongod'] }
  const { draft } = written(
    bare({
      containers: [container('theirs', { ...mongo, project: 'ward' }), container('loose', mongo)],
    }),
  )
  expect(draft.targets.map(({ name }) => name)).toEqual(['theirs', 'loose'])
  expect(draft.notes.filter((note) => note.includes('belongs to the compose project'))).toEqual([
    expect.stringContaining('theirs belongs to the compose project ward'),
  ])
})

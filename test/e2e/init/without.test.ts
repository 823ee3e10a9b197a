import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Initialised } from '../../../src/cli/init.js'
import { ops } from '../../support/cli.js'
import { composePlace, type ComposePlace } from '../../support/composePlace.js'
import { startEmptyEngine } from '../../support/emptyEngine.js'
import { answerOf } from '../../support/envelope.js'

const noEngine = { env: { DOCKER_HOST: 'unix:///nonexistent.sock' } }

const withServer = `services:
  records:
    image: mongo:7
    environment: {MONGO_INITDB_ROOT_USERNAME: clerk, MONGO_INITDB_ROOT_PASSWORD: not-in-the-file}
  loader:
    image: mongo:7
    entrypoint: [node, /load.js]
    restart: on-failure
    depends_on: [records]
`
const withoutServer = 'services: {web: {image: nginx:1}}\n'

let place: ComposePlace

beforeEach(async () => {
  place = await composePlace('init', {})
})
afterEach(() => place.remove())

const file = () => readFile(join(place.folder, 'ops.yaml'), 'utf8')

describe('ops init without an engine', () => {
  test('drafts from the compose file alone, says what it could not ask, and the file is sound', async () => {
    await place.write('compose.yml', withServer)
    const init = await ops(place, ['init', '--json'], noEngine)
    const { result, warnings } = answerOf<Initialised>(init)
    expect(result).toMatchObject({ written: true, targets: ['records'] })
    expect(warnings).toHaveLength(2)
    expect(result.text).not.toContain('not-in-the-file')
    expect(answerOf(await ops(place, ['config', 'check', '--json'])).warnings).toEqual([])
    const shown = answerOf<object>(await ops(place, ['config', 'show', '--json']))
    expect(JSON.stringify(shown)).toContain('records.MONGO_INITDB_ROOT_PASSWORD')
    expect(JSON.stringify(shown)).not.toContain('not-in-the-file')
  })

  test('finds a password that compose puts into a file', async () => {
    await place.write('secrets/root', 'x\n', 0o600)
    await place.write(
      'compose.yml',
      `services:
  records:
    image: mongo:7
    environment:
      MONGO_INITDB_ROOT_USERNAME: clerk
      MONGO_INITDB_ROOT_PASSWORD_FILE: /run/secrets/root
    secrets: [root]
secrets: {root: {file: ./secrets/root}}
`,
    )
    const { result } = answerOf<Initialised>(await ops(place, ['init', '--json'], noEngine))
    expect(result.text).toContain(`password: {file: ${join(place.folder, 'secrets/root')}}`)
  })
})

describe('ops init where there is nothing to find', () => {
  test.each([
    ['an empty folder', undefined],
    ['a compose file without a server', withoutServer],
  ])('%s: exit 10 with an engine, 13 without one, and nothing is written', async (_, compose) => {
    if (compose !== undefined) await place.write('compose.yaml', compose)
    const engine = await startEmptyEngine(join(place.folder, 'engine.sock'))
    const before = (await readdir(place.folder)).sort()
    try {
      const nothing = { exitCode: 10, error: { code: 'INIT_NOTHING_FOUND', kind: 'not-found' } }
      const unasked = { exitCode: 13, error: { code: 'ENGINE_UNREACHABLE' } }
      for (const [env, expected] of [
        [noEngine.env, unasked],
        [{ DOCKER_HOST: engine.endpoint }, nothing],
      ] as const) {
        const plain = await ops(place, ['init'], { env })
        const { exitCode, stdout } = await ops(place, ['init', '--json'], { env })
        expect([plain.exitCode, exitCode]).toEqual([expected.exitCode, expected.exitCode])
        expect(JSON.parse(stdout)).toMatchObject({
          ok: false,
          command: 'init',
          error: expected.error,
        })
      }
    } finally {
      await engine.stop()
    }
    expect((await readdir(place.folder)).sort().filter((name) => name !== 'engine.sock')).toEqual(
      before.filter((name) => name !== 'engine.sock'),
    )
  })

  test('a compose file that is broken is said to be, and nothing is written', async () => {
    await place.write('compose.yaml', 'services: {mongodb: {image: [}}\n')
    const { exitCode, stdout } = await ops(place, ['init', '--json'], noEngine)
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'COMPOSE_FAILED' } })
    expect(await readdir(place.folder)).not.toContain('ops.yaml')
  })
})

describe('ops init where a file is there', () => {
  const old = 'version: 1\nname: mine\n'

  beforeEach(async () => {
    await place.write('compose.yml', withServer)
    await writeFile(join(place.folder, 'ops.yaml'), old)
  })

  test.each([[[]], [['--no-input']], [['--json']], [['--quiet']]])(
    'with %j refuses at once, and leaves it as it is',
    async (flags) => {
      expect((await ops(place, ['init', ...flags], noEngine)).exitCode).toBe(6)
      expect(await file()).toBe(old)
    },
  )

  test('--dry-run shows what would be written, and writes nothing', async () => {
    const dry = await ops(place, ['init', '--dry-run', '--json'], noEngine)
    expect(answerOf<Initialised>(dry).result).toMatchObject({ written: false, keptAs: null })
    expect(await file()).toBe(old)
    expect((await readdir(place.folder)).filter((name) => name.startsWith('ops.yaml'))).toEqual([
      'ops.yaml',
    ])
  })

  test('--force replaces it and keeps the old one', async () => {
    const forced = await ops(place, ['init', '--force', '--json'], noEngine)
    const { result } = answerOf<Initialised>(forced)
    expect(await file()).toBe(result.text)
    expect(await readFile(result.keptAs ?? '', 'utf8')).toBe(old)
    expect(answerOf(await ops(place, ['config', 'check', '--json'])).warnings).toEqual([])
  })

  test('--config writes another file beside it', async () => {
    const argv = ['init', '--config', 'other.yaml', '--json']
    const { result } = answerOf<Initialised>(await ops(place, argv, noEngine))
    expect(result.file).toBe(join(place.folder, 'other.yaml'))
    expect(await file()).toBe(old)
  })

  test('--config may lie in another folder than the compose file', async () => {
    await mkdir(join(place.folder, 'etc'))
    const config = join(place.folder, 'etc/ops.yaml')
    const argv = ['init', '--config', config, '--json']
    const { result } = answerOf<Initialised>(await ops(place, argv, noEngine))
    expect(result).toMatchObject({ file: config, targets: ['records'] })
    const check = ['config', 'check', '--config', config, '--json']
    expect(answerOf(await ops(place, check)).warnings).toEqual([])
  })

  test('a folder that takes no file: exit 13', async () => {
    const argv = ['init', '--config', 'no/such/folder/ops.yaml', '--json']
    const { exitCode, stdout } = await ops(place, argv, noEngine)
    expect(exitCode).toBe(13)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CONFIG_UNWRITABLE' } })
  })
})

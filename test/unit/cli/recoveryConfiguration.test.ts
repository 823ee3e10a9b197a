import { describe, expect, test } from 'vitest'
import { configurationOf, requireConfiguration } from '../../../src/cli/recoveryConfiguration.js'
import type { Kit } from '../../../src/domain/kit.js'
import type { FoundSystem } from '../../../src/procedures/dr/system/findSystem.js'
import { manifestFor } from '../../fakes/manifest.js'

const text = (compose: string, server = 'service: mongodb') => `version: 1
name: hospital
${compose}
targets:
  medical: { ${server}, credentials: { username: root, password: '\${WORD}' } }
`

/** What was found, with a kit of these facts. */
function found(changes: Partial<Kit> = {}): FoundSystem {
  const manifest = manifestFor('medical-20261121T130204Z', Buffer.from('1'))
  const kit = { composeFiles: ['docker-compose.yml'], leftOut: [], ...changes } as unknown as Kit
  return { kit: { manifest, kit, files: [] }, backups: {}, notes: [] }
}

const around = { env: {}, cwd: '/root', home: '/root' }
const read = (
  compose: string,
  identity: readonly string[] = [],
  server?: string,
  kit: Partial<Kit> = {},
) =>
  configurationOf(
    { name: 'ops.yaml', text: text(compose, server), mode: 0o600 },
    { all: { WORD: 'given' } },
    found(kit),
    { identity, folder: '/srv/hospital' },
    around,
  )

describe('the configuration out of a kit', () => {
  test('is read as if it lay in its folder already, with the values that were given', () => {
    const { stack, file, backup } = read('stack: { compose: [docker-compose.yml] }', ['key.txt'])
    expect(file).toBe('/srv/hospital/ops.yaml')
    expect(stack).toMatchObject({ composeFiles: ['/srv/hospital/docker-compose.yml'] })
    expect(backup.encryption.identities).toEqual([{ from: 'file', path: '/root/key.txt' }])
  })

  test('takes along what made its server a member of a replica set, which it does not name', () => {
    const compose = 'stack: { compose: [docker-compose.yml] }'
    const composeFiles = ['docker-compose.yml', 'compose.ops-replica-set.yml']
    expect(read(compose, [], undefined, { composeFiles }).stack?.composeFiles).toEqual([
      '/srv/hospital/docker-compose.yml',
      '/srv/hospital/compose.ops-replica-set.yml',
    ])
  })

  test('must find its compose files where they will lie', () => {
    const code = (compose: string) =>
      expect.objectContaining({ code: compose, exitCode: 6 }) as Error
    const elsewhere = 'stack: { compose: [/opt/stack/docker-compose.yml] }'
    expect(() => read(elsewhere)).toThrow(code('SYSTEM_PLACE_DIFFERS'))
    expect(() => read('', [], 'container: db')).toThrow(code('SYSTEM_NOT_COMPOSED'))
  })

  test.each(['/opt/stack', '/srv'])(
    'may name them by their paths of before, where those are known: %s',
    (before) => {
      const compose = `stack: { compose: [${before}/docker-compose.yml] }`
      const file = { name: 'ops.yaml', text: text(compose), mode: 0o600 }
      const site = { identity: [], folder: '/srv/hospital', before }
      const moved = configurationOf(file, { all: { WORD: 'given' } }, found(), site, around)
      expect(moved.stack?.composeFiles).toEqual(['/srv/hospital/docker-compose.yml'])
      const beside = { ...file, text: text('stack: { compose: [docker-compose.yml] }') }
      const kept = configurationOf(beside, { all: { WORD: 'given' } }, found(), site, around)
      expect(kept.stack?.composeFiles).toEqual(['/srv/hospital/docker-compose.yml'])
    },
  )

  test('may have been left out of the kit', () => {
    const leftOut = ['ops.yaml: it holds a private key']
    expect(() => requireConfiguration([], found({ leftOut }))).toThrow(
      expect.objectContaining({
        code: 'KIT_INCOMPLETE',
        message: expect.stringContaining('it holds a private key') as string,
      }) as Error,
    )
    const file = { name: 'conf/ops.yaml', text: '', mode: 0o600 }
    expect(requireConfiguration([file], found({ configuration: 'conf/ops.yaml' }))).toBe(file)
  })
})

import { describe, expect, test } from 'vitest'
import { Failure } from '../../../../src/domain/failure.js'
import { Secret } from '../../../../src/domain/secret.js'
import type { Target } from '../../../../src/domain/target.js'
import type { ComposeService } from '../../../../src/ports/compose.js'
import { entering } from '../../../../src/procedures/dr/system/firstUser.js'
import { service } from '../../../fakes/project.js'
import { medical } from '../../../fakes/world.js'
import { bareHost, hospital, project } from './scene.js'

const value = (text: string) => ({ from: 'value', value: new Secret(text) }) as const
const clerk: Target = {
  ...medical,
  credentials: { username: value('clerk'), password: value('w'), authSource: 'admin' },
}
const root = {
  MONGO_INITDB_ROOT_USERNAME: 'root',
  MONGO_INITDB_ROOT_PASSWORD: 'k@n:a/r?y',
}

/** As whom a server of this service is signed in to. */
function signIn(changes: Partial<ComposeService>, target = clerk) {
  const services = { mongodb: service('mongodb', changes) }
  const secrets = { root_word: { file: '/srv/secrets/word' }, other: { environment: 'OTHER' } }
  const { credentials } = entering(target, { ...project, services, secrets })
  return credentials && [credentials.username, credentials.password]
}

const compose = (variable: string) => ({ from: 'compose', service: 'mongodb', variable })

describe('a server that begins anew lets in', () => {
  test('the user that its image makes, from the variables of its service', () => {
    expect(signIn({ environment: root })).toEqual(Object.keys(root).map(compose))
  })

  test.each<[string, Partial<ComposeService>]>([
    ['a secret of the project', { secrets: [{ name: 'root_word' }] }],
    ['a secret under another name', { secrets: [{ name: 'root_word', destination: 'root_word' }] }],
    [
      'a folder that it mounts',
      {
        mounts: [{ type: 'bind', source: '/srv/secrets', destination: '/run/secrets' }],
      },
    ],
  ])('the same with its password in a file: %s', (_, changes) => {
    const environment = {
      MONGO_INITDB_ROOT_USERNAME: 'root',
      MONGO_INITDB_ROOT_PASSWORD_FILE: '/run/secrets/root_word',
    }
    const path = changes.mounts ? '/srv/secrets/root_word' : '/srv/secrets/word'
    expect(signIn({ environment, ...changes })).toEqual([
      compose('MONGO_INITDB_ROOT_USERNAME'),
      { from: 'file', path },
    ])
  })

  test('the user that the target names, where nobody can tell of a first one, or none is asked for', () => {
    const own = [clerk.credentials?.username, clerk.credentials?.password]
    expect(signIn({})).toEqual(own)
    const unknown = { ...root, MONGO_INITDB_ROOT_PASSWORD: '' }
    expect(signIn({ environment: unknown })).toEqual(own)
    const elsewhere = { MONGO_INITDB_ROOT_PASSWORD_FILE: '/run/secrets/other' }
    const secrets = [{ name: 'other' }]
    expect(signIn({ environment: { ...unknown, ...elsewhere }, secrets })).toEqual(own)
    expect(signIn({ environment: root }, medical)).toBeUndefined()
  })
})

/** A bare host whose service makes the user root; signing in as anybody else is refused until `opens`. */
async function guarded(opens: (log: readonly string[]) => boolean) {
  const { place, good } = await hospital()
  const host = bareHost(place, 'stands')
  const mongodb = service('mongodb', { environment: root })
  host.project.project = { ...project, services: { ...project.services, mongodb } }
  host.changes.targets = [clerk]
  const { mongo } = host.world
  const signedIn: string[] = []
  const connect: typeof mongo.connect = (target, signal) => {
    const { username } = target.credentials ?? {}
    const name = username?.from === 'value' ? username.value.reveal() : (username?.from ?? 'nobody')
    signedIn.push(name)
    if (name === 'clerk' && !opens(signedIn))
      return Promise.reject(new Failure('environment', 'MONGO_AUTHENTICATION', 'refused', ['look']))
    return mongo.connect(target, signal)
  }
  Object.assign(host.world, { mongo: { ...mongo, connect } })
  return { ...host, good, signedIn }
}

describe('a system whose target signs in as another user than the first', () => {
  test('is rebuilt as the first one, and proved as its own', async () => {
    const it = await guarded(() => true)
    const { result } = await it.recover()
    expect(it.server.state()['medical_records']).toEqual(it.good)
    const first = it.signedIn.indexOf('clerk')
    expect(first).toBeGreaterThan(3)
    expect(new Set(it.signedIn.slice(0, first))).toEqual(new Set(['compose']))
    expect(result.servers).toMatchObject([{ target: 'medical', write: 'durable' }])
  })

  test('has that user named where he cannot sign in, and is proved as the first one', async () => {
    const it = await guarded(() => false)
    const { result } = await it.recover()
    expect(result.servers).toMatchObject([{ target: 'medical' }])
    expect(result.missing).toMatchObject([{ what: 'user', name: 'medical' }])
    expect(result.missing[0]?.because).toContain('the user that ops.yaml names cannot sign in')
  })

  test('is not begun without the files and variables that it is signed in to with', async () => {
    const { place } = await hospital()
    const host = bareHost(place)
    const environment = {
      MONGO_INITDB_ROOT_USERNAME: 'root',
      MONGO_INITDB_ROOT_PASSWORD_FILE: '/keys/word',
    }
    const mounts = [{ type: 'bind', source: '/srv/keys', destination: '/keys' }]
    const mongodb = service('mongodb', { environment, mounts })
    host.project.project = { ...project, services: { ...project.services, mongodb } }
    const password = { from: 'compose', service: 'loader', variable: 'WORD' } as const
    host.changes.targets = [{ ...medical, credentials: { ...signInOf(clerk), password } }]
    await expect(host.plan()).rejects.toMatchObject({
      code: 'SECRETS_MISSING',
      facts: { variables: ['WORD of loader'], files: ['/srv/keys/word (sign-in of medical)'] },
      next: expect.arrayContaining([
        'install -D -m 600 /dev/stdin /srv/keys/word   (type or paste it, then Ctrl-D)',
      ]) as unknown,
    })
  })
})

function signInOf({ credentials }: Target) {
  if (!credentials) throw new Error('the clerk signs in')
  return credentials
}

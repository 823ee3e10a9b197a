import { describe, expect, it } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { bare, canary, container, facts, service, written } from './scene.js'

const nameOnly = { MONGO_INITDB_ROOT_USERNAME: 'root' }
const root = { ...nameOnly, MONGO_INITDB_ROOT_PASSWORD: canary }

describe('init without a compose file', () => {
  const mongo = container('old_mongo', {
    image: 'mongo:4.4',
    command: ['docker-entrypoint.sh', 'mongod'],
    environment: { ...root, MONGO_INITDB_DATABASE: `x${canary}y`.repeat(9) },
    ports: { '27017/tcp': [] },
  })

  it('takes the containers that run, and asks them for their own variables', () => {
    const { config } = written(
      bare({
        containers: [
          mongo,
          container('loader', { image: 'mongo:4.4', command: ['docker-entrypoint.sh', 'mongosh'] }),
          { ...mongo, name: 'stopped', state: 'exited' },
          { ...mongo, name: 'asleep', command: ['sleep', 'infinity'], environment: {}, ports: {} },
        ],
      }),
    )
    expect(config.name).toBe('my-folder')
    expect(config.stack).toBeUndefined()
    expect(Object.keys(config.targets)).toEqual(['old_mongo'])
    expect(config.targets['old_mongo']).toMatchObject({
      place: { kind: 'container', container: 'old_mongo' },
      credentials: {
        password: {
          from: 'command',
          command: ['docker', 'exec', 'old_mongo', 'printenv', 'MONGO_INITDB_ROOT_PASSWORD'],
        },
      },
    })
  })

  it('reads a password file inside the container', () => {
    const environment = { ...nameOnly, MONGO_INITDB_ROOT_PASSWORD_FILE: '/run/secrets/p' }
    const { config } = written(bare({ containers: [{ ...mongo, environment }] }))
    expect(config.targets['old_mongo']?.credentials?.password).toEqual({
      from: 'command',
      command: ['docker', 'exec', 'old_mongo', 'cat', '/run/secrets/p'],
    })
  })

  it('leaves containers of others out where the project has a server, and says so', () => {
    const { config, draft } = written(
      facts([service('db', { image: 'mongo' })], { containers: [mongo] }),
    )
    expect(Object.keys(config.targets)).toEqual(['db'])
    expect(draft.notes.join()).toContain('container old_mongo runs MongoDB too')
  })

  it('takes the connection string of the environment where there is nothing else', () => {
    const { config, text } = written(bare({ environmentNames: ['PATH', 'MONGODB_URI'] }), {
      MONGODB_URI: `mongodb://u:${canary}@far.example/`,
    })
    expect(config.targets['mongodb']?.place.kind).toBe('server')
    expect(text).toContain('uri: "${MONGODB_URI}"')
  })

  it('says where it looked when it finds nothing', () => {
    const nothing = (given: Parameters<typeof written>[0]) => {
      try {
        written(given)
      } catch (error) {
        if (error instanceof Failure) return error
      }
      throw new Error('no Failure was thrown')
    }
    expect(nothing(bare({ containers: [container('web')] }))).toMatchObject({
      kind: 'not-found',
      code: 'INIT_NOTHING_FOUND',
      message:
        'found no MongoDB server: there is no compose file; none of 1 containers does; none of MONGODB_URI, MONGO_URI, MONGODB_URL, MONGO_URL is set',
    })
    expect(nothing(facts([service('web', { image: 'nginx' })])).message).toContain(
      'no service of /srv/shop/compose.yml runs MongoDB',
    )
  })
})

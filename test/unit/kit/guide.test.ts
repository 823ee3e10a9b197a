import { describe, expect, test } from 'vitest'
import { restoreGuide, type GuideFacts } from '../../../src/procedures/kit/guide.js'

const facts: GuideFacts = {
  target: 'medical',
  place: { kind: 'service', service: 'mongodb', composeFiles: ['docker-compose.yml'] },
  port: 27_017,
  serverVersion: '6.0.5',
  oplog: false,
  signIn: { username: "o'brien", authSource: 'admin' },
  variables: ['ROOT_PASSWORD'],
}

/** The commands of a guide, without the words between them. */
const commands = (changes: Partial<GuideFacts> = {}) =>
  [...restoreGuide({ ...facts, ...changes }).matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, block = '']) => block)
    .join('')

describe('a guide', () => {
  test('starts the service of the stack and restores inside its container, the password on standard input', () => {
    expect(commands()).toContain(
      'docker compose --project-directory . -f docker-compose.yml up --detach --wait mongodb\n',
    )
    expect(commands()).toContain(`--username='o'\\''brien' --authenticationDatabase=admin`)
    expect(commands()).toContain("--nsExclude='admin.*'")
    expect(commands()).not.toMatch(/--password|MONGO_INITDB/)
    expect(restoreGuide(facts)).toContain('`ROOT_PASSWORD`')
  })

  test('leaves the oplog of a backup out, and says so: its users would replace the one that restores', () => {
    expect(commands({ oplog: true })).not.toContain('--oplogReplay')
    expect(restoreGuide({ ...facts, oplog: true })).toContain('--oplogReplay')
  })

  test('makes a container where the target is one', () => {
    const place = { kind: 'container', container: 'db', image: 'mongo:6.0' } as const
    expect(commands({ place })).toContain('docker run --detach --name db ')
    expect(commands({ place })).toContain('docker exec -i db bash -c ')
  })

  test('takes the connection string where the server runs outside Docker', () => {
    expect(commands({ place: { kind: 'server' } })).toContain(`printf "uri: '%s'\\n"`)
    expect(commands({ place: { kind: 'server' } })).not.toContain('docker')
  })

  test('asks for no password where the server wants none', () => {
    const { place, port, serverVersion, target } = facts
    const open = { place, port, serverVersion, target, oplog: false, variables: [] }
    expect(restoreGuide(open)).not.toContain('read -rs')
    expect(restoreGuide(open)).toContain('ask for no variables')
  })

  test('says to initiate a replica set, and is the same for the same facts', () => {
    expect(restoreGuide({ ...facts, replicaSet: 'rs0' })).toContain('rs.initiate()')
    expect(restoreGuide(facts)).toBe(restoreGuide({ ...facts }))
  })
})

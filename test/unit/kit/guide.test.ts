import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
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

  test('takes the newest good archive, past newer copies of the data files and what nobody judged', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ops-guide-'))
    const manifest = (id: string, facts: object) =>
      writeFile(join(folder, `medical-${id}.json`), JSON.stringify(facts, null, 2))
    await manifest('20261121T010000Z', { trust: 'sound' })
    await manifest('20261121T020000Z', { trust: 'restore-tested' })
    await manifest('20261121T030000Z', { trust: 'unverified' })
    await manifest('20261121T040000Z', { trust: 'damaged' })
    await manifest('20261121T050000Z-safety', { trust: 'sound' })
    await manifest('20261121T060000Z', { content: 'dataFiles', trust: 'sound' })
    const choosing = commands().split('sha256sum')[0] ?? ''
    const { stdout } = await execa('bash', ['-c', `${choosing}echo "$ID"`], { cwd: folder })
    await rm(folder, { recursive: true })
    expect(stdout).toBe('medical-20261121T020000Z')
  })

  test('says how a copy of the data files comes back, in a part of its own', () => {
    const guide = restoreGuide({ ...facts, replicaSet: 'rs0' })
    const part = guide.slice(guide.indexOf('## A copy of the data files'))
    expect(part).toContain('docker volume create medical_restored_data')
    expect(part).toContain('--numeric-owner')
    expect(part).toContain('oplogTruncateAfterPoint')
    expect(commands({ replicaSet: 'rs0' })).not.toContain('datafiles')
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

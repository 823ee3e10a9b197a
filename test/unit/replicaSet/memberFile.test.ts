import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { endsInMongod, memberFile } from '../../../src/domain/replicaSet/memberFile.js'

interface Written {
  readonly services: Readonly<
    Record<string, { entrypoint: string[]; command: string[]; tmpfs?: string[] }>
  >
}

const start = { service: 'mongodb', dbPath: '/data/db', needsKey: false }
const written = (changes: Partial<Parameters<typeof memberFile>[0]> = {}) => {
  const command = ['docker-entrypoint.sh', 'mongod', '--setParameter=a=$b']
  const text = memberFile({ ...start, command, ...changes })
  return { text, service: (parse(text) as Written).services[changes.service ?? 'mongodb'] }
}

describe('the compose file that makes a service a member', () => {
  test('runs what is run now, with one option more', () => {
    const { text, service } = written()
    expect(service).toEqual({
      entrypoint: ['docker-entrypoint.sh'],
      command: ['mongod', '--setParameter=a=$$b', '--replSet=rs0'],
    })
    expect(text).toContain('"ops undo" takes it away again')
  })

  test('makes a key in memory where clients sign in, and holds none itself', () => {
    const { service } = written({ needsKey: true, dbPath: "/data/it's" })
    const [shell, option, script = '', dbPath] = service?.entrypoint ?? []
    expect([shell, option, dbPath]).toEqual(['sh', '-c', "/data/it's"])
    expect(script).toContain('chmod 400 "$$key"')
    expect(script).toContain('exec "$$@"')
    expect(service?.command).toContain('--keyFile=/run/ops-replica-set/key')
    expect(service?.tmpfs).toEqual(['/run/ops-replica-set'])
  })

  test('is YAML whatever the service is called', () => {
    expect(written({ service: 'on' }).service).toBeDefined()
  })
})

test.each<[readonly string[], boolean]>([
  [['docker-entrypoint.sh', 'mongod'], true],
  [['docker-entrypoint.sh', '--auth'], true],
  [['docker-entrypoint.sh'], true],
  [['bash', '/stack/start.sh', 'mongod', '--auth'], true],
  [['/usr/bin/mongod'], true],
  [['sh', '-c', 'mongod --auth'], false],
  [['/opt/bitnami/scripts/mongodb/run.sh'], false],
])('%j takes options of mongod at its end: %j', (command, takes) => {
  expect(endsInMongod(command)).toBe(takes)
})

import { Script, createContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { leastUsers } from '../../../src/domain/roles/leastUsers.js'
import { rolesScript } from '../../../src/domain/roles/rolesScript.js'

type Call = readonly [string, ...unknown[]]

/** Runs a script as a shell does whose server has these users already, and whose administrator types `geheim`. */
function run(script: string, there: readonly string[] = [], version = '6.0.5'): readonly Call[] {
  const calls: Call[] = []
  const note =
    (name: string) =>
    (...given: unknown[]) => {
      calls.push([name, ...(JSON.parse(JSON.stringify(given)) as unknown[])])
    }
  const one = (name: string) => (there.includes(name) ? {} : null)
  const admin = {
    getRole: one,
    getUser: one,
    createRole: note('createRole'),
    updateRole: note('updateRole'),
    createUser: note('createUser'),
    updateUser: note('updateUser'),
  }
  const db = {
    version: () => version,
    getSiblingDB: (name: string) => (name === 'admin' ? admin : undefined),
  }
  const shell = { db, print: () => undefined, passwordPrompt: () => 'geheim' }
  new Script(script).runInContext(createContext(shell))
  return calls
}

const whole = { name: 'medical', databases: [], pointInTime: true }

describe('the script', () => {
  test('makes a role and a user for each kind of work, and asks for their passwords', () => {
    const script = rolesScript(whole)
    expect(script).not.toContain('geheim')
    const calls = run(script)
    const users = ['backup', 'restore', 'recovery', 'health'].map((work) => `ops_${work}_medical`)
    expect(calls.filter(([name]) => name === 'createUser')).toEqual(
      users.map((user) => [
        'createUser',
        { user, pwd: 'geheim', roles: [{ role: user, db: 'admin' }] },
      ]),
    )
    expect(calls.filter(([name]) => name === 'createRole')).toHaveLength(4)
  })

  test('leaves the passwords of users who are there', () => {
    const calls = run(rolesScript(whole), ['ops_backup_medical'])
    expect(calls[0]).toMatchObject(['updateRole', 'ops_backup_medical', {}])
    expect(calls[1]).toEqual([
      'updateUser',
      'ops_backup_medical',
      { roles: [{ role: 'ops_backup_medical', db: 'admin' }] },
    ])
  })

  test.each(['it"s', "it's", '`${quit()}`', '\u2028quit()//', '\n*/quit()', '</script>', '\\'])(
    'takes a database of any name for a name: %j',
    (name) => {
      const calls = run(rolesScript({ ...whole, databases: [name], pointInTime: false }))
      expect(JSON.stringify(calls)).toContain(JSON.stringify({ role: 'read', db: name }))
    },
  )
})

describe('the users', () => {
  const rolesOf = (databases: readonly string[], pointInTime: boolean, user: string) =>
    leastUsers({ name: 'medical', databases, pointInTime })
      .find((one) => one.user === `${user}_medical`)
      ?.roles.map(({ role, db }) => `${role}@${db}`)

  test('read no more than backups take in: mongodump takes one database, or all', () => {
    expect(rolesOf(['ward'], false, 'ops_backup')).toEqual(['read@ward'])
    expect(rolesOf(['ward'], true, 'ops_backup')).toEqual(['backup@admin'])
    expect(rolesOf(['ward', 'clinic'], false, 'ops_backup')).toEqual(['backup@admin'])
    expect(rolesOf([], false, 'ops_backup')).toEqual(['backup@admin'])
  })

  test('write the databases of the target alone, where it names some', () => {
    expect(rolesOf(['ward'], true, 'ops_restore')).toEqual([
      'backup@admin',
      'readWrite@ward',
      'dbAdmin@ward',
    ])
    expect(rolesOf([], true, 'ops_restore')).toContain('readWriteAnyDatabase@admin')
  })

  test('of two targets on one server do not take each other’s rights', () => {
    const names = (name: string) => leastUsers({ ...whole, name }).map(({ user }) => user)
    expect(new Set([...names('medical'), ...names('ward')]).size).toBe(8)
  })

  test('for health reads one collection that holds documents, the oplog, and neither the log nor the rest of "local"', () => {
    for (const databases of [[], ['ward']]) {
      const health = leastUsers({ ...whole, databases }).find(({ user }) => user.includes('health'))
      expect(health?.roles).toEqual([])
      const all = health?.privileges ?? []
      const finding = all.filter(({ actions }) => actions.includes('find'))
      expect(finding.map(({ resource }) => resource)).toEqual([
        { db: 'local', collection: 'oplog.rs' },
        { db: 'local', collection: 'startup_log' },
      ])
      expect(all.flatMap(({ actions }) => actions)).not.toContain('getLog')
    }
  })

  test('may in no case make users, hand out roles, or write where users are kept', () => {
    const all = [
      leastUsers(whole),
      leastUsers({ ...whole, databases: ['ward'], pointInTime: false }),
    ].flat()
    const roles = all.flatMap(({ roles: granted }) => granted.map(({ role }) => role))
    for (const much of ['root', 'restore', 'userAdmin', 'userAdminAnyDatabase', 'clusterAdmin'])
      expect(roles).not.toContain(much)
    const actions = all.flatMap(({ privileges }) => privileges.flatMap(({ actions: some }) => some))
    expect(actions).not.toContain('anyAction')
    expect(actions).not.toContain('grantRole')
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stateFolder } from '../../../src/config/folders.js'
import { jsonSchemaText } from '../../../src/config/jsonSchema.js'
import { parseConfig } from '../../../src/config/parse.js'
import { shownConfigText, showConfig } from '../../../src/config/show.js'
import { minimal, parse, root, withTarget } from './reading.js'

const full = readFileSync(new URL('../../fixtures/config/full.yaml', import.meta.url), 'utf8')
const user = { env: {}, cwd: '/somewhere', home: '/home/ada', uid: 1000 }

const shown = (text: string, env = {}) => showConfig(parse(text, env), { ...root, env })
const setting = (text: string, name: string, env = {}) =>
  shown(text, env).settings.find((one) => one.setting === name)

describe('the origin of a setting', () => {
  it('is the line it stands on', () => {
    expect(setting(minimal('pitr:', '  every: 30s'), 'pitr.every')).toEqual({
      setting: 'pitr.every',
      value: '30s',
      origin: 'ops.yaml:5',
    })
  })

  it('is the default where the file says nothing', () => {
    expect(setting(minimal(), 'objectives.backupAge')).toMatchObject({
      value: '26h',
      origin: 'default',
    })
  })

  it('names the variable that was filled in', () => {
    const text = minimal('backup: {shelf: "${DISK}/ops"}')
    expect(setting(text, 'backup.shelf', { DISK: '/mnt' })).toMatchObject({
      value: '/mnt/ops',
      origin: 'ops.yaml:4, environment DISK',
    })
  })

  it('is the environment where OPS_SHELF overrides the file, from the working folder', () => {
    const text = minimal('backup: {shelf: /a}')
    expect(setting(text, 'backup.shelf', { OPS_SHELF: 'b' })).toMatchObject({
      value: '/somewhere/b',
      origin: 'environment OPS_SHELF',
    })
    expect(setting(text, 'backup.shelf', { OPS_SHELF: '' })).toMatchObject({ value: '/a' })
  })

  it('is known for every setting that is shown', () => {
    const reading = parse(full, { CLOUD_PASSWORD: 'hunter2' })
    const settings = showConfig(reading, root).settings
    const fromFile = settings.filter(({ origin }) => origin.startsWith('ops.yaml:'))
    expect(Object.keys(reading.origins).length).toBe(settings.length - 1)
    expect(fromFile.length).toBeGreaterThan(30)
  })
})

describe('a shown configuration', () => {
  it('shows secrets as references only', () => {
    const env = { CLOUD_PASSWORD: 'hunter2' }
    const result = shown(full, env)
    const text = shownConfigText(result)
    expect(JSON.stringify(result) + text).not.toContain('hunter2')
    expect(text).toMatch(/targets\.medical\.credentials\.password +ops\.yaml:11 +\{"file":"\/srv/)
    expect(text).toMatch(
      /targets\.cloud\.uri +ops\.yaml:27, environment CLOUD_PASSWORD +\[secret\]/,
    )
  })

  it('says where the state lies and who chose that', () => {
    expect(shownConfigText(shown(minimal(), { OPS_STATE: '/tmp/state' }))).toMatch(
      /\(state folder\) +environment OPS_STATE +\/tmp\/state\n$/,
    )
    expect(shown(minimal()).state).toBe('/var/lib/ops')
  })

  it('escapes what a terminal would obey', () => {
    expect(shownConfigText(shown(minimal('backup: {shelf: "/a\\e[2J"}')))).not.toContain('\u001b')
  })
})

describe('the folders of ops', () => {
  it('are those of the machine for root and XDG folders for everyone else', () => {
    expect(stateFolder(root)).toBe('/var/lib/ops')
    expect(stateFolder(user)).toBe('/home/ada/.local/state/ops')
    expect(stateFolder({ ...user, env: { XDG_STATE_HOME: '/x/state' } })).toBe('/x/state/ops')
    expect(stateFolder({ ...user, env: { XDG_STATE_HOME: 'relative' } })).toBe(
      '/home/ada/.local/state/ops',
    )
    expect(stateFolder({ ...user, env: { OPS_STATE: 'here' } })).toBe('/somewhere/here')
  })

  it('include a shelf below the XDG data folder where nothing names one', () => {
    const { config } = parseConfig(minimal(), '/srv/ops.yaml', user)
    expect(config.backup.shelf).toBe('/home/ada/.local/share/ops/backups')
  })
})

describe('the JSON schema', () => {
  interface Schema {
    readonly pattern?: string
    readonly additionalProperties?: unknown
    readonly properties?: Readonly<Record<string, Schema>>
  }
  const schema = JSON.parse(jsonSchemaText()) as Schema

  it('knows the sections and allows no others', () => {
    expect(Object.keys(schema.properties ?? {})).toEqual([
      'version',
      'name',
      'timeZone',
      'stack',
      'targets',
      'backup',
      'pitr',
      'objectives',
      'schedule',
      'notify',
      'log',
      'checks',
      'symptoms',
    ])
    expect(schema.additionalProperties).toBe(false)
    expect(jsonSchemaText().endsWith('}\n')).toBe(true)
  })

  it('lets ${…} stand wherever text with a shape is wanted', () => {
    const every = new RegExp(schema.properties?.['pitr']?.properties?.['every']?.pattern ?? '')
    expect(['60s', '${EVERY}', 'soon'].map((text) => every.test(text))).toEqual([true, true, false])
  })

  it('describes every secret without asking for its value', () => {
    expect(() => parse(withTarget('{service: a}'))).not.toThrow()
    expect(jsonSchemaText()).toContain('SERVICE.VARIABLE: what the compose file gives that service')
  })
})

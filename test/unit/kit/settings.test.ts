import { describe, expect, test } from 'vitest'
import { plainSettings } from '../../../src/procedures/kit/settings.js'

const secrets = [{ name: 'medical_PASSWORD', value: 'Tr0ub4dor' }]
const settings = (name: string, value: string) =>
  plainSettings(`${name}='${value}'\n`, [name], secrets)

describe('settings in a kit', () => {
  test.each([
    ['IMAGE', 'registry.example.org:5000/ops-mongo:6.0.5'],
    ['PORT', '27017'],
    ['DATA', '/mnt/disk'],
    ['PROXY', 'http://proxy.example.org:3128'],
  ])('hold %s=%s', (name, value) => {
    expect(settings(name, value)).toEqual({ [name]: value })
  })

  test.each([
    ['MONGO', 'mongodb://app:pw@db/records'],
    ['SENTRY', 'https://0a1b2c@errors.example.org/1'],
    ['REPORTS', 'https://example.org/in?code=0a1b2c'],
    ['OPTIONS', '--name x --password hunter22'],
    ['OPTIONS', 'user:Tr0ub4dor'],
    ['SEED', '-----BEGIN PRIVATE KEY-----'],
    ['MONGO_CONNECTION', 'db'],
    ['SLACK_WEBHOOK', 'T0/B0/x'],
    ['LICENCE', '0a1b2c'],
    ['LICENSE', '0a1b2c'],
    ['SIGNING', '0a1b2c'],
    ['AWS_ACCESS_ID', 'AKIA'],
    ['PRIVATE_PART', '0a1b2c'],
  ])('do not hold %s=%s', (name, value) => {
    expect(settings(name, value)).toEqual({})
  })

  test('are not left out because a very short secret is a part of them, only where they are it', () => {
    const short = [{ name: 'medical_PASSWORD', value: 'k' }]
    expect(plainSettings('PREFIX=desk\n', ['PREFIX'], short)).toEqual({ PREFIX: 'desk' })
    expect(plainSettings('PREFIX=k\n', ['PREFIX'], short)).toEqual({})
  })
})

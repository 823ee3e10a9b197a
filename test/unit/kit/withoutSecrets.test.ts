import { describe, expect, test } from 'vitest'
import { variableNames } from '../../../src/procedures/kit/variableNames.js'
import { withoutSecrets } from '../../../src/procedures/kit/withoutSecrets.js'

const canary = `k@n:a/r?y#5% '"$x`
const known = [{ name: 'medical_PASSWORD', value: canary }]
const cleaned = (text: string) => withoutSecrets(text, known)

describe('a configuration text without its secrets', () => {
  test.each([
    ['DB_PASSWORD: hunter22', 'DB_PASSWORD: "${DB_PASSWORD:?left out of the kit}"', 'DB_PASSWORD'],
    ['  - API_TOKEN=hunter22', '  - API_TOKEN="${API_TOKEN:?left out of the kit}"', 'API_TOKEN'],
    ['  - "API_TOKEN=hunter22"', '  - "API_TOKEN=${API_TOKEN:?left out of the kit}"', 'API_TOKEN'],
    [
      'url: mongodb://root:hunter22@db:27017/',
      'url: mongodb://root:${PASSWORD:?left out of the kit}@db:27017/',
      'PASSWORD',
    ],
    [
      'command: redis-server --requirepass hunter22',
      'command: redis-server --requirepass ${PASSWORD:?left out of the kit}',
      'PASSWORD',
    ],
    [
      'DB_PASSWORD: ${DB_PASSWORD:-hunter22}',
      'DB_PASSWORD: "${DB_PASSWORD:?left out of the kit}"',
      'DB_PASSWORD',
    ],
  ])('%s', (text, clean, name) => {
    expect(cleaned(text)).toEqual({ text: clean, leftOut: [name] })
  })

  test.each([
    'DB_PASSWORD: ${DB_PASSWORD:?set it}',
    'DB_PASSWORD: "${DB_PASSWORD}"',
    '- DB_PASSWORD=${DB_PASSWORD:-}',
    'password: {file: password}',
    'password: {compose: mongodb.MONGO_INITDB_ROOT_PASSWORD}',
    'DB_PASSWORD_FILE: /run/secrets/db',
    'secrets: [db]',
    'url: mongodb://${USER}:${PASSWORD}@db/',
    'image: mongo:6.0',
  ])('%s holds nothing, and stays', (text) => {
    expect(cleaned(text)).toEqual({ text, leftOut: [] })
  })

  test.each([
    ['as it is', canary],
    ['in single quotes', `'${canary.replaceAll("'", "''")}'`],
    ['in double quotes', JSON.stringify(canary)],
    ['for compose', canary.replaceAll('$', '$$$$')],
    ['in a connection string', `mongodb://root:${encodeURIComponent(canary)}@db/`],
  ])('a known one is found %s, under whatever name', (_, written) => {
    const clean = cleaned(`healthcheck: ${written} # the usual`)
    expect(clean?.leftOut).toHaveLength(1)
    expect(clean?.text).not.toMatch(/k@n|k%40n|r\?y/)
  })

  test('one that goes on over several lines goes with all of them', () => {
    const clean = cleaned('a: 1\nkeys:\n  token: |\n    first\n    second\n  after: 2\n')
    expect(clean?.text).toBe('a: 1\nkeys:\n  token: "${TOKEN:?left out of the kit}"\n  after: 2\n')
  })

  test('with a private key in it there is none', () => {
    expect(cleaned('key: x\n-----BEGIN RSA PRIVATE KEY-----\n')).toBeUndefined()
    expect(cleaned('identity AGE-SECRET-KEY-1QQQ')).toBeUndefined()
  })
})

test('names of variables are told, not those in comments, not the plain dollar sign', () => {
  expect(
    variableNames(
      '# ${NOT}\nimage: ${IMAGE:?x}\nport: $PORT:1\nprice: $$5 $${NO}\nagain: ${IMAGE}',
    ),
  ).toEqual(['IMAGE', 'PORT'])
})

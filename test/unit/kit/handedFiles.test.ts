import { describe, expect, test } from 'vitest'
import type { ComposeService } from '../../../src/ports/compose.js'
import { handedFiles } from '../../../src/procedures/kit/handedFiles.js'
import { mayHoldSecret } from '../../../src/procedures/kit/mayHoldSecret.js'
import { plainSettings } from '../../../src/procedures/kit/settings.js'
import { service } from '../../fakes/project.js'
import { fakeWorld } from '../../fakes/world.js'

const known = [{ name: 'medical_PASSWORD', value: 'k@n:a/r?y' }]

async function handed(
  texts: Readonly<Record<string, string>>,
  mounts: NonNullable<ComposeService['mounts']>,
) {
  const scene = fakeWorld()
  for (const [name, text] of Object.entries(texts)) scene.texts.set(name, text)
  const services = { mongodb: service('mongodb', { mounts }) }
  const project = { name: 'healthcare', services, volumes: [] }
  const { signal } = new AbortController()
  return handedFiles(project, '/srv', known, scene.world.files, signal)
}

const bind = (source: string, destination: string, readOnly = false) => ({
  type: 'bind',
  source,
  destination,
  readOnly,
})

describe('files that services are handed', () => {
  test('are taken from what they only read, from scripts that run once, and where it is one file', async () => {
    const texts = {
      '/srv/stack/start.sh': 'exec mongod\n',
      '/srv/init/user.js': 'db.createUser({})\n',
      '/srv/mongod.conf': 'net: {}\n',
      '/srv/records/patient.txt': 'Bobby\n',
      '/etc/localtime': 'UTC\n',
    }
    const { files, leftOut } = await handed(texts, [
      bind('/srv/stack', '/stack', true),
      bind('/srv/init', '/docker-entrypoint-initdb.d'),
      bind('/srv/mongod.conf', '/etc/mongod.conf'),
      bind('/srv/records', '/data/records'),
      bind('/etc/localtime', '/etc/localtime', true),
      { type: 'volume', source: 'mongo_data', destination: '/data/db' },
    ])
    expect(files.map(({ name }) => name)).toEqual(['init/user.js', 'mongod.conf', 'stack/start.sh'])
    expect(leftOut).toEqual([])
  })

  test('are left out, and named, where they may hold data or a secret', async () => {
    const texts = {
      '/srv/stack/patients.csv': 'Bobby\n',
      '/srv/stack/.env': 'A=b\n',
      '/srv/stack/uri.conf': 'mongodb://root:k%40n%3Aa%2Fr%3Fy@db/\n',
      '/srv/stack/key.txt': '-----BEGIN PRIVATE KEY-----\n',
      '/srv/stack/fine.conf': 'net: {}\n',
    }
    const { files, leftOut } = await handed(texts, [bind('/srv/stack', '/stack', true)])
    expect(files.map(({ name }) => name)).toEqual(['stack/fine.conf'])
    expect(leftOut).toEqual([
      'stack/.env: it holds secrets',
      'stack/key.txt: it may hold a secret (a private key)',
      'stack/patients.csv: it may hold data or a key',
      'stack/uri.conf: it may hold a secret (PASSWORD)',
    ])
  })
})

describe('what looks like a secret in a file', () => {
  test.each([
    ['config.js', "  password: 'hunter22',", 'PASSWORD'],
    ['run.sh', 'export API_TOKEN=hunter22', undefined],
    ['run.sh', 'API_TOKEN=hunter22', 'API_TOKEN'],
    ['config.js', '  password: settings.password,', undefined],
    ['config.js', '  password,', undefined],
    ['run.sh', 'PASSWORD=$(cat /run/secrets/word)', undefined],
    ['settings.py', 'password = os.environ["WORD"]', undefined],
    ['settings.yml', 'password: hunter22', 'password'],
    ['any.txt', 'k@n:a/r?y', 'MEDICAL_PASSWORD'],
  ])('%s: %s', (name, text, found) => {
    const secret = mayHoldSecret(name, text, known)
    if (found === undefined) expect(secret).toBeUndefined()
    else expect(secret?.toLowerCase()).toBe(found.toLowerCase())
  })
})

describe('settings out of .env', () => {
  test('are those that are asked for and cannot be a secret', () => {
    const text = [
      'IMAGE=mongo:6.0',
      'PORT=27017',
      'ROOT_PASSWORD=hunter22',
      'ADMIN_USER=root',
      'HIDDEN=k@n:a/r?y',
      'OTHER=$IMAGE',
      'UNASKED=1',
    ].join('\n')
    const asked = ['IMAGE', 'PORT', 'ROOT_PASSWORD', 'ADMIN_USER', 'HIDDEN', 'OTHER']
    expect(plainSettings(text, asked, known)).toEqual({ IMAGE: 'mongo:6.0', PORT: '27017' })
    expect(plainSettings(undefined, asked, known)).toEqual({})
  })
})

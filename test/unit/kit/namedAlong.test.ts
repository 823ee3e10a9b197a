import { describe, expect, test } from 'vitest'
import { composeTexts } from '../../../src/procedures/dr/system/composeTexts.js'
import { namedAlong } from '../../../src/procedures/kit/namedAlong.js'
import { fakeWorld } from '../../fakes/world.js'

const known = [{ name: 'medical_PASSWORD', value: 'k@n:a/r?y' }]
const given = (text: string) => [{ name: 'docker-compose.yml', text }]

async function along(text: string, files: Readonly<Record<string, string>>) {
  const { world, texts } = fakeWorld()
  for (const [name, content] of Object.entries(files)) texts.set(`/srv/${name}`, content)
  const { signal } = new AbortController()
  const found = await namedAlong(given(text), '/srv', known, world.files, signal)
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name)
  return {
    compose: names(found.composeFiles),
    variables: names(found.variableFiles),
    leftOut: found.leftOut,
    texts: found.composeFiles.map((file) => file.text),
  }
}

describe('what compose files name', () => {
  test('is taken along, from file to file, looked for where compose looks for it', async () => {
    const found = await along('include: [desk/desk.yml]\nx:\n  env_file: ./plain.env\n', {
      'desk/desk.yml': 'a:\n  extends: {file: ../base.yml, service: b}\n  env_file: own.env\n',
      'base.yml': 'b:\n  env_file: /srv/desk/own.env\n',
      'desk/own.env': 'COLOUR=blue\n',
      'plain.env': 'SIZE=1\n',
    })
    expect(found).toMatchObject({
      compose: ['desk/desk.yml', 'base.yml'],
      variables: ['plain.env', 'desk/own.env'],
      leftOut: [],
    })
  })

  test('is taken without secrets, and a file of variables not at all where one of them may be any', async () => {
    const found = await along('include: [more.yml]\nenv_file: [.env, api.env, url.env]\n', {
      'more.yml': 'API_TOKEN: abcdef\nuri: mongodb://root:k@n:a/r?y@db/\n',
      'api.env': 'COLOUR=blue\nAPI_TOKEN=abcdef\n',
      'url.env': 'ADDRESS=k@n:a/r?y\n',
      '.env': 'ROOT_PASSWORD=k@n:a/r?y\n',
    })
    expect(found).toMatchObject({ compose: ['more.yml'], variables: [] })
    expect(found.texts.join()).not.toMatch(/abcdef|k@n/)
    expect(found.leftOut).toContain('api.env: it may hold a secret (API_TOKEN)')
    expect(found.leftOut).toContain('url.env: it may hold a secret (ADDRESS)')
    expect(found.leftOut).toContain('API_TOKEN of more.yml: a secret')
  })

  test.each([
    ['SMTP_PASSWORD: hunter2\n', 'SMTP_PASSWORD'],
    ['COLOUR=blue\nSMTP_PASSWORD:hunter2\n', 'line 2 is no NAME=value'],
    ['COLOUR=blue\n#DB_PASSWORD=old\n', 'DB_PASSWORD'],
    ['COLOUR=blue # DB_PASSWORD=old\n', 'DB_PASSWORD'],
    ['# it was k@n:a/r?y until May\nCOLOUR=blue\n', 'MEDICAL_PASSWORD'],
  ])('leaves out a file of variables that compose reads otherwise: %j', async (text, why) => {
    const { variables, leftOut } = await along('env_file: api.env\n', { 'api.env': text })
    expect(variables).toEqual([])
    expect(leftOut).toEqual([`api.env: it may hold a secret (${why})`])
  })

  test('takes a file of variables with comments that hold nothing', async () => {
    const text = '# the colour of the door\n\nexport COLOUR=blue # as ever\n'
    expect(await along('env_file: api.env\n', { 'api.env': text })).toMatchObject({
      variables: ['api.env'],
      leftOut: [],
    })
  })

  test('is named where it is not there, or nobody can tell where it lies', async () => {
    const { leftOut } = await along(
      'include: [gone.yml, ../other.yml, "${WHERE}/a.yml", key.yml]\n',
      {
        'key.yml': '-----BEGIN PRIVATE KEY-----\n',
      },
    )
    expect(leftOut).toEqual([
      'gone.yml: it is named by include of docker-compose.yml, and cannot be read',
      expect.stringMatching(/^\.\.\/other\.yml: .* lies outside of the stack's folder/),
      expect.stringMatching(/^\$\{WHERE\}\/a\.yml: .* a name that is not known before/),
      'key.yml: it holds a private key',
    ])
  })
})

test('whoever rebuilds reads what compose will read, and knows what has to lie beside it', () => {
  const file = (name: string, text: string) => ({ name, text, mode: 0o600 })
  const files = [
    file('docker-compose.yml', 'include: [desk/desk.yml]\nenv_file: [.env, plain.env]\n'),
    file('desk/desk.yml', 'env_file: secret.env\nextends:\n  file: ../docker-compose.yml\n'),
    file('plain.env', 'SIZE=1\n'),
  ]
  expect(composeTexts({ composeFiles: ['docker-compose.yml'] }, files, '/srv')).toEqual({
    texts: [files[0]?.text, files[1]?.text],
    beside: ['desk/secret.env'],
  })
})

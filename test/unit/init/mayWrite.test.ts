import { describe, expect, it } from 'vitest'
import { configExists, mayWrite } from '../../../src/procedures/init/mayWrite.js'
import { comment, flowList, scalar } from '../../../src/procedures/init/scalar.js'
import { readDocument } from '../../../src/config/document.js'

describe('writing ops.yaml', () => {
  it('makes a new one, and replaces one only when told to', () => {
    const path = '/srv/ops.yaml'
    expect(mayWrite({ path, exists: false, replace: false })).toBe('create')
    expect(mayWrite({ path, exists: true, replace: true })).toBe('replace')
    expect(() => mayWrite({ path, exists: true, replace: false })).toThrow(configExists(path))
    expect(configExists(path)).toMatchObject({
      kind: 'refused',
      code: 'CONFIG_EXISTS',
      next: ['ops init --force', 'ops config check'],
    })
  })
})

describe('text in YAML', () => {
  it.each([
    'plain',
    './a/b.yml',
    '/srv/my folder',
    'true',
    'NULL',
    '123',
    '1e3',
    '0x10',
    '- a',
    'a: b',
    'a #b',
    '"quoted"',
    "it's",
    '${NAME}',
    '$${NAME}',
    '~',
    '.inf',
    'é\u0007\u2028',
    '*x',
    '[a]',
  ])('reads back as it was: %j', (text) => {
    const { value, problems } = readDocument(
      `list: ${flowList([text])}\npath: ${scalar(`/${text}`)}\n`,
      {},
    )
    expect(problems).toEqual([])
    expect(value).toEqual({ list: [text], path: `/${text}` })
  })

  it('stays on its line in a comment', () => {
    expect(comment('a\nb\u001b[2J\u2028c')).toBe('# a b [2J c')
  })
})

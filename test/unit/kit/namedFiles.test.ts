import { describe, expect, test } from 'vitest'
import { namedFiles } from '../../../src/procedures/kit/namedFiles.js'

describe('files that a compose file names', () => {
  test.each<[string, string, string[]]>([
    ['one file of variables', 'services:\n  a:\n    env_file: ./a.env\n    image: x', ['a.env']],
    [
      'a list of them',
      'a:\n  env_file:\n    - a.env # mine\n    - "b.env"\n  image: x',
      ['a.env', 'b.env'],
    ],
    ['a list that is not indented', 'a:\n  env_file:\n  - a.env\n  ports:\n  - 80', ['a.env']],
    ['a list on one line', 'env_file: [a.env, b.env]', ['a.env', 'b.env']],
    [
      'mappings',
      'env_file:\n  - path: a.env\n    required: false\n  - {path: b.env}',
      ['a.env', 'b.env'],
    ],
    [
      'what is included',
      'include:\n  - more.yml\n  - path: b.yml\n    env_file: c.env\nservices: {}',
      ['more.yml', 'b.yml', 'c.env'],
    ],
    ['what is extended', 'a:\n  extends:\n    file: base.yml\n    service: b', ['base.yml']],
    ['what is extended on one line', 'extends: {file: base.yml, service: b}', ['base.yml']],
    [
      'what a variable names',
      'include: ["${WHERE:-x}/a.yml", b.yml]',
      ['${WHERE:-x}/a.yml', 'b.yml'],
    ],
    ['no service of the same file', 'extends: base', []],
    ['nothing behind a comment', '# env_file: a.env', []],
  ])('are found: %s', (_, text, files) => {
    expect(namedFiles(text).map(({ file }) => file)).toEqual(files)
  })
})

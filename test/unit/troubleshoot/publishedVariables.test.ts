import { describe, expect, test } from 'vitest'
import { publishedVariables } from '../../../src/procedures/troubleshoot/publishedVariables.js'

const mongo = { name: 'MONGO_PORT', standard: '27017', inside: 27_017 }
const variable = '${MONGO_PORT:-27017}'

describe('variables that ports are published by', () => {
  test.each([
    ['the short form', `ports: ['127.0.0.1:${variable}:27017']`],
    ['the short form with its protocol', `ports:\n  - ${variable}:27017/tcp   # the database`],
    ['the long form', `    ports:\n      - target: 27017\n        published: ${variable}\n`],
    [
      'the long form, quoted, in another order, with an address',
      `    ports:\n    -   published: "${variable}"   # for people\n\n        # where\n        host_ip: '127.0.0.1'\n        target: '27017'\n        protocol: tcp\n    networks: [a]\n`,
    ],
    [
      'the long form with the ends of lines of another system',
      `ports:\r\n  - target: 27017\r\n    published: ${variable}\r\n`,
    ],
    [
      'the long form in braces',
      `ports: [{target: 27017, host_ip: 127.0.0.1, published: "${variable}"}]`,
    ],
    [
      'the long form in braces, within others',
      `services: {db: {ports: [{ published: '${variable}', target: 27017, mode: host }]}}`,
    ],
    [
      'one item among others',
      `ports:\n  - target: 9000\n    published: 9000\n  - target: 27017\n    published: ${variable}\n  - target: 9001\n    published: 9001\n`,
    ],
  ])('are found in %s', (_, text) => {
    expect(publishedVariables(text)).toEqual([mongo])
  })

  test('hold nothing by themselves where the file names no standard', () => {
    const text = 'ports:\n  - {target: 27017, published: "${MONGO_PORT}"}\n'
    expect(publishedVariables(text)).toEqual([{ ...mongo, standard: '' }])
  })

  test.each([
    ['a range', `ports: ['${variable}:27017-27020']`],
    ['another protocol', `ports: ['${variable}:27017/udp']`],
    [
      'another protocol, in the long form',
      `ports:\n  - target: 27017\n    published: ${variable}\n    protocol: udp`,
    ],
    ['a target of another item', `ports:\n  - target: 27017\n  - published: ${variable}\n`],
    ['no target', `ports:\n  - published: ${variable}\n    host_ip: 127.0.0.1\n`],
    ['a part of a number', `ports:\n  - target: 27017\n    published: 1${variable}\n`],
    ['no item of a list', `published: ${variable}\ntarget: 27017\n`],
    ['a remark', `ports:\n  - target: 27017\n    # published: ${variable}\n`],
    ['a plain number', `ports:\n  - target: 27017\n    published: 27017\n`],
  ])('are not %s', (_, text) => {
    expect(publishedVariables(text)).toEqual([])
  })
})

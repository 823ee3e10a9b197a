import { describe, expect, test } from 'vitest'
import { valueIn, withNumber, withoutNumber } from '../../../src/domain/envText.js'

const text = `# Ports of this machine
export MONGO_PORT=27017   # the database
UI_PORT='8081'

MONGO_ROOT_PASSWORD="a=b # c $x"
`

describe('a number in a .env file', () => {
  test('is changed, and every other character stays', () => {
    expect(withNumber(text, 'MONGO_PORT', '27018')).toBe(text.replace('27017', '27018'))
    expect(withNumber(text, 'UI_PORT', '8082')).toBe(text.replace('8081', '8082'))
    const windows = text.replaceAll('\n', '\r\n')
    expect(withNumber(windows, 'MONGO_PORT', '27018')).toBe(windows.replace('27017', '27018'))
  })

  test('is set at the end where it is not there, and taken away again', () => {
    const more = withNumber(text, 'API_PORT', '8443') ?? ''
    expect(more).toBe(`${text}API_PORT=8443\n`)
    expect(withoutNumber(more, 'API_PORT', '8443')).toBe(text)
    expect(withNumber('A=1', 'B', '2')).toBe('A=1\nB=2\n')
    expect(withNumber('', 'B', '2')).toBe('B=2\n')
    expect(withoutNumber('B=2\n', 'B', '2')).toBe('')
  })

  test.each([
    ['it is set twice', 'PORT=1\nPORT=2\n'],
    ['it is no number', 'PORT=$OTHER\n'],
    ['it is empty', 'PORT=\n'],
    ['the only line like that is within another value', "KEY='first\nPORT=1\nlast'\n"],
  ])('is left as it is where %s', (_, unclear) => {
    expect(withNumber(unclear, 'PORT', '5')).toBeUndefined()
  })

  test('is not taken away where it is another one by now', () => {
    expect(withoutNumber('API_PORT=9000\n', 'API_PORT', '8443')).toBeUndefined()
  })

  test('is read as programs read it', () => {
    expect(valueIn(text, 'MONGO_PORT')).toBe('27017')
    expect(valueIn(text, 'NOBODY')).toBeUndefined()
    expect(valueIn(text, 'toString')).toBeUndefined()
  })
})

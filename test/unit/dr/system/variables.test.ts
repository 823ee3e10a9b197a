import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  envVariables,
  plainReferences,
  requiredOfConfiguration,
  requiredVariables,
  withVariables,
} from '../../../../src/procedures/dr/system/variables.js'

describe('variables that files cannot do without', () => {
  test.each([
    ['image: ${IMAGE:?set it}', ['IMAGE']],
    ['image: $IMAGE', ['IMAGE']],
    ['port: ${PORT:-27017}', []],
    ['port: ${PORT-27017}', []],
    ['name: ${NAME:+set}', []],
    ['uri: ${URI:-mongodb://${HOST}/} and ${USER}', ['USER']],
    ['cmd: echo $$HOME $${HOME}', []],
    ['# ${COMMENT}\na: ${A} ${B:-}\nb: ${B?really}', ['A', 'B']],
  ])('%s', (text, names) => {
    expect(requiredVariables(text)).toEqual(names)
  })

  test('of ops.yaml: plain names without a default; what was left out of a kit becomes one', () => {
    const text =
      'a: ${KEY}\nb: ${OTHER:-x}\nc: $PLAIN\nd: $${NOT}\npassword: "${WORD:?left out of the kit}"\n'
    expect(requiredOfConfiguration(plainReferences(text))).toEqual(['KEY', 'WORD'])
  })
})

describe('a .env', () => {
  test.each([
    'plain',
    'with space',
    'k@n:a/r?y#5% "$x{y} $$z \\w',
    "it's",
    `both ' and " and $x \\`,
    '',
  ])('gives back %j', (value) => {
    const text = withVariables('OLD=1', { WORD: value })
    expect(text.startsWith('OLD=1\nWORD=')).toBe(true)
    // Node reads no escapes between double quotes, compose does: only those need them that hold a single quote.
    if (!value.includes("'")) expect(envVariables(text)).toEqual({ OLD: '1', WORD: value })
  })

  test('is not read where it is not there', () => {
    expect(envVariables(undefined)).toEqual({})
    expect(parseEnv(withVariables(undefined, { A: 'b' }))).toEqual({ A: 'b' })
  })
})

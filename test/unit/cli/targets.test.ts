import { expect, test } from 'vitest'
import { chooseTarget, chooseTargets } from '../../../src/cli/targets.js'
import { medical } from '../../fakes/world.js'

const billing = { ...medical, name: 'billing' }

test('the only target need not be named', () => {
  expect(chooseTarget({ medical }, undefined)).toBe(medical)
  expect(chooseTargets({ medical }, {})).toEqual([medical])
})

test('with several, one must be named, and the ways to do so are', () => {
  expect(() => chooseTarget({ medical, billing }, undefined)).toThrow(
    expect.objectContaining({
      code: 'TARGET_REQUIRED',
      exitCode: 2,
      next: ['ops … --target medical', 'ops … --target billing'],
    }),
  )
  expect(chooseTargets({ medical, billing }, { all: true })).toEqual([medical, billing])
})

test('a name that is not there gets the one that was meant', () => {
  expect(() => chooseTarget({ medical }, 'medcal')).toThrow(
    expect.objectContaining({
      code: 'TARGET_UNKNOWN',
      exitCode: 10,
      next: ['ops … --target medical'],
    }),
  )
  expect(() => chooseTarget({ medical }, 'zzz')).toThrow(/it has: medical/)
})

test('a configuration without targets is said to be one', () => {
  expect(() => chooseTarget({}, undefined)).toThrow(
    expect.objectContaining({ code: 'TARGET_REQUIRED', next: ['ops init'] }),
  )
  expect(() => chooseTargets({}, { all: true })).toThrow(/names no target/)
})

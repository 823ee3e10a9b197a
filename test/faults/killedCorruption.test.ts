import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CorruptionRecovered } from '../../src/cli/recoverCorruption.js'
import { cleanUp } from '../support/cleanUp.js'
import { ops } from '../support/cli.js'
import { damagedStack, type DamagedStack } from '../support/damagedStack.js'
import { answerOf } from '../support/envelope.js'
import { passedBy, type Passed } from '../support/faultPoints.js'
import {
  bordersIn,
  doctorIsCalm,
  doctorTells,
  killedAtEachBorder,
} from '../support/killedRecoveries.js'

const argv = ['dr', 'corruption', '--confirm', 'medical', '--json']
const made = cleanUp()
let stack: DamagedStack
let borders: readonly Passed[]

/** The damaged files are in place again, byte for byte. */
async function undone(receipt?: string): Promise<void> {
  const named = receipt === undefined ? [] : [receipt]
  answerOf(await ops(stack, ['undo', ...named, '--confirm', 'medical', '--json']))
  await stack.isDamaged()
}

beforeAll(async () => {
  stack = await damagedStack(`opskilld${process.pid.toString()}`, made, 5_000)
  await stack.damage()
  const all = bordersIn(await passedBy(stack, argv))
  // What follows the proof is a backup like any other, the next base.
  const base = all.findIndex(({ where }) => where.startsWith('Prepare the shelf'))
  expect(base).toBeGreaterThan(0)
  borders = all.slice(0, base)
  await stack.isSound()
  await undone()
}, 240_000)
afterAll(() => made.all())

const disaster = async () => {
  await stack.isDamaged()
  await ops(stack, ['restore', '--forget-old', '--confirm', 'medical', '--json'])
  return stack
}
const tells = () => doctorTells(stack, /^"bring medical back .* was cut off/, /^ops dr corruption/m)

test('killed between any two steps: the doctor names it, and the same command brings everything back', async () => {
  await killedAtEachBorder(
    {
      argv,
      borders,
      short: [['step done', /^Put the damaged files aside/]],
    },
    disaster,
    async () => {
      await tells()
      const dry = await ops(stack, ['dr', 'corruption', '--dry-run'])
      expect(dry.stdout).toContain('was killed')
      const { result } = answerOf<CorruptionRecovered>(await ops(stack, argv))
      expect(result).toMatchObject({
        verdict: 'cut off before',
        back: { server: { write: 'durable' } },
      })
      await stack.isSound()
      await doctorIsCalm(stack)
      await undone(result.receipt ?? '')
    },
  )
}, 3_600_000)

test('killed between any two steps: ops undo puts the damaged files in place again', async () => {
  await killedAtEachBorder(
    {
      argv,
      borders,
      short: [['step started', /^Bring back /]],
    },
    disaster,
    async () => {
      await tells()
      await undone()
    },
  )
}, 3_600_000)

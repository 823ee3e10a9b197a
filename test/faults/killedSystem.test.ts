import { readdir } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { UndoResult } from '../../src/procedures/restore/undone.js'
import { cleanUp } from '../support/cleanUp.js'
import { ops, type Place } from '../support/cli.js'
import { answerOf, type Answer } from '../support/envelope.js'
import { passedBy, type Passed } from '../support/faultPoints.js'
import { goneHost, recovered, type GoneHost } from '../support/goneHost.js'
import {
  bordersIn,
  doctorTells,
  killedAtEachBorder,
  type LeftByKill,
} from '../support/killedRecoveries.js'

const prefix = `opskills${process.pid.toString()}`
const made = cleanUp()
let gone: GoneHost
let borders: readonly Passed[]

beforeAll(async () => {
  gone = await goneHost(prefix, made, 500)
  const options = { env: gone.secrets, exitCode: 3 }
  borders = bordersIn(await passedBy(await gone.bareHost(), gone.recovery, options))
  await gone.removeStack()
}, 240_000)
afterEach(() => gone.removeStack())
afterAll(() => made.all())

const disaster = async () => {
  await gone.removeStack()
  return gone.bareHost()
}

const rebuild = (short: Parameters<typeof killedAtEachBorder>[0]['short']) => ({
  argv: gone.recovery,
  options: { env: gone.secrets },
  borders,
  short,
})

/** Before its files are written, a folder has no ops.yaml: only the same command can be typed there, and nothing was made. */
async function isConfigured({ folder }: Pick<Place, 'folder'>): Promise<boolean> {
  return (await readdir(folder)).includes('ops.yaml')
}

async function isTold({ place }: LeftByKill): Promise<void> {
  if (await isConfigured(place))
    await doctorTells(place, /^"rebuild .* was cut off/, /^ops dr system --from/m)
}

test('killed between any two steps: the doctor names it, and the same command brings everything back', async () => {
  await killedAtEachBorder(rebuild([['step started', /^Restore /]]), disaster, async (left) => {
    await isTold(left)
    const again = await gone.recover(left.place)
    expect(recovered(again).services).toEqual(['desk'])
    const { warnings } = JSON.parse(again.stdout) as Answer<unknown>
    expect(warnings.join(), left.where).toContain('was cut off')
    await gone.isAsBefore()
  })
}, 3_600_000)

test('killed between any two steps: ops undo takes away what was made', async () => {
  await killedAtEachBorder(rebuild([['step done', /^Restore /]]), disaster, async ({ place }) => {
    if (await isConfigured(place)) {
      const argv = ['undo', '--confirm', prefix, '--json']
      answerOf<UndoResult>(await ops(place, argv, { env: gone.secrets }))
    }
    expect(await gone.hasVolume()).toBe(false)
    await gone.isBare()
  })
}, 3_600_000)

import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import type { Drill } from '../../../src/domain/drill.js'
import { lastDrill, lastRun } from '../../../src/domain/pastRun.js'
import type { Receipt } from '../../../src/domain/receipt.js'
import { readyEvidence } from '../../../src/procedures/dr/ready.js'
import { readinessScreen, scenariosScreen } from '../../../src/report/readiness.js'
import { judgeReadiness } from '../../../src/checks/ready/judge.js'
import { hospital, slice } from '../corruption/scene.js'
import { terminal } from '../report/canvas.js'
import { medical } from '../../fakes/world.js'

const signal = new AbortController().signal

describe('what recoveries are judged by', () => {
  test('is what is there: nothing is touched', async () => {
    const scene = await hospital()
    scene.server.oplog.write()
    await slice(scene)
    const saves = scene.receipts.saves.length
    const evidence = await readyEvidence(
      { target: medical, backupAgeSeconds: 1e9, signal },
      scene.world,
    )
    expect(evidence).toMatchObject({
      engine: { state: 'seen' },
      container: { facts: { imagePresent: true, firstUser: true } },
      server: { facts: { primary: true, replicaSet: true } },
      backup: { facts: { content: 'archive', wholeInstance: true, kit: false, copies: [] } },
      slicesTo: { facts: expect.stringContaining('Z') as string },
      cutOff: [],
      places: [],
    })
    expect(scene.stack.log).toEqual([])
    expect(scene.dataVolumes.log).toEqual([])
    expect(scene.receipts.saves).toHaveLength(saves)
  })

  test('says so where something cannot be looked at', async () => {
    const scene = await hospital()
    const hungUp = new Failure('environment', 'MONGO_UNREACHABLE', 'it hung up', [])
    scene.server.connect = () => Promise.reject(hungUp)
    scene.dataVolumes.mischief = { fails: ['look'] }
    const evidence = await readyEvidence(
      { target: medical, backupAgeSeconds: 1e9, signal },
      scene.world,
    )
    expect(evidence).toMatchObject({ server: { state: 'refused' }, volume: { state: 'refused' } })
  })
})

const receipt = (startedAt: string, changes: Partial<Receipt> = {}): Receipt => ({
  id: startedAt,
  command: 'dr corruption',
  target: 'medical',
  title: '',
  startedAt,
  state: 'done',
  actor: '',
  host: '',
  pid: 1,
  steps: [],
  ...changes,
})

describe('what was carried out before', () => {
  test('is the newest receipt of that recovery and target', () => {
    const receipts = [
      receipt('2026-11-01', { proof: { downSeconds: 8 } }),
      receipt('2026-11-02', { target: 'other' }),
      receipt('2026-11-03', { command: 'restore' }),
    ]
    expect(lastRun(receipts, 'corruption', 'medical')).toEqual({
      scenario: 'corruption',
      target: 'medical',
      at: '2026-11-01',
      outcome: 'done',
      seconds: 8,
    })
    expect(lastRun(receipts, 'system', 'medical')).toBeUndefined()
  })

  test('is the newest drill of this scenario and this target, and what that took', () => {
    const drill = (startedAt: string, more: Partial<Drill> = {}): Drill => ({
      ...{ schema: 1, id: startedAt, scenario: 'corruption', target: 'medical', startedAt },
      ...{ finishedAt: startedAt, outcome: 'kept', rtoSeconds: 20, rpoSeconds: 1, missed: [] },
      ...{ lostOperations: 0, strikes: [], guideSeconds: 600, backup: 'one', rawBytes: 1 },
      ...{ objectives: { rtoSeconds: 3600, rpoSeconds: 300 }, fillSeconds: 2 },
      ...{ host: 'here', opsVersion: '0.1.0' },
      ...more,
    })
    const drills = [
      drill('2026-11-03', { target: 'other' }),
      drill('2026-11-02', { outcome: 'failed', rtoSeconds: null }),
      drill('2026-11-01'),
    ]
    expect(lastDrill(drills, 'corruption', 'medical')).toMatchObject({
      at: '2026-11-02',
      outcome: 'failed',
      seconds: null,
    })
    expect(lastDrill(drills, 'system', 'medical')).toBeUndefined()
  })
})

test('the screens name what is in the way, and list every recovery', async () => {
  const scene = await hospital()
  const evidence = await readyEvidence(
    { target: medical, backupAgeSeconds: 1e9, signal },
    scene.world,
  )
  const past = { lastRun: null, lastDrill: null }
  const scenarios = judgeReadiness(evidence).map((one) => ({ ...one, ...past }))
  const report = { ready: false, targets: [{ target: 'medical', scenarios }] }
  const ready = readinessScreen(report, terminal)
  expect(ready).toContain('no slice of the oplog lies behind a base yet')
  expect(ready).toContain('→ ops pitr slice --base --target medical')
  const listed = scenariosScreen(report, terminal)
  for (const name of ['corruption', 'container', 'deletion', 'system'])
    expect(listed).toContain(`ops dr ${name}`)
})

import { expect, test } from 'vitest'
import type { CatalogFacts } from '../../../src/checks/doctor/evidence.js'
import { judgeRestoreTest } from '../../../src/checks/doctor/restoreTests.js'
import { lastNight, lastTest, now, saw, silence, target, told } from './scene.js'

function judged(changes: Partial<CatalogFacts>, rtoSeconds = 3600) {
  const catalog = saw({ count: 1, newest: lastNight, unreadable: [], ...changes })
  return judgeRestoreTest({ name: 'medical', catalog, rtoSeconds }, now)
}

test('says when a backup was last restored for a trial, and how long a restore will take by that', () => {
  const [finding] = judged({ newestGood: lastNight, lastTest })
  expect(finding).toMatchObject({
    id: 'medical.restore',
    severity: 'ok',
    says: 'a backup was last restored for a trial 10 h ago',
    // 30 seconds for each of 20 GB.
    value: { tested: lastNight.id, forecastSeconds: 600, rtoSeconds: 3600 },
  })
  expect(finding?.because).toContain('takes about 10 min, objectives.rto promises 60 min')
})

test('a forecast longer than what was promised fails, however fresh the trial is', () => {
  const [finding] = judged({ newestGood: lastNight, lastTest }, 599)
  expect(finding).toMatchObject({
    severity: 'fail',
    says: 'a restore would take about 10 min, longer than promised',
  })
  expect(judged({ newestGood: lastNight, lastTest }, 600)[0]?.severity).toBe('ok')
})

test('a trial that is five weeks old is a warning', () => {
  const at = '2026-10-17T13:00:00.000Z'
  expect(judged({ newestGood: lastNight, lastTest: { ...lastTest, at } })[0]?.severity).toBe('ok')
  const older = '2026-10-17T12:59:00.000Z'
  const [finding] = judged({ newestGood: lastNight, lastTest: { ...lastTest, at: older } })
  expect(finding?.severity).toBe('warn')
  expect(finding?.next).toEqual(['ops backup test-restore --target medical'])
})

test('a backup that was never restored is a warning; without a good backup nothing is said', () => {
  expect(judged({ newestGood: lastNight }).map(told)).toEqual([
    'warn: no backup was ever restored for a trial',
  ])
  expect(judged({})).toEqual([])
  expect(judgeRestoreTest(target({ catalog: silence }), now)).toEqual([])
})

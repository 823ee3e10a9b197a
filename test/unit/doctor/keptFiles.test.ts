import { expect, test } from 'vitest'
import { judgeKeptFiles } from '../../../src/checks/doctor/past.js'

const one = {
  title: 'restore medical',
  startedAt: '2026-11-21T13:00:00.000Z',
  folder: '.ops-before-20261121T130000Z-abc',
}

test('files that a restore put aside are named, with the command that removes them', () => {
  const [finding] = judgeKeptFiles('medical', { state: 'seen', facts: [one] })
  expect(finding).toMatchObject({
    id: 'medical.kept-files',
    severity: 'warn',
    says: 'the data volume still holds the files that 1 restore put aside',
    next: ['ops restore --forget-old --target medical'],
    value: [one.folder],
  })
})

test('where none are there is no finding', () => {
  expect(judgeKeptFiles('medical', { state: 'seen', facts: [] })).toEqual([])
  expect(judgeKeptFiles('medical', { state: 'unseen', because: 'no answer' })).toEqual([])
})

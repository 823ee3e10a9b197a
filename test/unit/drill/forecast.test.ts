import { describe, expect, test } from 'vitest'
import { forecast, forecastText } from '../../../src/domain/forecast.js'
import { forecastFact } from '../../../src/procedures/forecastFact.js'
import { fakeWorld, medical } from '../../fakes/world.js'
import { Failure } from '../../../src/domain/failure.js'
import { manifestFor } from '../../fakes/manifest.js'
import { drillOf } from './drillOf.js'

const gigabyte = 1e9
const took = (seconds: number, bytes = gigabyte, at = '2026-11-01T00:00:00Z') => ({
  at,
  seconds,
  bytes,
})

describe('a forecast', () => {
  test('is the middle of what was measured, taken to the size in question', () => {
    expect(forecast([took(40), took(60), took(50)], 2 * gigabyte)).toEqual({
      seconds: 100,
      spreadSeconds: 20,
      measured: 3,
    })
  })

  test('is never surer than a tenth', () => {
    expect(forecast([took(40), took(40)], gigabyte)).toMatchObject({ spreadSeconds: 4 })
  })

  test('takes the newest seven alone', () => {
    const old = Array.from({ length: 9 }, () => took(900, gigabyte, '2020-01-01T00:00:00Z'))
    const recent = Array.from({ length: 7 }, () => took(30))
    expect(forecast([...old, ...recent], gigabyte)).toMatchObject({ seconds: 30, measured: 7 })
  })

  test('says nothing from data of another order of magnitude', () => {
    expect(forecast([took(40)], 11 * gigabyte)).toBeUndefined()
    expect(forecast([took(40, 20 * gigabyte)], gigabyte)).toBeUndefined()
    expect(forecast([], gigabyte)).toBeUndefined()
    expect(forecast([took(NaN)], gigabyte)).toBeUndefined()
  })

  test('does not divide what takes its time by starting alone', () => {
    expect(forecast([took(5, 1_000)], 60e6)).toMatchObject({ seconds: 5 })
  })

  test('is told beside what was promised', () => {
    const found = { seconds: 41 * 60, spreadSeconds: 6 * 60, measured: 3 }
    expect(forecastText(found, 3600)).toBe('about 41 min (± 6), objective 1 h')
    expect(forecastText(found, 1800)).toBe(
      'about 41 min (± 6), objective 30 min: LONGER than was promised',
    )
    expect(forecastText({ seconds: 4, spreadSeconds: 0.4, measured: 1 }, 90)).toBe(
      'about 4 s (± 1), objective 90 s',
    )
    expect(forecastText({ seconds: 4 * 3600, spreadSeconds: 3600, measured: 1 }, 86_400)).toBe(
      'about 4 h (± 1), objective 24 h',
    )
    expect(forecastText(undefined, 3600)).toBe(
      'not known yet, objective 1 h (ops dr drill measures it)',
    )
  })
})

describe('what a plan says of its duration', () => {
  test('goes by trial restores, filled clones and restores that were done', async () => {
    const { world, shelf, drills, receipts } = fakeWorld()
    const tested = {
      at: '2026-11-20T00:00:00Z',
      serverVersion: '6.0.5',
      documents: 1,
      seconds: 30,
      secondsPerGigabyte: 30,
    }
    const id = 'medical-20261121T120000Z'
    shelf.manifests.set(id, manifestFor(id, Buffer.alloc(1), { rawBytes: gigabyte, tested }))
    drills.all.push(drillOf({ fillSeconds: 50 }), drillOf({ target: 'other', fillSeconds: 999 }))
    await receipts.save({
      id: 'restore-1',
      command: 'restore',
      target: 'medical',
      title: 'restore',
      startedAt: '2026-11-19T00:00:00Z',
      finishedAt: '2026-11-19T00:01:10Z',
      state: 'done',
      actor: 'root',
      host: 'ward',
      pid: 1,
      steps: [],
      proof: { source: 'medical-20261121T120000Z' },
    })
    const fact = await forecastFact('restore', medical, gigabyte, world)
    expect(fact).toEqual(['Duration', 'about 50 s (± 20), objective 1 h'])
  })

  test('of a scenario goes by its drills', async () => {
    const { world, drills } = fakeWorld()
    drills.all.push(drillOf(), drillOf({ scenario: 'system', rtoSeconds: 900 }))
    const fact = await forecastFact('container', medical, gigabyte, world)
    expect(fact).toEqual(['Duration', 'about 5 s (± 1), objective 1 h'])
  })

  test('keeps nobody from recovering where nothing can be read', async () => {
    const { world } = fakeWorld()
    const broken = new Failure('environment', 'STATE_UNWRITABLE', 'the disk is gone', [])
    const drills = { ...world.drills, list: () => Promise.reject(broken) }
    const fact = await forecastFact('container', medical, gigabyte, { ...world, drills })
    expect(fact).toEqual(['Duration', 'not known: the disk is gone'])
  })
})

import { expect, test } from 'vitest'
import { findingSources } from '../../../src/cli/healthSources.js'
import { parseConfig } from '../../../src/config/parse.js'
import { fakeWorld } from '../../fakes/world.js'

const { signal } = new AbortController()

const sources = (more: string) => {
  const text = `version: 1\nname: hospital\ntargets: {medical: {container: db}}\n${more}`
  const around = { env: {}, cwd: '/srv', home: '/root', uid: 0 }
  const { config } = parseConfig(text, '/srv/ops.yaml', around)
  const absent = { job: 'backup', state: 'absent' as const, next: [] }
  const schedule = () =>
    Promise.resolve({ jobs: [absent], doubled: ['0 2 * * *'], scheduler: null })
  const given = { config, world: fakeWorld().world, around, wanted: [], schedule }
  return findingSources(given).filter(({ name }) => name !== 'symptom')
}

test('a schedule is a source of its own, and is asked only where there is one', async () => {
  expect(sources('')).toEqual([])
  const [schedule] = sources("schedule: {backup: {cron: '15 2 * * *'}}")
  expect(schedule?.name).toBe('schedule')
  expect(await schedule?.find(signal)).toMatchObject([
    { id: 'schedule:backup', severity: 'fail', next: ['ops schedule install'] },
    { id: 'schedule:doubled', severity: 'warn' },
  ])
})

test('what the operator declares is a source of its own, with time for all of it', () => {
  const checks = Array.from(
    { length: 9 },
    (_, n) => `{name: d${n.toString()}, kind: disk, path: /}`,
  )
  const [declared, ...others] = sources(`checks: [${checks.join(', ')}]`)
  expect([declared?.name, others]).toEqual(['declared', []])
  // Two rounds of five seconds, and time to end.
  expect(declared?.seconds).toBeGreaterThan(10)
})

import { expect, test } from 'vitest'
import { judgeTroubles } from '../../../src/checks/troubleshoot/judge.js'
import { troubleFixedScreen, troublesScreen } from '../../../src/report/troubleshoot.js'
import { api, database, evidence, saw, unreached } from '../troubleshoot/scene.js'
import { terminal } from './canvas.js'

test('what is wrong comes with its evidence, what it is not, and what to type', () => {
  const found = judgeTroubles(
    evidence({
      services: saw([
        database({ facts: { state: 'exited', exitCode: 0 } }),
        api({ said: [[9, 'connect ECONNREFUSED \u001b[31m172.18.0.2:27017']] }),
      ]),
      targets: [unreached()],
    }),
    'connection',
  )
  const screen = troublesScreen(found, terminal)
  expect(screen).toContain('fail     connection: mongodb ended  [database-stopped]')
  expect(screen).toContain('· api says: connect ECONNREFUSED \\u001b[31m172.18.0.2:27017')
  expect(screen).toContain('not wrong-network: ')
  expect(screen).toContain('→ ops troubleshoot connection --fix   (start mongodb)')
  const read = screen.split('\n').filter((line) => !line.includes('→'))
  for (const line of read) expect(line.length).toBeLessThanOrEqual(80)
})

test('where nothing applies it says so, and what was looked for', () => {
  const screen = troublesScreen(judgeTroubles(evidence()), terminal)
  expect(screen).toMatch(/^Nothing of what was looked for applies/)
  expect(screen.split('\n')).toHaveLength(10)
})

test('what was put right is told before what still applies', () => {
  const left = judgeTroubles(evidence({ targets: [] }))
  const fixed = { title: 'start mongodb', receipt: 'troubleshoot-1' }
  expect(troubleFixedScreen({ ...left, fixed }, terminal)).toBe(
    '✔ Done: start mongodb  (receipt troubleshoot-1)',
  )
})

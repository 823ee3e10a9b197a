import { expect, test } from 'vitest'
import { doctorScreen, type DrawnFinding } from '../../../src/report/doctor.js'

const canvas = {
  color: false,
  terminal: true,
  columns: 80,
  now: new Date('2026-11-21T13:00:00Z'),
  timeZone: 'UTC',
}
const check = (
  about: DrawnFinding['about'],
  severity: DrawnFinding['severity'],
  says: string,
  because = '',
  next: readonly string[] = [],
): DrawnFinding => ({
  id: says,
  about,
  severity,
  says,
  because,
  next,
  ...(about === 'target' ? { target: 'medical' } : {}),
})

test('the verdict comes first, then a line for each check, and what to do below what is not right', () => {
  const checks = [
    check('host', 'fail', 'the Docker engine does not answer', 'nothing listens there', [
      'sudo systemctl start docker',
    ]),
    check('host', 'ok', 'Docker Compose 2.26.1', 'said by --json alone'),
    check('configuration', 'warn', 'others may read /srv/.env', 'mode 0644\nof its owner', [
      'chmod 600 /srv/.env',
    ]),
    check('target', 'unknown', 'the container could not be looked at', 'nothing listens there', [
      'sudo systemctl start docker',
    ]),
  ]
  expect(doctorScreen({ verdict: 'fail', checks }, canvas)).toMatchInlineSnapshot(`
    "NOT READY  4 checks: 1 failed, 1 warning, 1 could not be looked at

    Host
      fail     the Docker engine does not answer
               nothing listens there
               → sudo systemctl start docker
      ok       Docker Compose 2.26.1

    Configuration
      warn     others may read /srv/.env
               mode 0644
               of its owner
               → chmod 600 /srv/.env

    Target medical
      unknown  the container could not be looked at"
  `)
})

test('a cause is told where it is one, though something else could not be seen before for it', () => {
  const checks = [
    check('target', 'unknown', 'the server could not be looked at', 'mode 0644', ['chmod 600 pw']),
    check('target', 'fail', 'the secret file is open', 'mode 0644', ['chmod 600 pw']),
  ]
  expect(doctorScreen({ verdict: 'fail', checks }, canvas).split('\n').slice(3)).toEqual([
    '  unknown  the server could not be looked at',
    '  fail     the secret file is open',
    '           mode 0644',
    '           → chmod 600 pw',
  ])
})

test('all is well in one word, with its checks below', () => {
  const checks = [check('host', 'ok', 'Docker Compose 2.26.1')]
  expect(doctorScreen({ verdict: 'ok', checks }, canvas)).toBe(
    'READY  1 check: all passed\n\nHost\n  ok       Docker Compose 2.26.1',
  )
})

test('only the state words are coloured', () => {
  const checks = [check('host', 'warn', 'the shelf is open', 'mode 0755', ['chmod 700 x'])]
  const text = doctorScreen({ verdict: 'warn', checks }, { ...canvas, color: true })
  expect(text.split('\u001b[39m')).toHaveLength(3)
  expect(text).toContain('\u001b[33mwarn   \u001b[39m  the shelf is open\n')
})

test('what a server says cannot move the cursor', () => {
  const checks = [check('target', 'fail', 'a\u001b[2Jb', 'c\u001b[2Jd', ['e\u001b[2Jf'])]
  expect(doctorScreen({ verdict: 'fail', checks }, canvas)).not.toContain('\u001b')
})

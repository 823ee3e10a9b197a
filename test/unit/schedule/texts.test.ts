import { describe, expect, test } from 'vitest'
import { marked, stateOf } from '../../../src/domain/scheduleMark.js'
import {
  blockIn,
  cronBlock,
  cronFile,
  withBlock,
} from '../../../src/procedures/schedule/cronTable.js'
import { requireWritable, sumOf } from '../../../src/procedures/schedule/layout.js'
import { serviceUnit, timerUnit } from '../../../src/procedures/schedule/units.js'
import { everything, installation, stack } from './scene.js'

const [backup, verify] = everything
const odd = '/srv/50% "of" $HOME\'s/ops.yaml'

describe('a file of cron', () => {
  test('sets its own environment and runs each job as its user', () => {
    const lines = cronFile(installation({ jobs: everything })).split('\n')
    expect(lines[0]).toBe('# ops schedule: hospital /srv/hospital/ops.yaml')
    expect(lines.slice(3)).toEqual([
      'SHELL=/bin/sh',
      'PATH="/usr/bin:/bin"',
      'HOME="/root"',
      '15 2 * * * root /usr/bin/node /opt/ops/bin/run.js backup --scheduled --quiet --config /srv/hospital/ops.yaml --random-delay 300s',
      '30 4 1,15 * 1 root /usr/bin/node /opt/ops/bin/run.js backup verify --all --scheduled --quiet --config /srv/hospital/ops.yaml',
      '',
    ])
  })

  test('quotes for the shell, and keeps a % from ending the command', () => {
    const text = cronFile(installation({ stack: { name: 'hospital', file: odd } }))
    expect(text).toContain(`--config '/srv/50\\% "of" $HOME'\\''s/ops.yaml'\n`)
  })

  test('puts a value with quotation marks between the other kind', () => {
    const text = cronFile(installation({ environment: { HOME: '/srv/"x"' } }))
    expect(text).toContain(`HOME='/srv/"x"'`)
    expect(() => cronFile(installation({ environment: { HOME: `/"'` } }))).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_IMPOSSIBLE' }),
    )
  })

  test('is refused where cron would cut a line off, or cannot read it', () => {
    const far = { name: 'hospital', file: `/srv/${'x'.repeat(1000)}/ops.yaml` }
    expect(() => cronFile(installation({ stack: far }))).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_IMPOSSIBLE', exitCode: 6 }),
    )
    const wrong = [{ ...backup, cron: '61 * * * *' }]
    for (const write of [cronFile, cronBlock])
      expect(() => write(installation({ jobs: wrong }))).toThrow(/61/)
  })
})

describe('a block of a crontab', () => {
  const user = installation({ scope: 'user', user: 'ada', environment: { PATH: '/a b:/bin' } })
  const block = cronBlock(user)

  test('sets variables for its own lines only', () => {
    const lines = block.split('\n').slice(3)
    expect(lines[0]).toMatch(/^15 2 \* \* \* PATH='\/a b:\/bin' \/usr\/bin\/node /)
    expect(lines.at(-1)).toBe('# ops schedule ends: hospital /srv/hospital/ops.yaml')
  })

  test('leaves every other line as it is, wherever it is put in, changed or taken out', () => {
    const others = '# mine\n0 1 * * * true $&\n'
    const put = withBlock(others, stack, block)
    expect(put).toBe(`${others}${block}\n`)
    expect(blockIn(put, stack)).toBe(block)
    expect(withBlock(`${put}# after\n`, stack, undefined)).toBe(`${others}# after\n`)
    const changed = cronBlock({ ...user, jobs: everything })
    expect(withBlock(`${put}# after\n`, stack, changed)).toBe(`${others}${changed}\n# after\n`)
    expect(withBlock('0 1 * * * true', stack, block)).toBe(`0 1 * * * true\n${block}\n`)
    expect(withBlock('', stack, block)).toBe(`${block}\n`)
  })

  test('is not taken for that of another stack with its name', () => {
    expect(blockIn(`${block}\n`, { ...stack, file: '/srv/other/ops.yaml' })).toBeUndefined()
  })

  test('counts as edited when its end is missing', () => {
    const cut = block.slice(0, block.lastIndexOf('\n'))
    expect(stateOf(blockIn(cut, stack), block, stack, sumOf)).toBe('edited')
  })
})

describe('units', () => {
  test('a timer makes up for what was missed, and spreads starts', () => {
    expect(timerUnit(backup, installation()).split('\n')).toEqual(
      expect.arrayContaining([
        'OnCalendar=*-*-* 02:15:00',
        'RandomizedDelaySec=300',
        'Persistent=true',
        'WantedBy=timers.target',
      ]),
    )
    const both = timerUnit(verify, installation())
    expect(both.match(/^OnCalendar=/gm)).toHaveLength(2)
    expect(both).not.toContain('RandomizedDelaySec')
  })

  test('a service runs the job with its environment, and may write where it must', () => {
    const lines = serviceUnit(backup, installation()).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'ExecStart=/usr/bin/node /opt/ops/bin/run.js backup --scheduled --quiet --config /srv/hospital/ops.yaml',
        'Environment="PATH=/usr/bin:/bin"',
        'Environment="HOME=/root"',
        'ProtectSystem=full',
        'ReadWritePaths="-/var/backups/ops"',
        'ReadWritePaths="-/var/lib/ops"',
      ]),
    )
    expect(lines.some((line) => line.startsWith('User='))).toBe(false)
  })

  test('takes away nothing that a backup needs', () => {
    const text = serviceUnit(backup, installation())
    expect(text).not.toMatch(/^(MemoryDenyWriteExecute|ProtectProc|PrivateTmp|ProtectHome)=/m)
  })

  test('quotes, and doubles what systemd would fill in', () => {
    const text = serviceUnit(backup, installation({ stack: { name: 'hospital', file: odd } }))
    expect(text).toContain(`--config "/srv/50%% \\"of\\" $$HOME's/ops.yaml"`)
  })

  test('run as the user who installed them below a scratch root', () => {
    expect(serviceUnit(backup, installation({ user: 'ada' }))).toContain('\nUser=ada\n')
  })

  test('of a user ask for nothing that only root may set up', () => {
    const text = serviceUnit(backup, installation({ scope: 'user', user: 'ada' }))
    expect(text).not.toMatch(/^(Protect|Restrict|User=|After=)/m)
  })

  test('are refused for an expression that cannot be read', () => {
    const wrong = { ...backup, cron: 'never' }
    expect(() => timerUnit(wrong, installation())).toThrow(
      expect.objectContaining({ code: 'SCHEDULE_IMPOSSIBLE' }),
    )
  })
})

describe('a text that is found', () => {
  const wanted = marked(stack, 'one\ntwo\n', sumOf)
  const other = { ...stack, file: '/srv/other/ops.yaml' }

  test.each([
    ['absent', undefined, wanted],
    ['current', wanted, wanted],
    ['outdated', marked(stack, 'one\n', sumOf), wanted],
    ['outdated', wanted, undefined],
    ['edited', wanted.replace('two', 'three'), wanted],
    ['edited', wanted.replace(/^# sum: .*$/m, ''), wanted],
    ['edited', `${wanted}four\n`, undefined],
    ['foreign', 'one\ntwo\n', wanted],
    ['foreign', marked(other, 'one\ntwo\n', sumOf), wanted],
  ])('is %s', (state, found, should) => {
    expect(stateOf(found, should, stack, sumOf)).toBe(state)
  })
})

test('a path with a line break is refused: it could add lines of its own', () => {
  const file = '/srv/a\n* * * * * root reboot/ops.yaml'
  expect(() => {
    requireWritable(installation({ stack: { name: 'hospital', file } }))
  }).toThrow(expect.objectContaining({ code: 'SCHEDULE_IMPOSSIBLE' }))
})

import { describe, expect, it } from 'vitest'
import { showConfig } from '../../../src/config/show.js'
import { minimal, parse, problems, root } from './reading.js'

describe('a schedule', () => {
  it('has defaults for what it leaves open', () => {
    const text = minimal("schedule: {backup: {cron: '15 2 * * *'}, verify: {cron: '0 4 * * sun'}}")
    expect(parse(text).config.schedule).toEqual({
      backup: { cron: '15 2 * * *', randomDelaySeconds: 0, retries: 2, lockWaitSeconds: 600 },
      verify: { cron: '0 4 * * sun', randomDelaySeconds: 0 },
    })
    expect(parse(minimal()).config.schedule).toEqual({})
  })

  it('is read whole, and shown with where it comes from', () => {
    const text = minimal(
      'schedule:',
      "  backup: {cron: '15 2 * * *', target: medical, randomDelay: 5m, retries: 0, lockWait: 0s}",
    )
    const reading = parse(text)
    expect(reading.config.schedule.backup).toEqual({
      cron: '15 2 * * *',
      target: 'medical',
      randomDelaySeconds: 300,
      retries: 0,
      lockWaitSeconds: 0,
    })
    const shown = showConfig(reading, root).settings
    expect(shown.filter(({ setting }) => setting.startsWith('schedule'))).toEqual([
      { setting: 'schedule.backup.cron', value: '15 2 * * *', origin: 'ops.yaml:5' },
      { setting: 'schedule.backup.randomDelay', value: '5m', origin: 'ops.yaml:5' },
      { setting: 'schedule.backup.target', value: 'medical', origin: 'ops.yaml:5' },
      { setting: 'schedule.backup.retries', value: 0, origin: 'ops.yaml:5' },
      { setting: 'schedule.backup.lockWait', value: '0s', origin: 'ops.yaml:5' },
    ])
  })

  it.each([
    [
      "{backup: {cron: '61 2 * * *'}}",
      '4:27: schedule.backup.cron: is not a cron expression: it has "61" as its minute, which goes from 0 to 59',
    ],
    [
      "{verify: {cron: '0 0 31 2 *'}}",
      '4:27: schedule.verify.cron: is a cron expression for a day that never comes',
    ],
    ['{backup: {}}', '4:12: schedule.backup.cron: is missing'],
    [
      "{backup: {cron: '0 2 * * *', target: other}}",
      '4:48: schedule.backup.target: "other" is no target; there is "medical"',
    ],
    [
      "{backup: {cron: '0 2 * * *', randomDelay: 2d}}",
      '4:53: schedule.backup.randomDelay: must be at most a day (1d)',
    ],
    [
      "{backups: {cron: '0 2 * * *'}}",
      '4:12: schedule: unknown key "backups"; did you mean "backup"?',
    ],
  ])('%s is refused', (schedule, problem) => {
    expect(problems(minimal(`schedule: ${schedule}`))).toEqual([problem])
  })
})

describe("a dead man's switch", () => {
  it('is a secret: a reference is kept as one, text is shown as [secret]', () => {
    const file = parse(minimal('notify: {deadman: {url: {file: ping}}}'))
    expect(file.config.deadman).toEqual({ from: 'file', path: '/srv/app/ping' })
    expect(file.warnings).toEqual([])
    const text = parse(minimal('notify: {deadman: {url: "https://ping.example/abc-def"}}'))
    expect(JSON.stringify(showConfig(text, root))).not.toContain('abc-def')
    expect(text.plainPasswords).toEqual(['notify.deadman.url'])
    const env = parse(minimal('notify: {deadman: {url: "${PING}"}}'), { PING: 'https://x/abc' })
    expect(env.plainPasswords).toEqual([])
  })

  it('is the only part of notify that is supported', () => {
    const text = minimal('notify: {channels: {mail: {}}, on: {failure: [mail]}}')
    expect(problems(text)).toEqual([
      expect.stringContaining('notify.channels: is not supported by this version') as string,
      expect.stringContaining('notify.on: is not supported by this version') as string,
    ])
    expect(problems(minimal('notify: {deadman: {url: {compose: api.PING}}}'))).toEqual([
      '4:25: notify.deadman.url: asks the compose file, but there is no stack.compose',
    ])
  })
})

import { retentionOf } from '../../../src/cli/retention.js'
import { describe, expect, it } from 'vitest'
import { showConfig } from '../../../src/config/show.js'
import { Secret } from '../../../src/domain/secret.js'
import { minimal, parse, problems, root } from './reading.js'

const copies = (...entries: readonly string[]) =>
  minimal('backup:', '  copies:', ...entries.map((entry) => `    - ${entry}`))

describe('a folder for copies', () => {
  it('gets an absolute path, and needs a mounted disk unless the file says otherwise', () => {
    const { config } = parse(
      copies(
        '{name: usb, type: directory, path: /mnt/usb/ops}',
        '{name: nas, type: directory, path: ./nas, requireMount: false}',
      ),
    )
    expect(config.backup.copies).toEqual([
      { name: 'usb', type: 'directory', path: '/mnt/usb/ops', requireMount: true },
      { name: 'nas', type: 'directory', path: '/srv/app/nas', requireMount: false },
    ])
  })

  it('is shown with what was filled in and where it came from', () => {
    const shown = showConfig(parse(copies('{name: usb, type: directory, path: ./usb}')), root)
    const rows = shown.settings.filter(({ setting }) => setting.startsWith('backup.copies'))
    expect(rows).toEqual([
      { setting: 'backup.copies[0].name', value: 'usb', origin: 'ops.yaml:6' },
      { setting: 'backup.copies[0].type', value: 'directory', origin: 'ops.yaml:6' },
      { setting: 'backup.copies[0].path', value: '/srv/app/usb', origin: 'ops.yaml:6' },
      { setting: 'backup.copies[0].requireMount', value: true, origin: 'default' },
    ])
  })

  it('has a name of its own', () => {
    expect(
      problems(
        copies(
          '{name: usb, type: directory, path: /mnt/a}',
          '{name: usb, type: directory, path: /mnt/b}',
        ),
      ),
    ).toEqual(['7:7: backup.copies[1]: "usb" is there twice'])
  })

  it('is named with line and column where it is wrong', () => {
    expect(
      problems(
        copies(
          '{name: a, type: directroy, path: /mnt/a}',
          '{name: b, path: /mnt/b}',
          '{name: c, type: directory}',
          '{name: d, type: directory, path: /mnt/d, requiremount: true}',
          '{name: e/f, type: directory, path: /mnt/d}',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "6:23: backup.copies[0].type: must be one of directory, s3",
        "7:7: backup.copies[1].type: is missing",
        "8:7: backup.copies[2].path: is missing",
        "9:48: backup.copies[3]: unknown key "requiremount"; did you mean "requireMount"?",
        "10:14: backup.copies[4].name: "e/f" is not a usable name (letters, digits, - and _; at most 63)",
      ]
    `)
  })

  it('knows no key that does nothing', () => {
    expect(
      problems(
        copies(
          '{name: usb, type: directory, path: /mnt/usb, retain: {daily: 7}}',
          '{name: nas, type: directory, path: /mnt/nas, retention: {daily: 7, trash: 7d}}',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "6:52: backup.copies[0]: unknown key "retain"; known here: name, type, path, requireMount, retention, prune",
        "7:74: backup.copies[1].retention: unknown key "trash"; known here: keepWithin, last, hourly, daily, weekly, monthly, yearly, minGood",
      ]
    `)
  })

  it('may have a retention of its own, with the defaults of that section, or be left alone', () => {
    const text = copies(
      '{name: usb, type: directory, path: /mnt/usb, retention: {weekly: 8}}',
      '{name: nas, type: directory, path: /mnt/nas, prune: false}',
      '{name: disk, type: directory, path: /mnt/disk}',
    )
    const reading = parse(text)
    const weekly = {
      keepWithinSeconds: 7 * 86_400,
      last: 0,
      hourly: 0,
      daily: 7,
      weekly: 8,
      monthly: 12,
      yearly: 0,
      minGood: 3,
    }
    expect(reading.config.backup.copies).toMatchObject([
      { name: 'usb', retention: weekly },
      { name: 'nas', prune: false },
      { name: 'disk' },
    ])
    const rows = showConfig(reading, root).settings
    expect(rows).toContainEqual({
      setting: 'backup.copies[0].retention.weekly',
      value: 8,
      origin: 'ops.yaml:6',
    })
    expect(rows).toContainEqual({
      setting: 'backup.copies[0].retention.keepWithin',
      value: '7d',
      origin: 'default',
    })
    // Without a section for the shelf only the place that has its own is ever pruned.
    const policies = (name: string) => retentionOf(reading.config).policyAt?.(name)
    expect(['usb', 'nas', 'disk', 'unknown'].map(policies)).toEqual([
      weekly,
      undefined,
      undefined,
      undefined,
    ])
    const shelf = parse(text.replace('  copies:', '  retention: {daily: 2}\n  copies:')).config
    const withShelf = (name: string) => retentionOf(shelf).policyAt?.(name)?.daily
    expect(['usb', 'nas', 'disk', 'unknown'].map(withShelf)).toEqual([7, undefined, 2, undefined])
  })
})

describe('a bucket for copies', () => {
  const bucket = (more = '', secret = '{file: offsite.secret}') =>
    `{name: offsite, type: s3, bucket: hospital, accessKeyId: "\${KEY}", secretAccessKey: ${secret}${more}}`

  it('is one of AWS where nothing else is said', () => {
    const { config } = parse(copies(bucket()), { KEY: 'AKIA1' })
    expect(config.backup.copies).toEqual([
      {
        name: 'offsite',
        type: 's3',
        bucket: 'hospital',
        region: 'us-east-1',
        prefix: '',
        forcePathStyle: false,
        accessKeyId: { from: 'value', value: new Secret('AKIA1') },
        secretAccessKey: { from: 'file', path: '/srv/app/offsite.secret' },
      },
    ])
  })

  it('of another service is asked by path, and its prefix ends in a slash', () => {
    const more =
      ', endpoint: "https://s3.example.org", region: eu-1, prefix: ward/db01, storageClass: COLD, objectLock: {mode: compliance, days: 30}'
    expect(parse(copies(bucket(more)), { KEY: 'a' }).config.backup.copies[0]).toMatchObject({
      endpoint: 'https://s3.example.org',
      region: 'eu-1',
      prefix: 'ward/db01/',
      storageClass: 'COLD',
      objectLock: { mode: 'compliance', days: 30 },
      forcePathStyle: true,
    })
  })

  it('is shown without its secrets', () => {
    const reading = parse(copies(bucket('', '"${WORD}"')), { KEY: 'AKIA1', WORD: 'k@n:a/r?y' })
    const shown = JSON.stringify(showConfig(reading, root))
    expect(shown).not.toMatch(/AKIA1|k@n:a/)
    expect(shown).toContain('environment WORD')
    expect(reading.warnings).toEqual([])
  })

  it('with a secret in plain text is warned of, and the file must not be readable by everyone', () => {
    const reading = parse(copies(bucket('', 'k@nary')), { KEY: 'AKIA1' })
    expect(reading.plainPasswords).toEqual(['backup.copies[0].secretAccessKey'])
    expect(reading.warnings[0]).toContain('ops.yaml:6: backup.copies[0].secretAccessKey')
  })

  it('is named with line and column where it is wrong', () => {
    expect(problems(copies(bucket(', endpoint: "https://me:word@x"')), { KEY: 'a' })).toEqual([
      '6:125: backup.copies[0].endpoint: holds a name or a password: those go to accessKeyId and secretAccessKey',
    ])
    const entries = [
      bucket(', prefix: ../other'),
      '{name: b, type: s3, bucket: Hospital, accessKeyId: {file: a, command: [b]}, endpoint: ftp://x}',
      '{name: c, type: s3, bucket: hospital, accessKeyId: {command: [get, "${KEY}"]}, secretAccessKey: {compose: db.WORD}}',
      bucket(', objectLock: {mode: forever, days: 0}').replace('offsite', 'd'),
    ]
    expect(problems(copies(...entries), { KEY: 'a' })).toMatchInlineSnapshot(`
      [
        "6:123: backup.copies[0].prefix: "../other" is not a usable prefix: names with slashes between them",
        "7:7: backup.copies[1].secretAccessKey: is missing",
        "7:35: backup.copies[1].bucket: "Hospital" is not the name of a bucket",
        "7:58: backup.copies[1].accessKeyId: must hold exactly one of file, command, compose",
        "7:93: backup.copies[1].endpoint: "ftp://x" is not an address: https://…",
        "9:128: backup.copies[3].objectLock.mode: must be one of governance, compliance",
        "9:143: backup.copies[3].objectLock.days: must be at least 1",
      ]
    `)
    expect(problems(copies(entries[2] ?? ''), { KEY: 'a' })).toMatchInlineSnapshot(`
      [
        "6:74: backup.copies[0].accessKeyId.command[1]: must not hold \${…}: its value would show in the list of processes. The command has the environment anyway",
        "6:103: backup.copies[0].secretAccessKey: asks the compose file, but there is no stack.compose",
      ]
    `)
  })
})

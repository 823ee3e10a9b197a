import { describe, expect, test } from 'vitest'
import {
  judgeConfigurationFile,
  judgeEnvironmentFile,
  judgeSecretFiles,
} from '../../../src/checks/doctor/files.js'
import type { PathFacts, Tracking } from '../../../src/ports/machine.js'
import { file, silence, told } from './scene.js'

const untracked: Tracking = { state: 'untracked' }
const tracked: Tracking = { state: 'tracked' }
const unclear: Tracking = { state: 'unknown', because: 'dubious ownership' }

describe('ops.yaml', () => {
  const judged = (
    changes: Partial<PathFacts>,
    passwords: readonly string[] = [],
    tracking: Tracking = untracked,
  ) => told(judgeConfigurationFile(file('/srv/ops.yaml', changes, tracking), passwords))

  test('may be read by all and kept by git, as long as no password stands in it', () => {
    expect(judged({ mode: 0o644 }, [], tracked)).toBe(
      'ok: /srv/ops.yaml can be changed by its owner alone',
    )
  })

  test('that others may change fails: what it says is run', () => {
    expect(judged({ mode: 0o646 })).toBe('fail: others may change /srv/ops.yaml')
    expect(judged({ mode: 0o664, ownGroup: false })).toBe('fail: others may change /srv/ops.yaml')
  })

  test('may be writable by a group in which nobody else is', () => {
    expect(judged({ mode: 0o664, ownGroup: true })).toMatch(/^ok:/)
  })

  test('of somebody else is a warning', () => {
    expect(judged({ owner: 'somebody else' })).toBe('warn: /srv/ops.yaml belongs to somebody else')
  })

  test('with a plain password fails where others may read it or git keeps it', () => {
    const password = ['targets.medical.uri']
    expect(judged({ mode: 0o640, ownGroup: false }, password)).toBe(
      'fail: others may read a password in /srv/ops.yaml',
    )
    expect(judged({ mode: 0o600 }, password, tracked)).toBe('fail: git keeps /srv/ops.yaml')
    expect(judged({ mode: 0o600 }, password, unclear)).toMatch(/^unknown:/)
    expect(judged({ mode: 0o600 }, password)).toMatch(/^ok:/)
  })
})

describe("the compose project's .env", () => {
  const judged = (changes: Partial<PathFacts>, tracking: Tracking = untracked) =>
    judgeEnvironmentFile(file('/srv/.env', changes, tracking))

  test('is fine where it is not there, or nobody else may read it', () => {
    expect(judged({ kind: 'missing' }).severity).toBe('ok')
    expect(judged({ mode: 0o600 }).severity).toBe('ok')
  })

  test('warns where others may read it and fails where they may change it', () => {
    expect(judged({ mode: 0o644 })).toMatchObject({
      severity: 'warn',
      next: ['chmod 600 /srv/.env'],
    })
    expect(judged({ mode: 0o666 }).severity).toBe('fail')
  })

  test('fails where git keeps it, whatever its mode: the password is in every clone', () => {
    expect(judged({ mode: 0o600 }, tracked)).toMatchObject({
      severity: 'fail',
      says: 'git keeps /srv/.env',
      next: ['git rm --cached /srv/.env', 'echo .env >> .gitignore'],
    })
  })

  test('that git keeps fails even where others may read it as well', () => {
    expect(judged({ mode: 0o644 }, tracked).severity).toBe('fail')
  })

  test('is unknown where git cannot tell, unless its mode is worse', () => {
    expect(judged({ mode: 0o600 }, unclear)).toMatchObject({
      severity: 'unknown',
      because: 'dubious ownership',
    })
    expect(judged({ mode: 0o644 }, unclear).severity).toBe('warn')
  })

  test('that is out of sight is unknown', () => {
    expect(judged({ kind: 'hidden' }).severity).toBe('unknown')
    expect(judgeEnvironmentFile({ ...file('/srv/.env'), facts: silence }).severity).toBe('unknown')
  })
})

describe('secret files', () => {
  const fine = file('/srv/user')

  test.each<[Partial<PathFacts>, Tracking, string]>([
    [{}, untracked, "ok: the secret files are their owner's alone"],
    [{ mode: 0o640 }, untracked, 'fail: the secret file /srv/pw is open to others'],
    [{ kind: 'missing' }, untracked, 'fail: there is no secret file /srv/pw'],
    [{ kind: 'folder' }, untracked, 'fail: the secret file /srv/pw is not a file'],
    [{ kind: 'hidden' }, untracked, 'fail: the secret file /srv/pw cannot be reached'],
    [{}, tracked, 'fail: git keeps /srv/pw'],
    [{}, unclear, 'unknown: it is not known whether git keeps /srv/pw'],
  ])('%j, %j: %s', (changes, tracking, sentence) => {
    expect(told(judgeSecretFiles('medical', [fine, file('/srv/pw', changes, tracking)]))).toBe(
      sentence,
    )
  })

  test('are judged together: the worst severity, and every remedy', () => {
    const found = judgeSecretFiles('medical', [
      file('/srv/user', {}, unclear),
      file('/srv/pw', { mode: 0o644 }),
    ])
    expect(found.severity).toBe('fail')
    expect(found.next).toContain('chmod 600 /srv/pw')
  })
})

import { describe, expect, test } from 'vitest'
import { backupScreen } from '../../../src/report/backup.js'
import { backupListScreen } from '../../../src/report/backupList.js'
import type { JudgedRow } from '../../../src/report/backupRow.js'
import { backupShowScreen } from '../../../src/report/backupShow.js'
import { backupVerifyScreen } from '../../../src/report/backupVerify.js'
import { failureScreen } from '../../../src/report/failure.js'
import { dryRunScreen, dryRunsScreen, planScreen, type PlanText } from '../../../src/report/plan.js'
import { restoreScreen, undoScreen } from '../../../src/report/restore.js'
import { colorful, pipe, terminal } from './canvas.js'

const row: JudgedRow = {
  id: 'medical-20261121T010000Z',
  target: 'medical',
  purpose: 'backup',
  takenAt: '2026-11-21T01:00:00.000Z',
  seconds: 8.4,
  bytes: 3_284_903,
  rawBytes: 22_926_000,
  trust: 'sound',
  present: true,
  copies: [{ to: 'usb', state: 'ok', at: '2026-11-21T01:00:10.000Z' }],
  retention: {
    keep: true,
    reasons: [
      { rule: 'last-good', says: 'the last good one' },
      { rule: 'daily', says: 'the newest of 2026-11-21 (daily 1 of 7)' },
    ],
  },
  collections: { 'medical_records.healthcare_data': { documents: 54_966, bytes: 22_900_000 } },
}

const details = {
  ...row,
  path: '/shelf/medical/medical-20261121T010000Z.archive.gz',
  sha256: '9f31',
  judgedAt: '2026-11-21T01:00:09.000Z',
  judgement: 'read to its end',
  engine: 'exec',
  serverVersion: '6.0.5',
  toolVersion: '100.13.0',
  host: 'db01',
}

const plan: PlanText = {
  command: 'restore',
  target: 'medical',
  title: 'restore medical from medical-1',
  facts: [
    ['Backup', 'medical-1, taken 2026-11-20'],
    ['First', 'a safety backup'],
  ],
  loses: ['every write since 02:00', 'shop.extra (3 documents)'],
  steps: [
    { title: 'Stop the writers', effect: 'changes' },
    { title: 'Restore \u001b[2J', effect: 'destroys' },
  ],
}

describe('a plan', () => {
  test('says what is lost, and marks the steps that destroy', () => {
    expect(planScreen(plan, terminal)).toMatchInlineSnapshot(`
      "restore medical from medical-1
        Backup    medical-1, taken 2026-11-20
        First     a safety backup
        You lose  every write since 02:00
                  shop.extra (3 documents)

          1. Stop the writers
          2. Restore \\u001b[2J  destroys"
    `)
  })

  test('of a dry run marks every line as one', () => {
    const dry = dryRunScreen({ dryRun: true, plan }, terminal)
    expect(dry.split('\n').every((line) => line.startsWith('DRY RUN'))).toBe(true)
    expect(dryRunsScreen({ dryRuns: [{ dryRun: true, plan }] }, terminal)).toBe(dry)
  })
})

describe('a failure', () => {
  const failure = {
    kind: 'integrity' as const,
    code: 'NO_SOUND_BACKUP',
    message: 'none of the 3 backups can be relied on',
    next: ['ops backup verify --all', 'ops backup'],
  }

  test('says what happened, what to type next, and the code; no stack', () => {
    expect(failureScreen(failure, terminal)).toMatchInlineSnapshot(`
      "✗ none of the 3 backups can be relied on
        Next  ops backup verify --all
              ops backup
        Code  NO_SOUND_BACKUP (exit 12)"
    `)
  })

  test('colours the mark only', () => {
    expect(failureScreen(failure, colorful)).toContain('\u001b[31m✗\u001b[39m none of the 3')
  })

  test('names the log of a run that got somewhere', () => {
    const log = { file: '/var/log/ops/ops.log', run: '9d42ab01' }
    expect(failureScreen({ ...failure, log }, terminal)).toMatch(
      /\n {2}Log {3}\/var\/log\/ops\/ops\.log \(run 9d42ab01\)$/,
    )
  })

  test('shows the stack only where it was asked for', () => {
    expect(failureScreen({ ...failure, trail: 'Error: x\n    at y' }, terminal)).toMatch(/at y$/)
  })
})

describe('backups', () => {
  test('a new one says what it is and where', () => {
    expect(backupScreen(details, terminal)).toMatchInlineSnapshot(`
      "✔ Backup medical-20261121T010000Z  3.28 MB  8.4 s  sound
        54,966 documents in 1 collection, 22.9 MB before compression
        /shelf/medical/medical-20261121T010000Z.archive.gz"
    `)
  })

  test('are listed for a person with a head count', () => {
    expect(backupListScreen({ backups: [row, { ...row, present: false }] }, terminal))
      .toMatchInlineSnapshot(`
        "2 backups, 1 of them good, 6.57 MB

        ID                        TARGET   TAKEN      TRUST    DOCUMENTS     SIZE   TOOK  PURPOSE  CONTENT  COPIES  KEPT BY
        medical-20261121T010000Z  medical  12 hr ago  sound       54,966  3.28 MB  8.4 s  backup   archive  usb     last-good, daily
        medical-20261121T010000Z  medical  12 hr ago  missing     54,966  3.28 MB  8.4 s  backup   archive  usb     last-good, daily"
      `)
  })

  test('are listed for a pipe exactly', () => {
    expect(backupListScreen({ backups: [row] }, pipe).split('\n')[1]).toBe(
      'medical-20261121T010000Z\tmedical\t2026-11-21T01:00:00.000Z\tsound\t54966\t3284903\t8.4\tbackup\tarchive\tusb\tlast-good, daily',
    )
  })

  test('that are not there are said not to be', () => {
    expect(backupListScreen({ backups: [] }, terminal)).toBe(
      'No backups yet.  ops backup takes one.',
    )
    expect(backupVerifyScreen({ backups: [], slices: [] }, terminal)).toContain(
      'no backup to verify',
    )
  })

  test('colour is on the state word alone', () => {
    const line = backupListScreen({ backups: [{ ...row, trust: 'damaged' }] }, colorful)
    expect(line).toContain('\u001b[31mdamaged\u001b[39m')
  })

  test('one is shown with its facts and collections', () => {
    expect(
      backupShowScreen(
        { ...details, replicaSet: 'rs0', consistentAt: '2026-11-21T01:00:07.000Z' },
        terminal,
      ),
    ).toMatchInlineSnapshot(`
      "medical-20261121T010000Z  sound
      Taken          12 hr ago (2026-11-21 01:00 UTC), in 8.4 s
      Consistent at  12 hr ago (2026-11-21 01:00 UTC)
      Judged         12 hr ago (2026-11-21 01:00 UTC): read to its end
      Kept           the last good one
                     the newest of 2026-11-21 (daily 1 of 7)
      Size           3.28 MB (22.9 MB before compression)
      Server         MongoDB 6.0.5, replica set rs0
      Tools          100.13.0, engine exec, on db01
      SHA-256        9f31
      File           /shelf/medical/medical-20261121T010000Z.archive.gz
      Copies         usb ok, 12 hr ago (2026-11-21 01:00 UTC)

      COLLECTION                       DOCUMENTS     DATA
      medical_records.healthcare_data     54,966  22.9 MB"
    `)
  })

  test('an encrypted one names every key that opens it', () => {
    const screen = backupShowScreen({ ...details, recipients: ['age1one', 'age1two'] }, terminal)
    expect(screen).toContain('\nEncrypted to  age1one\n              age1two\nSHA-256')
  })

  test('a damaged one names the byte where it broke', () => {
    const judged = {
      id: null,
      path: '/mnt/x.gz',
      trust: 'damaged' as const,
      says: 'cut off (byte 51)',
      byte: 51,
      seconds: 0.2,
    }
    expect(backupVerifyScreen({ backups: [judged], slices: [] }, terminal)).toBe(
      'damaged  /mnt/x.gz  0.2 s\n  cut off (byte 51)',
    )
  })
})

describe('a restore', () => {
  const result = {
    id: 'medical-1',
    target: 'medical',
    into: null,
    collections: { 'shop.orders': { documents: 5, expected: 5 } },
    dropped: ['shop.extra'],
    seconds: 3.2,
    safetyBackup: 'medical-2-safety',
    receipt: 'restore-1',
  }

  test('says what came back, what is gone, and how to take it back', () => {
    expect(restoreScreen(result, terminal)).toMatchInlineSnapshot(`
      "✔ Restored medical-1 to medical in 3.2 s
        shop.orders  5 of 5 documents
        shop.extra  gone: it is not in the backup
        Before it: medical-2-safety
        Take it back: ops undo restore-1"
    `)
  })

  test('into a copy names the copy', () => {
    expect(
      restoreScreen({ ...result, into: 'copy', dropped: [], safetyBackup: null }, terminal),
    ).toContain('to database copy in')
  })

  test('that was taken back says so, whether by restoring or by dropping', () => {
    const undone = {
      undone: 'restore-1',
      target: 'medical',
      dropped: ['copy'],
      restored: null,
      returned: [],
      receipt: 'undo-1',
    }
    expect(undoScreen(undone, terminal)).toBe('✔ Taken back: restore-1\n  copy  dropped')
    expect(undoScreen({ ...undone, restored: result }, terminal)).toContain('Restored medical-1')
  })
})

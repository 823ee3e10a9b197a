import { describe, expect, test } from 'vitest'
import {
  blindly,
  database,
  doing,
  judged,
  now,
  only,
  refusedBy,
  saw,
  service,
  target,
} from './scene.js'

describe('duplicates', () => {
  const line =
    'pymongo.errors.BulkWriteError: E11000 duplicate key error collection: medical_records.healthcare_data index: patient_info.name_1 dup key: { patient_info.name: "Bobby" }'
  const loader = service(
    'migration_app',
    { facts: { state: 'exited', exitCode: 1 }, said: [[60, line]] },
    { job: true },
  )

  test('a load that was refused is told with collection and index, without the key', () => {
    const { symptoms } = judged({ services: saw([database(), loader]) })
    const found = only(symptoms, 'duplicate-key')
    expect(found).toMatchObject({ symptom: 'duplicates', severity: 'fail', about: 'migration_app' })
    expect(found.because[0]).toContain('index: patient_info.name_1')
    expect(JSON.stringify(symptoms)).not.toContain('Bobby')
  })

  const twice = { namespace: 'medical_records.visits', groups: 2, surplus: 5 }
  const holding = (fields: readonly string[], named: { readonly named?: true } = {}) =>
    judged({
      targets: [
        target({ doing: saw(doing({ duplicates: saw([{ ...twice, fields, ...named }]) })) }),
      ],
    }).symptoms

  test('documents that are equal in everything, or in fields that somebody named, are offered to be removed', () => {
    const removing = { kind: 'duplicates', namespace: twice.namespace }
    const whole = only(holding([]), 'equal-documents').fix
    expect(whole).toMatchObject({ ...removing, fields: [] })
    const named = only(holding(['patient.name'], { named: true }), 'equal-fields').fix
    expect(named).toMatchObject({ ...removing, fields: ['patient.name'] })
    expect(only(holding(['patient.name']), 'equal-fields').fix).toBeNull()
  })

  test('a collection that was not searched is not known to be well', () => {
    const skipped = { ...twice, fields: [], surplus: 0, skipped: 'it is large' }
    const { symptoms } = judged({
      targets: [target({ doing: saw(doing({ duplicates: saw([skipped]) })) })],
    })
    expect(only(symptoms, 'not-searched')).toMatchObject({ severity: 'unknown', fix: null })
  })

  test('what was not asked for is not called clear', () => {
    expect(judged().clear).not.toContain('duplicates')
    expect(judged({}, 'duplicates').clear).toEqual(['duplicates'])
  })

  test('names of fields that a shell would read in another way are in no command', () => {
    const [found] = holding(['a; rm -rf /'])
    expect(found?.next.join()).not.toContain('rm -rf')
  })
})

describe('access', () => {
  test('a sign-in that the server refuses concerns the connection as well', () => {
    const why = refusedBy('MONGO_AUTHENTICATION', 'it refuses the sign-in')
    const targets = [target({ connection: why, server: why, rights: why, doing: why, oplog: why })]
    const { symptoms } = judged({ targets }, 'connection')
    expect(only(symptoms, 'sign-in-refused')).toMatchObject({ symptom: 'access', severity: 'fail' })
    expect(symptoms).toHaveLength(1)
  })

  test('a name from a failed sign-in goes into no command', () => {
    const said = [[20, 'Authentication failed for user $(rm -rf /)']] as const
    const { symptoms } = judged({ services: saw([database(), service('api', { said })]) })
    expect(only(symptoms, 'application-sign-in-refused').next.join()).not.toContain('rm -rf')
  })

  test('what a server says of its clients is not its own fault', () => {
    const said = [[20, 'SCRAM authentication failed, Authentication failed for x']] as const
    expect(judged({ services: saw([database({ said })]) }).symptoms).toEqual([])
  })

  test('rights that are missing, and places that refuse copies', () => {
    const rights = saw({
      authenticated: true,
      missingForBackup: ['find on x'],
      missingForRestore: [],
      mayDoEverything: false,
    })
    const places = [{ name: 's3', tried: refusedBy('COPY_KEY_REFUSED', 'the key is wrong') }]
    const { causes } = judged({ targets: [target({ rights })], places })
    expect(causes).toEqual(['place-key-refused', 'rights-missing'])
  })

  test('a place or rights that are refused for any other reason are not known to be well', () => {
    const places = [{ name: 's3', tried: refusedBy('COPY_UNREACHABLE', 'no answer') }]
    expect(judged({ places }).causes).toEqual(['not-seen'])
    const rights = refusedBy('MONGO_UNREACHABLE', 'no answer')
    expect(judged({ targets: [target({ rights })] }).causes).toEqual(['not-seen'])
  })

  test('a job that a store refuses', () => {
    const said = [
      [60, 'botocore.exceptions.ClientError: An error occurred (AccessDenied)'],
    ] as const
    const one = service('loader', { facts: { state: 'exited', exitCode: 1 }, said }, { job: true })
    expect(judged({ services: saw([database(), one]) }).causes).toEqual(['store-denied'])
  })
})

describe('disk', () => {
  test('the data or the shelf lie on a disk that is nearly full', () => {
    const space = { freeBytes: 2e9, totalBytes: 100e9 }
    const full = judged({ targets: [target({ doing: saw(doing({ space: saw(space) })) })] })
    expect(only(full.symptoms, 'data-disk-full')).toMatchObject({
      severity: 'fail',
      symptom: 'disk',
    })
    const shelf = saw({ ...space, neededBytes: 1e9, folder: '/backups' })
    expect(judged({ targets: [target({ shelf })] }).causes).toEqual(['shelf-disk-full'])
  })

  test('and the next backup does not fit, however large the disk is', () => {
    const shelf = saw({ freeBytes: 40e9, totalBytes: 100e9, neededBytes: 50e9, folder: '/backups' })
    const { symptoms } = judged({ targets: [target({ shelf })] })
    expect(only(symptoms, 'shelf-disk-full').severity).toBe('fail')
  })
})

describe('stale', () => {
  test('a backup that is too old, none, and one from the future', () => {
    const of = (takenAt: string) =>
      judged({ targets: [target({ newestGood: saw({ id: 'one', takenAt }) })] }).causes
    expect(of('2026-11-19T02:00:00.000Z')).toEqual(['backup-too-old'])
    expect(of('2026-11-22T02:00:00.000Z')).toEqual(['backup-from-the-future'])
    expect(judged({ targets: [target({ newestGood: saw(null) })] }).causes).toEqual([
      'no-good-backup',
    ])
  })

  test('an oplog that is too short, unless nothing has left it yet', () => {
    const of = (seconds: number, whole: boolean) =>
      judged({ targets: [target({ oplog: saw({ seconds, whole }) })] }).symptoms
    expect(only(of(600, false), 'oplog-too-short').severity).toBe('fail')
    expect(only(of(8 * 3600, false), 'oplog-too-short').severity).toBe('warn')
    expect(of(600, true)).toEqual([])
  })

  test('a clock that is off', () => {
    const server = saw({
      version: '6.0.5',
      primary: true,
      host: 'mongodb',
      localTime: '2026-11-21T14:20:00.000Z',
      askedAt: now,
      answeredAt: now,
    })
    expect(judged({ targets: [target({ server })] }).causes).toEqual(['clock-off'])
  })
})

describe('two faults at once', () => {
  test('are both named, the one that explains most first', () => {
    const looping = service('api', {
      facts: {
        state: 'restarting',
        restarts: 5,
        exitCode: 1,
        startedAt: '2026-11-21T13:59:50.000Z',
      },
      said: [[5, "KeyError: 'API_KEY'"]],
    })
    const { causes } = judged({
      services: saw([database(), looping]),
      targets: [target({ newestGood: saw(null) })],
    })
    expect(causes).toEqual(['missing-variable', 'no-good-backup'])
  })

  test('what is not seen stands last', () => {
    const { causes } = judged({
      targets: [target({ newestGood: saw(null), doing: saw(doing({ slow: blindly })) })],
    })
    expect(causes).toEqual(['no-good-backup', 'not-seen'])
  })
})

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Document, MongoClient, WithId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CheckedData } from '../../../src/procedures/data/checkData.js'
import type { DuplicatesFound } from '../../../src/procedures/data/duplicates.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, startOps } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { nothingSecret } from '../../support/invariants.js'
import { clientOf } from '../../support/mongoServer.js'
import {
  generateRecords,
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../../support/referenceStack.js'

const prefix = `opscheck${process.pid.toString()}`
const namespace = 'medical_records.healthcare_data'
const made = cleanUp()
let stack: ReferenceStack
let client: MongoClient
/** A document as it was loaded. */
let patient: WithId<Document>

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  const [up] = await Promise.all([ops(stack, ['stack', 'up', '--json']), generateRecords(stack)])
  answerOf(up)
  answerOf(await ops(stack, ['pipeline', 'run', '--json']))
  const connected = await clientOf(`${prefix}_mongodb`, referenceSignIn)
  client = made.made(connected, (it) => it.close())
  const found = await patients().findOne({})
  if (!found) throw new Error('nothing was loaded')
  patient = found
}, 120_000)
afterAll(() => made.all())

const patients = () => client.db('medical_records').collection('healthcare_data')

interface Told<Result> {
  readonly exitCode: number
  readonly stdout: string
  readonly result: Result
}

async function answer<Result>(...argv: readonly string[]): Promise<Told<Result>> {
  const ended = await ops(stack, ['data', ...argv, '--json'])
  nothingSecret(ended)
  const { result } = JSON.parse(ended.stdout) as Pick<Told<Result>, 'result'>
  return { exitCode: ended.exitCode, stdout: ended.stdout, result }
}

const wrong = ({ checks }: CheckedData) =>
  checks
    .filter(({ severity }) => severity !== 'ok')
    .map(({ id, severity }) => `${severity} ${id.replace(`${namespace}.`, '')}`)

const against = (file = join(stack.folder, 'records/processed/cleaned_healthcare.csv')) => [
  'check',
  '--csv',
  file,
  '--field',
  'admission_details.admission_date=Date of Admission',
]

describe('the reference data', () => {
  test('is what ops.yaml expects; from cron nothing is said', async () => {
    const { exitCode, result } = await answer<CheckedData>('check')
    expect([exitCode, wrong(result), result.verdict]).toEqual([0, [], 'ok'])
    expect(result.namespaces[0]).toMatchObject({ documents: 54_966, exactly: true })
    expect(result.namespaces[0]?.structure?.paths.map(({ path }) => path)).toContain(
      'billing.billing_amount',
    )
    expect(await ops(stack, ['data', 'check', '--quiet'])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
  })

  test('is what the cleaned file holds, every row and field', async () => {
    const { exitCode, result } = await answer<CheckedData>(
      ...against(),
      '--key',
      'patient_info.name',
      '--key',
      'billing.billing_amount',
    )
    expect([exitCode, wrong(result)]).toEqual([0, []])
    expect(result.csv).toMatchObject({ rows: 54_966, documents: 54_966 })
    expect(result.csv?.fields).toHaveLength(13)
  })

  test('is loosely what the source held before it was cleaned, copies left out', async () => {
    const source = join(stack.folder, 'records/raw/healthcare_dataset.csv')
    const { exitCode, result } = await answer<CheckedData>(
      ...against(source),
      '--key',
      'patient_info.name',
      '--key',
      'billing.billing_amount',
      '--loosely',
    )
    expect([exitCode, wrong(result)]).toEqual([0, []])
    expect(result.csv).toMatchObject({ rows: 55_500, documents: 54_966, copies: 534 })
  })

  test('has patients of the same name, and no document twice', async () => {
    const by = ['duplicates', namespace, '--by', 'patient_info.name', '--top', '2']
    const named = await answer<DuplicatesFound>(...by)
    expect(named.exitCode).toBe(4)
    expect(named.result.surplus).toBe(54_966 - 14_837)
    expect(named.result.keys[0]?.largest).toHaveLength(2)
    const unique = await answer<DuplicatesFound>('duplicates')
    expect([unique.exitCode, unique.result.surplus]).toEqual([0, 0])
  })
})

describe('damage', () => {
  test('is found, and no value is shown', async () => {
    const { _id, ...copied } = patient
    const others = await patients().find({}).skip(10).limit(4).toArray()
    const ids = others.map((one) => one._id)
    const [removed = _id, changed = _id, untyped = _id, emptied = _id] = ids
    await patients().deleteOne({ _id: removed })
    await patients().updateOne({ _id: changed }, { $set: { 'hospital_info.doctor': 'Nobody' } })
    await patients().updateOne({ _id: untyped }, { $set: { 'patient_info.age': 'old' } })
    await patients().updateOne({ _id: emptied }, { $unset: { 'billing.billing_amount': 1 } })
    await patients().insertOne({ ...copied })
    await patients().dropIndex('patient_info.name_1')

    const checked = await answer<CheckedData>('check')
    expect([checked.exitCode, wrong(checked.result)]).toEqual([
      5,
      [
        'fail indexes.patient_info.name',
        'fail required.billing.billing_amount',
        'fail types.patient_info.age',
        'fail unique.patient_info.name,admission_details.admission_date,billing.billing_amount',
      ],
    ])

    const { exitCode, result, stdout } = await answer<CheckedData>(
      ...against(),
      '--key',
      'patient_info.name',
      '--key',
      'admission_details.admission_date=Date of Admission',
      '--key',
      'billing.billing_amount',
    )
    expect(exitCode).toBe(5)
    expect(result.csv).toMatchObject({
      // The one that was removed, and the one whose key is another one now.
      missing: { rows: 2 },
      extra: { documents: 1 },
      uneven: { keys: 1 },
      differing: { rows: 2, paths: { 'hospital_info.doctor': 1, 'patient_info.age': 1 } },
    })
    expect(result.csv?.differing.examples.map(({ id }) => id)).toContain(
      JSON.stringify({ $oid: String(changed) }),
    )
    expect(stdout).not.toContain('Nobody')
    expect(stdout).not.toContain(String((patient['patient_info'] as Document)['name']))
    const text = await ops(stack, ['data', 'check'])
    expect([text.exitCode, text.stdout.split('\n')[0]]).toEqual([
      5,
      expect.stringMatching(/^FAILING {2}medical/),
    ])
    const twice = await answer<DuplicatesFound>('duplicates')
    expect([twice.exitCode, twice.result.surplus]).toEqual([5, 1])
    expect(twice.result.keys[0]?.largest[0]?.first).toContain(String(_id))
  })
})

describe('what cannot be looked at', () => {
  test('is told by its name: exit 10', async () => {
    const { exitCode, stdout } = await ops(stack, ['data', 'check', 'medical_records.x', '--json'])
    expect(exitCode).toBe(10)
    expect(stdout).toContain('NAMESPACE_UNKNOWN')
    expect(stdout).toContain(namespace)
  })

  test('in time is not known, and a run that is stopped leaves nothing running', async () => {
    const body = 'function() { sleep(200); return true }'
    const slowly = { $expr: { $function: { body, args: [], lang: 'js' } } }
    const db = client.db('medical_records')
    await db.createCollection('slowly', {
      viewOn: 'healthcare_data',
      pipeline: [{ $match: slowly }],
    })
    const late = await answer<CheckedData>('check', 'medical_records.slowly', '--look-limit', '1s')
    expect(late.exitCode).toBe(4)
    expect(late.result.checks.map(({ severity }) => severity)).not.toContain('ok')

    const underWay = async () =>
      client
        .db('admin')
        .aggregate([{ $currentOp: {} }, { $match: { 'command.comment': 'ops data' } }])
        .toArray()
    const by = ['--by', 'patient_info.name']
    const running = startOps(stack, ['data', 'duplicates', 'medical_records.slowly', ...by])
    await expect.poll(underWay, { timeout: 10_000 }).toHaveLength(1)
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
    await expect.poll(underWay, { timeout: 5000 }).toEqual([])
    await db.dropCollection('slowly')
  }, 60_000)
})

test('without expectations it shows what is there, and does not call it good', async () => {
  const yaml = await readFile(join(stack.folder, 'ops.yaml'), 'utf8')
  const bare = yaml.replace(/ {4}# What healthy data[^]*?(?= {4}# Stopped before)/, '')
  await writeFile(join(stack.folder, 'bare.yaml'), bare, { mode: 0o600 })
  const { exitCode, result } = await answer<CheckedData>('check', '--config', 'bare.yaml')
  expect([exitCode, wrong(result)]).toEqual([4, ['unknown expectations']])
})

import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Health } from '../../../src/checks/health/judge.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor, type Place } from '../../support/cli.js'
import { hashOf, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { only } from '../../unit/troubleshoot/scene.js'
import { asked, nothingSecret, putRight } from './ward.js'

const made = cleanUp()
const named = 'medical_records.patients'
const which = ['duplicates', '--collection', named, '--by', 'patient_info.name']
let server: MongoServer
let place: Place

/** Three of them are there more than once: two with a surplus that differs, one with a surplus that does not. */
const patients = [
  { _id: 1, patient_info: { name: 'Bobby Jackson', age: 30 }, ward: 'A' },
  { _id: 2, patient_info: { name: 'Bobby Jackson', age: 31 }, ward: 'A' },
  { _id: 3, patient_info: { name: 'Bobby Jackson', age: 30 }, ward: 'B' },
  { _id: 4, patient_info: { name: 'Leslie Terry', age: 62 }, ward: 'C' },
  { _id: 5, patient_info: { name: 'Leslie Terry', age: 62 }, ward: 'C' },
  { _id: 6, patient_info: { name: 'bobby jackson', age: 30 }, ward: 'A' },
  { _id: 7, patient_info: { age: 30 }, ward: 'A' },
  { _id: 8, patient_info: { age: 30 }, ward: 'A' },
  { _id: 9, patient_info: { name: null }, ward: 'A' },
  { _id: 10, patient_info: { name: null }, ward: 'A' },
  { _id: 11, patient_info: { name: [] }, ward: 'A' },
  { _id: 12, patient_info: { name: [] }, ward: 'A' },
]

const checks = `checks:
  - {name: once, kind: data, collection: ${named}, unique: [patient_info.name]}
`

beforeAll(async () => {
  server = made.made(await startMongoServer(), (one) => one.remove())
  await server.client
    .db('medical_records')
    .collection('patients')
    .insertMany(patients as object[])
  place = made.made(await placeFor(server, checks), (one) => one.remove())
}, 60_000)
afterAll(() => made.all())

const documents = () =>
  server.client.db('medical_records').collection('patients').find().sort({ _id: 1 }).toArray()

async function health() {
  const ended = await ops(place, ['health', 'declared', '--json'])
  nothingSecret(ended)
  expect(ended.stdout).not.toContain('Bobby')
  const { result } = JSON.parse(ended.stdout) as { result: Health }
  const found = result.checks.find(({ id }) => id === 'declared:once')
  return { exitCode: ended.exitCode, severity: found?.severity, found }
}

test('patients of one name are found by health, explained, removed but for the first, and brought back', async () => {
  const before = await hashOf(server.client)
  const ill = await health()
  expect([ill.exitCode, ill.severity]).toEqual([5, 'fail'])
  expect(ill.found?.value).toMatchObject({
    findings: [{ value: { documents: 12, withoutKey: 6, groups: 2, surplus: 3 } }],
  })
  const [next = ''] = ill.found?.next ?? []
  expect(next).toBe(`ops troubleshoot ${which.join(' ')} --target medical`)

  const { symptoms, exitCode } = await asked(place, ...next.split(' ').slice(2))
  expect(exitCode).toBe(4)
  const found = only(symptoms, 'equal-fields')
  expect(found.fix).toMatchObject({ kind: 'duplicates', fields: ['patient_info.name'] })
  expect(found.because.join()).toContain('2 times')

  const dry = await ops(place, ['troubleshoot', ...which, '--fix', '--dry-run'])
  expect(dry.stdout).toContain('2 of the 3')
  expect(dry.stdout).not.toContain('Bobby')
  expect(await hashOf(server.client)).toBe(before)

  const fixed = await putRight(place, ...which)
  expect(fixed).toMatchObject({ exitCode: 0, cause: 'equal-fields' })
  expect(fixed.did).toMatchObject({ removed: 3, differing: 2, by: ['patient_info.name'] })
  expect(await documents()).toEqual(patients.filter(({ _id }) => ![2, 3, 5].includes(_id)))
  expect(await health()).toMatchObject({ exitCode: 0, severity: 'ok' })
  expect((await asked(place, ...which)).exitCode).toBe(0)

  const undone = await ops(place, ['undo', fixed.receipt ?? '', '--confirm', 'medical', '--json'])
  expect(undone.exitCode, undone.stdout).toBe(0)
  expect(await documents()).toEqual(patients)
  expect(await hashOf(server.client)).toBe(before)
  expect((await health()).severity).toBe('fail')
}, 60_000)

test('what cannot be read is not well', async () => {
  const path = join(place.folder, 'ops.yaml')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace(/password: .*/, 'password: {file: wrong}'))
  await appendFile(join(place.folder, 'wrong'), 'wrong', { mode: 0o600 })
  expect((await health()).severity).toBe('unknown')
  await writeFile(path, text)
})

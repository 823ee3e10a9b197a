import { Int32, type Document } from 'bson'
import { describe, expect, test } from 'vitest'
import type { Expectation } from '../../../src/domain/target.js'
import { checkData, type DataRequest } from '../../../src/procedures/data/checkData.js'
import { findDuplicates } from '../../../src/procedures/data/duplicates.js'
import { fakeWorld, medical } from '../../fakes/world.js'
import { records } from './scene.js'

const patients: readonly Document[] = [
  { _id: new Int32(1), name: 'A', age: new Int32(5) },
  { _id: new Int32(2), name: 'B', age: new Int32(6) },
  { _id: new Int32(3), name: 'A', age: '7' },
]

function scene(expected?: Expectation) {
  const fake = fakeWorld()
  fake.server
    .collection('medical_records', 'healthcare_data', patients, ['name_1'])
    .collection('medical_records', 'audit_trail', [{ _id: new Int32(1) }])
  const target = { ...medical, expectations: expected ? { [records]: expected } : {} }
  const request: DataRequest = {
    target,
    namespaces: [],
    closeness: { sample: 2, exact: false, milliseconds: 1000 },
    signal: new AbortController().signal,
  }
  const check = (changes: Partial<DataRequest> = {}) =>
    checkData({ ...request, ...changes }, fake.world)
  const duplicates = (changes: object = {}) => {
    const asked = { target, namespaces: [], by: [], top: 5, milliseconds: 1000 }
    return findDuplicates({ ...asked, signal: request.signal, ...changes }, fake.world)
  }
  return { ...fake, check, duplicates }
}

/** More documents than are read without having been asked to. */
const large = new Array<Document>(1_000_001).fill({})

const named = (collection: string) => ({ database: 'medical_records', collection })
const severities = ({ checks }: Awaited<ReturnType<typeof checkData>>) =>
  checks.map(({ id, severity }) => `${severity} ${id.replace(`${records}.`, '')}`)

describe('checking data', () => {
  test('holds it against all that is expected', async () => {
    const { check } = scene({
      documents: { min: 3 },
      indexes: ['name', 'age'],
      required: ['name'],
      types: { age: ['int'], name: ['string'] },
      unique: ['name', 'name,age'],
    })
    const checked = await check()
    expect(checked.verdict).toBe('fail')
    expect(severities(checked)).toEqual([
      'ok documents',
      'ok indexes.name',
      'fail indexes.age',
      'ok required.name',
      'fail types.age',
      'ok types.name',
      'fail unique.name',
      'ok unique.name,age',
    ])
    expect(checked.namespaces.map(({ namespace }) => namespace)).toEqual([records])
    expect(checked.namespaces[0]).toMatchObject({ documents: 3, exactly: true })
    expect(checked.namespaces[0]?.structure?.sampled).toBe(2)
    expect(JSON.stringify(checked)).not.toContain('"A"')
  })

  test('shows everything there is where nothing is expected, and does not call it good', async () => {
    const checked = await scene().check()
    expect(checked.verdict).toBe('warn')
    expect(checked.namespaces).toHaveLength(2)
  })

  test('tells of a collection that is expected and not there', async () => {
    const { world } = fakeWorld()
    const target = { ...medical, expectations: { [records]: {} } }
    const asked = { sample: 1, exact: false, milliseconds: 1 }
    const { signal } = new AbortController()
    const checked = await checkData({ target, namespaces: [], closeness: asked, signal }, world)
    expect(severities(checked)).toEqual(['fail there'])
  })

  test('names what there is where something else was asked for', async () => {
    await expect(scene().check({ namespaces: [named('healtcare_data')] })).rejects.toMatchObject({
      kind: 'not-found',
      code: 'NAMESPACE_UNKNOWN',
      next: [`ops data check ${records}`],
    })
  })

  test('ends where there is nothing at all', async () => {
    const { world } = fakeWorld()
    const closeness = { sample: 1, exact: false, milliseconds: 1 }
    const { signal } = new AbortController()
    await expect(
      checkData({ target: medical, namespaces: [], closeness, signal }, world),
    ).rejects.toMatchObject({ kind: 'not-found', code: 'NAMESPACE_NONE' })
  })

  test('does not know what a server was too slow to tell', async () => {
    const { check, server } = scene({ required: ['name'], unique: ['name'] })
    server.data.slow = true
    const checked = await check()
    expect(checked.verdict).toBe('warn')
    expect(severities(checked)).toEqual([
      'ok documents',
      'unknown required.name',
      'unknown unique.name',
      'unknown structure',
    ])
  })

  test('is ended by the signal', async () => {
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    await expect(scene({}).check({ signal: stop.signal })).rejects.toThrow('stopped')
  })

  test('holds a file against one collection, and looks at nothing else', async () => {
    const { check, csv, server } = scene({ documents: { min: 1000 } })
    csv.files.set('/x.csv', [
      ['name', 'age'],
      ['A', '5'],
      ['B', '6'],
      ['C', '7'],
    ])
    const checked = await check({
      csv: {
        file: '/x.csv',
        form: { delimiter: ',', encoding: 'utf-8' },
        namespace: named('healthcare_data'),
        key: [{ path: 'name' }, { path: 'age' }],
        fields: [],
        skipped: [],
        loosely: false,
        showValues: false,
      },
    })
    expect(checked.csv).toMatchObject({ missing: { rows: 1 }, extra: { documents: 1 } })
    expect(checked.checks.every(({ id }) => id.startsWith(`${records}.csv.`))).toBe(true)
    const asked = ['sample', 'tally', 'fields'].map((what) => `${what} healthcare_data`)
    expect(server.data.asked).toEqual(asked)
  })
})

describe('a large collection', () => {
  const expected = { required: ['name'], unique: ['name'] }

  test('is sampled, and what was not looked at is not called good', async () => {
    const { check, server } = scene(expected)
    server.collection('medical_records', 'healthcare_data', large)
    server.data.slow = true
    await check()
    expect(server.data.asked).toEqual(['tally healthcare_data', 'sample healthcare_data'])
  })

  test('is read whole where --exact asks for it', async () => {
    const { check, server } = scene(expected)
    server.collection('medical_records', 'healthcare_data', large)
    server.data.slow = true
    await check({ closeness: { sample: 1, exact: true, milliseconds: 1 } })
    expect(server.data.asked).toContain('duplicates healthcare_data')
  })
})

describe('finding duplicates', () => {
  test('by the fields that were named', async () => {
    const found = await scene().duplicates({ namespaces: [named('healthcare_data')], by: ['name'] })
    expect(found).toMatchObject({ verdict: 'warn', surplus: 1 })
    expect(found.keys).toMatchObject([
      { by: ['name'], groups: 1, largest: [{ documents: 2, first: '1', last: '3' }] },
    ])
    expect(JSON.stringify(found)).not.toContain('"A"')
  })

  test('by what is expected to be unique, where nobody named any', async () => {
    const found = await scene({ unique: ['name', 'name,age'] }).duplicates()
    expect(found.verdict).toBe('fail')
    expect(found.keys.map(({ by, surplus }) => [by, surplus])).toEqual([
      [['name'], 1],
      [['name', 'age'], 0],
    ])
  })

  test('of whole documents is refused where there are very many: they fill the disk of a server', async () => {
    const { duplicates, server } = scene()
    server.collection('medical_records', 'healthcare_data', large)
    const asked = duplicates({ namespaces: [named('healthcare_data')] })
    await expect(asked).rejects.toMatchObject({ kind: 'usage', code: 'USAGE' })
    expect(server.data.asked).toEqual([])
  })

  test('of whole documents, where nothing is said', async () => {
    const { duplicates, server } = scene()
    server.collection('medical_records', 'audit_trail', [
      { _id: new Int32(1), at: 1 },
      { _id: new Int32(2), at: 1 },
    ])
    const found = await duplicates({ namespaces: ['healthcare_data', 'audit_trail'].map(named) })
    expect(found.keys.map(({ by, surplus }) => [by, surplus])).toEqual([
      [[], 0],
      [[], 1],
    ])
    await expect(duplicates()).rejects.toMatchObject({
      kind: 'usage',
      code: 'COLLECTION_REQUIRED',
    })
  })

  test('of a collection that is expected and not there, nobody is told that there are none', async () => {
    const { world } = fakeWorld()
    const target = { ...medical, expectations: { [records]: {} } }
    const { signal } = new AbortController()
    const asked = { target, namespaces: [], by: ['a'], top: 1, milliseconds: 1, signal }
    await expect(findDuplicates(asked, world)).rejects.toMatchObject({ code: 'NAMESPACE_UNKNOWN' })
  })
})

import { Double, Int32, serialize, type Document } from 'bson'
import { describe, expect, test } from 'vitest'
import { compareCsv } from '../../../src/procedures/data/csv/compareCsv.js'
import type { CsvRequest } from '../../../src/procedures/data/csv/request.js'
import { fakeWorld } from '../../fakes/world.js'

const file = '/srv/records.csv'
const { signal } = new AbortController()
const headings = ['Name', 'Age', 'Billing Amount', 'Date of Admission']

/** How it is compared, and documents that nothing here can write. */
interface Limits {
  readonly mostBytes?: number
  readonly raw?: readonly Uint8Array[]
  readonly sample?: number
}

/** So many rows and the documents they became. */
function scene(count = 20) {
  const { world, server, csv } = fakeWorld()
  const rows: string[][] = []
  const documents: Document[] = []
  for (let at = 0; at < count; at += 1) {
    const day = `2021-06-${(1 + (at % 28)).toString().padStart(2, '0')}`
    rows.push([`Patient ${at.toString()}`, (20 + at).toString(), `${at.toString()}.50`, day])
    documents.push({
      _id: new Int32(at),
      patient: { name: `Patient ${at.toString()}`, age: new Int32(20 + at) },
      billing: { billing_amount: new Double(at + 0.5) },
      admission_date: new Date(`${day}T00:00:00Z`),
    })
  }
  const compare = async (
    changes: Partial<CsvRequest> = {},
    { mostBytes, raw = [], sample = 100 }: Limits = {},
  ) => {
    server.collection('medical', 'records', documents)
    csv.files.set(file, [headings, ...rows])
    const session = await world.mongo.connect(undefined as never)
    const request: CsvRequest = {
      file,
      form: { delimiter: ',', encoding: 'utf-8' },
      namespace: { database: 'medical', collection: 'records' },
      key: [{ path: 'patient.name' }],
      fields: [{ path: 'admission_date', column: 'Date of Admission' }],
      skipped: [],
      loosely: false,
      showValues: false,
      ...changes,
    }
    const closeness = { sample, exact: false, milliseconds: 1000 }
    const { data } = session
    // What nothing that is written here can say, a program of another language can.
    const fields: typeof data.fields = async function* (...asked) {
      yield* data.fields(...asked)
      yield* raw
    }
    const told = {
      data: {
        tally: data.tally.bind(data),
        sample: data.sample.bind(data),
        duplicates: data.duplicates.bind(data),
        fields,
      },
    }
    return compareCsv(request, told, closeness, csv, signal, mostBytes)
  }
  return { rows, documents, compare, csv }
}

const nothing = {
  missing: { rows: 0 },
  extra: { documents: 0 },
  uneven: { keys: 0 },
  malformed: { rows: 0 },
  repeated: 0,
  differing: { rows: 0, paths: {} },
  unmatched: [],
}

describe('a file held against a collection', () => {
  test('is the same where each row is a document, whatever the types', async () => {
    const compared = await scene().compare()
    expect(compared).toMatchObject({ rows: 20, documents: 20, ...nothing })
    expect(compared.fields.map(({ path }) => path)).toEqual([
      'admission_date',
      'patient.age',
      'billing.billing_amount',
    ])
  })

  test.each([
    ['at once', {}],
    ['in several readings', { mostBytes: 400 }],
  ])('has a removed, a changed and a new document found: %s', async (_, limits) => {
    const { documents, compare, csv } = scene()
    documents.splice(3, 1)
    documents.push({ _id: new Int32(99), patient: { name: 'Somebody', age: new Int32(1) } })
    Object.assign(documents[7] as Document, { billing: { billing_amount: new Double(1) } })
    const compared = await compare({}, limits)
    expect(compared).toMatchObject({
      ...nothing,
      rows: 20,
      documents: 20,
      missing: { rows: 1, examples: [{ line: 5 }] },
      extra: { documents: 1, examples: [{ id: '99' }] },
      differing: {
        rows: 1,
        paths: { 'billing.billing_amount': 1 },
        examples: [{ line: 10, id: '8', paths: ['billing.billing_amount'] }],
      },
    })
    if ('mostBytes' in limits) expect(csv.readings).toBeGreaterThan(3)
    expect(JSON.stringify(compared)).not.toMatch(/Patient|Somebody|8\.5/)
  })

  test('shows values only where somebody asked for them', async () => {
    const { documents, compare } = scene()
    documents.splice(3, 1)
    Object.assign(documents[7] as Document, { billing: { billing_amount: new Double(1) } })
    documents.push({ _id: new Int32(99), patient: { name: 'Somebody' } })
    const { missing, extra, differing } = await compare({ showValues: true })
    expect(missing.examples).toEqual([{ line: 5, key: ['Patient 3'] }])
    expect(extra.examples).toEqual([{ id: '99', key: ['Somebody'] }])
    expect(differing.examples[0]?.values).toMatchObject([
      { path: 'billing.billing_amount', file: '8.50', stored: '1' },
    ])
  })

  test('has keys that are not there equally often told apart from those that are', async () => {
    const { rows, documents, compare } = scene()
    rows.push([...(rows[0] ?? [])], [...(rows[1] ?? [])])
    documents.push({ ...documents[1], _id: new Int32(50) })
    expect(await compare()).toMatchObject({
      ...nothing,
      rows: 22,
      documents: 21,
      uneven: { keys: 1, lines: [2] },
      repeated: 1,
    })
  })

  test('is the same loosely, whatever a loader cleans', async () => {
    const { rows, compare } = scene()
    const [first = []] = rows
    rows.push(first, first)
    rows[1] = [' pATIENT  1,', '21', '1.4999999', '2021-06-02']
    rows.push(rows[1])
    const loosely = await compare({ loosely: true })
    expect(loosely).toMatchObject({ ...nothing, rows: 23, documents: 20, copies: 3 })
    expect(await compare()).toMatchObject({ copies: 0, missing: { rows: 2 }, uneven: { keys: 1 } })
  })

  test.each([
    ['at once', {}],
    ['in several readings', { mostBytes: 800 }],
  ])('has copies loosely left out, also where others share their key: %s', async (_, limits) => {
    const { rows, documents, compare } = scene()
    const [first = []] = rows
    const other = { patient: { name: 'Patient 0', age: new Int32(70) } }
    documents.push({ ...documents[0], ...other, _id: new Int32(50) })
    rows.push([...first.slice(0, 1), '70', ...first.slice(2)], first, first)
    const compared = await compare({ loosely: true }, limits)
    expect(compared).toMatchObject({ ...nothing, rows: 23, documents: 21, copies: 2, repeated: 1 })
  })

  test('is compared loosely to the end, although all rows share a key and do not fit', async () => {
    const { rows, documents, compare } = scene(40)
    for (const row of rows) row[0] = 'Patient 0'
    for (const document of documents)
      Object.assign(document['patient'] as Document, { name: 'Patient 0' })
    const compared = await compare({ loosely: true }, { mostBytes: 400 })
    expect(compared).toMatchObject({ ...nothing, rows: 40, documents: 40, repeated: 1 })
  })

  test('is not ended by a text that is no UTF-8', async () => {
    const { compare } = scene(3)
    const text = serialize({ _id: new Int32(7), patient: { name: 'Somebodz' } })
    text[text.indexOf(0x7a)] = 0xff
    expect(await compare({}, { raw: [text] })).toMatchObject({
      documents: 4,
      extra: { documents: 1, examples: [{ id: '7' }] },
    })
  })

  test('has rows of another width, and what has no key, counted apart', async () => {
    const { rows, documents, compare } = scene()
    rows.push(['Patient 20', '1'], ['', '1', '2', '2021-01-01'])
    documents.push({ _id: new Int32(20), patient: { name: null } })
    expect(await compare()).toMatchObject({
      ...nothing,
      malformed: { rows: 1, lines: [22] },
      rowsWithoutKey: 1,
      documentsWithoutKey: 1,
    })
  })

  test('is compared by every type that a field has, also by one that no sample has met', async () => {
    const { rows, documents, compare } = scene()
    const column = headings.indexOf('Age')
    for (const at of [0, 1]) {
      const old = `${(20 + at).toString()} years`
      Object.assign(documents[at]?.['patient'] as Document, { age: old })
      rows[at]?.splice(column, 1, old)
    }
    rows[5]?.splice(column, 1, '25.0')
    expect(await compare({}, { sample: 2 })).toMatchObject(nothing)
  })

  test('is not compared by a key that no document has', async () => {
    const asked = scene().compare({ key: [{ path: 'patient.nmae', column: 'Name' }] })
    await expect(asked).rejects.toMatchObject({
      kind: 'usage',
      code: 'USAGE',
      next: ['ops … --key patient.name=Name'],
    })
  })

  test('is not compared without headings', async () => {
    const { compare, csv } = scene()
    const compared = compare()
    csv.files.set(file, [])
    await expect(compared).rejects.toMatchObject({ kind: 'usage', code: 'CSV_EMPTY' })
  })
})

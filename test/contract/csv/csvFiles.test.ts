import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { machineCsvFiles } from '../../../src/adapters/csv/csvFiles.js'
import type { CsvForm, CsvRow } from '../../../src/ports/csv.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-csv-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const usual: CsvForm = { delimiter: ',', encoding: 'utf-8' }

async function read(content: string | Buffer, form = usual, signal = new AbortController().signal) {
  const path = join(folder, 'records.csv')
  await writeFile(path, content)
  return readAt(path, form, signal)
}

async function readAt(path: string, form = usual, signal = new AbortController().signal) {
  const rows: CsvRow[] = []
  for await (const row of machineCsvFiles.rows(path, form, signal)) rows.push(row)
  return rows
}

const malformed = { kind: 'integrity', code: 'CSV_MALFORMED' }

describe('a file of values between delimiters', () => {
  test('is rows with the lines that they begin on', async () => {
    expect(await read('Name,Note\r\nA,"1\r\n2\r\n"\r\n\r\nB,"say ""x"", please"\r\n')).toEqual([
      { line: 1, values: ['Name', 'Note'] },
      { line: 2, values: ['A', '1\r\n2\r\n'] },
      { line: 6, values: ['B', 'say "x", please'] },
    ])
  })

  test.each([
    ['line ends of Windows', 'a,b\r\n1,2\r\n'],
    ['no end of the last line', 'a,b\n1,2'],
    ['another line end behind the headings', 'a,b\n1,2\r\n'],
    ['line ends of old machines', 'a,b\r1,2\r'],
    ['a mark of the byte order', '\ufeffa,b\n1,2\n'],
    ['an empty line at the end', 'a,b\n1,2\n\n'],
  ])('may have %s', async (_, content) => {
    expect((await read(content)).map(({ values }) => values)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
  })

  test('may have another delimiter and another encoding', async () => {
    const latin = Buffer.from('Nom;Âge\nHélène;4\n', 'latin1')
    const rows = await read(latin, { delimiter: ';', encoding: 'windows-1252' })
    expect(rows[1]?.values).toEqual(['Hélène', '4'])
    const wide = Buffer.from('\ufeffa,é\n', 'utf16le')
    expect((await read(wide, { ...usual, encoding: 'utf-16le' }))[0]?.values).toEqual(['a', 'é'])
  })

  test('keeps rows of another width, for their reader to judge', async () => {
    expect((await read('a,b\n1\n1,2,3\n')).map(({ values }) => values.length)).toEqual([2, 1, 3])
  })

  test('keeps a letter whose bytes come in two pieces', async () => {
    const rows = await read(`a\n${'x'.repeat(65_533)}é\n`)
    expect(rows[1]?.values[0]?.endsWith('xé')).toBe(true)
  })

  test.each([
    ['a quote that never closes', 'a,b\n"Jane Doe,2\n3,4\n'],
    ['bytes that are no UTF-8', Buffer.from('Name\nHélène\n', 'latin1')],
    ['UTF-16 that nobody told of', Buffer.from('\ufeffName\nJane Doe\n', 'utf16le')],
  ])('is refused with %s, and nothing of it is quoted', async (_, content) => {
    await expect(read(content)).rejects.toMatchObject(malformed)
    await expect(read(content)).rejects.not.toThrow(/Jane|Hél/)
  })

  test('has to be there, and to be a file that may be read', async () => {
    await expect(readAt(join(folder, 'none.csv'))).rejects.toMatchObject({
      kind: 'not-found',
      code: 'CSV_NOT_FOUND',
    })
    await expect(readAt(folder)).rejects.toMatchObject({
      kind: 'environment',
      code: 'CSV_UNREADABLE',
    })
  })

  test('is no pipe, for it is read more than once', async () => {
    const pipe = join(folder, 'pipe.csv')
    await promisify(execFile)('mkfifo', [pipe])
    for (const path of [pipe, '/dev/null'])
      await expect(readAt(path)).rejects.toMatchObject({
        kind: 'environment',
        code: 'CSV_UNREADABLE',
      })
  })

  test('is read on only as fast as it is read, and no further than somebody wants', async () => {
    const path = join(folder, 'large.csv')
    await writeFile(path, `a\n${'x\n'.repeat(2_000_000)}`)
    const stop = new AbortController()
    let rows = 0
    const reading = async () => {
      for await (const { values } of machineCsvFiles.rows(path, usual, stop.signal)) {
        rows += values.length
        if (rows === 1000) stop.abort(new Error('enough'))
      }
    }
    await expect(reading()).rejects.toThrow('enough')
    expect(rows).toBeLessThan(1_000_000)
    for await (const { line } of machineCsvFiles.rows(path, usual, new AbortController().signal)) {
      expect(line).toBe(1)
      break
    }
  })
})

import { describe, expect, test } from 'vitest'
import { LogReader } from '../../../../src/domain/logs/entry.js'

const read = (line: string) => new LogReader().read(line)

describe('a line of a log', () => {
  test('of mongod: its component, its message, its letter for a level, its own time', () => {
    const line =
      'healthcare_mongodb  | 2026-11-21T13:00:01.000000001Z {"t":{"$date":"2026-11-21T14:00:00.500+01:00"},"s":"W","c":"STORAGE","id":1,"ctx":"x","msg":"Slow fsync","attr":{"error":{"codeName":"DiskFull"}}}'
    expect(read(line)).toEqual({
      source: 'healthcare_mongodb',
      at: '2026-11-21T13:00:00.500Z',
      level: 'warning',
      message: 'STORAGE: Slow fsync (DiskFull)',
    })
  })

  test('of a program that logs text: the time of the engine, the level that it shouts', () => {
    expect(read('api-1  | 2026-11-21T13:00:01.123456789Z 12:00 ERROR cannot connect')).toEqual({
      source: 'api-1',
      at: '2026-11-21T13:00:01.123Z',
      level: 'error',
      message: '12:00 ERROR cannot connect',
    })
  })

  test.each([
    ['2026-11-21T13:00:00Z [warn] low', 'warning', '[warn] low'],
    ['level=fatal no room', 'fatal', 'level=fatal no room'],
    ['2026-11-21 13:00:00,123 - INFO - done', 'info', 'INFO - done'],
    ['ValueError: no number', 'error', 'ValueError: no number'],
    ['{"level":40,"msg":"slow","time":1763730000000}', 'warning', 'slow'],
    ['{"severity":"CRITICAL","message":"down"}', 'fatal', 'down'],
  ])('%s', (text, level, message) => {
    expect(read(`api  | ${text}`)).toMatchObject({ source: 'api', level, message })
  })

  test.each(['an error of judgement', '{"unfinished', '[1, 2]', ''])(
    'that names no level has none: %s',
    (text) => {
      expect(read(`api  | ${text}`)).toEqual({ source: 'api', message: text })
    },
  )

  test('that is indented goes on with the one before it of the same container', () => {
    const reader = new LogReader()
    reader.read('api  | ERROR it broke')
    expect(reader.read('db  |   at x')).not.toHaveProperty('level')
    expect(reader.read('api  |   at x')).toMatchObject({ level: 'error' })
    expect(reader.read('api  |   at y')).toMatchObject({ level: 'error' })
    reader.read('api  | done')
    expect(reader.read('api  |   at z')).not.toHaveProperty('level')
  })

  test('without a name before it is of the one service that was asked for', () => {
    expect(new LogReader('migration_app').read('row 1')).toEqual({
      source: 'migration_app',
      message: 'row 1',
    })
  })
})

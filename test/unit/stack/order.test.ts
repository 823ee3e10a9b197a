import { describe, expect, test } from 'vitest'
import {
  dependingOn,
  inOrder,
  runsOnce,
  withNeeds,
} from '../../../src/procedures/stack/order.js'

const on = (...names: string[]) => ({
  dependsOn: Object.fromEntries(names.map((name) => [name, 'service_healthy'])),
  restart: 'always',
})

/** A desk behind an api behind a database, whose key somebody makes first; a loader that runs once. */
const services = {
  desk: on('api'),
  api: on('mongodb', 'cache'),
  cache: on(),
  loader: { ...on('mongodb'), restart: 'no' },
  mongodb: { dependsOn: { key: 'service_completed_successfully' }, restart: 'always' },
  key: on(),
}

describe('the order of services', () => {
  test('has each behind what it depends on, which comes along', () => {
    expect(withNeeds(['desk'], services)).toEqual(['key', 'mongodb', 'cache', 'api', 'desk'])
    expect(withNeeds(['cache', 'mongodb'], services)).toEqual(['cache', 'key', 'mongodb'])
  })

  test('follows nothing into what is left out, and knows of nothing that is not there', () => {
    expect(withNeeds(['desk', 'gone'], services, new Set(['mongodb']))).toEqual([
      'cache',
      'api',
      'desk',
    ])
  })

  test('holds among services between which others lie', () => {
    expect(inOrder(['desk', 'key'], services)).toEqual(['key', 'desk'])
  })

  test('ends where services depend on each other', () => {
    const round = { one: on('other'), other: on('one') }
    expect(withNeeds(['one'], round)).toEqual(['other', 'one'])
    expect(dependingOn('one', round)).toEqual(new Set(['other']))
  })
})

test('what depends on a service does so directly or through others', () => {
  expect(dependingOn('mongodb', services)).toEqual(new Set(['api', 'loader', 'desk']))
  expect(dependingOn('desk', services)).toEqual(new Set())
})

test('a service runs once whose success others wait for, or that nothing starts again', () => {
  const once = Object.keys(services).filter((name) => runsOnce(name, services))
  expect(once).toEqual(['loader', 'key'])
  expect(runsOnce('gone', services)).toBe(true)
})

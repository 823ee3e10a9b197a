import { describe, expect, test } from 'vitest'
import { judgeDamage } from '../../../src/checks/corruption/judge.js'
import { lookForDamage } from '../../../src/procedures/dr/corruption/lookForDamage.js'
import type { World } from '../../../src/ports/world.js'
import { container } from '../../fakes/stack.js'
import { medical } from '../../fakes/world.js'
import { hospital, panic } from './scene.js'

const look = (world: World, limit = 60_000) =>
  lookForDamage({ target: medical, limit, signal: new AbortController().signal }, world)

describe('looking for damage', () => {
  test('reads every collection of every database, those that the target does not name too', async () => {
    const { world } = await hospital()
    const { collections } = await look(world)
    expect(collections.map(({ name, read, documents }) => [name, read, documents])).toEqual([
      ['medical_records.healthcare_data', 'whole', 20],
      ['other.things', 'whole', 1],
    ])
  })

  test('tells what the server calls invalid', async () => {
    const { world, server } = await hospital()
    server.mischief = { invalid: { 'other.things': ['index _id_ is broken'] } }
    expect(judgeDamage(await look(world))).toMatchObject({
      verdict: 'damaged',
      damages: [{ where: 'other.things', evidence: 'index _id_ is broken' }],
    })
  })

  test('reads nothing where the log says enough: a server that meets a damaged page ends', async () => {
    const { world, server, said } = await hospital()
    said.lines = [panic]
    expect(await look(world)).toMatchObject({ spared: true, collections: [], lines: [panic] })
    expect(server.log).toEqual([])
  })

  test('a server that ends while it is read: its log says why, and nothing more is asked', async () => {
    const scene = await hospital()
    const { server, stack, said } = scene
    const connect = server.connect.bind(server)
    server.connect = async () => {
      const session = await connect()
      const closed = () => Promise.reject(new Error('connection 7 closed'))
      return {
        ...session,
        countDocuments: () => {
          stack.containers[0] = container('mongodb', { startedAt: '2026-11-21T13:05:00.000Z' })
          said.lines = [panic]
          session.server = closed
          return closed()
        },
        server: () => session.server(),
      }
    }
    const evidence = await look(scene.world)
    expect(evidence).toMatchObject({
      diedReading: true,
      collections: [{ read: expect.any(String) as string }, { read: 'not looked at' }],
    })
    expect(judgeDamage(evidence).verdict).toBe('damaged')
  })

  test('stops at its limit, and calls nothing sound that it did not read', async () => {
    const scene = await hospital()
    let begun: () => void = () => undefined
    const counting = new Promise<void>((resolve) => {
      begun = resolve
    })
    scene.server.mischief = { countWaits: new Promise(() => undefined) }
    const connect = scene.server.connect.bind(scene.server)
    scene.server.connect = async () => {
      const session = await connect()
      return {
        ...session,
        countDocuments: (...given) => {
          begun()
          return session.countDocuments(...given)
        },
      }
    }
    const sleep = () => counting
    const evidence = await look({ ...scene.world, clock: { ...scene.clock, sleep } })
    expect(evidence.collections.map(({ read }) => read)).toEqual(['not looked at', 'not looked at'])
    expect(JSON.stringify(evidence.collections)).toContain('the time for looking (60 s) was over')
    expect(judgeDamage(evidence).verdict).toBe('unknown')
  })
})

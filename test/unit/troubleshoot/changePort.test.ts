import { describe, expect, test } from 'vitest'
import { withVariable } from '../../../src/domain/environmentText.js'
import type { Fix } from '../../../src/checks/troubleshoot/fix.js'
import { healthcare, service } from '../../fakes/project.js'
import { container } from '../../fakes/stack.js'
import { bedside } from './world.js'

const fix: Fix = {
  kind: 'port',
  title: 'another port',
  service: 'mongodb',
  variable: 'MONGO_PORT',
  from: 27_017,
}

/** Compose reads the port from `.env`, and a container that is made gets it. */
function scene({ readsFile = true } = {}) {
  const it = bedside()
  it.project.stack.containers.splice(0)
  it.texts.set('/srv/.env', 'A=1\nMONGO_PORT=27017\nB=2\n')
  const published = () => {
    const told = /^MONGO_PORT=(\d+)$/m.exec(it.texts.get('/srv/.env') ?? '')?.[1]
    return readsFile ? (told ?? '27017') : '27017'
  }
  const project = () => ({
    ...healthcare,
    services: {
      mongodb: service('mongodb', { ports: [{ container: 27_017, published: published() }] }),
    },
  })
  const compose = it.project.compose()
  const world = {
    ...it.world,
    compose: {
      ...compose,
      project: () => Promise.resolve(project()),
      make: () => {
        const ports = { '27017/tcp': [{ host: '', port: Number(published()) }] }
        it.project.stack.containers.push(container('mongodb', { ports }))
        return Promise.resolve()
      },
    },
  }
  return { ...it, doneIn: () => it.done(fix, world) }
}

describe('another port', () => {
  test('is the next that is free, stands in .env, and the file before is kept', async () => {
    const { doneIn, texts, listeners } = scene()
    listeners.set(27_018, [{ address: '0.0.0.0' }])
    const { result, receipt } = await doneIn()
    expect(texts.get('/srv/.env')).toBe('A=1\nMONGO_PORT=27019\nB=2\n')
    expect(texts.get(String(result.did['kept']))).toContain('MONGO_PORT=27017')
    expect(receipt?.port).toMatchObject({ from: 27_017, to: 27_019 })
  })

  test('is taken back where compose does not take it from there: no container is touched', async () => {
    const { doneIn, texts, project } = scene({ readsFile: false })
    await expect(doneIn()).rejects.toMatchObject({ code: 'PORT_STAYS' })
    expect(texts.get('/srv/.env')).toBe('A=1\nMONGO_PORT=27017\nB=2\n')
    expect(project.stack.containers).toEqual([])
  })

  test('is refused where somebody writes to the file just now', async () => {
    const it = scene()
    const { environmentFile } = it.world
    let looks = 0
    const changing = {
      ...environmentFile,
      text: async (path: string) => {
        looks += 1
        return `${(await environmentFile.text(path)) ?? ''}${looks.toString()}`
      },
    }
    const done = it.done(fix, { ...it.world, environmentFile: changing })
    await expect(done).rejects.toMatchObject({ code: 'ENVIRONMENT_CHANGED' })
  })
})

describe('a variable of .env', () => {
  test.each([
    ['', 'P=2\n'],
    ['A=1', 'A=1\nP=2\n'],
    ['P=1\nA=1\nP=3 # why\n', 'P=1\nA=1\nP=2\n'],
    ['export P = 1\r\nA=1\r\n', 'export P = 2\r\nA=1\r\n'],
    ['XP=1\n', 'XP=1\nP=2\n'],
  ])('%j becomes %j', (before, after) => {
    expect(withVariable(before, 'P', '2')).toBe(after)
  })
})

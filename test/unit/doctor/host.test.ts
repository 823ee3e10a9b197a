import { describe, expect, test } from 'vitest'
import { judgeConfiguration, judgeStack } from '../../../src/checks/doctor/configuration.js'
import { judgeFolder } from '../../../src/checks/doctor/folder.js'
import { judgeCompose, judgeEngine } from '../../../src/checks/doctor/host.js'
import type { FolderFacts } from '../../../src/ports/machine.js'
import { file, folder, refusal, saw, silence, told } from './scene.js'

describe('the engine', () => {
  test('is named with its version and where it answers', () => {
    const facts = {
      version: '28.1',
      apiVersion: '1.49',
      operatingSystem: 'linux',
      local: false,
      endpoint: 'ssh://db01',
    }
    expect(told(judgeEngine(saw(facts)))).toBe(
      'ok: Docker engine 28.1 answers at ssh://db01, on another machine',
    )
  })

  test('that refuses fails, with the way to start it', () => {
    expect(judgeEngine(refusal('ENGINE_UNREACHABLE', 'nothing listens there'))).toMatchObject({
      severity: 'fail',
      because: 'nothing listens there',
      next: ['fix ENGINE_UNREACHABLE'],
      value: { code: 'ENGINE_UNREACHABLE' },
    })
  })

  test('that hangs is unknown, never ok', () => {
    expect(judgeEngine(silence)).toMatchObject({
      severity: 'unknown',
      because: 'no answer within 10 s',
    })
  })
})

test('a missing compose fails where a stack needs it, and only there', () => {
  expect(judgeCompose(saw('2.26.1'), true).severity).toBe('ok')
  expect(judgeCompose(refusal('COMPOSE_MISSING'), true).severity).toBe('fail')
  expect(judgeCompose(refusal('COMPOSE_MISSING'), false).severity).toBe('ok')
  expect(judgeCompose(silence, false).severity).toBe('unknown')
})

describe('a folder that ops writes to', () => {
  const judged = (changes: Partial<FolderFacts>) =>
    told(judgeFolder('medical.shelf', 'the shelf', saw(folder(changes)), ['ops config show']))

  test.each<[Partial<FolderFacts>, string]>([
    [{}, 'ok: the shelf can be written to, and by its owner alone'],
    [{ kind: 'missing' }, 'ok: the shelf will be made when it is first needed'],
    [{ kind: 'missing', writable: false, obstacle: 'ENOTDIR' }, 'fail: the shelf cannot be made'],
    [{ kind: 'hidden', writable: false, obstacle: 'EACCES' }, 'fail: the shelf cannot be reached'],
    [{ writable: false, obstacle: 'EROFS' }, 'fail: the shelf cannot be written to'],
    [{ kind: 'link' }, 'fail: the shelf is a link'],
    [{ kind: 'file' }, 'fail: the shelf is no folder'],
    [{ inMemory: true }, 'fail: the shelf lies in memory'],
    [{ mode: 0o770 }, 'fail: others may write to the shelf'],
    [{ mode: 0o1777 }, 'fail: others may write to the shelf'],
    [{ mode: 0o755 }, 'warn: the shelf is open to others'],
    [{ owner: 'somebody else' }, 'warn: the shelf belongs to somebody else'],
    [{ owner: 'root' }, 'ok: the shelf can be written to, and by its owner alone'],
  ])('%j: %s', (changes, sentence) => {
    expect(judged(changes)).toBe(sentence)
  })

  test('says in words why it cannot be written to', () => {
    const found = judgeFolder(
      'medical.shelf',
      'the shelf',
      saw(folder({ path: '/mnt/my shelf', writable: false, obstacle: 'ENOSPC' })),
      [],
    )
    expect(found.because).toBe('/mnt/my shelf: its file system is full (ENOSPC)')
    expect(found.next).toEqual(["ls -ld '/mnt/my shelf'"])
  })

  test('that nobody could look at is unknown', () => {
    expect(judgeFolder('host.state', 'the state folder', silence, []).severity).toBe('unknown')
  })
})

describe('the configuration', () => {
  const facts = { file: '/srv/ops.yaml', targets: ['medical'], warnings: [], plainPasswords: [] }

  test('that is not there fails with its code', () => {
    expect(judgeConfiguration(refusal('CONFIG_NOT_FOUND'))).toEqual([
      expect.objectContaining({
        severity: 'fail',
        says: 'there is no configuration, so no target was looked at',
        value: { code: 'CONFIG_NOT_FOUND' },
      }),
    ])
  })

  test('that is invalid fails with every problem and its line', () => {
    const [found] = judgeConfiguration(refusal('CONFIG_INVALID', 'ops.yaml:3:1: unknown key'))
    expect(found).toMatchObject({ severity: 'fail', because: 'ops.yaml:3:1: unknown key' })
  })

  test('hands on each warning of its reader, but the one that a check of its own is about', () => {
    const warnings = [
      'ops.yaml:9: a password in plain text',
      '/srv/ops.yaml can be changed by everyone: chmod go-w /srv/ops.yaml',
    ]
    const found = judgeConfiguration(saw({ ...facts, warnings }))
    expect(found.map(told)).toEqual([
      'ok: /srv/ops.yaml is valid: medical',
      'warn: ops.yaml:9: a password in plain text',
    ])
  })

  test('without a target fails', () => {
    const found = judgeConfiguration(saw({ ...facts, targets: [] }))
    expect(found.map(told)).toEqual(['fail: /srv/ops.yaml names no target'])
  })
})

describe('the stack', () => {
  const stack = {
    project: saw({ project: 'healthcare', services: ['mongodb'], unknown: [] as string[] }),
    images: saw([{ name: 'loader:1', present: true, used: false }]),
    environmentFile: file('/srv/.env'),
  }
  const judged = (changes: object) => judgeStack({ ...stack, ...changes }).map(told)

  test('is fine with its files and images at hand', () => {
    expect(judged({})).toEqual([
      'ok: compose project healthcare has 1 service',
      'ok: the images of the other services are on this engine',
    ])
  })

  test('fails where ops.yaml names a service that the compose files do not have', () => {
    const project = saw({ project: 'healthcare', services: ['mongodb'], unknown: ['loader'] })
    expect(judged({ project })[0]).toBe('fail: compose project healthcare has no service loader')
  })

  test('fails where compose cannot read the files, and is unknown where there is no compose', () => {
    expect(judged({ project: refusal('COMPOSE_FAILED') })[0]).toBe(
      'fail: the compose files cannot be used',
    )
    expect(judged({ project: refusal('COMPOSE_MISSING') })[0]).toBe(
      'unknown: the compose project could not be looked at',
    )
  })

  test('warns of images that would have to be fetched first', () => {
    const images = saw([{ name: 'loader:1', present: false, used: false }])
    expect(judged({ images })[1]).toBe('warn: loader:1 is not on this engine')
  })
})

import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { noFiles } from '../../../src/adapters/tools/carriedFiles.js'
import { runRestore } from '../../../src/adapters/tools/restore.js'
import type { ToolHost } from '../../../src/adapters/tools/toolHost.js'
import { Failure } from '../../../src/domain/failure.js'
import { Secret } from '../../../src/domain/secret.js'

const soon = { again: 20, kill: 40, letGo: 80, exitCode: 30 }
const summary = '4 document(s) restored successfully. 0 document(s) failed to restore.\n'

/** A mongorestore that says something, leaves (or never does), and notes the signals it gets. */
function pretender(says: string, exitCode?: number) {
  const signals: string[] = []
  const stdin = new PassThrough({ highWaterMark: 10 })
  const stdout = new PassThrough()
  const host: ToolHost = {
    name: 'exec',
    uri: new Secret('mongodb://x'),
    secrets: [],
    carried: noFiles,
    start: (_argv, onStderr) => {
      onStderr(Buffer.from(`ops-process 12\n${says}`))
      if (exitCode !== undefined) {
        onStderr(Buffer.from(`ops-left ${exitCode.toString()}\n`))
        stdout.end()
      }
      return Promise.resolve({
        stdin,
        stdout,
        exitCode: () =>
          exitCode === undefined ? new Promise(() => undefined) : Promise.resolve(exitCode),
        destroy: () => undefined,
      })
    },
    terminate: (number, signal) => {
      signals.push(`${signal} ${number.toString()}`)
      return Promise.reject(new Error('nothing can be run there'))
    },
    explain: () => Promise.resolve(undefined),
  }
  return { host, signals, stdin, stdout }
}

async function* chunks(count: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at++) yield await Promise.resolve(Buffer.alloc(100))
}

const request = { drop: true, oplogReplay: false }
const never = () => new AbortController().signal

test('exit code 0 without a count of documents is no success', async () => {
  const { host } = pretender('done\n', 0)
  await expect(runRestore(host, request, chunks(1), never())).rejects.toMatchObject({
    code: 'RESTORE_UNCONFIRMED',
    kind: 'failed',
  })
})

test('a tool that left is fed no more, and its own words are the outcome', async () => {
  const { host, stdin } = pretender(`Failed: E11000\n`, 1)
  const outcome = await runRestore(host, request, chunks(1_000_000), never())
  expect(outcome).toMatchObject({ exitCode: 1, lines: ['Failed: E11000'] })
  expect(stdin.listenerCount('drain')).toBeLessThan(3)
})

test('a tool that heeds nothing is told three times, then let go of and named', async () => {
  const { host, signals } = pretender('')
  const abort = new AbortController()
  const restoring = runRestore(host, request, chunks(1_000), abort.signal, soon)
  abort.abort(new Error('enough'))
  await expect(restoring).rejects.toMatchObject({
    code: 'RESTORE_STILL_RUNNING',
    message: expect.stringContaining('in the container, process 12') as string,
  })
  expect(signals).toEqual(['TERM 12', 'TERM 12', 'KILL 12'])
})

test('a tool that said it left is not called running, though nobody knows its exit code', async () => {
  const { host } = pretender('ops-left 1\n')
  const abort = new AbortController()
  const restoring = runRestore(host, request, chunks(1), abort.signal, soon)
  abort.abort(new Error('enough'))
  await expect(restoring).rejects.toThrow('enough')
})

test.each([
  ['may still run', '', 'RESTORE_STILL_RUNNING'],
  ['has left where it said so', 'ops-left 0\n', 'ENGINE_UNREACHABLE'],
])('a tool whose engine went away %s', async (_, says, code) => {
  const { host, stdout } = pretender(says)
  const gone = new Failure('environment', 'ENGINE_UNREACHABLE', 'no engine', [])
  const start: ToolHost['start'] = async (...given) => {
    const process = await host.start(...given)
    stdout.end()
    return { ...process, exitCode: () => Promise.reject(gone) }
  }
  const howToEnd = () => 'docker rm --force it'
  const restoring = runRestore({ ...host, start, howToEnd }, request, chunks(1), never(), soon)
  const failure = await restoring.catch((error: unknown) => error)
  expect(failure).toMatchObject({ code })
  if (code === 'RESTORE_STILL_RUNNING')
    expect(failure).toMatchObject({
      cause: gone,
      message: expect.stringContaining('mongorestore was lost sight of') as string,
      next: expect.arrayContaining(['docker rm --force it']) as string[],
    })
})

test('what it counted is handed on', async () => {
  const { host } = pretender(summary, 0)
  expect(await runRestore(host, request, chunks(1), never())).toMatchObject({
    restored: 4,
    failed: 0,
  })
})

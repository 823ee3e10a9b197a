import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { DockerClient } from '../../../src/adapters/docker/client.js'
import { startExec } from '../../../src/adapters/docker/exec.js'

/** An engine whose processes are over at once, and which tells their exit codes in this order, the last one for ever. */
async function leaving(...exitCodes: readonly (number | null)[]) {
  const told = [...exitCodes]
  const exec = {
    start: () => Promise.resolve(new PassThrough().end()),
    inspect: () =>
      Promise.resolve({ Running: false, ExitCode: told.length > 1 ? told.shift() : told[0] }),
  }
  const docker = { getContainer: () => ({ exec: () => Promise.resolve(exec) }) }
  const client = { docker, endpoint: 'unix:///nowhere', local: true } as unknown as DockerClient
  return startExec(client, { container: 'mongodb', argv: ['mongodump'], onStderr: () => undefined })
}

test('an exit code that the engine tells late is waited for', async () => {
  const ended = await leaving(null, null, 1)
  expect(await ended.exitCode()).toBe(1)
})

test('an exit code that the engine never tells is no success', async () => {
  const ended = await leaving(null)
  await expect(ended.exitCode()).rejects.toMatchObject({ code: 'EXIT_CODE_UNKNOWN' })
}, 15_000)

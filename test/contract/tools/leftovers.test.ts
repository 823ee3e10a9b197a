import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dumpWrapper, restoreWrapper, wrapped } from '../../../src/adapters/tools/wrapper.js'
import type { DumpTools } from '../../../src/ports/tools.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'
import { until } from '../../support/waiting.js'

let server: MongoServer
let tools: DumpTools

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 20_000, 2_000)
  const world = realWorld('/nowhere')
  tools = (await world.tools.choose(server.target({ engine: 'exec' }))).tools
})
afterAll(async () => {
  await server.remove()
})

const never = () => new AbortController().signal

/** What runs in the container, as `state command`, without the server itself. */
async function processes(): Promise<string[]> {
  const { stdout } = await execa('docker', ['top', server.container, '-eo', 'pid,stat,comm'])
  return stdout
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/).slice(1).join(' '))
    .filter((line) => !line.endsWith(' mongod'))
}

async function dumped(): Promise<Buffer> {
  const run = await tools.dump(server.target(), { oplog: false }, never())
  const chunks: Uint8Array[] = []
  for await (const chunk of run.raw) chunks.push(chunk)
  expect((await run.outcome).exitCode).toBe(0)
  return Buffer.concat(chunks)
}

async function* inParts(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536)
    yield await Promise.resolve(bytes.subarray(at, at + 65_536))
}

describe('nothing is left in the container of the database', () => {
  test('after dumps, restores, a dump nobody reads on and one that is aborted', async () => {
    const archive = await dumped()
    for (let round = 0; round < 3; round++) await dumped()
    await tools.restore(
      server.target(),
      { drop: true, oplogReplay: false },
      inParts(archive),
      never(),
    )

    const left = await tools.dump(server.target(), { oplog: false }, never())
    for await (const chunk of left.raw) if (chunk.length > 0) break
    expect((await left.outcome).exitCode).not.toBe(0)

    const abort = new AbortController()
    const aborted = await tools.dump(server.target(), { oplog: false }, abort.signal)
    const began = performance.now()
    await expect(
      (async () => {
        for await (const chunk of aborted.raw)
          if (chunk.length > 0) abort.abort(new Error('enough'))
      })(),
    ).rejects.toThrow('enough')
    await aborted.outcome
    expect(performance.now() - began).toBeLessThan(6_000)
    expect(await until(async () => (await processes()).length === 0, 5_000)).toBe(true)
    expect(await processes()).toEqual([])
  })

  test.each(['sh', 'bash'])('after %s lost the one who gave it its input', async (shell) => {
    const [, ...rest] = wrapped(dumpWrapper, ['--archive'])
    const child = spawn('docker', ['exec', '-i', server.container, shell, ...rest], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const uri = `mongodb://${encodeURIComponent(server.username)}:${encodeURIComponent(server.password)}@127.0.0.1/?authSource=admin`
    child.stdin.write(`uri: ${JSON.stringify(uri)}\n`)
    expect(
      await until(async () => (await processes()).some((line) => /mongodump$/.test(line)), 10_000),
    ).toBe(true)
    await sleep(300)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await until(async () => (await processes()).length === 0, 6_000)).toBe(true)
  })
})

/** Runs a wrapper on this machine, with small programs in place of MongoDB's tools. */
async function pretended(shell: string, wrapper: string, tool: string) {
  const name = wrapper === dumpWrapper ? 'mongodump' : 'mongorestore'
  const { stdout: folder } = await execa('mktemp', ['-d'])
  await execa('sh', [
    '-c',
    `printf '%s\\n' '#!/bin/sh' "$1" >"$2" && chmod +x "$2"`,
    'sh',
    tool,
    `${folder}/${name}`,
  ])
  const [, ...rest] = wrapped(wrapper, [])
  const child = execa(shell, rest, {
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    reject: false,
  })
  child.stdin.write('configuration\nrest of the input\n')
  // The tool has to have set its trap before the end of the input means "stop".
  await sleep(500)
  child.stdin.end()
  return child
}

describe.each(['dash', 'bash'])('wrappers in %s', (shell) => {
  test('hand on the exit code', async () => {
    // The input has ended before the tool leaves, so the watchdog acts: the tool does not heed it.
    const slow = "trap '' TERM; sleep 1; exit 7"
    expect((await pretended(shell, dumpWrapper, slow)).exitCode).toBe(7)
    const restored = await pretended(shell, restoreWrapper, 'exit 9')
    expect(restored.exitCode).toBe(9)
    expect(restored.stderr).toMatch(/ops-process \d+\nops-left 9/)
  })

  test('end a dump that does not heed its first SIGTERM', async () => {
    const began = performance.now()
    const { exitCode } = await pretended(
      shell,
      dumpWrapper,
      "trap '' TERM; while :; do sleep 0.1; done",
    )
    expect(exitCode).toBe(137)
    expect(performance.now() - began).toBeLessThan(8_000)
  })
})

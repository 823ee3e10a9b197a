import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { namedPipe, type NamedPipe } from '../../../src/adapters/pipes/namedPipe.js'
import { makePipeFolder, sweepPipeFolders } from '../../../src/adapters/pipes/pipeFolder.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const path = ({ folder: own, name }: NamedPipe) => join(own, name)

function writer(pipe: NamedPipe, command: string) {
  return spawn('sh', ['-c', `exec >"$1"; ${command}`, 'sh', path(pipe)], { stdio: 'ignore' })
}

async function rest({ reader }: NamedPipe): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const block of reader.blocks()) parts.push(Buffer.from(block))
  return Buffer.concat(parts)
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('a named pipe', () => {
  test('lies in a folder for us alone and is gone after its removal', async () => {
    const pipe = await namedPipe(folder, process.pid)
    expect((await stat(pipe.folder)).mode & 0o777).toBe(0o700)
    expect((await stat(path(pipe))).isFIFO()).toBe(true)
    await pipe.remove()
    await pipe.remove()
    expect(await readdir(folder)).toEqual([])
  })

  test.each([
    ['at once', 'cat "$0"'],
    ['in small parts', 'while IFS= read -r line; do printf "%s\\n" "$line"; done <"$0"'],
  ])('hands on what is written %s, byte for byte, to a slow reader too', async (_, command) => {
    const lines = Array.from({ length: command.startsWith('cat') ? 300_000 : 3_000 }, () =>
      randomBytes(20).toString('hex'),
    )
    const bytes = Buffer.from(`greeting${lines.join('\n')}\n`)
    const file = join(folder, 'file')
    await writeFile(file, bytes)
    const pipe = await namedPipe(folder, process.pid)
    const child = spawn('sh', ['-c', `exec >"$1"; ${command}`, file, path(pipe)])
    expect((await pipe.reader.first(8)).toString()).toBe('greeting')
    pipe.expectNoMore()
    const parts: Buffer[] = []
    for await (const block of pipe.reader.blocks()) {
      const before = digest(block)
      await new Promise((resolve) => setTimeout(resolve, 20))
      // Nothing is read into a block that somebody still has.
      expect(digest(block)).toBe(before)
      parts.push(Buffer.from(block))
    }
    if (child.exitCode === null) await once(child, 'exit')
    expect(digest(Buffer.concat(parts))).toBe(digest(bytes.subarray(8)))
    await pipe.remove()
  })

  test('hands on what came in before long, though its writer pauses', async () => {
    const pipe = await namedPipe(folder, process.pid)
    const child = writer(pipe, 'printf abc; sleep 60')
    const blocks = pipe.reader.blocks()
    // Before its writer is there nobody may say that no more will come.
    expect((await pipe.reader.first(1)).toString()).toBe('a')
    pipe.expectNoMore()
    expect((await blocks.next()).value?.toString()).toBe('bc')
    child.kill('SIGKILL')
    await pipe.remove()
  })

  test('ends when its writer is killed', async () => {
    const pipe = await namedPipe(folder, process.pid)
    const child = writer(pipe, 'printf greeting; exec cat /dev/zero')
    await pipe.reader.first(8)
    pipe.expectNoMore()
    setTimeout(() => child.kill('SIGKILL'), 100)
    expect((await rest(pipe)).length).toBeGreaterThan(0)
    await pipe.remove()
  })

  test('into which nobody ever writes ends when it is told so, and when it is removed', async () => {
    const told = await namedPipe(folder, process.pid)
    const first = told.reader.first(8)
    told.expectNoMore()
    expect((await first).length).toBe(0)
    expect((await rest(told)).length).toBe(0)
    await told.remove()

    const removed = await namedPipe(folder, process.pid)
    const reading = rest(removed)
    await removed.remove()
    expect((await reading).length).toBe(0)
  })
})

describe('folders of pipes that killed runs left', () => {
  test('are removed where their process is gone, and left alone while it runs', async () => {
    const other = spawn('sleep', ['60'])
    const left = await makePipeFolder(folder, other.pid ?? 0)
    await writeFile(join(left, 'archive'), '')
    const own = await makePipeFolder(folder, process.pid)
    await mkdir(join(folder, 'ops-pipe-of-somebody'))
    expect(await sweepPipeFolders(folder)).toEqual([])
    other.kill('SIGKILL')
    await once(other, 'exit')
    expect(await sweepPipeFolders(folder)).toEqual([left])
    expect((await readdir(folder)).length).toBe(2)
    await stat(own)
  })

  test('where there is no such place, are none', async () => {
    expect(await sweepPipeFolders(join(folder, 'nowhere'))).toEqual([])
  })
})

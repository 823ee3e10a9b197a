import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { feedPipe, type FeedPipe } from '../../../src/adapters/pipes/feedPipe.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const path = ({ folder: own, name }: FeedPipe) => join(own, name)

/** Reads the pipe's first line, tells that it did, then runs `command` on the rest. */
async function reader(pipe: FeedPipe, command: string) {
  const script = `exec <"$1"; IFS= read -r first; echo "$first" >&2; ${command}`
  const child = spawn('sh', ['-c', script, 'sh', path(pipe)])
  pipe.writer.write('greeting\n')
  const [said] = (await once(child.stderr, 'data')) as [Buffer]
  expect(said.toString()).toBe('greeting\n')
  pipe.readerIsThere()
  return child
}

describe('a named pipe for writing', () => {
  test('lies in a folder for us alone and is gone after its removal', async () => {
    const pipe = await feedPipe(folder, process.pid)
    expect((await stat(pipe.folder)).mode & 0o777).toBe(0o700)
    expect((await stat(path(pipe))).mode & 0o777).toBe(0o600)
    await pipe.remove()
    await pipe.remove()
    expect(await readdir(folder)).toEqual([])
  })

  test('hands on what is written, byte for byte, and its end, to a slow reader too', async () => {
    const pipe = await feedPipe(folder, process.pid)
    const hash = createHash('sha256')
    const child = await reader(pipe, 'sleep 0.3; sha256sum')
    let waited = 0
    for (let part = 0; part < 40; part++) {
      // More than may wait to be written: each has to.
      const bytes = randomBytes(1_200_003)
      hash.update(bytes)
      if (!pipe.writer.write(bytes)) {
        waited++
        await once(pipe.writer, 'drain')
      }
    }
    pipe.writer.end()
    expect(await text(child.stdout)).toContain(hash.digest('hex'))
    expect(waited).toBe(40)
    await pipe.remove()
  })

  test('fails with EPIPE once its reader is killed, though nothing was being written', async () => {
    const pipe = await feedPipe(folder, process.pid)
    const child = await reader(pipe, 'exec sleep 60')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const broken = once(pipe.writer, 'error')
    pipe.writer.write('more')
    expect(await broken).toMatchObject([{ code: 'EPIPE' }])
    await pipe.remove()
  })

  test('that is full when its reader is killed does not stay full', async () => {
    const pipe = await feedPipe(folder, process.pid)
    const child = await reader(pipe, 'exec sleep 60')
    pipe.writer.write(Buffer.alloc(1 << 20))
    const closed = new Promise((resolve) => pipe.writer.once('close', resolve))
    child.kill('SIGKILL')
    await closed
    expect(pipe.writer.writable).toBe(false)
    await pipe.remove()
  })

  test('that nobody reads holds up neither its removal nor the end of the process', async () => {
    const module = join(import.meta.dirname, '../../../src/adapters/pipes/feedPipe.ts')
    const script = `
      const { feedPipe } = await import(${JSON.stringify(module)})
      const pipe = await feedPipe(${JSON.stringify(folder)}, process.pid)
      pipe.writer.write(Buffer.alloc(1 << 20))
      await new Promise((resolve) => setTimeout(resolve, 100))
      await pipe.remove()
      console.log('removed')`
    const { stdout } = await execa('npx', ['tsx', '--input-type=module', '--eval', script], {
      timeout: 30_000,
    })
    expect(stdout).toBe('removed')
    expect(await readdir(folder)).toEqual([])
  })
})

import { execa } from 'execa'
import { expect, test } from 'vitest'

/** In a process of its own: what is given up here is not had back. */
const script = `
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { machineHost } from './src/adapters/host/host.ts'
const work = () => promisify(gzip)(Buffer.alloc(1000))
const priorities = async () => {
  const threads = await readdir('/proc/self/task')
  return Promise.all(threads.map(async (thread) => {
    const stat = await readFile('/proc/self/task/' + thread + '/stat', 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  }))
}
const main = async () => {
  await work()
  const before = await priorities()
  await machineHost('0.1.0').stepBack()
  await work()
  console.log(JSON.stringify({ before, after: await priorities() }))
}
void main()
`

test('every thread of a run steps back, the ones that compress as well, and none goes forward', async () => {
  const { stdout } = await execa('npx', ['tsx', '--eval', script], { cwd: process.cwd() })
  const { before, after } = JSON.parse(stdout) as { before: number[]; after: number[] }
  expect(after.length).toBeGreaterThanOrEqual(5)
  const own = Math.max(...before)
  expect(new Set(after)).toEqual(new Set([Math.max(5, own)]))
})

import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { emptyPlace } from './place.js'

const root = join(import.meta.dirname, '../../..')
const program = join(root, 'bin/run.js')
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
/** A script that imports what is no file of its own in the bundle. */
const fromSource = ['--import', tsx, '--input-type=module', '-e']
const bundle = pathToFileURL(join(root, 'dist')).href
let place: Awaited<ReturnType<typeof emptyPlace>>

beforeEach(async () => {
  place = await emptyPlace()
})

afterEach(() => place.remove())

/** A restore that waits for its standard input, which nobody ends. */
function waiting(...argv: string[]) {
  return execa('node', [program, 'restore', '-', '--confirm', 'medical', ...argv], {
    cwd: place.folder,
    env: { OPS_STATE: place.state },
    stdin: 'pipe',
    reject: false,
  })
}

/** Until it has begun: what comes through standard input is put down on the shelf first. */
async function begun(): Promise<void> {
  for (;;) {
    const there = await readdir(join(place.folder, 'shelf/medical')).catch(() => [])
    if (there.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('an interruption', () => {
  test.each([
    ['SIGINT', 130, 'INTERRUPTED'],
    ['SIGTERM', 143, 'TERMINATED'],
    ['SIGHUP', 143, 'TERMINATED'],
  ] as const)('by %s says so at once and leaves with %d', async (signal, exitCode, code) => {
    const running = waiting()
    await begun()
    running.kill(signal)
    const { exitCode: left, stdout, stderr } = await running
    expect(left).toBe(exitCode)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^Stopping: finishing cleanly/)
    expect(stderr).toContain(`Code  ${code} (exit ${exitCode.toString()})`)
  })

  test('is one JSON object as well', async () => {
    const running = waiting('--json')
    await begun()
    running.kill('SIGTERM')
    const { exitCode, stdout } = await running
    expect(exitCode).toBe(143)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'TERMINATED' } })
  })

  test('by the clock leaves with 124', async () => {
    const { exitCode, stderr } = await waiting('--timeout', '1s')
    expect(exitCode).toBe(124)
    expect(stderr).toContain('not done within 1s')
  })

  test.each([
    ['that is repeated leaves at once, whatever is being cleaned up', ''],
    ['that is repeated leaves at once after a time-out, too', ".limit(1, '1ms')"],
  ])('%s', async (_, after) => {
    const script = `
      import { watchForInterruption } from ${JSON.stringify(moduleUrl('interruption'))}
      watchForInterruption((text) => console.error(text))${after}
      setInterval(() => undefined, 1000)
      console.log('ready')`
    const running = execa('node', [...fromSource, script], { reject: false })
    await once(running.stdout, 'data')
    running.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 300))
    running.kill('SIGINT')
    const { exitCode, stderr } = await running
    expect(exitCode).toBe(130)
    expect(stderr.match(/Once more/g)).toHaveLength(1)
  })
})

describe('standard output that takes no more', () => {
  test.each([
    ['backup list', 3],
    ['backup list --json', 3],
    ['backup --help', 3],
    ['backup show', 10],
  ])('for ops %s is one sentence and no stack', async (argv, exitCode) => {
    const command = `exec "$0" "$1" ${argv} > /dev/full`
    const { exitCode: left, stderr } = await execa('sh', ['-c', command, 'node', program], {
      cwd: place.folder,
      env: { OPS_STATE: place.state },
      reject: false,
    })
    expect(left).toBe(exitCode)
    expect(stderr).not.toMatch(/^\s+at /m)
    if (exitCode === 3) expect(stderr).toContain('Code  RESULT_UNWRITTEN (exit 3)')
  })
})

describe('a bug', () => {
  /** A command that throws what nobody expected. */
  const broken = (...argv: string[]) => {
    const script = `
      import { OpsCommand } from ${JSON.stringify(moduleUrl('opsCommand'))}
      class Broken extends OpsCommand {
        static id = 'broken'
        async run() {
          await this.parse(Broken)
          throw new TypeError('no x of mongodb://root:hunter2@db')
        }
      }
      await Broken.run(process.argv.slice(1), ${JSON.stringify(root)})`
    return execa('node', [...fromSource, script, '--', ...argv], {
      cwd: place.folder,
      env: { OPS_STATE: place.state },
      reject: false,
    })
  }

  test('is called one, leaves with 1, and its stack is in the log of the state folder', async () => {
    const { exitCode, stdout, stderr } = await broken()
    const log = join(place.state, 'ops.log')
    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('this is a bug of ops')
    expect(stderr).toContain(log)
    expect(stderr).not.toMatch(/^\s+at /m)
    const entry = JSON.parse(
      (await readFile(log, 'utf8')).trim().split('\n').at(-1) ?? '',
    ) as object
    expect(entry).toMatchObject({ level: 'error', code: 'BUG', command: 'broken' })
    expect(JSON.stringify(entry)).toMatch(/TypeError.* at /)
  })

  test('takes no password along, in any form', async () => {
    const { stderr } = await broken('--verbose')
    const { stdout, exitCode } = await broken('--json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'BUG', exitCode: 1 } })
    const log = await readFile(join(place.state, 'ops.log'), 'utf8')
    expect(`${stderr}${stdout}${log}`).not.toContain('hunter2')
  })
})

describe('what is loaded', () => {
  /** Bytes: oclif is not among them, and the least of the libraries for engine, database and configuration is larger. */
  const light = 200_000

  test.each([
    [['--help']],
    [['--version']],
    [[]],
    [['help', 'exit-codes']],
    [['backup', '--help']],
  ])('for %j is nothing heavy', async (argv) => {
    const folder = await mkdtemp(join(tmpdir(), 'ops-loaded-'))
    await execa('node', [program, ...argv], { env: { NODE_V8_COVERAGE: folder } })
    const files = await readdir(folder)
    const reports = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
    await rm(folder, { recursive: true })
    const urls = reports.flatMap((text) =>
      (JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url),
    )
    const loaded = [...new Set(urls.filter((url) => url.startsWith(bundle)))]
    expect(loaded).toContain(`${bundle}/cli/leave.js`)
    const sizes = await Promise.all(loaded.map(async (url) => (await stat(new URL(url))).size))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(light)
  })
})

function moduleUrl(name: string): string {
  return pathToFileURL(join(root, `src/cli/${name}.ts`)).href
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor, type Place } from '../../support/cli.js'
import { failsBothWays } from '../../support/failing.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'

const left = cleanUp()
const heard: string[] = []
let status = 200
let server: MongoServer
let place: Place
let scratch: string

beforeAll(async () => {
  server = left.made(await startMongoServer(), (one) => one.remove())
  await loadPatients(server.client, 200, 100)
  const pings = createServer((request, response) => {
    heard.push(request.url ?? '')
    request.resume().on('end', () => response.writeHead(status).end())
  })
  left.made(pings, (one) => {
    one.closeAllConnections()
    one.close()
    return Promise.resolve()
  })
  await new Promise<void>((resolve) => pings.listen(0, '127.0.0.1', resolve))
  const { port } = pings.address() as AddressInfo
  const more = `schedule:
  backup: {cron: '15 2 * * *', retries: 0, lockWait: 0s, randomDelay: 1s}
  verify: {cron: '30 4 1,15 * mon'}
notify: {deadman: {url: {file: ping}}}
`
  place = left.made(await placeFor(server, more), (one) => one.remove())
  await writeFile(join(place.folder, 'ping'), `http://127.0.0.1:${port.toString()}/s3cret`, {
    mode: 0o600,
  })
  scratch = join(place.folder, 'scratch')
  await mkdir(scratch)
})

afterAll(() => left.all())

const install = (how: string, ...more: string[]) =>
  ops(place, ['schedule', 'install', '--root', scratch, '--with', how, ...more])

/** The command of a job in the cron file, run as cron runs it: its shell, its environment, nothing else. */
async function asCron(job: string) {
  const text = await readFile(join(scratch, 'etc/cron.d/ops-hospital'), 'utf8')
  const variables = [...text.matchAll(/^([A-Z_]+)=(?:"(.*)"|(.*))$/gm)].map(
    ([, name = '', quoted = '', plain = '']) => `${name}=${quoted}${plain}`,
  )
  const line = text.split('\n').find((one) => one.includes(` ${job} --scheduled`)) ?? ''
  const command = line.split(' ').slice(6).join(' ').replaceAll('\\%', '%')
  const environment = ['SHELL=/bin/sh', 'HOME=/nowhere', 'LOGNAME=root', 'PATH=/usr/bin:/bin']
  return execa('env', ['-i', ...environment, ...variables, '/bin/sh', '-c', command], {
    cwd: '/',
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
}

const lastRun = async () => {
  const { stdout } = await ops(place, ['schedule', 'show', '--root', scratch, '--json'])
  const { result } = JSON.parse(stdout) as {
    result: { jobs: { job: string; state: string; last?: unknown }[] }
  }
  return result.jobs.find(({ job }) => job === 'backup')
}

describe('units below a scratch root', () => {
  test('are what systemd itself takes, and can enable', async () => {
    expect(await install('systemd', '--confirm', 'hospital')).toMatchObject({ exitCode: 0 })
    const folder = join(scratch, 'etc/systemd/system')
    const units = (await readdir(folder)).sort()
    expect(units).toEqual([
      'ops-hospital-backup.service',
      'ops-hospital-backup.timer',
      'ops-hospital-verify.service',
      'ops-hospital-verify.timer',
    ])
    const verified = await execa(
      'systemd-analyze',
      ['verify', '--man=no', ...units.map((unit) => join(folder, unit))],
      { reject: false, all: true },
    )
    const about = verified.all.split('\n').filter((line) => line.includes('ops-hospital'))
    expect(about).toEqual([])
    const timers = units.filter((unit) => unit.endsWith('.timer'))
    await execa('systemctl', [`--root=${scratch}`, 'enable', ...timers])
    expect((await readdir(join(folder, 'timers.target.wants'))).sort()).toEqual(timers)
    await execa('systemctl', [`--root=${scratch}`, 'disable', ...timers])
  })

  test('are written once, and left alone when somebody edited them', async () => {
    const again = await install('systemd', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ result: { changes: [] } })
    const timer = join(scratch, 'etc/systemd/system/ops-hospital-backup.timer')
    const text = await readFile(timer, 'utf8')
    await writeFile(timer, `${text}# mine\n`)
    const argv = ['schedule', 'install', '--root', scratch, '--with', 'cron']
    const { error } = await failsBothWays(place, [...argv, '--confirm', 'hospital'], {
      exitCode: 6,
      code: 'SCHEDULE_EDITED',
    })
    expect(error.message).toContain(timer)
    await writeFile(timer, text)
  })

  test('are not written without a yes', async () => {
    const argv = ['schedule', 'remove', '--root', scratch]
    await failsBothWays(place, argv, { exitCode: 6, code: 'CONFIRMATION_REQUIRED' })
  })
})

describe("cron's own file", () => {
  test('takes the place of the units, and holds no secret', async () => {
    expect(await install('cron', '--confirm', 'hospital')).toMatchObject({ exitCode: 0 })
    expect(await readdir(join(scratch, 'etc/systemd/system'))).not.toContain(
      'ops-hospital-backup.timer',
    )
    const text = await readFile(join(scratch, 'etc/cron.d/ops-hospital'), 'utf8')
    expect(text).not.toContain('s3cret')
    expect(text).not.toContain(server.password)
  })

  test('takes a real backup in an environment as bare as cron has it, without a word', async () => {
    const { exitCode, stdout, stderr } = await asCron('backup')
    expect([exitCode, stdout, stderr]).toEqual([0, '', ''])
    const archives = (await readdir(place.shelf)).filter((name) => /^medical-.*\.gz$/.test(name))
    expect(archives).toHaveLength(1)
    expect(heard.splice(0)).toEqual(['/s3cret/start', '/s3cret'])
    expect(await lastRun()).toMatchObject({
      state: 'installed',
      last: { outcome: 'done', exitCode: 0, tries: 1, deadman: 'told' },
    })
    expect(await asCron('verify --all')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
  })

  test("does not fail because the dead man's switch does", async () => {
    status = 500
    const { exitCode, stdout, stderr } = await asCron('backup')
    status = 200
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(stderr).toBe(
      "! the dead man's switch (notify.deadman.url) was not reached: it answers 500",
    )
    expect(await lastRun()).toMatchObject({ last: { outcome: 'done', deadman: 'untold' } })
    heard.splice(0)
  })

  test('has one message for cron to mail when the server is gone', async () => {
    await execa('docker', ['stop', '--time', '1', server.container])
    const { exitCode, stdout, stderr } = await asCron('backup')
    expect([exitCode, stdout]).toEqual([13, ''])
    expect(stderr).toContain('CONTAINER_STOPPED')
    expect(stderr).not.toContain('s3cret')
    expect(stderr.match(/is exited|is stopped|not running|has stopped/g)?.length ?? 0).toBeLessThan(
      2,
    )
    expect(heard.splice(0)).toEqual(['/s3cret/start', '/s3cret/fail'])
    expect(await lastRun()).toMatchObject({
      last: { outcome: 'failed', exitCode: 13, failure: { code: 'CONTAINER_STOPPED' } },
    })
  })

  test('is taken away without a trace', async () => {
    const removed = await ops(place, [
      'schedule',
      'remove',
      '--root',
      scratch,
      '--confirm',
      'hospital',
    ])
    expect(removed).toMatchObject({ exitCode: 0 })
    expect(await readdir(join(scratch, 'etc/cron.d'))).toEqual([])
  })
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Health } from '../../../src/checks/health/judge.js'
import { makeCertificates } from '../../support/certificates.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, startOps } from '../../support/cli.js'
import { clientOf } from '../../support/mongoServer.js'
import {
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../../support/referenceStack.js'

const made = cleanUp()
const prefix = `opsdecl${process.pid.toString()}`
const container = `${prefix}_mongodb`
const token = 'f00d-cafe'
let stack: ReferenceStack
let bare: string
let port: string

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  bare = await readFile(join(stack.folder, 'ops.yaml'), 'utf8')
  const certificates = made.made(await makeCertificates(), (it) => it.remove())
  await stack.write('server.pem', await readFile(certificates.server, 'utf8'))
  await stack.write('token', `${token}\n`, 0o600)
  const site = made.made(await startSite(), async (it) => {
    it.closeAllConnections()
    it.close()
    await Promise.resolve()
  })
  port = (site.address() as AddressInfo).port.toString()
  const up = await ops(stack, ['stack', 'up'])
  expect(up.exitCode, up.stdout + up.stderr).toBe(0)
  const client = await clientOf(container, referenceSignIn)
  const visits = client.db('medical_records').collection('visits')
  await visits.insertMany([
    { patient: 'Ada Lovelace', at: new Date() },
    { patient: 'Alan Turing', at: new Date() },
  ])
  await client.close()
}, 60_000)
afterAll(() => made.all())

/** Answers whoever has the token; anything else is turned away. */
async function startSite(): Promise<Server> {
  const site = createServer((request, response) => {
    const isKnown = request.headers['x-token'] === token
    response.writeHead(isKnown ? 200 : 401).end('{"state":"ready","patient":"Ada Lovelace"}')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  return site
}

async function declared(entries: readonly string[], ...argv: readonly string[]) {
  const checks = `checks:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`
  await writeFile(join(stack.folder, 'ops.yaml'), bare.replace('checks: []\n', checks))
  const ended = await ops(stack, ['health', ...(argv.length === 0 ? ['declared'] : argv), '--json'])
  const text = ended.stdout + ended.stderr
  for (const secret of [token, referenceSignIn.password, 'Lovelace'])
    expect(text).not.toContain(secret)
  const { result } = JSON.parse(ended.stdout) as { result: Health }
  const of = (name: string) => result.checks.find(({ id }) => id === `declared:${name}`)
  const severities = Object.fromEntries(
    result.checks.map(({ id, severity }) => [id.replace('declared:', ''), severity]),
  )
  return { ...ended, result, of, severities }
}

const web = (more = '') =>
  `{name: web, kind: http, url: "http://127.0.0.1:${port}/?key=${token}", headers: {X-Token: {file: token}}${more}}`
const visits = 'kind: query, collection: medical_records.visits'

describe('checks that an operator declares', () => {
  test('are looked at on the real stack, and all is well', async () => {
    const { exitCode, severities, of } = await declared([
      web(', contains: ready, pattern: "^.{1,80}$"'),
      `{name: port, kind: tcp, host: 127.0.0.1, port: ${port}}`,
      '{name: tools, kind: exec, service: mongodb, command: [mongod, --version], timeout: 20s}',
      '{name: here, kind: exec, command: ["true"]}',
      '{name: says, kind: log, service: mongodb, pattern: "^.*Waiting for connections", within: 1h, min: 1}',
      '{name: quiet, kind: log, service: mongodb, pattern: "^FATAL", within: 1h, max: 0}',
      '{name: file, kind: freshness, files: "*.yaml", maxAge: 1h}',
      '{name: newest, kind: freshness, documents: {collection: medical_records.visits, field: at}, maxAge: 1h}',
      '{name: tls, kind: certificate, file: server.pem, daysLeft: {warn: 1}}',
      '{name: room, kind: disk, path: ., freeBytes: {fail: 1}}',
      `{name: some, ${visits}, min: 2, max: 2}`,
    ])
    expect(severities).toEqual(
      Object.fromEntries(
        'web port tools here says quiet file newest tls room some'
          .split(' ')
          .map((name) => [name, 'ok']),
      ),
    )
    expect(exitCode).toBe(0)
    expect(of('some')?.value).toMatchObject({ kind: 'query', count: 2 })
  })

  test('fail in the words of the operator, and harm no other; what cannot be looked at is unknown', async () => {
    const { exitCode, severities, of } = await declared([
      web(
        ', contains: down, says: customers cannot order, next: [call the shop], prevention: a release checklist',
      ),
      '{name: nobody, kind: tcp, host: 127.0.0.1, port: 1, severity: warn}',
      '{name: stuck, kind: exec, service: mongodb, command: [sleep, "4714"], timeout: 2s}',
      '{name: trap, kind: log, service: mongodb, pattern: "^(.+)+~$", within: 1h, max: 0, timeout: 10s}',
      '{name: unit, kind: systemd, unit: no-such-unit.service}',
      '{name: secret, kind: http, url: "http://127.0.0.1:1", headers: {X-Token: {file: nowhere}}}',
      `{name: few, ${visits}, max: 1, filter: {patient: {$in: [Ada Lovelace, Alan Turing]}}}`,
      '{name: typo, kind: query, collection: medical_records.visit, max: 1}',
      '{name: fine, kind: exec, command: ["true"]}',
    ])
    expect(severities).toMatchObject({
      web: 'fail',
      nobody: 'warn',
      stuck: 'fail',
      trap: 'unknown',
      secret: 'unknown',
      few: 'fail',
      typo: 'unknown',
      fine: 'ok',
    })
    expect(severities['unit']).not.toBe('ok')
    expect(exitCode).toBe(5)
    expect(of('web')).toMatchObject({
      says: 'customers cannot order',
      next: ['call the shop'],
      prevention: 'a release checklist',
    })
    expect(of('trap')?.value).toMatchObject({ code: 'PATTERN_TOO_SLOW' })
    expect(await processes()).not.toContain('4714')
  }, 60_000)

  test('end with the run: Ctrl-C leaves nothing behind in a container', async () => {
    const slow = '{name: slow, kind: exec, service: mongodb, command: [sleep, "4715"], timeout: 5m}'
    await writeFile(
      join(stack.folder, 'ops.yaml'),
      bare.replace('checks: []\n', `checks:\n  - ${slow}\n`),
    )
    const running = startOps(stack, ['health', 'declared'])
    await expect.poll(processes, { timeout: 20_000 }).toContain('4715')
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
    expect(await processes()).not.toContain('4715')
  }, 60_000)

  test('are named one by one, and travel with what is saved', async () => {
    const entries = [
      '{name: one, kind: exec, command: ["false"]}',
      '{name: two, kind: exec, command: ["true"]}',
    ]
    const one = await declared(entries, 'declared:one', '--save', 'seen.json')
    expect(one.severities).toEqual({ one: 'fail' })
    const again = await ops(stack, ['health', '--from', 'seen.json', 'declared', '--json'])
    const { result } = JSON.parse(again.stdout) as { result: Health }
    expect(result.checks).toMatchObject([{ id: 'declared:one', severity: 'fail' }])
    const wrong = await ops(stack, ['health', 'declared:thre', '--json'])
    expect(wrong.exitCode).toBe(2)
    expect(wrong.stdout).toContain('CHECK_UNKNOWN')
  })

  test('are shown by config show as they are meant, without what is secret', async () => {
    await declared([web(', contains: ready')])
    const shown = await ops(stack, ['config', 'show', '--json'])
    expect(shown.stdout).toContain(`"http://127.0.0.1:${port}/"`)
    expect(shown.stdout).not.toContain(token)
  })
})

/** What runs in the container. */
async function processes(): Promise<string> {
  return (await execa('docker', ['top', container, '-o', 'pid,args'])).stdout
}

import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates, type Certificates } from '../../support/certificates.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, placeFor, type Place } from '../../support/cli.js'
import { startMongodProcess } from '../../support/mongodProcess.js'
import { loadPatients, startMongoServer, tlsArguments } from '../../support/mongoServer.js'

interface Answer {
  readonly ok: boolean
  readonly warnings: readonly string[]
  readonly result: { readonly engine: string; readonly id: string }
  readonly error: { readonly code: string; readonly message: string }
}

const made = cleanUp()
let certificates: Certificates

beforeAll(async () => {
  certificates = made.made(await makeCertificates(), (one) => one.remove())
})
afterAll(() => made.all())

async function answered(place: Place, argv: readonly string[], env: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await ops(place, [...argv, '--json'], { env })
  return { exitCode, said: stdout + stderr, ...(JSON.parse(stdout) as Answer) }
}

/** A place with this entry as its only target. */
async function placeOf(
  server: { readonly username: string; readonly password: string },
  lines: readonly string[],
): Promise<Place> {
  const place = made.made(await placeFor({ container: 'x', ...server }), (one) => one.remove())
  const target = [
    ...lines,
    'databases: [medical_records]',
    'credentials:',
    `  username: ${JSON.stringify(server.username)}`,
    '  password: {file: password}',
  ]
  const yaml = [
    'version: 1',
    'name: hospital',
    'targets:',
    '  medical:',
    ...target.map((line) => `    ${line}`),
    'backup: {shelf: ./shelf}',
  ]
  await writeFile(join(place.folder, 'ops.yaml'), `${yaml.join('\n')}\n`, { mode: 0o600 })
  return place
}

const restore = ['restore', '--confirm', 'medical', '--no-safety-backup']

describe('a server in a container that takes TLS alone and asks for a certificate and a sign-in', () => {
  let place: Place

  beforeAll(async () => {
    const server = made.made(
      await startMongoServer({ certificates: certificates.folder, standalone: true }),
      (one) => one.remove(),
    )
    await loadPatients(server.client, 500)
    await server.client.db('admin').command({ setParameter: 1, tlsMode: 'requireTLS' })
    const files = `ca: ${certificates.ca}, certificate: ${certificates.client}`
    place = await placeOf(server, [`container: ${server.container}`, `tls: {${files}}`])
  })

  test.each(['sidecar', 'exec', 'host'])(
    'is backed up and restored by engine %s',
    async (engine) => {
      const backup = await answered(place, ['backup', '--engine', engine])
      expect(backup, backup.said).toMatchObject({ ok: true, result: { engine }, warnings: [] })
      // Every document and index is held against the backup by restore itself.
      await choosing(place, engine)
      const restored = await answered(place, [...restore, backup.result.id])
      expect(restored, restored.said).toMatchObject({ ok: true, result: { engine }, warnings: [] })
    },
  )

  test('is found ready by ops doctor', async () => {
    const { stdout } = await ops(place, ['doctor', '--json'])
    expect(stdout).toMatch(/mongodump and mongorestore \d/)
    expect(stdout).not.toContain('TLS_FILE_UNREADABLE')
  })

  test('is not spoken to where its authority is another', async () => {
    const other = made.made(await makeCertificates(), (one) => one.remove())
    const text = `tls: {ca: ${other.ca}, certificate: ${certificates.client}}`
    const wrong = await placeOf({ username: 'x', password: 'y' }, [
      await containerLine(place),
      text,
    ])
    const backup = await answered(wrong, ['backup'])
    expect(backup.ok).toBe(false)
    expect(backup.exitCode).toBe(13)
  })

  test('is not spoken to without the files', async () => {
    const wrong = await placeOf({ username: 'x', password: 'y' }, [
      await containerLine(place),
      'tls: {ca: nowhere.pem}',
    ])
    const { error, exitCode } = await answered(wrong, ['backup'])
    expect(exitCode).toBe(13)
    expect(error).toMatchObject({ code: 'TLS_FILE_UNREADABLE' })
    expect(error.message).toContain('nowhere.pem')
  })
})

/** From now on the only target of a place has this engine. */
async function choosing({ folder }: Place, engine: string): Promise<void> {
  const path = join(folder, 'ops.yaml')
  const text = await readFile(path, 'utf8')
  const others = text.split('\n').filter((line) => !line.startsWith('    engine:'))
  await writeFile(
    path,
    others.join('\n').replace('  medical:', `  medical:\n    engine: ${engine}`),
  )
}

async function containerLine({ folder }: Place): Promise<string> {
  const text = await readFile(join(folder, 'ops.yaml'), 'utf8')
  return /container: \S+/.exec(text)?.[0] ?? ''
}

describe('a server outside Docker that takes TLS alone', () => {
  let place: Place

  beforeAll(async () => {
    const server = made.made(await startMongodProcess(tlsArguments(certificates.folder)), (one) =>
      one.remove(),
    )
    await loadPatients(server.client, 500)
    await server.client.db('admin').command({ setParameter: 1, tlsMode: 'requireTLS' })
    const options = `tls=true&tlsCAFile=${certificates.ca}&tlsCertificateKeyFile=${certificates.client}`
    const uri = `mongodb://localhost:${server.port.toString()}/?${options}&directConnection=true`
    place = await placeOf(server, [`uri: "${uri}"`])
  })

  test('is backed up and restored by the tools of this machine', async () => {
    const backup = await answered(place, ['backup'])
    expect(backup, backup.said).toMatchObject({ ok: true, result: { engine: 'host' } })
    const restored = await answered(place, [...restore, backup.result.id])
    expect(restored, restored.said).toMatchObject({ ok: true })
  })

  test.each(['sidecar', 'exec'])('is refused by engine %s', async (engine) => {
    const backup = await answered(place, ['backup', '--engine', engine])
    expect(backup).toMatchObject({ exitCode: 13, error: { code: 'ENGINE_IMPOSSIBLE' } })
    expect(backup.error.message).toContain('does not run in a container')
  })
})

/** An engine at a TCP address: this machine's own, behind a port. */
async function remoteEngine(): Promise<{ readonly endpoint: string; readonly server: Server }> {
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: '/var/run/docker.sock', allowHalfOpen: true })
    pipeline(near, far, () => undefined)
    pipeline(far, near, () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { endpoint: `tcp://127.0.0.1:${port.toString()}`, server }
}

describe('an engine on another machine', () => {
  let place: Place
  let env: Record<string, string>

  beforeAll(async () => {
    const server = made.made(await startMongoServer({ standalone: true }), (one) => one.remove())
    await loadPatients(server.client, 500)
    const engine = await remoteEngine()
    made.made(engine.server, (one) => new Promise((resolve) => one.close(resolve)))
    env = { DOCKER_HOST: engine.endpoint }
    place = await placeOf(server, [`container: ${server.container}`])
  })

  test('serves through the container of the database, and says why', async () => {
    const { said } = await answered(place, ['backup', '--dry-run'], env)
    expect(said).toContain('is not of this machine')
    const backup = await answered(place, ['backup'], env)
    expect(backup, backup.said).toMatchObject({
      ok: true,
      result: { engine: 'exec' },
      warnings: [],
    })
    await choosing(place, 'sidecar')
    const restored = await answered(place, [...restore, backup.result.id], env)
    expect(restored, restored.said).toMatchObject({ ok: true, result: { engine: 'exec' } })
    await choosing(place, 'auto')
  })

  test.each(['sidecar', 'host'])('refuses engine %s, with the reason', async (engine) => {
    const backup = await answered(place, ['backup', '--engine', engine], env)
    expect(backup).toMatchObject({ exitCode: 13, error: { code: 'ENGINE_IMPOSSIBLE' } })
  })
})

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3 } from '@aws-sdk/client-s3'
import { execa } from 'execa'
import { Secret } from '../../src/domain/secret.js'
import type { S3Place } from '../../src/domain/copyPlace.js'
import { until } from './waiting.js'

const cache = process.env['OPS_CACHE'] ?? '/var/cache/ops'

/** The server that `scripts/setup s3` builds. */
const program = join(cache, 'bin/versitygw')

/** Who signs in to a server of the tests. */
export interface S3Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** A real S3 server over a temporary folder, on a port of loopback, with keys of its own. */
export interface S3Server {
  readonly endpoint: string
  readonly keys: S3Keys
  /** A bucket that is there. */
  readonly bucket: string
  /** Where the server keeps its objects, as plain files. */
  readonly folder: string
  readonly client: S3
  /** How `ops.yaml` would describe a place here. */
  place(changes?: Partial<S3Place>): S3Place
  /** A user without any right. */
  stranger(): Promise<S3Keys>
  /** Ends the server on the spot, as a power cut would. */
  kill(): Promise<void>
  /** Starts it again, over the same folder and on the same port. */
  start(): Promise<void>
  remove(): Promise<void>
}

/** Starts a server and makes a bucket. */
export async function startS3Server(): Promise<S3Server> {
  if (!existsSync(program)) throw new Error(`there is no ${program}: scripts/setup s3 builds it`)
  const folder = await mkdtemp(join(tmpdir(), 'ops-s3-'))
  for (const name of ['objects', 'users', 'metadata']) await mkdir(join(folder, name))
  const keys = { accessKeyId: word(), secretAccessKey: randomBytes(20).toString('base64') }
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port.toString()}`
  const client = new S3({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: keys,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  let running: ReturnType<typeof started> | undefined
  const options = ['--port', `127.0.0.1:${port.toString()}`, '--iam-dir', join(folder, 'users')]
  const storage = ['posix', '--sidecar', join(folder, 'metadata'), join(folder, 'objects')]
  const started = () =>
    execa(program, [...options, ...storage], {
      reject: false,
      stdio: 'ignore',
      extendEnv: false,
      env: { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey },
    })
  const kill = async () => {
    running?.kill('SIGKILL')
    await running
    running = undefined
  }
  const start = async () => {
    running = started()
    const answers = () =>
      client.listBuckets().then(
        () => true,
        () => false,
      )
    if (!(await until(answers, 15_000))) throw new Error('the S3 server did not start')
  }
  await start()
  const bucket = `ops-${word()}`
  await client.createBucket({ Bucket: bucket })
  const secret = (value: string) => ({ from: 'value' as const, value: new Secret(value) })

  return {
    endpoint,
    keys,
    bucket,
    folder: join(folder, 'objects', bucket),
    client,
    place: (changes = {}) => ({
      name: 'offsite',
      type: 's3',
      bucket,
      endpoint,
      region: 'us-east-1',
      prefix: 'ops/',
      accessKeyId: secret(keys.accessKeyId),
      secretAccessKey: secret(keys.secretAccessKey),
      forcePathStyle: true,
      ...changes,
    }),
    async stranger() {
      const user = { accessKeyId: word(), secretAccessKey: randomBytes(20).toString('hex') }
      await execa(program, [
        'admin',
        ...['--access', keys.accessKeyId, '--secret', keys.secretAccessKey],
        ...['--endpoint-url', endpoint, 'create-user', '--role', 'user'],
        ...['--access', user.accessKeyId, '--secret', user.secretAccessKey],
      ])
      return user
    },
    kill,
    start,
    async remove() {
      await kill()
      client.destroy()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function word(): string {
  return randomBytes(6).toString('hex')
}

/** A port of loopback that nobody uses now. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

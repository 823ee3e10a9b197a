import { execa } from 'execa'
import type { MongoClient } from 'mongodb'
import { expect } from 'vitest'
import type { CleanUp } from './cleanUp.js'
import { ops } from './cli.js'
import { answerOf } from './envelope.js'
import { clientOf, hashOf } from './mongoServer.js'
import { referenceSignIn, referenceStack, type ReferenceStack } from './referenceStack.js'

/** A file of the data folder, and the sum of its bytes. */
interface Damaged {
  readonly file: string
  readonly sum: string
}

/** A copy of the reference stack whose data files can be damaged, with a base, a slice and a write in it. */
export interface DamagedStack extends ReferenceStack {
  /** Name of the server's container. */
  readonly server: string
  /** MD5 of every document as it was before the damage. */
  readonly good: string
  using<Answer>(use: (client: MongoClient) => Promise<Answer>): Promise<Answer>
  /** Overwrites the middle of the largest collection's file, with the server stopped, and starts it. */
  damage(): Promise<Damaged>
  /** Sum of a file's bytes, by its path in the data folder; whether the server runs or not. */
  sumOf(file: string): Promise<string | undefined>
  /** Every document is there, as it was before the damage. */
  isSound(): Promise<void>
  /** The file that was damaged is in place, byte for byte as it was damaged. */
  isDamaged(): Promise<void>
}

const docker = async (...argv: string[]) => (await execa('docker', argv)).stdout.trim()

/** Starts it with so many patients, users and a second database. */
export async function damagedStack(
  prefix: string,
  made: CleanUp,
  documents: number,
): Promise<DamagedStack> {
  const container = `${prefix}_mongodb`
  const stack = made.made(await referenceStack(prefix), (it) => it.remove())
  answerOf(await ops(stack, ['stack', 'up', '--json']))
  const using = async <Answer>(use: (client: MongoClient) => Promise<Answer>) => {
    const client = await clientOf(container, referenceSignIn)
    try {
      return await use(client)
    } finally {
      await client.close()
    }
  }
  await using(async (client) => {
    const patients = client.db('medical_records').collection('healthcare_data')
    await patients.insertMany(
      Array.from({ length: documents }, (_, at) => ({ at, notes: 'x'.repeat(200) })),
    )
    await patients.createIndexes([{ key: { at: 1 } }])
    await client.db('other').collection('things').insertOne({ kept: true })
    await client
      .db('admin')
      .command({ createUser: 'nurse', pwd: 'n', roles: [{ role: 'read', db: 'other' }] })
  })
  answerOf(await ops(stack, ['pitr', 'slice', '--base', '--json']))
  const good = await using(async (client) => {
    await client.db('medical_records').collection('healthcare_data').insertOne({ at: -1 })
    return hashOf(client)
  })
  answerOf(await ops(stack, ['pitr', 'slice', '--json']))

  const inDataFolder = async (script: string) => {
    const image = await docker('inspect', '--format', '{{.Image}}', container)
    const run = ['run', '--rm', '--label', 'ops.test=stack', '--volumes-from', container]
    return docker(...run, '--entrypoint', 'bash', '--workdir', '/data/db', image, '-c', script)
  }
  const sumOf = async (file: string) =>
    (await inDataFolder(`md5sum "${file}" || true`)).split(/\s+/)[0]
  let damaged: Damaged | undefined
  return {
    ...stack,
    server: container,
    good,
    using,
    sumOf,
    async damage() {
      await docker('stop', container)
      const file = await inDataFolder(`ls -S collection-*.wt | head -1`)
      await inDataFolder(
        `dd if=/dev/urandom of=${file} bs=4096 seek=2 count=$(($(stat -c %s ${file}) / 4096 - 4)) conv=notrunc`,
      )
      damaged = { file, sum: (await sumOf(file)) ?? '' }
      await docker('start', container)
      return damaged
    },
    async isSound() {
      expect(await using(hashOf)).toBe(good)
    },
    async isDamaged() {
      expect(await sumOf(damaged?.file ?? 'none')).toBe(damaged?.sum)
    },
  }
}

import { generateKeyPairSync } from 'node:crypto'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Encrypter } from 'age-encryption'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ops, type Ended, type RunOptions } from '../../support/cli.js'
import { failsBothWays, jsonErrorOf } from '../../support/failing.js'
import {
  hashOf,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { encryptedPlace, type EncryptedPlace } from './place.js'

let server: MongoServer
let place: EncryptedPlace
const said: string[] = []

beforeAll(async () => {
  server = await startMongoServer()
})
afterAll(() => server.remove())
beforeEach(async () => {
  await server.client.db('medical_records').dropDatabase()
  await loadPatients(server.client)
  place = await encryptedPlace(server)
})
afterEach(async () => {
  const kept = await readdir(place.state, { recursive: true, withFileTypes: true })
  for (const entry of kept.filter((each) => each.isFile()))
    said.push(await readFile(join(entry.parentPath, entry.name), 'utf8'))
  const everything = said.splice(0).join('\n')
  expect(everything).not.toContain('AGE-SECRET-KEY')
  for (const { secret } of [place.ward, place.escrow])
    expect(everything).not.toContain(secret.slice(-20))
  await place.remove()
})

async function run(argv: readonly string[], options?: RunOptions): Promise<Ended> {
  const ended = await ops(place, argv, options)
  said.push(ended.stdout, ended.stderr)
  return ended
}

async function result(argv: readonly string[], options?: RunOptions) {
  const ended = await run([...argv, '--json'], options)
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
  return (JSON.parse(ended.stdout) as { result: Record<string, unknown> }).result
}

async function fails(argv: readonly string[], exitCode: number, code: string) {
  const { plain, error } = await failsBothWays(place, argv, { exitCode, code }, { inTurn: true })
  said.push(plain.stdout, plain.stderr, JSON.stringify(error))
  return error
}

/** A verification prints its judgements, and fails all the same. */
async function judges(argv: readonly string[], exitCode: number, code: string) {
  return jsonErrorOf(await run(['backup', 'verify', ...argv, '--json']), { exitCode, code })
}

const backUp = async () =>
  (await result(['backup'])) as { id: string; path: string; recipients: string[] }

const disaster = async () => {
  const patients = server.client.db('medical_records').collection('healthcare_data')
  await patients.updateMany({ 'patient_info.age': 33 }, { $set: { patient_info: 'DAMAGED' } })
  await patients.deleteMany({ 'patient_info.age': 40 })
  return hashOf(server.client)
}

/** A fresh server, filled by mongorestore alone from what a shell command prints. */
async function restoredByHand(command: string): Promise<string> {
  const fresh = await startMongoServer({ password: 'plain', standalone: true })
  try {
    const config = join(place.folder, 'mongorestore.yaml')
    await writeFile(config, `password: ${fresh.password}\n`, { mode: 0o600 })
    const into = `mongorestore --gzip --archive --config=${config} --port=${fresh.port.toString()} --username='${fresh.username}' --authenticationDatabase=admin --nsExclude='admin.*'`
    await execa('bash', ['-o', 'pipefail', '-c', `${command} | ${into}`])
    return await hashOf(fresh.client)
  } finally {
    await fresh.remove()
  }
}

/** A dump that ops has no part in, through a filter. */
async function dumpedByHand(filter: string): Promise<string> {
  const config = join(place.folder, 'mongodump.yaml')
  await writeFile(config, `password: ${JSON.stringify(server.password)}\n`, { mode: 0o600 })
  const file = join(place.folder, 'theirs.archive.gz.age')
  const dump = `mongodump --gzip --archive --db=medical_records --config=${config} --port=${server.port.toString()} --username='${server.username}' --authenticationDatabase=admin`
  await execa('bash', ['-o', 'pipefail', '-c', `${dump} | ${filter} > ${file}`])
  return file
}

test('the age program opens what ops wrote, with either key, and mongorestore brings it back', async () => {
  const before = await hashOf(server.client)
  const backup = await backUp()
  expect(backup.path).toMatch(/\.archive\.gz\.age$/)
  expect(backup.recipients).toEqual([place.ward.recipient, place.escrow.recipient])
  await execa('sha256sum', ['-c', `${backup.id}.sha256`], { cwd: place.shelf })
  for (const { file } of [place.ward, place.escrow])
    expect(await restoredByHand(`age -d -i ${file} ${backup.path}`)).toBe(before)
})

test('ops restores what mongodump and the age program wrote, from a file and from a pipe', async () => {
  const before = await hashOf(server.client)
  const file = await dumpedByHand(`age -r ${place.ward.recipient} -r ${place.escrow.recipient}`)
  const verified = await result(['backup', 'verify', file, '--deep'])
  expect(verified).toMatchObject({ backups: [{ trust: 'sound', id: null }] })
  expect(await disaster()).not.toBe(before)
  await result(['restore', file, '--confirm', 'medical'])
  expect(await hashOf(server.client)).toBe(before)
  expect(await disaster()).not.toBe(before)
  await result(['restore', '-', '--confirm', 'medical'], { input: await readFile(file) })
  expect(await hashOf(server.client)).toBe(before)
})

test('a restore saves the state before encrypted, and it can be taken back', async () => {
  const before = await hashOf(server.client)
  await backUp()
  const damaged = await disaster()
  await result(['restore', '--confirm', 'medical'])
  expect(await hashOf(server.client)).toBe(before)
  await result(['undo', '--confirm', 'medical'])
  expect(await hashOf(server.client)).toBe(damaged)
  // The writes that the restore discarded lie in a folder of their own.
  const there = await readdir(place.shelf, { recursive: true, withFileTypes: true })
  const files = there
    .filter(
      (entry) => entry.isFile() && !/\.(json|sha256|kit\.tar)$|^\.|^RESTORE\.md$/.test(entry.name),
    )
    .map(({ parentPath, name }) => join(parentPath, name))
  expect(files.length).toBeGreaterThan(3)
  for (const path of files) {
    expect(path).toMatch(/\.gz\.age$/)
    const start = (await readFile(path)).subarray(0, 21).toString()
    expect(start).toBe('age-encryption.org/v1')
  }
})

test('a machine without a key backs up, verifies from outside, and restores nothing', async () => {
  await place.configure('[]')
  const { id } = await backUp()
  const verified = await result(['backup', 'verify', id])
  expect(verified).toMatchObject({ backups: [{ trust: 'sound', unopened: 'KEY_MISSING' }] })
  await judges([id, '--deep'], 12, 'KEY_MISSING')
  const damaged = await disaster()
  await fails(['restore', '--confirm', 'medical'], 12, 'KEY_MISSING')
  expect(await hashOf(server.client)).toBe(damaged)
})

test('a backup in clear is not restored where its safety backup could not be read back', async () => {
  await place.configure()
  const before = await hashOf(server.client)
  await backUp()
  await place.configure('[]')
  const damaged = await disaster()
  await fails(['restore', '--confirm', 'medical'], 6, 'SAFETY_UNREADABLE')
  expect(await hashOf(server.client)).toBe(damaged)
  await result(['restore', '--confirm', 'medical', '--no-safety-backup'])
  expect(await hashOf(server.client)).toBe(before)
})

test('a wrong key, an open key file and a key from a command', async () => {
  const { id } = await backUp()
  await execa('age-keygen', ['-o', join(place.folder, 'other.key')])
  await place.configure('[{file: other.key}]')
  const error = await judges([id], 12, 'KEY_WRONG')
  expect(error.message).toContain(place.escrow.recipient)
  await chmod(place.ward.file, 0o644)
  await place.configure('[{file: ward.key}]')
  await fails(['backup', 'verify', id], 6, 'SECRET_EXPOSED')
  await place.configure('[{command: [cat, ward.key]}]')
  expect(await result(['backup', 'verify', id])).toMatchObject({ backups: [{ trust: 'sound' }] })
  await place.configure('[{command: [echo, no key]}]')
  await fails(['backup', 'verify', id], 2, 'KEY_UNUSABLE')
})

test('what no age key opens is told apart: a passphrase, an SSH key', async () => {
  const encrypter = new Encrypter()
  encrypter.setPassphrase('correct horse')
  encrypter.setScryptWorkFactor(5)
  const file = join(place.folder, 'passphrase.age')
  await writeFile(file, await encrypter.encrypt('anything'))
  const error = await fails(['backup', 'verify', file], 2, 'ENCRYPTION_UNSUPPORTED')
  expect(error.message).toContain('with a passphrase')
  const theirs = await dumpedByHand(`age -r '${sshPublicKey()}'`)
  const other = await fails(
    ['restore', theirs, '--confirm', 'medical'],
    2,
    'ENCRYPTION_UNSUPPORTED',
  )
  expect(other.message).toContain('to an SSH key')
})

test('an encrypted file that breaks off restores nothing', async () => {
  const { path } = await backUp()
  const cut = join(place.folder, 'cut.age')
  const bytes = await readFile(path)
  await writeFile(cut, bytes.subarray(0, bytes.length - 1))
  const damaged = await disaster()
  await fails(['restore', cut, '--confirm', 'medical'], 12, 'AGE_TRUNCATED')
  expect(await hashOf(server.client)).toBe(damaged)
})

/** RFC 8709: the name of the algorithm and 32 bytes, each with its length. */
function sshPublicKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(raw)])
  return `ssh-ed25519 ${blob.toString('base64')}`
}

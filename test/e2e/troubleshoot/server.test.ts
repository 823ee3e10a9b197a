import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates, type Certificates } from '../../support/certificates.js'
import { cleanUp } from '../../support/cleanUp.js'
import { placeFor, type Place } from '../../support/cli.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { until } from '../../support/waiting.js'
import { only } from '../../unit/troubleshoot/scene.js'
import { changed, healthOf } from './found.js'
import { asked, docker, putRight } from './ward.js'

const made = cleanUp()
let server: MongoServer
let place: Place
let certificates: Certificates

/** A server by itself: its data on a small file system of its own, its oplog small, its certificate good for two days. */
beforeAll(async () => {
  certificates = made.made(await makeCertificates(), (one) => one.remove())
  server = made.made(
    await startMongoServer({
      certificates: certificates.folder,
      dataBytes: 900 * 1024 ** 2,
      more: ['--oplogSize=20', '--syncdelay=1'],
    }),
    (one) => one.remove(),
  )
  await server.client.db('medical_records').collection('patients').insertOne({ n: 1 })
  place = made.made(await placeFor(server), (one) => one.remove())
  const { ca, client } = certificates
  const tls = `    tls: {ca: ${ca}, certificate: ${client}, name: mongodb}\n`
  await changed(join(place.folder, 'ops.yaml'), /( +container: .*\n)/, `$1${tls}`)
}, 60_000)
afterAll(() => made.all(), 30_000)

describe('a server, each fault for real', () => {
  test('its certificate is about to expire; a new one cures that', async () => {
    const { exitCode, bad } = await healthOf(place)
    expect([exitCode, bad['mongo:medical:certificate']]).toEqual([5, 'fail'])
    const { symptoms } = await asked(place, 'stale')
    expect(only(symptoms, 'certificate-expires').severity).toBe('fail')
    const renew = `openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 90 -extfile names -out server.crt &&
      cat server.crt server.key >server.pem`
    await execa('sh', ['-c', renew], { cwd: certificates.folder })
    await server.client.db('admin').command({ rotateCertificates: 1 })
    expect((await healthOf(place)).bad['mongo:medical:certificate']).toBeUndefined()
    expect((await asked(place, 'stale')).causes).not.toContain('certificate-expires')
  }, 90_000)

  test('there is hardly any room where its data lies', async () => {
    expect((await asked(place, 'disk')).causes).toEqual([])
    const ballast = '/data/db/ballast'
    const { stdout } = await docker(
      'exec',
      server.container,
      'df',
      '--output=avail',
      '-m',
      '/data/db',
    )
    const spare = Number(stdout.split('\n')[1]) - 60
    await docker('exec', server.container, 'fallocate', '-l', `${spare.toString()}m`, ballast)
    const found = await healthOf(place)
    expect([found.exitCode, found.bad['symptom:disk']]).toEqual([5, 'fail'])
    expect(found.causes('symptom:disk')).toEqual(['data-disk-full'])
    expect((await asked(place, 'disk')).causes).toEqual(['data-disk-full'])
    await docker('exec', server.container, 'rm', ballast)
    expect((await healthOf(place)).bad['symptom:disk']).toBeUndefined()
    expect((await asked(place, 'disk')).exitCode).toBe(0)
  }, 90_000)

  test('a query reads every document for want of an index, which is built', async () => {
    const db = server.client.db('medical_records')
    const visits = db.collection('visits')
    await visits.insertMany(Array.from({ length: 2000 }, (_, n) => ({ ward: n })))
    await db.command({ profile: 0, slowms: 0 })
    for (const ward of [1, 2, 3]) await visits.find({ ward }).toArray()
    await db.command({ profile: 0, slowms: 100 })
    const found = await healthOf(place)
    expect(found.bad['symptom:slow']).toBe('warn')
    expect(found.causes('symptom:slow')).toEqual(['missing-index'])
    expect((await asked(place, 'slow')).causes).toEqual(['missing-index'])
    expect(await putRight(place, 'slow')).toMatchObject({ cause: 'missing-index', exitCode: 0 })
    expect((await healthOf(place)).bad['symptom:slow']).toBeUndefined()
  }, 90_000)

  test('its oplog drops writes after minutes', async () => {
    expect((await healthOf(place)).bad['mongo:medical:oplog']).toBeUndefined()
    const oplog = server.client.db('local').collection('oplog.rs')
    const oldest = async () =>
      String((await oplog.find().sort({ $natural: 1 }).limit(1).next())?.['ts'])
    const first = await oldest()
    const large = server.client.db('other').collection('large')
    // The server cuts its oplog in its own time, behind what is written.
    const isCut = await until(async () => {
      await large.insertOne({ _id: 1 as never, text: 'x'.repeat(3_000_000) })
      await large.deleteOne({ _id: 1 as never })
      return (await oldest()) !== first
    }, 45_000)
    expect(isCut).toBe(true)
    const { exitCode, bad } = await healthOf(place)
    expect(exitCode).not.toBe(0)
    expect(bad['mongo:medical:oplog']).toBe('warn')
    const { symptoms } = await asked(place, 'stale')
    expect(only(symptoms, 'oplog-too-short').severity).toBe('fail')
    for (const candidate of only(symptoms, 'oplog-too-short').candidates)
      expect(candidate).toHaveProperty('needs')
  }, 90_000)
})

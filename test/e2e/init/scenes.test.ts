import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Initialised } from '../../../src/cli/init.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { composePlace, type ComposePlace } from '../../support/composePlace.js'
import { answerOf } from '../../support/envelope.js'
import { clientOf, hashOf, loadPatients } from '../../support/mongoServer.js'
import { scenes, type SceneServer } from './scenes.js'

interface Taken {
  readonly id: string
  readonly target: string
  readonly trust: string
  readonly exitCode: number
  readonly collections: Readonly<Record<string, { readonly documents: number }>>
}

const documents = 300

describe.each(await scenes())('ops init on $name', ({ files, servers, prepare }) => {
  const made = cleanUp()
  let place: ComposePlace
  let clients: readonly (SceneServer & { readonly client: MongoClient })[] = []

  beforeAll(async () => {
    place = made.made(await composePlace('init', files), (it) => it.remove())
    await prepare?.(place)
    await place.compose('up', '--detach', '--wait', ...servers.map(({ service }) => service))
    clients = await Promise.all(
      servers.map(async (server) => ({
        ...server,
        client: made.made(
          await clientOf(await place.container(server.service), server.signIn),
          (it) => it.close(),
        ),
      })),
    )
  })
  afterAll(() => made.all())

  const shelf = () => ({ env: { OPS_SHELF: join(place.folder, 'shelf') } })
  const file = () => readFile(join(place.folder, 'ops.yaml'), 'utf8')

  test('finds every server, and writes a file without a secret in it', async () => {
    const { result, warnings } = answerOf<Initialised>(await ops(place, ['init', '--json']))
    expect([...result.targets].sort()).toEqual(servers.map(({ service }) => service).sort())
    expect(warnings).toEqual([])
    expect(result).toMatchObject({ written: true, keptAs: null })
    const text = await file()
    expect(text).toBe(result.text)
    for (const { signIn } of servers) if (signIn) expect(text).not.toContain(signIn.password)
  })

  test('wrote what config check has nothing to say to, and never writes over it', async () => {
    const { warnings } = answerOf(await ops(place, ['config', 'check', '--json']))
    expect(warnings).toEqual([])
    const before = await file()
    const { exitCode, stdout } = await ops(place, ['init', '--json'])
    expect(exitCode).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'CONFIG_EXISTS' } })
    expect(await file()).toBe(before)
  })

  test('each server can be backed up at once, and every document is counted', async () => {
    for (const { service, client } of clients) {
      await loadPatients(client, documents)
      const argv = ['backup', '--target', service, '--json']
      const { result } = answerOf<Taken>(await ops(place, argv, shelf()))
      expect(result).toMatchObject({ target: service, trust: 'sound', exitCode: 0 })
      expect(result.collections).toMatchObject({
        'medical_records.healthcare_data': { documents },
        'medical_records.audit_trail': { documents: 50 },
      })
    }
  })

  test('damaged data comes back, byte for byte', async () => {
    for (const { service, client } of clients) {
      const before = await hashOf(client)
      const patients = client.db('medical_records').collection('healthcare_data')
      await patients.deleteMany({ 'patient_info.age': { $gt: 40 } })
      await patients.updateMany({}, { $set: { 'billing.billing_amount': 0 } })
      await client.db('medical_records').collection('audit_trail').drop()
      expect(await hashOf(client)).not.toBe(before)
      const argv = ['restore', '--target', service, '--confirm', service, '--json']
      answerOf(await ops(place, argv, shelf()))
      expect(await hashOf(client)).toBe(before)
    }
  })
})

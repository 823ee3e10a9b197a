import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ops, placeFor, type Place } from '../support/cli.js'
import { hashOf, loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'

let donor: MongoServer
let small: MongoServer
let from: Place
let into: Place

/** A server whose data lies on a real file system that is too small for what is to be restored. */
beforeAll(async () => {
  donor = await startMongoServer()
  // Text that no storage engine can compress away.
  const notes = donor.client.db('medical_records').collection<{ note: string }>('notes')
  for (let batch = 0; batch < 60; batch++) {
    await notes.insertMany(
      Array.from({ length: 100 }, () => ({ note: randomBytes(30_000).toString('base64') })),
    )
  }
  small = await startMongoServer({ dataBytes: 330 * 1024 * 1024 })
  await loadPatients(small.client, 500)
  from = await placeFor(donor)
  into = await placeFor(small)
})
afterAll(async () => {
  await from.remove()
  await into.remove()
  await donor.remove()
  await small.remove()
})

test('the disk of the database fills during a restore: it fails, and says what state things are in and the way back', async () => {
  const taken = await ops(from, ['backup', '--json'])
  const { path } = (JSON.parse(taken.stdout) as { result: { path: string } }).result
  const { exitCode, stdout } = await ops(into, ['restore', path, '--confirm', 'medical', '--json'])
  expect(exitCode, stdout).not.toBe(0)
  const { error } = JSON.parse(stdout) as {
    error: { message: string; next: string[]; facts: { safetyBackup?: string } }
  }
  expect(error.facts.safetyBackup).toMatch(/-safety$/)
  // Either it was taken back, or the way back is named: nothing in between.
  const state = await execa('docker', [
    'inspect',
    '--format',
    '{{.State.Running}}',
    small.container,
  ])
  if (state.stdout !== 'true') expect(error.next.join('\n')).toContain('ops undo')
  expect(`${error.message} ${error.next.join(' ')}`).toMatch(/taken back|ops undo/)
})

test('the backup that was being restored, and the state before, are both still good', async () => {
  const verified = await ops(into, ['backup', 'verify', '--all', '--json'])
  expect(verified.exitCode, verified.stdout).toBe(0)
  expect(await hashOf(donor.client)).not.toBe('')
})

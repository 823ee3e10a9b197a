import { chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writePublicFile } from '../../../src/adapters/host/publicFile.js'
import { judgeHealth } from '../../../src/checks/health/judge.js'
import { loadEvidence, saveEvidence } from '../../../src/cli/healthFile.js'
import { unwrittenReports } from '../../../src/cli/healthReports.js'
import { judgeSaved } from '../../../src/cli/savedHealth.js'
import { blindly } from '../../unit/status/scene.js'
import { aHospital, aTarget } from '../../unit/health/scene.js'

let folder = ''
let file = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-evidence-'))
  file = join(folder, 'seen.json')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('saved evidence', () => {
  test('is judged elsewhere as it was here', async () => {
    const evidence = aHospital({ engine: blindly, targets: [aTarget({ long: blindly })] })
    await saveEvidence(file, evidence, '0.1.0')
    const { evidence: read, savedBy } = await loadEvidence(file)
    expect([judgeHealth(read), savedBy]).toEqual([judgeHealth(evidence), '0.1.0'])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('holds no password that somebody quoted', async () => {
    const server = {
      state: 'refused' as const,
      code: 'X',
      message: 'mongodb://root:hunter2@db/ and mongodb://root:hunter3@db/',
      next: [],
    }
    await saveEvidence(file, aHospital({ targets: [aTarget({ server })] }), '0.1.0')
    expect(await readFile(file, 'utf8')).not.toMatch(/hunter\d/)
    expect(judgeHealth((await loadEvidence(file)).evidence).verdict).toBe('fail')
  })

  test('that is not there, of another kind, newer, cut off or changed is refused', async () => {
    await expect(loadEvidence(file)).rejects.toMatchObject({ code: 'EVIDENCE_NOT_FOUND' })
    for (const foreign of ['{}', '[1]', 'null', 'hello', ''])
      await writeFile(file, foreign).then(() =>
        expect(loadEvidence(file), foreign).rejects.toMatchObject({ code: 'EVIDENCE_FOREIGN' }),
      )
    await expect(loadEvidence('/dev/zero')).rejects.toMatchObject({ code: 'EVIDENCE_FOREIGN' })
    await writeFile(file, '{"opsHealthEvidence":2,"opsVersion":"9.0.0","evidence":{}}')
    await expect(loadEvidence(file)).rejects.toMatchObject({ code: 'EVIDENCE_NEWER' })
    await saveEvidence(file, aHospital(), '0.1.0')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"mongodb"', '"mongodc"'))
    await expect(loadEvidence(file)).rejects.toMatchObject({ code: 'EVIDENCE_DAMAGED' })
    await writeFile(file, text)
    await truncate(file, text.length - 100)
    await expect(loadEvidence(file)).rejects.toMatchObject({ code: 'EVIDENCE_DAMAGED' })
  })
})

describe('files beside the answer', () => {
  const found = () => ({ evidence: aHospital(), health: judgeHealth(aHospital()) })

  test('are written, again and again', async () => {
    const prometheus = join(folder, 'ops.prom')
    for (let time = 0; time < 2; time += 1)
      expect(await unwrittenReports({ save: file, prometheus }, found(), '0.1.0')).toEqual([])
    expect((await loadEvidence(file)).evidence.stack).toBe('hospital')
    expect(await readFile(prometheus, 'utf8')).toMatch(/^# HELP ops_health_status/)
  })

  test('that cannot be written are told, and nothing is thrown', async () => {
    const missing = join(folder, 'not/there')
    const told = await unwrittenReports({ save: missing, prometheus: missing }, found(), '0.1.0')
    expect(told).toHaveLength(2)
    for (const text of told) expect(text).toContain(missing)
  })

  test('never take the place of what is something else', async () => {
    await writeFile(file, 'version: 1\n')
    for (const asked of [{ save: file }, { prometheus: file }, { prometheus: '/dev/null' }])
      expect(await unwrittenReports(asked, found(), '0.1.0'), JSON.stringify(asked)).toHaveLength(1)
    expect(await readFile(file, 'utf8')).toBe('version: 1\n')
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })
})

describe('saved evidence that is judged', () => {
  const around = { now: new Date('2026-11-24T14:00:00.000Z'), version: '0.2.0' }

  test('says whose it is, how old, and who saved it', async () => {
    await saveEvidence(file, aHospital(), '0.1.0')
    const { health } = await judgeSaved(file, [], around)
    expect(health.from).toEqual({
      file,
      stack: 'hospital',
      at: '2026-11-21T14:00:00.000Z',
      ageSeconds: 3 * 86_400,
      savedBy: '0.1.0',
      judgedBy: '0.2.0',
      wanted: [],
    })
    const { from, ...judged } = health
    expect(from).toBeDefined()
    expect(judged).toEqual(judgeHealth(aHospital()))
  })

  test('of a part is judged as a part, and the rest is not called good', async () => {
    await saveEvidence(file, { ...aHospital(), wanted: ['mongo'] }, '0.1.0')
    const { health } = await judgeSaved(file, [], around)
    expect(health.checks.every(({ id }) => id.startsWith('mongo:'))).toBe(true)
    expect(health.from?.wanted).toEqual(['mongo'])
  })
})

test('a file for a collector is there whole, for everybody to read', async () => {
  await writeFile(file, 'old', { mode: 0o600 })
  await writePublicFile(file, 'new\n')
  expect(await readFile(file, 'utf8')).toBe('new\n')
  expect((await stat(file)).mode & 0o777).toBe(0o644)
  await chmod(file, 0o600)
  await expect(writePublicFile(join(folder, 'not/there'), '')).rejects.toMatchObject({
    code: 'REPORT_UNWRITABLE',
  })
})

import { chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writePublicFile } from '../../../src/adapters/host/publicFile.js'
import { judgeHealth } from '../../../src/checks/health/judge.js'
import { loadEvidence, saveEvidence } from '../../../src/cli/healthFile.js'
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
    expect(judgeHealth(await loadEvidence(file))).toEqual(judgeHealth(evidence))
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
    expect(judgeHealth(await loadEvidence(file)).verdict).toBe('fail')
  })

  test('that is not there, of another kind, newer, cut off or changed is refused', async () => {
    await expect(loadEvidence(file)).rejects.toMatchObject({ code: 'EVIDENCE_NOT_FOUND' })
    for (const foreign of ['{}', '[1]', 'null', 'hello', ''])
      await writeFile(file, foreign).then(() =>
        expect(loadEvidence(file), foreign).rejects.toMatchObject({ code: 'EVIDENCE_FOREIGN' }),
      )
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

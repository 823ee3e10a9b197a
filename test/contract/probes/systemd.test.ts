import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calm, overAfter, realProbes } from './machine.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-systemd-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A `systemctl` that does what a script says: few machines of tests are run by systemd. */
async function says(script: string) {
  const file = join(folder, 'systemctl')
  await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$@" >"${folder}/asked"\n${script}\n`)
  await chmod(file, 0o755)
}
const PATH = () => `${folder}:/usr/bin:/bin`
const ask = (scope: 'system' | 'user' = 'system', signal = calm) =>
  realProbes({ environment: { PATH: PATH(), TOKEN: 'f00d' } }).systemd(
    { unit: 'nginx.service', scope },
    signal,
  )

describe('a unit', () => {
  test('is asked about by its properties, and nothing of it is changed', async () => {
    await says(
      'echo LoadState=loaded; echo ActiveState=failed; echo SubState=failed; echo Result=exit-code',
    )
    expect(await ask('user')).toEqual({
      load: 'loaded',
      active: 'failed',
      sub: 'failed',
      result: 'exit-code',
    })
    expect((await readFile(join(folder, 'asked'), 'utf8')).split('\n')).toEqual([
      '--user',
      'show',
      '--property=LoadState,ActiveState,SubState,Result',
      '--',
      'nginx.service',
      '',
    ])
  })

  test('cannot be looked at where systemd does not answer, or is not there', async () => {
    await says('echo "System has not been booted with systemd" >&2; exit 1')
    await expect(ask()).rejects.toMatchObject({
      code: 'SYSTEMD_SILENT',
      message: expect.stringContaining('has not been booted') as string,
    })
    await rm(join(folder, 'systemctl'))
    const nowhere = realProbes({ environment: { PATH: folder } })
    const asked = nowhere.systemd({ unit: 'nginx.service', scope: 'system' }, calm)
    await expect(asked).rejects.toMatchObject({ code: 'SYSTEMD_SILENT' })
  })

  test('is told nothing of the environment, and left when the time is up', async () => {
    await says('env >&2; exit 1')
    const error: unknown = await ask().catch((thrown: unknown) => thrown)
    expect(String(error)).not.toContain('f00d')
    await says('exec sleep 30')
    await expect(ask('system', overAfter(200))).rejects.toThrow('the time is up')
  })
})

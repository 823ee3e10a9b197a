import { execa } from 'execa'
import { afterEach, expect, test } from 'vitest'
import { damageFiles } from '../../../src/adapters/dataFiles/damage.js'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { ownContainers } from '../../../src/adapters/docker/ownContainers.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import { cleanUp } from '../../support/cleanUp.js'
import { mongoImage } from '../../support/mongoServer.js'

const made = cleanUp()
afterEach(() => made.all())

const own = ownContainers(
  () => dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' }),
  machineHost('0.1.0'),
)
const never = new AbortController().signal
const volume = `ops-test-damage-${process.pid.toString()}`

/** Runs a script with the volume as its working folder. */
const inVolume = async (script: string) =>
  (
    await execa('docker', [
      ...['run', '--rm', '--label', 'ops.test=damage', '--network', 'none'],
      ...['--volume', `${volume}:/v`, '--workdir', '/v', '--entrypoint', 'sh'],
      ...[mongoImage(), '-c', script],
    ])
  ).stdout

async function place() {
  await execa('docker', ['volume', 'create', '--label', 'ops.test=damage', volume])
  made.made(volume, (name) => execa('docker', ['volume', 'rm', '--force', name]))
  const { stdout: image } = await execa('docker', [
    'image',
    'inspect',
    '--format',
    '{{.Id}}',
    mongoImage(),
  ])
  return { target: 'medical', image, volume, mountedAt: '/data/db', dbPath: '/data/db' }
}

test('half of the largest collections becomes noise, their first block and every other file stay', async () => {
  const at = await place()
  const sums =
    'for f in *.wt; do echo "$f $(stat -c %s $f) $(head -c 4096 $f | md5sum) $(md5sum < $f)"; done'
  const before = await inVolume(
    `for i in 1 2 3 4; do head -c $((i * 40960)) /dev/zero > collection-$i.wt; done; head -c 999999 /dev/zero > index-1.wt; ${sums}`,
  )
  const names = await damageFiles(at, own, never)
  expect(names).toEqual(['./collection-4.wt', './collection-3.wt', './collection-2.wt'])
  const after = (await inVolume(sums)).split('\n').map((line) => line.split(/\s+/))
  for (const [at, [name, size, first, , whole]] of before
    .split('\n')
    .map((line) => line.split(/\s+/))
    .entries()) {
    expect(after[at]?.slice(0, 3)).toEqual([name, size, first])
    const hit = names.includes(`./${name ?? ''}`)
    expect(after[at]?.[4] === whole, name).toBe(!hit)
  }
})

test('a volume without data files is told of', async () => {
  await expect(damageFiles(await place(), own, never)).rejects.toMatchObject({
    kind: 'failed',
    code: 'DAMAGE_FAILED',
  })
})

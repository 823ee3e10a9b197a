import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { dataVolumes } from '../../../src/adapters/dataFiles/dataVolumes.js'
import type { DataPipes } from '../../../src/adapters/dataFiles/dataPipes.js'
import { dockerClient } from '../../../src/adapters/docker/client.js'
import { ownContainers } from '../../../src/adapters/docker/ownContainers.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import { DataFilesReader } from '../../../src/archive/dataFiles.js'
import type { DataPlace, DataVolumes } from '../../../src/ports/dataVolumes.js'
import type { OwnContainers } from '../../../src/ports/ownContainers.js'
import { FakeDataVolumes } from '../../fakes/dataVolumes.js'
import { cleanUp } from '../../support/cleanUp.js'
import { dataFolder, packed } from '../../support/dataFolder.js'
import { mongoImage } from '../../support/mongoServer.js'

const made = cleanUp()
afterAll(() => made.all())
const never = new AbortController().signal
const folder = '.ops-before-20261121T130000Z-abc'

/** A volume whose files say `before`, and what can be asked of it. */
interface Volume {
  readonly volumes: DataVolumes
  readonly place: DataPlace
  /** `before` or `restored`. */
  readonly inPlace: () => Promise<string>
  readonly kept: () => Promise<boolean>
}

const place: DataPlace = {
  target: 'medical',
  image: mongoImage(),
  volume: '',
  mountedAt: '/data',
  dbPath: '/data/db',
}

function fake(): Promise<Volume> {
  const volumes = new FakeDataVolumes()
  return Promise.resolve({
    volumes,
    place,
    inPlace: () => Promise.resolve(volumes.inPlace),
    kept: () => Promise.resolve(volumes.kept.has(folder)),
  })
}

interface RealVolume extends Volume {
  readonly sh: (script: string) => Promise<string>
}

/** Pipes as a run of ops has them. */
const pipes: DataPipes = {
  temporary: tmpdir(),
  patience: 5_000,
  host: machineHost('0.1.0'),
  local: () => Promise.resolve(true),
}

async function real(
  pipes?: DataPipes,
  through: (own: OwnContainers) => OwnContainers = (own) => own,
): Promise<RealVolume> {
  const volume = `ops-test-${randomBytes(4).toString('hex')}`
  await execa('docker', ['volume', 'create', '--label', 'ops.test=datafiles', volume])
  made.made(volume, (name) => execa('docker', ['volume', 'rm', '--force', name]))
  const sh = async (script: string) => {
    const mount = ['--volume', `${volume}:/volume`, '--workdir', '/volume']
    const run = ['run', '--rm', '--network', 'none', '--label', 'ops.test=datafiles', ...mount]
    const { stdout } = await execa('docker', [
      ...run,
      '--entrypoint',
      'sh',
      mongoImage(),
      '-c',
      script,
    ])
    return stdout
  }
  await sh(`mkdir -p db/journal && cd db && echo before > WiredTiger && echo x > journal/old &&
    mkdir diagnostic.data && echo y > .hidden && chown -R 999:999 . && chmod 600 WiredTiger`)
  const client = dockerClient({ environment: process.env, home: process.env['HOME'] ?? '/root' })
  const own = ownContainers(() => client, machineHost('0.1.0'))
  return {
    volumes: dataVolumes(through(own), pipes),
    place: { ...place, volume },
    inPlace: async () =>
      (await sh('cat db/WiredTiger')).startsWith('WiredTiger') ? 'restored' : 'before',
    kept: async () => (await sh('ls -A db')).includes(folder),
    sh,
  }
}

/** Folders of pipes of this process. */
async function ourPipes(): Promise<readonly string[]> {
  const names = await readdir(tmpdir())
  return names.filter((name) => name.startsWith(`ops-pipe-${process.pid.toString()}-`))
}

/** As an engine that does not share this machine's files: the mounted folder is another one. */
function mounting(own: OwnContainers, folder: () => Promise<string>): OwnContainers {
  return {
    ...own,
    start: async (request, onStderr, signal) => {
      const source = await folder()
      const mounts = (request.mounts ?? []).map((mount) =>
        mount.source.startsWith('/') ? { ...mount, source } : mount,
      )
      return own.start({ ...request, mounts }, onStderr, signal)
    },
  }
}

function withoutPipes(own: OwnContainers): OwnContainers {
  return mounting(own, emptyFolder)
}

function intoOtherPipes(own: OwnContainers): OwnContainers {
  return mounting(own, async () => {
    const folder = await emptyFolder()
    await execa('mkfifo', ['-m', '666', join(folder, 'archive')])
    return folder
  })
}

function unknownThere(own: OwnContainers): OwnContainers {
  return mounting(own, () => Promise.resolve(`/no/such/folder-${randomBytes(4).toString('hex')}`))
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ops-test-'))
  made.made(folder, (path) => rm(path, { recursive: true }))
  return folder
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous
async function* tar() {
  const bytes = packed(dataFolder)
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
}

describe.each<[string, () => Promise<Volume>]>([
  ['fake', fake],
  ['real, through the engine', () => real()],
  ['real, through pipes', () => real(pipes)],
])('a data volume (%s)', (_which, make) => {
  let volume: Volume
  beforeEach(async () => {
    volume = await make()
  })

  test('tells the release of the server, the room, and whether it is empty', async () => {
    const facts = await volume.volumes.look(volume.place, never)
    expect(facts).toMatchObject({ serverVersion: '6.0.5', empty: false })
    expect(facts.freeBytes).toBeGreaterThan(0)
  })

  test('files are unpacked beside, put in place, put back, and forgotten', async () => {
    const { volumes, place: where, inPlace, kept } = volume
    await volumes.unpack(where, folder, tar(), never)
    expect(await inPlace()).toBe('before')
    await volumes.exchange(where, folder, 'restored', never)
    expect(await inPlace()).toBe('restored')
    await volumes.exchange(where, folder, 'before', never)
    expect(await inPlace()).toBe('before')
    await volumes.exchange(where, folder, 'restored', never)
    expect(await inPlace()).toBe('restored')
    await volumes.forget(where, folder, never)
    expect(await kept()).toBe(false)
    expect(await inPlace()).toBe('restored')
  })

  test('an empty folder is made beside, and what an exchange puts aside is measured', async () => {
    const { volumes, place: where, kept } = volume
    const before = await volumes.measure(where, undefined, never)
    expect(before.files).toBeGreaterThan(0)
    expect(before.bytes).toBeGreaterThan(0)
    await volumes.makeEmpty(where, folder, never)
    expect(await volumes.measure(where, undefined, never)).toEqual(before)
    await volumes.exchange(where, folder, 'restored', never)
    expect(await volumes.measure(where, folder, never)).toEqual(before)
    await volumes.exchange(where, folder, 'before', never)
    expect(await volumes.measure(where, undefined, never)).toEqual(before)
    await volumes.forget(where, folder, never)
    expect(await kept()).toBe(false)
  })

  test('a way back that is asked for twice, or before there was a way, changes nothing', async () => {
    const { volumes, place: where, inPlace } = volume
    await volumes.exchange(where, folder, 'before', never)
    await volumes.unpack(where, folder, tar(), never)
    await volumes.exchange(where, folder, 'before', never)
    await volumes.exchange(where, folder, 'restored', never)
    await volumes.exchange(where, folder, 'before', never)
    await volumes.exchange(where, folder, 'before', never)
    expect(await inPlace()).toBe('before')
    await volumes.forget(where, folder, never)
    await volumes.forget(where, folder, never)
  })
})

const ways: readonly [string, () => Promise<RealVolume>, way: 'engine' | 'pipe'][] = [
  ['the engine', () => real(), 'engine'],
  ['a pipe', () => real(pipes), 'pipe'],
  [
    'the engine of another machine',
    () => real({ ...pipes, local: () => Promise.resolve(false) }),
    'engine',
  ],
  ['the engine where the pipe leads elsewhere', () => real(pipes, withoutPipes), 'engine'],
  ['the engine that does not know its folder', () => real(pipes, unknownThere), 'engine'],
  [
    'the engine where the pipe leads nowhere',
    () => real({ ...pipes, patience: 1_500 }, intoOtherPipes),
    'engine',
  ],
]

describe('a data volume, for real', () => {
  test('an empty data folder has the owner and the mode of the one before', async () => {
    const { volumes, place: where, sh } = await real()
    await sh('chmod 750 db')
    await volumes.makeEmpty(where, folder, never)
    await volumes.exchange(where, folder, 'restored', never)
    expect(await sh('cd db && stat --format "%a %u %g" . && ls -A')).toBe(`750 999 999\n${folder}`)
  })

  test('files come back with owner and mode, hidden ones and folders too', async () => {
    const { volumes, place: where, sh } = await real()
    const before = await sh('cd db && find . | sort | xargs stat --format "%n %a %u %g"')
    await volumes.unpack(where, folder, tar(), never)
    await volumes.exchange(where, folder, 'restored', never)
    const restored = await sh('cd db && stat --format "%n %a %u %g" . WiredTiger journal')
    expect(restored).toBe('. 755 999 999\nWiredTiger 600 999 999\njournal 700 999 999')
    await volumes.exchange(where, folder, 'before', never)
    await volumes.forget(where, folder, never)
    expect(await sh('cd db && find . | sort | xargs stat --format "%n %a %u %g"')).toBe(before)
  })

  test.each([
    ['before the first file moved', 'mkdir -p $w/old'],
    ['with half of the files aside', 'mkdir -p $w/old; mv WiredTiger .hidden $w/old/'],
    [
      'with all of them aside',
      'mkdir -p $w/old; mv WiredTiger .hidden journal diagnostic.data $w/old/; : > $w/aside',
    ],
    [
      'with half of the new ones in place',
      'mkdir -p $w/old; mv WiredTiger .hidden journal diagnostic.data $w/old/; : > $w/aside; mv $w/new/WiredTiger $w/new/journal .',
    ],
  ])('an exchange cut off %s is taken up again, and taken back', async (_when, script) => {
    const { volumes, place: where, sh, inPlace } = await real()
    const list = 'cd db && find . ! -path "./.ops-*" | sort | xargs md5sum 2>/dev/null || true'
    const before = await sh(list)
    await volumes.unpack(where, folder, tar(), never)
    await sh(`cd db && w=${folder} && ${script}`)
    await volumes.exchange(where, folder, 'before', never)
    expect(await sh(list)).toBe(before)
    await volumes.forget(where, folder, never)
    await volumes.unpack(where, folder, tar(), never)
    await sh(`cd db && w=${folder} && ${script}`)
    await volumes.exchange(where, folder, 'restored', never)
    expect(await inPlace()).toBe('restored')
    expect(await sh(`ls -A db/${folder}/new`)).toBe('')
    await volumes.exchange(where, folder, 'before', never)
    expect(await sh(list)).toBe(before)
  })

  test.each(ways)(
    'what is no tar leaves what is in place alone, and says why (%s)',
    async (_way, make) => {
      const { volumes, place: where, inPlace } = await make()
      // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous
      async function* broken() {
        yield Buffer.alloc(2000, 'no tar')
      }
      await expect(volumes.unpack(where, folder, broken(), never)).rejects.toMatchObject({
        code: 'DATA_VOLUME_FAILED',
        exitCode: 1,
      })
      expect(await inPlace()).toBe('before')
    },
  )

  test.each(ways)('what the source throws is thrown (%s)', async (_way, make) => {
    const { volumes, place: where } = await make()
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous
    async function* failing() {
      yield packed(dataFolder).subarray(0, 512)
      throw new Error('the shelf is gone')
    }
    const unpacking = volumes.unpack(where, folder, failing(), never)
    await expect(unpacking).rejects.toThrow('the shelf is gone')
  })

  test.each(ways)(
    'a copy through %s leaves out diagnostics and what is put aside, and can be read',
    async (_way, make, way) => {
      const { volumes, place: where } = await make()
      await volumes.unpack(where, folder, tar(), never)
      await volumes.exchange(where, folder, 'restored', never)
      const run = await volumes.copy(where, never)
      const open = await ourPipes()
      const reader = new DataFilesReader()
      for await (const chunk of run.raw) reader.feed(chunk)
      expect(await run.outcome()).toEqual({ exitCode: 0, lines: [] })
      await run.stop()
      expect(reader.end()).toMatchObject({ files: 9, owner: { user: 999, group: 999 } })
      expect(open).toHaveLength(way === 'pipe' ? 1 : 0)
      expect(await ourPipes()).toEqual([])
    },
  )

  test('a copy through a pipe that is given up ends at once, and leaves nothing', async () => {
    const { volumes, place: where, sh } = await real(pipes)
    await sh('head -c 50000000 /dev/urandom > db/large')
    const abort = new AbortController()
    const run = await volumes.copy(where, abort.signal)
    const reading = async () => {
      for await (const chunk of run.raw) if (chunk.length > 0) abort.abort(new Error('enough'))
    }
    await expect(reading()).rejects.toThrow('enough')
    await run.stop()
    expect(await ourPipes()).toEqual([])
    const { stdout } = await execa('docker', [
      ...['ps', '--all', '--quiet', '--filter', 'label=ops.purpose=datafiles'],
      ...['--filter', `volume=${where.volume}`],
    ])
    expect(stdout).toBe('')
  })

  test('a folder that is not ours is never touched', async () => {
    const { volumes } = await real()
    await expect(volumes.forget(place, 'journal', never)).rejects.toThrow('no folder of ours')
    await expect(volumes.forget(place, '.ops-before-/../..', never)).rejects.toThrow()
  })
})

import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/domain/secret.js'
import type { Kit } from '../../../src/domain/kit.js'
import type { Target } from '../../../src/domain/target.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { Failure } from '../../../src/domain/failure.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

const canary = `k@n:a/r?y#5% '"$x`
const secret = { from: 'value' as const, value: new Secret(canary) }
const target: Target = {
  ...medical,
  credentials: {
    username: { from: 'value', value: new Secret('root') },
    password: secret,
    authSource: 'admin',
  },
}

const composeFile = `services:
  mongodb:
    image: \${IMAGE:?}
    environment:
      MONGO_INITDB_ROOT_PASSWORD: \${ROOT_PASSWORD:?}
  api:
    env_file: [.env, ./api.env]
    environment: ["URL=mongodb://root:${encodeURIComponent(canary)}@mongodb/"]
`

/** Takes a backup with a kit in a world whose files are these. */
async function kitten(changes: { readonly users?: Failure; readonly refuse?: Error } = {}) {
  const scene = fakeWorld()
  scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }], ['name_1'])
  scene.texts.set('/srv/docker-compose.yml', composeFile)
  scene.texts.set('/srv/ops.yaml', `password: ${JSON.stringify(canary)}\nshelf: \${SHELF}\n`)
  const { shelf } = scene
  if (changes.refuse) {
    const { refuse } = changes
    shelf.lay = () => Promise.reject(refuse)
  }
  const world = {
    ...scene.world,
    mongo: {
      connect: async () => {
        const session = await scene.server.connect()
        const { users } = changes
        return users ? { ...session, users: () => Promise.reject(users) } : session
      },
    },
  }
  const kit = {
    configurationFile: '/srv/ops.yaml',
    plainPasswords: ['targets.medical.credentials.password'],
    targets: [target],
  }
  const plan = await takeBackup.plan({ target, compression, safety: false, kit }, world)
  return { ...scene, carried: () => carriedOut(plan, world) }
}

/** Files of a tar in memory. */
function unpacked(bytes: Buffer): Record<string, string> {
  const found: Record<string, string> = {}
  for (let at = 0; bytes[at] !== 0;) {
    const name = bytes.toString('utf8', at, bytes.indexOf(0, at))
    const size = parseInt(bytes.toString('ascii', at + 124, at + 135), 8)
    found[name] = bytes.toString('utf8', at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
  }
  return found
}

describe('a backup with a recovery kit', () => {
  test('has compose files, configuration, images, users and names of variables beside it, and no secret', async () => {
    const { carried, shelf } = await kitten()
    const { result } = await carried()
    const path = `/shelf/medical/${result.id}.kit.tar`
    const files = unpacked(shelf.files.get(path) ?? Buffer.alloc(0))

    expect(Object.keys(files)).toEqual(
      ['kit.json', 'RESTORE.md', 'docker-compose.yml', 'ops.yaml'].map(
        (name) => `${result.id}.kit/${name}`,
      ),
    )
    const everything = JSON.stringify(files) + [...shelf.files.keys()].join()
    expect(everything).not.toMatch(/k@n|k%40n|r\?y#5/)
    const kit = JSON.parse(files[`${result.id}.kit/kit.json`] ?? '') as Kit
    expect(kit).toMatchObject({
      backup: result.id,
      project: 'healthcare',
      composeFiles: ['docker-compose.yml'],
      variables: ['IMAGE', 'MEDICAL_PASSWORD', 'PASSWORD', 'ROOT_PASSWORD', 'SHELF'],
      users: [{ user: 'root', database: 'admin', roles: ['root@admin'] }],
      commit: { id: 'f00d', changed: false },
      secrets: ['password: a variable of the environment, or ops.yaml'],
    })
    expect(kit.collections['medical_records.healthcare_data']?.indexes).toMatchObject([
      { name: '_id_' },
      { name: 'name_1' },
    ])
    expect(kit.leftOut).toContain(
      'targets.medical.credentials.password of ops.yaml: a secret in plain text',
    )
    expect(kit.leftOut).toContain(
      'api.env: it is named by env_file of docker-compose.yml, and cannot be read',
    )
  })

  test('is named in the manifest, with its checksum, and RESTORE.md lies beside it and above', async () => {
    const { carried, shelf } = await kitten()
    const { result } = await carried()
    expect(shelf.manifests.get(result.id)?.kit).toMatchObject({
      file: `${result.id}.kit.tar`,
      bytes: shelf.files.get(`/shelf/medical/${result.id}.kit.tar`)?.length,
      holds: ['kit.json', 'RESTORE.md', 'docker-compose.yml', 'ops.yaml'],
    })
    expect(result.kit?.file).toBe(`${result.id}.kit.tar`)
    expect(shelf.files.get('/shelf/medical/RESTORE.md')?.toString()).toContain('mongorestore')
    expect(shelf.files.has('/shelf/medical/../RESTORE.md')).toBe(true)
  })

  test('is good also where the kit cannot be written: partly done, naming why', async () => {
    const refuse = new Failure('space', 'SHELF_FULL', 'the disk is full', ['df -h'])
    const { carried, shelf } = await kitten({ refuse })
    await expect(carried()).rejects.toMatchObject({
      exitCode: 3,
      code: 'KIT_FAILED',
      message: expect.stringContaining('the disk is full') as string,
    })
    expect([...shelf.manifests.values()]).toMatchObject([{ trust: 'sound' }])
  })

  test('does without users where the one that backs up may not see them', async () => {
    const users = new Failure('environment', 'MONGO_UNAUTHORIZED', 'no', [])
    const { carried, shelf } = await kitten({ users })
    const { result } = await carried()
    const files = unpacked(
      shelf.files.get(`/shelf/medical/${result.id}.kit.tar`) ?? Buffer.alloc(0),
    )
    expect(files[`${result.id}.kit/kit.json`]).not.toContain('"users"')
  })
})

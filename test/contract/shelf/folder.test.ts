import { plainArchive } from '../../../src/domain/backupFile.js'
import { execFileSync } from 'node:child_process'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { folderShelf } from '../../../src/adapters/shelf/shelf.js'
import { Failure } from '../../../src/domain/failure.js'
import { shelfFailure } from '../../../src/adapters/shelf/shelfFailure.js'
import { manifestFor } from '../../fakes/manifest.js'

const at = new Date('2026-11-21T13:02:04.000Z')
const bytes = Buffer.from('an archive')
let root = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ops-shelf-'))
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

async function put(safety = false, form = plainArchive) {
  const shelf = folderShelf(root, 'medical')
  await shelf.prepare()
  const draft = await shelf.draft(at, safety, form)
  await draft.write(bytes)
  const { content } = form
  const purpose = safety ? 'safety' : 'backup'
  await draft.publish(manifestFor(draft.id, bytes, { purpose, content, file: draft.file }))
  return { shelf, id: draft.id, folder: join(root, 'medical') }
}

describe('a shelf in a folder', () => {
  test('keeps its files to its owner', async () => {
    const { folder, id } = await put()
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    for (const name of [`${id}.archive.gz`, `${id}.json`, `${id}.sha256`]) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    }
  })

  test('tells a manifest that is not there from one that is none, and one in the trash from both', async () => {
    const { shelf, folder, id } = await put()
    expect(await shelf.manifestBeside(id)).toMatchObject({ manifest: { id } })
    const path = join(folder, `${id}.json`)
    const text = await readFile(path, 'utf8')
    for (const spoiled of [
      '',
      text.slice(0, 40),
      text.replaceAll(id, 'medical-20200101T000000Z'),
    ]) {
      await writeFile(path, spoiled)
      expect(await shelf.manifestBeside(id)).toMatchObject({ reason: expect.any(String) as string })
    }
    await rm(path)
    await mkdir(path)
    expect(await shelf.manifestBeside(id)).toMatchObject({ reason: expect.any(String) as string })
    await rm(path, { recursive: true })
    await mkdir(join(folder, '.trash'), { recursive: true })
    await writeFile(join(folder, '.trash', `${id}.json`), text)
    expect(await shelf.manifestBeside(id)).toBeUndefined()
  })

  test('writes a checksum that sha256sum agrees with', async () => {
    const { folder, id } = await put()
    const said = execFileSync('sha256sum', ['-c', `${id}.sha256`], { cwd: folder }).toString()
    expect(said).toBe(`${id}.archive.gz: OK\n`)
  })

  test('points latest at the newest backup, never at a safety backup', async () => {
    const { folder, id } = await put()
    await put(true)
    expect(await readlink(join(folder, 'latest.archive.gz'))).toBe(`${id}.archive.gz`)
  })

  test('that was restored once stays restore-tested when a reading that began before ends', async () => {
    const { id, shelf } = await put()
    await shelf.judge(id, 'restore-tested', at, 'restored')
    await shelf.judge(id, 'sound', at, 'read to its end')
    expect((await shelf.list())[0]?.manifest.trust).toBe('restore-tested')
    await shelf.judge(id, 'damaged', at, 'a bit flipped')
    expect((await shelf.list())[0]?.manifest.trust).toBe('damaged')
  })

  test('has whole manifests and no leftovers whoever writes into them at the same time', async () => {
    const { id, folder, shelf } = await put()
    await Promise.all(
      Array.from({ length: 40 }, (_, turn) =>
        shelf.judge(id, 'sound', at, 'x'.repeat(1 + turn * 997)),
      ),
    )
    expect((await shelf.list()).map(({ manifest }) => manifest.id)).toEqual([id])
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  test('leaves to another process what it is writing just now, and removes what a dead one left', async () => {
    const { folder, shelf } = await put()
    const living = `medical-x.json.${process.ppid.toString()}-1.partial`
    const dead = 'medical-x.json.999999999-1.partial'
    for (const name of [living, dead]) await writeFile(join(folder, name), 'half')
    expect((await shelf.sweep()).map(({ file }) => file)).toEqual([join(folder, dead)])
    expect(await readdir(folder)).toContain(living)
  })

  test('tells its own processes by their number, those of another machine that shares it by the age of the file', async () => {
    const { folder, shelf } = await put()
    const here = hostname().replaceAll('.', '_')
    const young = 'medical-x.json.999999999-1@elsewhere.partial'
    const old = `medical-x.json.${process.ppid.toString()}-2@elsewhere.partial`
    const living = `medical-x.json.${process.ppid.toString()}-3@${here}.partial`
    const dead = `medical-x.json.999999999-4@${here}.partial`
    for (const name of [young, old, living, dead]) await writeFile(join(folder, name), 'half')
    const yesterday = Date.now() / 1000 - 25 * 3600
    await utimes(join(folder, old), yesterday, yesterday)
    await utimes(join(folder, living), yesterday, yesterday)
    expect((await shelf.sweep()).map(({ file }) => basename(file)).sort()).toEqual(
      [old, dead].sort(),
    )
    expect(await readdir(folder)).toEqual(expect.arrayContaining([young, living]))
  })

  test('removes what a dead process left of the guide above the targets, and nothing else there', async () => {
    const { folder, shelf } = await put()
    const above = dirname(folder)
    const kept = [
      `RESTORE.md.${process.ppid.toString()}-1.partial`,
      'notes.txt.999999999-1.partial',
      'RESTORE.md',
    ]
    for (const name of [...kept, 'RESTORE.md.999999999-1.partial'])
      await writeFile(join(above, name), 'half')
    expect(await shelf.sweep()).toEqual([])
    expect((await readdir(above)).filter((name) => name !== basename(folder)).sort()).toEqual(
      kept.sort(),
    )
  })

  test('points latest at the newest good backup, anew with every judgement', async () => {
    const { shelf, folder, id: old } = await put()
    const { id } = await put()
    const latest = () => readlink(join(folder, 'latest.archive.gz')).catch(() => 'none')
    expect(await latest()).toBe(`${id}.archive.gz`)
    await shelf.judge(id, 'damaged', at, 'a checksum disagrees')
    expect(await latest()).toBe(`${old}.archive.gz`)
    await shelf.judge(old, 'restore-tested', at, 'a trial restore')
    expect(await latest()).toBe(`${old}.archive.gz`)
    await shelf.judge(old, 'unverified', at, 'who knows')
    expect(await latest()).toBe('none')
    await shelf.judge(id, 'sound', at, 'read again')
    expect(await latest()).toBe(`${id}.archive.gz`)
  })

  test('points latest anew in a sweep, wherever it leads', async () => {
    const { shelf, folder, id: old } = await put()
    const { id } = await put()
    await rm(join(folder, 'latest.archive.gz'))
    await symlink(`${old}.archive.gz`, join(folder, 'latest.archive.gz'))
    await shelf.sweep()
    expect(await readlink(join(folder, 'latest.archive.gz'))).toBe(`${id}.archive.gz`)
  })

  test('points latest at no copy of the data files: mongorestore could not read it', async () => {
    const latest = async (folder: string) =>
      (await readdir(folder)).filter((name) => name.startsWith('latest'))
    const { folder } = await put(false, { content: 'dataFiles', encrypted: false })
    expect(await latest(folder)).toEqual([])
    const { id } = await put()
    await put(false, { content: 'dataFiles', encrypted: false })
    expect(await latest(folder)).toEqual(['latest.archive.gz'])
    expect(await readlink(join(folder, 'latest.archive.gz'))).toBe(`${id}.archive.gz`)
  })

  test('leaves nothing unfinished behind', async () => {
    const { folder } = await put()
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('removes what a killed run was writing, and says so', async () => {
    const { shelf, folder } = await put()
    await writeFile(join(folder, 'medical-20261121T140000Z.archive.gz.partial'), 'half')
    expect(await shelf.sweep()).toEqual([
      {
        file: join(folder, 'medical-20261121T140000Z.archive.gz.partial'),
        bytes: 4,
        fate: 'removed',
      },
    ])
    expect(await shelf.sweep()).toEqual([])
    expect(await shelf.list()).toHaveLength(1)
  })

  test('keeps a finished file without its manifest aside: nobody saw mongodump leave', async () => {
    const { shelf, folder } = await put()
    const orphan = 'medical-20261121T140000Z.archive.gz'
    await writeFile(join(folder, orphan), 'whole?')
    expect(await shelf.sweep()).toEqual([
      { file: join(folder, '.quarantine', orphan), bytes: 6, fate: 'quarantined' },
    ])
    expect(await readFile(join(folder, '.quarantine', orphan), 'utf8')).toBe('whole?')
    expect(await shelf.list()).toHaveLength(1)
  })

  test('removes the spooled stream of a process that is gone, and of no other', async () => {
    const { shelf, folder } = await put()
    await writeFile(join(folder, 'stdin-999999.spool'), 'x')
    await writeFile(join(folder, `stdin-${process.pid.toString()}.spool`), 'x')
    expect((await shelf.sweep()).map(({ file }) => file)).toEqual([
      join(folder, 'stdin-999999.spool'),
    ])
  })

  test('keeps the spooled stream of a process of another machine for a day', async () => {
    const { shelf, folder } = await put()
    const [young, old] = ['stdin-999999@elsewhere.spool', 'stdin-999998@elsewhere.spool']
    for (const name of [young, old]) await writeFile(join(folder, name), 'x')
    const yesterday = Date.now() / 1000 - 25 * 3600
    await utimes(join(folder, old), yesterday, yesterday)
    expect((await shelf.sweep()).map(({ file }) => file)).toEqual([join(folder, old)])
    expect(await readdir(folder)).toContain(young)
  })

  test('names a manifest that it cannot read, and does not touch it', async () => {
    const { shelf, folder } = await put()
    await writeFile(join(folder, 'medical-20261121T150000Z.json'), '{"schema":9}')
    await writeFile(join(folder, 'medical-20261121T160000Z.json'), 'rubbish')
    expect((await shelf.unreadable()).map(({ reason }) => reason).sort()).toEqual([
      'it is not JSON',
      'its schema is 9, this version of ops reads 1',
    ])
    await shelf.sweep()
    expect(await readdir(folder)).toContain('medical-20261121T160000Z.json')
  })

  test('does not believe a manifest under another name', async () => {
    const { shelf, folder, id } = await put()
    await writeFile(
      join(folder, 'medical-20261121T150000Z.json'),
      await readFile(join(folder, `${id}.json`)),
    )
    expect(await shelf.list()).toHaveLength(1)
    expect(await shelf.unreadable()).toHaveLength(1)
  })

  test('sees that a file is missing or has another size', async () => {
    const { shelf, folder, id } = await put()
    await writeFile(join(folder, `${id}.archive.gz`), 'shorter')
    expect((await shelf.list())[0]?.present).toBe(false)
    await rm(join(folder, `${id}.archive.gz`))
    expect((await shelf.list())[0]?.present).toBe(false)
  })

  test('tells where it cannot be made', async () => {
    await writeFile(join(root, 'medical'), 'a file')
    await expect(folderShelf(root, 'medical').prepare()).rejects.toMatchObject({
      code: 'SHELF_UNWRITABLE',
      exitCode: 13,
    })
  })

  test('a file system without room, a broken disk and a read-only one are told apart', () => {
    const said = (code: string) => shelfFailure('/shelf', Object.assign(new Error(code), { code }))
    expect(said('ENOSPC')).toMatchObject({ code: 'SHELF_FULL', exitCode: 14 })
    expect(said('EDQUOT')).toMatchObject({ code: 'SHELF_FULL', exitCode: 14 })
    expect(said('EIO')).toMatchObject({ code: 'SHELF_BROKEN', exitCode: 1 })
    for (const away of ['ESTALE', 'ENOTCONN', 'EHOSTDOWN', 'ETIMEDOUT'])
      expect(said(away)).toMatchObject({
        code: 'SHELF_BROKEN',
        message: `the disk under /shelf reports an error (${away})`,
      })
    expect(said('ERR_ASSERTION')).not.toBeInstanceOf(Failure)
    expect(said('EROFS')).toMatchObject({ code: 'SHELF_UNWRITABLE', exitCode: 13 })
    expect(said('EACCES')).toMatchObject({ code: 'SHELF_UNWRITABLE', exitCode: 13 })
  })

  test('refuses to follow a link that stands where a target has its folder', async () => {
    const elsewhere = join(root, 'elsewhere')
    await mkdir(elsewhere)
    await symlink(elsewhere, join(root, 'medical'))
    await expect(folderShelf(root, 'medical').prepare()).rejects.toMatchObject({
      code: 'SHELF_UNWRITABLE',
    })
  })

  test('says which others may write to it', async () => {
    const { folder } = await put()
    await chmod(folder, 0o777)
    await expect(folderShelf(root, 'medical').prepare()).rejects.toMatchObject({
      code: 'SHELF_EXPOSED',
      exitCode: 6,
    })
  })
})

import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { DataFilesReader, inspectDataFiles } from '../../../src/archive/dataFiles.js'
import { TarReader } from '../../../src/archive/tar/reader.js'
import { dataFolder, packed, type Packed } from '../../support/dataFolder.js'

/** Reads a tar handed over in pieces of so many bytes; the names and sizes of its entries. */
function read(tar: Buffer, piece: number): readonly string[] {
  const entries: string[] = []
  const reader = new TarReader(({ name, size, kind }) => {
    entries.push(`${kind} ${name} ${size.toString()}`)
  })
  for (let at = 0; at < tar.length; at += piece) reader.feed(tar.subarray(at, at + piece))
  reader.end()
  return entries
}

describe('reading a tar', () => {
  test.each([1, 100, 511, 512, 513, 4096, 1_000_000])(
    'names and sizes come out the same in pieces of %i bytes',
    (piece) => {
      expect(read(packed(dataFolder), piece)).toEqual(
        dataFolder.map(
          ({ name, type, content = '' }) =>
            `${type === '5' ? 'folder' : 'file'} ${name} ${content.length.toString()}`,
        ),
      )
    },
  )

  test.each([1, 300, 100_000])(
    'a name longer than a header holds, in pieces of %i bytes',
    (piece) => {
      const name = `./${'folder/'.repeat(30)}collection.wt`
      expect(read(packed([{ name, content: 'abc' }]), piece)).toEqual([`file ${name} 3`])
    },
  )

  test('a size beyond the octal digits is read in base 256', () => {
    const tar = packed([{ name: './large.wt' }])
    const size = 20_000_000_000
    tar.fill(0, 124, 136)
    tar[124] = 0x80
    tar.writeBigUInt64BE(BigInt(size), 128)
    tar.write('        ', 148)
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const sizes: number[] = []
    new TarReader((entry) => sizes.push(entry.size)).feed(tar)
    expect(sizes).toEqual([size])
  })

  test('a tar cut off at any byte is never whole', () => {
    const tar = packed(dataFolder)
    for (let at = 0; at < tar.length; at += 97)
      expect(() => read(tar.subarray(0, at), 512)).toThrow(/ends/)
  })

  test('every flipped byte of a header is found', () => {
    const tar = packed(dataFolder)
    for (let at = 0; at < 512; at += 3) {
      const changed = Buffer.from(tar)
      changed[at] = (changed[at] ?? 0) ^ 0x01
      expect(() => read(changed, 512), `byte ${at.toString()}`).toThrow()
    }
  })

  test('what follows its end is found', () => {
    const tar = Buffer.concat([packed(dataFolder), Buffer.from('more'), Buffer.alloc(508)])
    expect(() => read(tar, 512)).toThrow(expect.objectContaining({ code: 'TAR_CORRUPT' }))
  })

  test.each<[string, Packed]>([
    ['a link', { name: './journal', type: '2' }],
    ['a device', { name: './null', type: '3' }],
    ['a way upwards', { name: './../etc/passwd', content: 'x' }],
    ['an absolute path', { name: '/etc/passwd', content: 'x' }],
  ])('%s is refused', (_what, entry) => {
    expect(() => read(packed([entry]), 512)).toThrow(
      expect.objectContaining({ code: 'TAR_UNEXPECTED', exitCode: 12 }),
    )
  })
})

describe('a copy of a data folder', () => {
  const inspected = (tar: Buffer) => {
    async function* file() {
      yield await Promise.resolve(gzipSync(tar))
    }
    return inspectDataFiles(file())
  }

  test('is whole with everything that WiredTiger needs', async () => {
    const { contents, fileBytes } = await inspected(packed(dataFolder))
    expect(contents.files).toBe(9)
    expect(contents.pinned).toBe(true)
    expect(contents.owner).toEqual({ user: 999, group: 999, mode: 0o755 })
    expect(fileBytes).toBeGreaterThan(100)
  })

  test.each(dataFolder.filter(({ name }) => !/^\.\/(WiredTiger\.backup|journal\/$)/.test(name)))(
    'is not whole without $name',
    async ({ name }) => {
      const without = dataFolder.filter((entry) => entry.name !== name)
      await expect(inspected(packed(without))).rejects.toMatchObject({
        code: 'DATA_FILES_MISSING',
        exitCode: 12,
      })
    },
  )

  test('without the list of what belongs to it says nothing of its files', async () => {
    const unlisted = dataFolder.filter(
      ({ name }) => name !== './WiredTiger.backup' && name !== './collection-0-1.wt',
    )
    expect((await inspected(packed(unlisted))).contents.pinned).toBe(false)
  })

  test.each([1, 7, 511, 513])('reads the list in pieces of %i bytes too', (size) => {
    const tar = packed(dataFolder.filter(({ name }) => name !== './collection-0-1.wt'))
    const reader = new DataFilesReader()
    for (let at = 0; at < tar.length; at += size) reader.feed(tar.subarray(at, at + size))
    expect(() => reader.end()).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('./collection-0-1.wt') as string,
      }),
    )
  })

  test('is not whole where a file that is needed is empty', async () => {
    const emptied = dataFolder.map((entry) =>
      entry.name === './WiredTiger.wt' ? { name: entry.name } : entry,
    )
    await expect(inspected(packed(emptied))).rejects.toMatchObject({ code: 'DATA_FILES_MISSING' })
  })

  test('is not whole where it ends without its empty blocks', async () => {
    await expect(inspected(packed(dataFolder, 1))).rejects.toMatchObject({ code: 'TAR_TRUNCATED' })
  })
})

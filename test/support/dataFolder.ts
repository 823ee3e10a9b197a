/** A file or a folder (its name ends in a slash) as GNU tar writes it. */
export interface Packed {
  readonly name: string
  readonly content?: string
  readonly type?: string
  readonly mode?: number
}

/** What a data folder holds at the least. */
export const dataFolder: readonly Packed[] = [
  { name: './', type: '5', mode: 0o755 },
  { name: './WiredTiger', content: 'WiredTiger 10.0' },
  { name: './WiredTiger.wt', content: 'tables' },
  { name: './WiredTiger.turtle', content: 'checkpoint' },
  { name: './sizeStorer.wt', content: 'sizes' },
  { name: './_mdb_catalog.wt', content: 'catalog' },
  { name: './storage.bson', content: 'options' },
  {
    name: './WiredTiger.backup',
    content:
      'table:sizeStorer\nkey_format=u\nfile:sizeStorer.wt\nid=1\nfile:collection-0-1.wt\nid=2\n',
  },
  { name: './collection-0-1.wt', content: 'x'.repeat(1300) },
  { name: './journal/', type: '5', mode: 0o700 },
  { name: './journal/WiredTigerLog.0000000001', content: 'log' },
]

/** A tar of these, with the two empty blocks that end it. */
export function packed(files: readonly Packed[], endBlocks = 2): Buffer {
  return Buffer.concat([...files.map(entry), Buffer.alloc(512 * endBlocks)])
}

function entry(file: Packed): Buffer {
  const long = Buffer.byteLength(file.name) > 100
  const name = Buffer.from(`${file.name}\0`)
  return Buffer.concat([
    ...(long ? [header({ name: '././@LongLink', type: 'L' }, name.length), filled(name)] : []),
    header(file, Buffer.byteLength(file.content ?? '')),
    filled(Buffer.from(file.content ?? '')),
  ])
}

function filled(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}

function header({ name, type = '0', mode = 0o600 }: Packed, size: number): Buffer {
  const block = Buffer.alloc(512)
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
  block.write(name.slice(0, 100), 0)
  octal(mode, 100, 8)
  octal(999, 108, 8)
  octal(999, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar  \0', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

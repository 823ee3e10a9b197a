/** Bytes of a block: headers are one, contents are filled up to whole ones. */
export const blockBytes = 512

/** What a header says of its entry. */
export interface TarHeader {
  readonly name: string
  readonly size: number
  /** `0` file, `5` folder, `L` the name of the next entry (GNU), anything else is nothing that a copy of ours holds. */
  readonly type: string
  readonly mode: number
  readonly user: number
  readonly group: number
}

/** Offsets and lengths of the fields of a header (POSIX.1-1988, GNU tar manual, "Basic Tar Format"). */
const field = {
  name: [0, 100],
  mode: [100, 8],
  user: [108, 8],
  group: [116, 8],
  size: [124, 12],
  checksum: [148, 8],
  type: [156, 1],
} as const

/** The header in a block; nothing where its checksum is wrong or a number cannot be read. */
export function readHeader(block: Buffer): TarHeader | undefined {
  if (number(block, field.checksum) !== checksum(block)) return undefined
  const numbers = [field.size, field.mode, field.user, field.group].map((each) =>
    number(block, each),
  )
  const [size, mode, user, group] = numbers
  if (size === undefined || mode === undefined || user === undefined || group === undefined)
    return undefined
  const type = String.fromCharCode(block[field.type[0]] ?? 0)
  return {
    name: text(block, field.name),
    size,
    type: type === '\0' ? '0' : type,
    mode,
    user,
    group,
  }
}

/** The sum of all bytes, those of the checksum itself taken as spaces. */
function checksum(block: Buffer): number {
  let sum = 0
  const [from, length] = field.checksum
  for (let at = 0; at < blockBytes; at++)
    sum += at >= from && at < from + length ? 0x20 : (block[at] ?? 0)
  return sum
}

function text(block: Buffer, [from, length]: readonly [number, number]): string {
  const bytes = block.subarray(from, from + length)
  const end = bytes.indexOf(0)
  return bytes.subarray(0, end < 0 ? length : end).toString('utf8')
}

/** Octal digits; GNU writes what they cannot hold in base 256, marked by the highest bit. */
function number(block: Buffer, [from, length]: readonly [number, number]): number | undefined {
  const bytes = block.subarray(from, from + length)
  if (bytes[0] === 0x80) {
    let value = 0
    for (const byte of bytes.subarray(1)) value = value * 256 + byte
    return Number.isSafeInteger(value) ? value : undefined
  }
  const digits = text(block, [from, length]).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** A file to be packed. */
export interface Packed {
  /** Path inside the archive, with slashes. */
  readonly name: string
  readonly text: string
  /** Permission bits; for its owner alone (0600) where it is left out. */
  readonly mode?: number
}

const block = 512

/**
 * Packs small files as a tar that every `tar` reads (POSIX.1-1988 ustar). The same files give the same bytes. Throws a RangeError for a name that the format cannot hold.
 */
export function packed(files: readonly Packed[], seconds: number): Buffer {
  const parts = files.flatMap(({ name, text, mode = 0o600 }) => {
    const bytes = Buffer.from(text, 'utf8')
    const padding = Buffer.alloc((block - (bytes.length % block)) % block)
    return [header(name, bytes.length, mode, seconds), bytes, padding]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * block)])
}

function header(name: string, size: number, mode: number, seconds: number): Buffer {
  const [prefix, rest] = split(name)
  const bytes = Buffer.alloc(block)
  const octal = (value: number, at: number, length: number) => {
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'ascii')
  }
  bytes.write(rest, 0, 'utf8')
  octal(mode & 0o777, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(seconds, 136, 12)
  bytes.write('        0', 148, 'ascii')
  bytes.write('ustar\u000000', 257, 'latin1')
  bytes.write(prefix, 345, 'utf8')
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii')
  return bytes
}

/** A name of more than 100 bytes is cut at a slash: up to 155 bytes of folders, up to 100 behind them. */
function split(name: string): readonly [prefix: string, rest: string] {
  if (Buffer.byteLength(name) <= 100) return ['', name]
  for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
    const [prefix, rest] = [name.slice(0, slash), name.slice(slash + 1)]
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(rest) <= 100) return [prefix, rest]
  }
  throw new RangeError(`the name ${name} is too long for a tar`)
}

import { Failure } from '../../domain/failure.js'

const newline = 10

/**
 * The text of bytes, a mark of the byte order left out. Throws `CSV_MALFORMED` (integrity) for bytes that are none of that encoding:
 * read with signs of replacement in their place, other values would be compared.
 */
export async function* decoded(
  bytes: AsyncIterable<Buffer>,
  encoding: string,
  path: string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let line = 1
  const text = (chunk?: Buffer): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch (error) {
      throw notThat(path, encoding, line, error)
    }
  }
  for await (const chunk of bytes) {
    if (line === 1) requireNoOtherMark(chunk, encoding, path)
    yield text(chunk)
    for (const byte of chunk) if (byte === newline) line += 1
  }
  yield text()
}

/** A file that begins with the mark of UTF-16 is no UTF-8, and every byte of it may be one all the same. */
function requireNoOtherMark(chunk: Buffer, encoding: string, path: string): void {
  const mark = chunk.subarray(0, 2).toString('hex')
  const wide = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : undefined
  if (wide === undefined || encoding.toLowerCase().startsWith('utf-16')) return
  throw new Failure('integrity', 'CSV_MALFORMED', `${path} is ${wide}, not ${encoding}`, [
    `ops … --encoding ${wide}`,
  ])
}

function notThat(path: string, encoding: string, line: number, cause: unknown): Failure {
  return new Failure(
    'integrity',
    'CSV_MALFORMED',
    `${path} is not ${encoding}: after line ${line.toString()} there are bytes that mean nothing in it`,
    ['ops … --encoding windows-1252   (of older programs of Windows)'],
    { cause },
  )
}

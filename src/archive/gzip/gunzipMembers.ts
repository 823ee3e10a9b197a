import { gunzip as unzip, type ZlibOptions } from 'node:zlib'
import { Failure } from '../../domain/failure.js'
import { damage } from '../damage.js'
import { gzipFormat } from './format.js'
import { gunzip } from './gunzip.js'
import { inOrder } from './inOrder.js'
import { GzipInput } from './input.js'

/** Sizes of a member in bytes, as they were recorded when it was written. */
export interface KnownMember {
  readonly bytes: number
  readonly rawBytes: number
}

/** Members larger than this, raw, are left to the serial reader: several of them at a time would fill the memory. */
const largestMember = 16 * 1024 * 1024

/** Members decompressed beside the one that is waited for; one of the four threads of Node's pool is left to files. */
const workers = 2

/**
 * Decompresses a gzip file whose members are known: several at a time, in order, with the checks of `gunzip`. What is
 * known need not be trusted: sizes that are not those of the file are GZIP_CORRUPT. Holds a few members, raw and
 * compressed. Where nothing is known, or members are very large, `gunzip` does it one by one.
 *
 * Throws GZIP_EMPTY, GZIP_CORRUPT, GZIP_TRUNCATED, GZIP_TRAILING_GARBAGE, with the byte of the file.
 */
export async function* gunzipMembers(
  source: AsyncIterable<Uint8Array>,
  members: readonly KnownMember[] = [],
): AsyncGenerator<Buffer, void, undefined> {
  if (members.length === 0 || members.some(isLarge)) {
    yield* gunzip(source)
    return
  }
  const input = new GzipInput(source)
  try {
    let header: Buffer | undefined
    yield* inOrder(slices(input, members), workers, (slice) => {
      header ??= slice.file.subarray(0, gzipFormat.headerBytes)
      return inflated(slice, header)
    })
  } finally {
    await input.close()
  }
}

function isLarge({ bytes, rawBytes }: KnownMember): boolean {
  return Math.max(bytes, rawBytes) > largestMember
}

/** The bytes of the file where a member should be; fewer where the file ends in it. */
interface Slice {
  readonly at: number
  readonly file: Buffer
  readonly known: KnownMember
}

async function* slices(
  input: GzipInput,
  members: readonly KnownMember[],
): AsyncGenerator<Slice, void, undefined> {
  for (const known of members) {
    const at = input.offset
    const file = await input.take(known.bytes)
    if (file.length === 0 && at === 0) throw damage('GZIP_EMPTY', 0, 'the file is empty')
    if (file.length === 0) throw damage('GZIP_TRUNCATED', at, 'the file ends between two members')
    yield { at, file, known }
  }
  const at = input.offset
  if ((await input.take(1)).length > 0)
    throw damage('GZIP_TRAILING_GARBAGE', at, 'something else follows the end of the gzip data')
}

/** What a member holds, if it is exactly what is known of it and what the first one's writer writes. */
async function inflated(slice: Slice, header: Buffer): Promise<Buffer> {
  const { file, known } = slice
  if (!file.subarray(0, gzipFormat.headerBytes).equals(header) || file.length < known.bytes)
    throw await verdict(slice)
  const { raw, taken } = await unzipped(slice).catch(async () => {
    throw await verdict(slice)
  })
  if (taken !== file.length || raw.length !== known.rawBytes) throw await verdict(slice)
  return raw
}

/** zlib checks the member's own checksum and length; it is never given room for more than is known. */
function unzipped({
  file,
  known: { rawBytes },
}: Slice): Promise<{ readonly raw: Buffer; readonly taken: number }> {
  // Room for a little more than there is: one turn on the thread pool then does a member.
  const options: ZlibOptions = {
    info: true,
    chunkSize: rawBytes + 64,
    maxOutputLength: rawBytes + 1,
  }
  return new Promise((resolve, reject) => {
    unzip(file, options, (error, result) => {
      if (error) {
        reject(error)
        return
      }
      // With `info`, the result is the data and the engine that made it.
      const { buffer: raw, engine } = result as unknown as {
        readonly buffer: Buffer
        readonly engine: { readonly bytesWritten: number }
      }
      resolve({ raw, taken: engine.bytesWritten })
    })
  })
}

/** What is wrong with a member, as the serial reader says it, counted from the start of the file. */
async function verdict({ at, file, known }: Slice): Promise<Failure> {
  const reading = gunzip(once(file))
  try {
    while (!(await reading.next()).done);
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const byte = at + Number(error.facts['byte'])
    const says = error.message.replace(/ \(byte \d+\)$/, '')
    const endsHere = error.code === 'GZIP_TRUNCATED' && file.length === known.bytes
    if (endsHere) return damage('GZIP_CORRUPT', byte, 'the compressed data is damaged')
    return damage(error.code as 'GZIP_CORRUPT', byte, says)
  }
  return damage('GZIP_CORRUPT', at, 'here is not the gzip member that was recorded')
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes)
}

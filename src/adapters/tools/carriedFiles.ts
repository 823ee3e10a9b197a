import type { Tls } from '../../domain/target.js'
import type { TlsFiles } from '../mongo/connectionString.js'
import { readTlsFile } from '../mongo/tlsFile.js'

/** Files of this machine that a tool elsewhere reads: brought in over standard input, before everything else. */
export interface CarriedFiles {
  /** Shell commands that take them in, to stand before a wrapper. */
  readonly wrapper: string
  /** What those read: a line for each file. Holds secrets. */
  readonly input: string
  /** How the tool names them. */
  readonly files?: TlsFiles
}

/** Nothing to be carried. */
export const noFiles: CarriedFiles = { wrapper: '', input: '' }

/**
 * Carries the files of `tls`. Each becomes a file without a name, in memory where the system has any for it, that only the
 * tool can open. Throws `TLS_FILE_UNREADABLE` (environment).
 */
export async function carriedFiles(tls: Tls | undefined): Promise<CarriedFiles> {
  if (!tls) return noFiles
  let descriptor = 5
  let wrapper = ''
  let input = ''
  const carry = async (path: string | undefined) => {
    if (path === undefined) return undefined
    input += `${oneLine(await readTlsFile(path))}\n`
    wrapper += takeIn(descriptor)
    return `/dev/fd/${(descriptor++).toString()}`
  }
  const ca = await carry(tls.ca)
  const certificate = await carry(tls.certificate)
  return {
    wrapper,
    input,
    files: {
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { certificate }),
    },
  }
}

/** A file that has lost its name is gone with the last process that has it open. */
function takeIn(descriptor: number): string {
  return `IFS= read -r carried
file=$(umask 077; mktemp -p /dev/shm 2>/dev/null || mktemp) || exit 1
printf '%b' "$carried" >"$file"
exec ${descriptor.toString()}<"$file"
rm -f "$file"
`
}

/** As one line; PEM has no backslash (RFC 7468), so none can be mistaken for a line's end. */
function oneLine(text: string): string {
  return text.replaceAll('\\', '').replaceAll('\r', '').replaceAll('\n', '\\n')
}

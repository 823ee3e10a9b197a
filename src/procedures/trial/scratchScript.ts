/** Where a scratch server keeps its data: in the layer of its container, which goes when the container goes. */
const folder = '/tmp/ops-trial'

/**
 * A mongod that only processes in its own container can reach, and that does not outlive ops: standard input ends when ops
 * is gone, whatever ended it; then the server is killed and its data removed, at once and not only when somebody sweeps.
 * First the room there is goes to standard output. Expiry is off: what is to be counted must not be removed meanwhile.
 */
const script = [
  'mkdir "$1" && df -Pk "$1" || exit 1',
  'exec 4<&0',
  `mongod --dbpath "$1" --bind_ip 127.0.0.1 --port 27017 --nounixsocket --wiredTigerCacheSizeGB 0.5 \\
    --setParameter ttlMonitorEnabled=false --setParameter diagnosticDataCollectionEnabled=false \\
    </dev/null 4<&- >&2 &`,
  'server=$!',
  '( while IFS= read -r nothing <&4; do :; done; kill -KILL "$server" ) </dev/null >/dev/null 2>&1 &',
  'watchdog=$!',
  'exec 4<&-',
  'wait "$server"',
  'code=$?',
  'kill -KILL "$watchdog" 2>/dev/null',
  'rm -rf "$1"',
  'exit "$code"',
].join('\n')

/** Program and arguments of a scratch server's container. */
export const scratchArguments: readonly string[] = ['sh', '-c', script, 'sh', folder]

/** Bytes of memory that the server and the mongorestore beside it may take together. */
export const scratchMemoryBytes = 2 * 1024 ** 3

/** Bytes that must be free for an archive: its documents without the compression they will have, a third for indexes, and the server's own files. */
export function scratchBytes(rawBytes: number): number {
  return Math.ceil(rawBytes * 1.33) + 512 * 1024 ** 2
}

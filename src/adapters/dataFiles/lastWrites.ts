import type { DataFilesLayout } from '../../ports/dataVolumes.js'
import { inFolder } from './scripts.js'

/**
 * What a primary notes before it journals: at its next start everything after this point of its oplog is dropped, because
 * there may be holes. Under `fsyncLock` there are none (no write is half-way), but the note cannot be renewed. Null is what
 * a server itself writes there when it is shut down in an orderly way.
 */
const forget = `db.getSiblingDB('local').getCollection('replset.oplogTruncateAfterPoint').updateOne(
  { _id: 'oplogTruncateAfterPoint' }, { $set: { oplogTruncateAfterPoint: Timestamp(0, 0) } })`

/** Log message "Waiting for connections" (mongo, src/mongo/transport/transport_layer_asio.cpp). */
const listening = '"id":23016'

/**
 * Starts the server of the image on the unpacked files: alone, seen by nobody, as MongoDB's manual has it for maintenance of
 * a member (no TTL, no sessions). It takes no part in its replica set, so it applies and drops nothing; it is told to drop
 * nothing later, and shut down. Files keep their owner. What went wrong is said last, on standard error.
 */
export function keepingLastWrites(
  dbPath: string,
  folder: string,
  { directoryPerDatabase, directoryForIndexes }: DataFilesLayout,
): readonly string[] {
  const layout = [
    ...(directoryPerDatabase ? ['--directoryperdb'] : []),
    ...(directoryForIndexes ? ['--wiredTigerDirectoryForIndexes'] : []),
  ]
  return inFolder(
    `new=$1/new
script=$2
shift 2
shell=$(command -v mongosh || command -v mongo) || { echo 'the image has no mongosh' >&2; exit 1; }
mongod --dbpath "$new" --bind_ip 127.0.0.1 --port 27017 --nounixsocket --wiredTigerCacheSizeGB 0.25 \
  --setParameter ttlMonitorEnabled=false --setParameter disableLogicalSessionCacheRefresh=true \
  --setParameter diagnosticDataCollectionEnabled=false "$@" > /tmp/mongod.log &
server=$!
ended() {
  grep -E '"s":"(F|E)"' /tmp/mongod.log | head -n 1 | cut -c 1-300 >&2
  echo "the server did not $1" >&2
  exit 1
}
until grep -q '${listening}' /tmp/mongod.log; do
  kill -0 "$server" 2> /tmp/gone || ended start
  sleep 0.1
done
"$shell" --quiet --norc mongodb://127.0.0.1:27017/local --eval "$script" >&2
kill -TERM "$server"
wait "$server" || ended 'shut down'
find "$new" -user 0 -exec chown --reference="$new" -- '{}' +
sync -f .`,
    dbPath,
    folder,
    forget,
    ...layout,
  )
}

import { judgeClock } from '../doctor/server.js'
import { span } from '../doctor/words.js'
import { judgeBackups } from './backups.js'
import { judgeCertificate } from './certificate.js'
import type { PlaceTried, TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Found } from './found.js'

/** Intervals of slices that an oplog has to reach over, and seconds that it always has to. */
const reach = { intervals: 60, seconds: 24 * 3600 }

/** Are backups young enough, does the oplog reach back far enough, and do the clocks agree? */
export function judgeStale({
  targets,
  places,
  at,
  backupAgeSeconds,
  everySeconds,
}: Pick<
  TroubleEvidence,
  'targets' | 'places' | 'at' | 'backupAgeSeconds' | 'everySeconds'
>): readonly Found[] {
  return [
    ...targets.flatMap((target) => [
      ...oldBackup(target, backupAgeSeconds, at),
      ...judgeBackups(target, places),
      ...shortOplog(target, everySeconds),
      ...clockOff(target),
      ...judgeCertificate(target, at),
    ]),
    ...places.flatMap(clockOfPlace),
  ]
}

function oldBackup(
  { name, newestGood, newest: last }: TargetTroubles,
  limit: number,
  at: string,
): readonly Found[] {
  if (newestGood.state !== 'seen') return []
  const next = [`ops backup --target ${name}`, 'ops schedule show']
  const newest = newestGood.facts
  // Why the last one is not good is told of that one.
  if (!newest && last) return []
  if (!newest)
    return [
      found('stale', 'fail', 'no-good-backup', {
        about: name,
        says: `there is no good backup of ${name}`,
        because: ['there is none on the shelf'],
        next: ['ops backup list', ...next],
      }),
    ]
  const seconds = (Date.parse(at) - Date.parse(newest.takenAt)) / 1000
  // A backup of a minute that has not come yet: one of the clocks was set back.
  if (seconds < -60)
    return [
      found('stale', 'warn', 'backup-from-the-future', {
        about: name,
        says: `the newest good backup of ${name} was taken ${span(-seconds)} from now`,
        because: [`${newest.id}: ${newest.takenAt}; this machine: ${at}`],
        next: ['timedatectl status'],
      }),
    ]
  if (seconds <= limit) return []
  return [
    found('stale', 'fail', 'backup-too-old', {
      about: name,
      says: `the newest good backup of ${name} is ${span(seconds)} old`,
      because: [`${newest.id} of ${newest.takenAt}; objectives.backupAge promises ${span(limit)}`],
      candidates: [
        { cause: 'schedule-missing', needs: 'ops schedule show' },
        { cause: 'backups-fail', needs: 'ops doctor: how the last scheduled run ended' },
      ],
      next,
    }),
  ]
}

function shortOplog({ name, oplog, pointInTime }: TargetTroubles, every: number): readonly Found[] {
  if (oplog.state !== 'seen' || !oplog.facts) return []
  const { seconds, whole } = oplog.facts
  const needed = Math.max(reach.seconds, reach.intervals * every)
  // One that nothing has left yet reaches back to its beginning.
  if (whole || seconds >= needed) return []
  const short = pointInTime && seconds < reach.intervals * every
  return [
    found('stale', short ? 'fail' : 'warn', 'oplog-too-short', {
      about: name,
      says: `the oplog of ${name} reaches back only ${span(seconds)}`,
      because: [
        pointInTime
          ? `slices are taken every ${span(every)}: a follower that is away for longer than the oplog reaches leaves a gap`
          : 'a backup that takes longer than that cannot be made consistent',
      ],
      candidates: [
        { cause: 'oplog-small', needs: 'its size: mongosh --eval "rs.printReplicationInfo()"' },
        {
          cause: 'many-writes',
          needs: 'how much is written: mongosh --eval "rs.printReplicationInfo()", twice',
        },
      ],
      next: [
        'mongosh --eval "db.adminCommand({replSetResizeOplog: 1, size: Double(4096)})"   (megabytes)',
      ],
    }),
  ]
}

function clockOff({ name, server }: TargetTroubles): readonly Found[] {
  if (server.state !== 'seen') return []
  const { severity, says, because, next } = judgeClock(name, server)
  if (severity === 'ok' || severity === 'unknown') return []
  return [found('stale', severity, 'clock-off', { about: name, says, because: [because], next })]
}

function clockOfPlace({ name, tried }: PlaceTried): readonly Found[] {
  if (tried.state !== 'refused' || tried.code !== 'COPY_CLOCK_SKEW') return []
  return [
    found('stale', 'fail', 'clock-off', {
      also: ['access'],
      about: name,
      says: `the clocks of this machine and of the place "${name}" differ`,
      because: [tried.message],
      next: tried.next,
    }),
  ]
}

import type { FoundLock } from '../../ports/locks.js'
import type { LockTaker, RunningOperation } from '../../ports/operations.js'
import { seen } from '../doctor/look.js'
import { span } from '../doctor/words.js'
import type { TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Found } from './found.js'

/** A run that holds a target longer than this has probably stopped getting on. */
const longest = 24 * 3600

/** Does a run of ops, a lock on writes, or an operation hold something up? */
export function judgeLocks({
  targets,
  at,
}: Pick<TroubleEvidence, 'targets' | 'at'>): readonly Found[] {
  // What blocks the writes of one server may have been asked for under the lock of another target.
  const live = targets.flatMap(({ locks }) =>
    (seen(locks) ?? []).filter(({ gone }) => gone !== true),
  )
  const known = targets.every(({ locks }) => locks.state === 'seen')
  return targets.flatMap((target) => [
    ...ownLocks(target, at),
    ...writeLock(target, known ? live : undefined),
    ...waiting(target),
  ])
}

function ownLocks({ name, locks }: TargetTroubles, at: string): readonly Found[] {
  const [lock] = (seen(locks) ?? []).toSorted((one, other) => rank(one) - rank(other))
  if (!lock) return []
  const { owner, gone, path } = lock
  const held = `"ops ${owner.command}" of ${owner.user}, process ${owner.pid.toString()} on ${owner.host}, since ${owner.since}`
  const because = [held, path]
  const look = `ps -fp ${owner.pid.toString()}   (on ${owner.host})`
  if (gone === true)
    return [
      found('lock', 'warn', 'stale-lock', {
        about: name,
        says: `the lock of a run that is gone still lies on ${name}`,
        because: [...because, 'no process of that number, start and boot of this machine runs'],
        candidates: [{ cause: 'run-under-way', ruledOutBy: 'its process is gone' }],
        next: [
          `ops troubleshoot lock --fix --target ${name}`,
          'the next run takes it over by itself',
        ],
        fix: {
          kind: 'stale lock',
          title: `take away the lock that a dead run left on ${name}`,
          target: name,
        },
      }),
    ]
  if (gone === undefined)
    return [
      found('lock', 'unknown', 'lock-of-another-machine', {
        about: name,
        says: `a run on ${owner.host} holds ${name}, or did`,
        because,
        candidates: [
          { cause: 'run-under-way', needs: `a look at ${owner.host}` },
          { cause: 'stale-lock', needs: `a look at ${owner.host}` },
        ],
        next: [look],
      }),
    ]
  const seconds = (Date.parse(at) - Date.parse(owner.since)) / 1000
  if (seconds < longest) return []
  return [
    found('lock', 'warn', 'run-does-not-end', {
      about: name,
      says: `a run has held ${name} for ${span(seconds)}`,
      because,
      next: [look],
    }),
  ]
}

/** A living holder explains more than one elsewhere, and that more than a dead one. */
function rank({ gone }: FoundLock): number {
  return gone === false ? 0 : gone === undefined ? 1 : 2
}

/** `live` are the locks of ops whose holder may run; nothing where they are not known. */
function writeLock(
  { name, doing }: TargetTroubles,
  live: readonly FoundLock[] | undefined,
): readonly Found[] {
  const facts = seen(doing)
  if (!facts || seen(facts.writesLocked) !== true) return []
  const taker = seen(facts.lockTaker) ?? undefined
  const copying = (live ?? []).find(({ owner }) => /backup|dr|drill|pitr/.test(owner.command))
  if (copying) {
    const { command, pid, host } = copying.owner
    return [
      found('lock', 'warn', 'copy-under-way', {
        also: ['slow'],
        about: name,
        says: `writes to ${name} wait while its data files are copied`,
        because: [`"ops ${command}" runs: process ${pid.toString()} on ${host}`],
        candidates: [
          { cause: 'left-write-lock', ruledOutBy: 'a run of ops that may hold it is there' },
        ],
        next: ['wait: it has a limit of its own'],
      }),
    ]
  }
  return [
    found('lock', 'fail', 'write-lock', {
      also: ['slow', 'connection'],
      about: name,
      says: `writes to ${name} are blocked (fsyncLock)`,
      because: [takerText(taker), runsText(live)],
      candidates: takerCandidates(taker),
      next: [`mongosh --eval "db.fsyncUnlock()"   (once you know that nobody copies the files)`],
    }),
  ]
}

function runsText(live: readonly FoundLock[] | undefined): string {
  if (!live) return 'whether a run of ops holds a target is not known'
  const [one] = live
  return one
    ? `"ops ${one.owner.command}" runs (process ${one.owner.pid.toString()} on ${one.owner.host})`
    : 'no run of ops holds a target'
}

function takerText(taker: LockTaker | undefined): string {
  if (!taker) return "who took the lock is not known: the server's log does not reach back that far"
  const { connection, at, open } = taker
  return `connection ${connection.toString()} took the lock at ${at}, and ${open ? 'is still open' : 'is gone'}`
}

function takerCandidates(taker: LockTaker | undefined): Found['candidates'] {
  if (!taker)
    return [
      { cause: 'copy-under-way', needs: 'whoever took the lock' },
      { cause: 'left-write-lock', needs: 'whoever took the lock' },
    ]
  return taker.open
    ? [{ cause: 'left-write-lock', ruledOutBy: 'whoever took the lock is still connected' }]
    : [
        {
          cause: 'copy-under-way',
          needs: 'whether anybody copies the files: a script may lock, hang up, and copy',
        },
      ]
}

/** Who waits is a victim: what is told, and may be ended, is what it waits for. */
function waiting({ name, doing }: TargetTroubles): readonly Found[] {
  const facts = seen(doing)
  if (!facts || seen(facts.writesLocked) === true) return []
  const all = seen(facts.operations) ?? []
  const victims = all.filter(({ waitsForLock, seconds }) => waitsForLock && seconds > 1)
  const [first] = victims.toSorted((one, other) => other.seconds - one.seconds)
  if (!first) return []
  const holder = holderOf(first, all)
  const waits = victims.map(
    ({ opid, command, namespace, seconds }) =>
      `operation ${opid.toString()} (${command} on ${namespace}) waits for ${span(seconds)}`,
  )
  if (!holder)
    return [
      found('lock', 'unknown', 'waits-for-lock', {
        about: name,
        says: `operations of ${name} wait for a lock, and who holds it is not to be seen`,
        because: waits,
        candidates: [{ cause: 'holder-done', needs: 'another look' }],
        next: [
          'ops troubleshoot lock   (once more)',
          'mongosh --eval "db.currentOp({waitingForLock: true})"',
        ],
      }),
    ]
  const { opid, command, namespace, seconds, client } = holder
  return [
    found('lock', 'warn', 'held-by-operation', {
      also: ['slow'],
      about: name,
      says: `${command} on ${namespace} holds a lock that others wait for`,
      because: [
        `operation ${opid.toString()}, for ${span(seconds)}${client === undefined ? ', by the server itself' : `, from ${client}`}`,
        ...waits,
      ],
      next:
        client === undefined
          ? ['wait: the server ends it by itself']
          : [
              'wait, or end it; what it has changed may stay half done',
              `mongosh --eval "db.killOp(${opid.toString()})"`,
            ],
    }),
  ]
}

function holderOf(
  victim: RunningOperation,
  all: readonly RunningOperation[],
): RunningOperation | undefined {
  const database = (name: string) => name.split('.')[0]
  const [holder] = all
    .filter(({ exclusive, waitsForLock }) => exclusive && !waitsForLock)
    .filter(
      ({ namespace }) =>
        namespace === '' ||
        database(namespace) === 'admin' ||
        database(namespace) === database(victim.namespace),
    )
    .toSorted((one, other) => other.seconds - one.seconds)
  return holder
}

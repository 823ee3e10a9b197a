import type { Looked } from '../doctor/evidence.js'
import { complaintsOf } from './complaints.js'
import { reasonIn } from '../containers/reasons.js'
import type { PlaceTried, ServiceSeen, TargetTroubles, TroubleEvidence } from './evidence.js'
import { found, type Found } from './found.js'

/** Failures that are about who somebody is, or what he may. */
const codes: Readonly<Record<string, string>> = {
  MONGO_AUTHENTICATION: 'sign-in-refused',
  MONGO_UNAUTHORIZED: 'rights-missing',
  SECRET_UNAVAILABLE: 'secret-unavailable',
  SECRET_EXPOSED: 'secret-exposed',
}

/** The same of places for copies. */
const placeCodes: Readonly<Record<string, string>> = {
  COPY_KEY_REFUSED: 'place-key-refused',
  COPY_DENIED: 'place-denied',
  COPY_BUCKET_MISSING: 'place-missing',
  COPY_UNWRITABLE: 'place-unwritable',
}

/** Whether a refusal is told as what it is; any other leaves what was asked about unknown. */
export function isJudged(looked: Looked<unknown>): boolean {
  // Clocks that differ are told as stale.
  const isElsewhere = looked.state === 'refused' && looked.code === 'COPY_CLOCK_SKEW'
  return (
    isElsewhere ||
    (looked.state === 'refused' && (looked.code in codes || looked.code in placeCodes))
  )
}

/** Is anybody refused: ops, a service, or a copy on its way? */
export function judgeAccess(
  services: readonly ServiceSeen[],
  { engine, targets, places, at }: Pick<TroubleEvidence, 'engine' | 'targets' | 'places' | 'at'>,
): readonly Found[] {
  return [
    ...engineOf(engine),
    ...targets.flatMap(signIn),
    ...services.flatMap((service) => refusedService(service, at)),
    ...places.flatMap(refusedPlace),
  ]
}

function engineOf(engine: Looked<unknown>): readonly Found[] {
  if (engine.state !== 'refused' || !/EACCES|permission denied/i.test(engine.message)) return []
  return [
    found('access', 'fail', 'engine-forbidden', {
      also: ['connection'],
      says: 'this user may not talk to the Docker engine',
      because: [engine.message],
      next: ['groups   (is docker among them?)', ...engine.next],
    }),
  ]
}

function signIn({ name, connection, rights }: TargetTroubles): readonly Found[] {
  const failed = [connection, rights].find((one) => one.state === 'refused' && one.code in codes)
  if (failed?.state === 'refused') {
    const cause = codes[failed.code] ?? 'refused'
    return [
      found('access', 'fail', cause, {
        also: ['connection'],
        about: name,
        says:
          cause === 'sign-in-refused'
            ? `the server of ${name} refuses the user name or the password that ops has`
            : `ops may not do its work on ${name}`,
        because: [failed.message],
        candidates:
          cause === 'sign-in-refused'
            ? [
                { cause: 'database-stopped', ruledOutBy: 'it answers' },
                { cause: 'wrong-network', ruledOutBy: 'it answers' },
                {
                  cause: 'password-changed-in-env',
                  needs:
                    'whether .env was changed since: a volume keeps the password that it was made with',
                },
              ]
            : [],
        next: failed.next,
      }),
    ]
  }
  if (rights.state !== 'seen') return []
  const missing = [
    ...new Set([...rights.facts.missingForBackup, ...rights.facts.missingForRestore]),
  ]
  if (missing.length === 0) return []
  return [
    found('access', 'warn', 'rights-missing', {
      about: name,
      says: `the user of ${name} lacks rights for a backup or a restore`,
      because: missing.slice(0, 5),
      next: ['ops doctor'],
    }),
  ]
}

/** Services that the database, a file or a store refuses; a loop because of it is told as a loop. */
function refusedService(service: ServiceSeen, now: string): readonly Found[] {
  if (service.trouble?.kind === 'restart loop') return []
  const about = service.service
  return complaintsOf(service, now).flatMap(({ kind, at, line }) => {
    const because = [`${about} says (${at}): ${line}`]
    // What a server says of its clients is about them.
    if (service.target !== undefined) return []
    if (kind === 'sign-in')
      return [
        found('access', 'fail', 'application-sign-in-refused', {
          also: ['connection'],
          about,
          says: `${about} is refused by the database: user name, password or authSource`,
          because,
          candidates: [
            { cause: 'database-stopped', ruledOutBy: 'it answers, and refuses' },
            { cause: 'wrong-network', ruledOutBy: 'it answers, and refuses' },
          ],
          next: [
            ...(reasonIn([line], false)?.next ?? []),
            `ops stack up ${about}   (once they are the same)`,
          ],
        }),
      ]
    if (kind === 'store denied')
      return [
        found('access', 'fail', 'store-denied', {
          about,
          says: `${about} is refused by a store (S3): key, rights or bucket`,
          because,
          next: ['compare the keys in .env with those of the store', `ops stack logs ${about}`],
        }),
      ]
    if (kind === 'no right')
      return [
        found('access', 'warn', 'no-right', {
          about,
          says: `${about} may not read or write something that it needs`,
          because,
          next: ['compare owner and mode of its files and volumes with the user that it runs as'],
        }),
      ]
    return []
  })
}

function refusedPlace({ name, tried }: PlaceTried): readonly Found[] {
  if (tried.state !== 'refused') return []
  const cause = placeCodes[tried.code]
  if (cause === undefined) return []
  return [
    found('access', 'fail', cause, {
      also: ['stale'],
      about: name,
      says: `the place "${name}" refuses copies`,
      because: [tried.message],
      next: tried.next,
    }),
  ]
}

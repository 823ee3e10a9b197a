import type { Symptom } from '../../domain/symptoms.js'
import type { Looked } from '../doctor/evidence.js'
import type { TargetTroubles, TroubleEvidence } from './evidence.js'
import { isJudged } from './access.js'
import { found, type Found } from './found.js'

/** Something that was to be looked at, and the symptoms that it would have told of. */
type Look = readonly [
  looked: Looked<unknown>,
  what: string,
  symptom: Symptom,
  also?: readonly Symptom[],
]

/**
 * What could not be looked at, so that nobody takes it for good. Of a server that is not reached one finding says so for all that it would
 * have told: why it is not reached stands elsewhere.
 */
export function judgeBlindness({
  services,
  ports,
  memoryBytes,
  targets,
  places,
}: TroubleEvidence): readonly Found[] {
  const looks: readonly Look[] = [
    ...(services
      ? [
          [
            services,
            'the services',
            'connection',
            ['restart-loop', 'memory', 'port', 'access', 'duplicates'],
          ] as const,
        ]
      : []),
    [ports, 'who has the ports', 'port'],
    [memoryBytes, 'the memory of the machine', 'memory'],
  ]
  return [
    ...looks.flatMap((look) => blind(null, look)),
    ...(services?.state === 'seen' ? services.facts : []).flatMap(({ service, facts, use }) =>
      facts?.state === 'running' && facts.memoryLimit > 0 && use
        ? blind(service, [use, `the memory that ${service} uses`, 'memory'])
        : [],
    ),
    ...(services?.state === 'seen' ? services.facts : []).flatMap(({ service, facts, lines }) =>
      facts?.startedAt === undefined
        ? []
        : blind(service, [lines, `the log of ${service}`, 'connection', ['duplicates', 'access']]),
    ),
    ...(services?.state === 'seen' ? services.facts : []).flatMap(({ service, log }) =>
      log ? blind(service, [log, `how large the log of ${service} is`, 'disk']) : [],
    ),
    ...targets.flatMap(blindOf),
    ...places.flatMap(({ name, tried }) =>
      !isJudged(tried) ? blind(name, [tried, `the place "${name}"`, 'access']) : [],
    ),
  ]
}

function blindOf(target: TargetTroubles): readonly Found[] {
  const { name, connection, doing, oplog, locks, newestGood, shelf, rights, server } = target
  const kept: readonly Look[] = [
    [locks, `the locks of ${name}`, 'lock'],
    [newestGood, `the backups of ${name}`, 'stale'],
    [shelf, 'the room on the shelf', 'disk'],
  ]
  const work = `what the server of ${name} is doing`
  if (connection.state !== 'seen')
    return [
      ...kept.flatMap((look) => blind(name, look)),
      ...blind(name, [connection, work, 'slow', ['lock', 'duplicates', 'disk', 'stale', 'access']]),
    ]
  const parts: readonly Look[] =
    doing.state === 'seen'
      ? [
          [doing.facts.operations, work, 'slow', ['lock']],
          [doing.facts.slow, `the slow queries of ${name}`, 'slow'],
          [doing.facts.writesLocked, `whether writes to ${name} are blocked`, 'lock'],
          [doing.facts.space, `the disk of the server of ${name}`, 'disk'],
          [doing.facts.cacheBytes, `how large the cache of ${name} may grow`, 'memory'],
          [doing.facts.duplicates, `whether ${name} holds anything twice`, 'duplicates'],
        ]
      : [[doing, work, 'slow', ['lock', 'duplicates', 'disk']]]
  return [
    ...kept,
    ...parts,
    [oplog, `how far the oplog of ${name} reaches`, 'stale'] as const,
    ...(target.certificate
      ? [[target.certificate, `the certificate of the server of ${name}`, 'stale'] as const]
      : []),
    [server, `the clock of the server of ${name}`, 'stale'] as const,
    ...(!isJudged(rights)
      ? [[rights, `the rights of the user of ${name}`, 'access'] as const]
      : []),
  ].flatMap((look) => blind(name, look))
}

function blind(about: string | null, [looked, what, symptom, also = []]: Look): readonly Found[] {
  if (looked.state === 'seen') return []
  return [
    found(symptom, 'unknown', 'not-seen', {
      also,
      about,
      says: /^(whether|how|who|what) /.test(what)
        ? `it is not known ${what}`
        : `${what} could not be looked at`,
      because: [looked.state === 'refused' ? looked.message : looked.because],
      next: looked.state === 'refused' && looked.next.length > 0 ? looked.next : ['ops doctor'],
    }),
  ]
}

import type { CheckKind, DeclaredCheck } from '../../../src/domain/declared/check.js'
import type { ProbeOf } from '../../../src/domain/declared/probe.js'
import type { RuleOf } from '../../../src/domain/declared/rule.js'

const probes: ProbeOf = {
  http: { url: 'https://shop.example/health?token=f00d', method: 'GET', headers: {} },
  tcp: { host: 'queue', port: 9092 },
  exec: { command: ['queue-topics', '--list'], place: { kind: 'service', service: 'queue' } },
  log: { service: 'api', seconds: 600 },
  freshness: { kind: 'files', glob: '/srv/out/*.csv' },
  certificate: { kind: 'address', host: 'shop.example', port: 443, name: 'shop.example' },
  disk: { path: '/srv', requireMount: false },
  systemd: { unit: 'nginx.service', scope: 'system' },
  query: {
    target: 'medical',
    namespace: 'medical_records.visits',
    filter: { name: 'Ada' },
    limitMilliseconds: 5000,
  },
  data: {
    target: 'medical',
    expectations: { 'medical_records.visits': { unique: ['name'] } },
    exact: false,
    limitMilliseconds: 30_000,
  },
}

const rules: RuleOf = {
  http: { address: 'https://shop.example/health', status: [] },
  tcp: { address: 'queue:9092' },
  exec: { program: 'queue-topics', where: 'in queue', exits: {} },
  log: { service: 'api', seconds: 600, pattern: '^ERROR', max: 3 },
  freshness: { what: 'the files /srv/out/*.csv', maxAgeSeconds: 3600 },
  certificate: { what: 'shop.example:443', daysLeft: { warn: 21, fail: 7 } },
  disk: { path: '/srv', usedPercent: { warn: 80, fail: 90 } },
  systemd: { unit: 'nginx.service', expects: 'active' },
  query: { what: 'medical_records.visits', min: 1, max: 100 },
  data: { what: 'medical_records.visits', target: 'medical' },
}

/** Every kind there is. */
export const kinds = Object.keys(rules) as readonly CheckKind[]

/** A check of a kind, as an operator would declare it. */
export function checkOf<Kind extends CheckKind>(
  kind: Kind,
  changes: Partial<
    Pick<DeclaredCheck<Kind>, 'name' | 'severity' | 'words' | 'rule' | 'probe'>
  > = {},
): DeclaredCheck<Kind> {
  const standard = { severity: 'fail', timeoutSeconds: 5, words: {} }
  const asked = { probe: probes[kind], rule: rules[kind] }
  return { name: kind, kind, ...standard, ...asked, ...changes } as DeclaredCheck<Kind>
}

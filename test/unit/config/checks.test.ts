import { describe, expect, it } from 'vitest'
import { showConfig } from '../../../src/config/show.js'
import { parse, problems, root, withTarget } from './reading.js'

const target = '{service: mongodb}'
const checks = (...entries: readonly string[]) =>
  withTarget(target, 'checks:', ...entries.map((entry) => `  - ${entry}`))
const read = (...entries: readonly string[]) => parse(checks(...entries)).config.checks
const wrong = (entry: string) => problems(checks(entry)).join('\n')

/** One of each kind, as short as it can be. */
const shortest = {
  http: '{name: web, kind: http, url: "https://shop.example/health?key=f00d"}',
  tcp: '{name: queue, kind: tcp, host: localhost, port: 9092}',
  exec: '{name: topics, kind: exec, command: [bin/topics, --list]}',
  log: '{name: errors, kind: log, service: mongodb, pattern: ERROR, within: 10m, max: 3}',
  freshness: '{name: exports, kind: freshness, files: out/*.csv, maxAge: 26h}',
  certificate: '{name: tls, kind: certificate, host: shop.example}',
  disk: '{name: room, kind: disk, path: data}',
  systemd: '{name: nginx, kind: systemd, unit: nginx.service}',
  query: '{name: stuck, kind: query, collection: medical_records.jobs, max: 0}',
  data: '{name: once, kind: data, collection: medical_records.patients, unique: [name]}',
}

describe('checks of the operator', () => {
  it('are none where nothing is declared', () => {
    expect(parse(withTarget(target)).config.checks).toEqual([])
  })

  it('become what is asked and what is held against the answer, paths absolute', () => {
    const [http, tcp, exec, log, freshness, certificate, disk, systemd, query, data] = read(
      ...Object.values(shortest),
    )
    expect(http).toEqual({
      name: 'web',
      kind: 'http',
      severity: 'fail',
      timeoutSeconds: 5,
      words: {},
      probe: { url: 'https://shop.example/health?key=f00d', method: 'GET', headers: {} },
      rule: { address: 'https://shop.example/health', status: [] },
    })
    expect(tcp).toMatchObject({ rule: { address: 'localhost:9092' } })
    expect(exec).toMatchObject({
      probe: {
        command: ['/srv/app/bin/topics', '--list'],
        place: { kind: 'host', folder: '/srv/app' },
      },
      rule: { program: 'topics', where: 'on this machine', exits: {} },
    })
    expect(log).toMatchObject({
      probe: { seconds: 600, pattern: { source: 'ERROR', ignoreCase: false } },
      rule: { max: 3, pattern: 'ERROR' },
    })
    expect(freshness).toMatchObject({
      probe: { kind: 'files', glob: '/srv/app/out/*.csv' },
      rule: { maxAgeSeconds: 93_600 },
    })
    expect(certificate).toMatchObject({
      probe: { kind: 'address', port: 443, name: 'shop.example' },
      rule: { what: 'shop.example:443', daysLeft: { warn: 21, fail: 7 } },
    })
    expect(disk).toMatchObject({
      probe: { path: '/srv/app/data' },
      rule: { usedPercent: { warn: 80, fail: 90 } },
    })
    expect(systemd).toMatchObject({ probe: { scope: 'system' }, rule: { expects: 'active' } })
    expect(query).toMatchObject({
      probe: { target: 'medical', filter: {}, limitMilliseconds: 5000 },
      rule: { what: 'medical_records.jobs', max: 0 },
    })
    expect(data).toMatchObject({
      timeoutSeconds: 30,
      probe: {
        target: 'medical',
        expectations: { 'medical_records.patients': { unique: ['name'] } },
        exact: false,
        limitMilliseconds: 14_000,
      },
      rule: { what: 'medical_records.patients', target: 'medical' },
    })
  })

  it('hold data against what the target expects, of one collection or of all, where they expect nothing themselves', () => {
    const expecting =
      '{service: mongodb, expectations: {a.b: {unique: [name]}, a.c: {documents: {min: 1}}}}'
    const expectationsOf = (entry: string) => {
      const [check] = parse(withTarget(expecting, 'checks:', `  - ${entry}`)).config.checks
      return check?.kind === 'data' ? check.probe.expectations : undefined
    }
    expect(expectationsOf('{name: x, kind: data}')).toEqual({
      'a.b': { unique: ['name'] },
      'a.c': { documents: { min: 1 } },
    })
    expect(expectationsOf('{name: x, kind: data, collection: a.b}')).toEqual({
      'a.b': { unique: ['name'] },
    })
    expect(expectationsOf('{name: x, kind: data, collection: a.b, required: [age]}')).toEqual({
      'a.b': { required: ['age'] },
    })
  })

  it('have a severity, a time and words of their own', () => {
    const [check] = read(
      '{name: a, kind: disk, path: /, severity: warn, timeout: 30s, says: full, next: [df], prevention: rotate}',
    )
    expect(check).toMatchObject({
      severity: 'warn',
      timeoutSeconds: 30,
      words: { says: 'full', next: ['df'], prevention: 'rotate' },
    })
  })

  it('keep filters in extended JSON as they are written', () => {
    const [check] = read(
      '{name: a, kind: query, collection: a.b, min: 1, filter: {at: {$gt: {$date: "2026-01-01T00:00:00Z"}}}}',
    )
    expect(check).toMatchObject({
      probe: { filter: { at: { $gt: { $date: '2026-01-01T00:00:00Z' } } } },
    })
  })

  it('fetch what is secret when it is needed, and warn of what stands in the file', () => {
    const entry =
      '{name: a, kind: http, url: "https://x", headers: {Authorization: {file: token}, Accept: text/html, X-Api-Key: f00d}}'
    const { config, warnings, plainPasswords } = parse(checks(entry))
    expect(config.checks[0]).toMatchObject({
      probe: { headers: { Authorization: { from: 'file', path: '/srv/app/token' } } },
    })
    expect(plainPasswords).toEqual(['checks[0].headers.X-Api-Key'])
    expect(JSON.stringify([config, warnings])).not.toContain('f00d')
  })

  it('are shown without secrets, filters and queries of addresses', () => {
    const text = checks(
      shortest.http,
      '{name: b, kind: query, collection: a.b, min: 1, filter: {name: Ada}}',
      '{name: c, kind: freshness, maxAge: 1d, s3: {bucket: out-put, accessKeyId: f00d, secretAccessKey: f00d}}',
      ...Object.values(shortest).slice(1),
    )
    const shown = showConfig(parse(text), root)
    const values = new Map(shown.settings.map(({ setting, value }) => [setting, value]))
    expect(values.get('checks[0].url')).toBe('https://shop.example/health')
    expect(values.get('checks[1].filter')).toBe('[filter]')
    expect(JSON.stringify(shown)).not.toMatch(/f00d|Ada/)
    const { origin } = shown.settings.find(({ setting }) => setting === 'checks[0].name') ?? {}
    expect(origin).toBe('ops.yaml:7')
  })
})

describe('a check that is wrong', () => {
  it.each([
    ['{name: a, kind: htp, url: "https://x"}', '7:21: checks[0].kind: must be one of http, tcp'],
    [
      '{name: a, kind: tcp, host: x, prt: 1, port: 2}',
      '7:35: checks[0]: unknown key "prt"; did you mean "port"?',
    ],
    [
      '{name: a, kind: disk, path: /, pattern: x}',
      'known here: name, kind, severity, timeout, says, next, prevention, path, requireMount, usedPercent, freeBytes',
    ],
    ['{kind: tcp, host: x, port: 2}', 'checks[0].name: is missing'],
    ['{name: a, kind: tcp, host: x, port: 70000}', 'must be at most 65535'],
    ['{name: "a b", kind: tcp, host: x, port: 1}', 'is not a usable name'],
    ['{name: a, kind: tcp, host: x, port: 1, timeout: 6m}', 'must be at most 5m'],
    ['{name: a, kind: tcp, host: "x y", port: 1}', 'is not the name or the address of a host'],
    ['{name: a, kind: http, url: "ftp://x"}', 'is not an address'],
    ['{name: a, kind: http, url: "https://ada:f00d@x"}', 'holds a name or a password'],
    [
      '{name: a, kind: http, url: "https://x", headers: {Host: y}}',
      'is a header that ops sets itself',
    ],
    ['{name: a, kind: http, url: "https://x", method: HEAD, contains: y}', 'HEAD has none'],
    ['{name: a, kind: log, service: m, pattern: "(", within: 1m, max: 1}', 'is not a pattern'],
    ['{name: a, kind: log, service: m, within: 1m}', 'needs min, max or both'],
    ['{name: a, kind: log, service: m, within: 1m, min: 5, max: 1}', 'min is greater than max'],
    ['{name: a, kind: exec, command: [x], service: m, container: n}', 'not both'],
    ['{name: a, kind: exec, command: [x], exitCodes: {256: ok}}', 'is no exit code'],
    ['{name: a, kind: freshness, maxAge: 1d}', 'exactly one of files, s3, documents'],
    [
      '{name: a, kind: freshness, maxAge: 1d, documents: {collection: a.b, field: t, target: x}}',
      '"x" is no target',
    ],
    ['{name: a, kind: certificate, host: x, file: y}', 'exactly one of host, file'],
    ['{name: a, kind: certificate, file: y, port: 1}', 'belongs to a host'],
    ['{name: a, kind: certificate, host: x, daysLeft: {warn: 1, fail: 2}}', 'are exchanged'],
    ['{name: a, kind: disk, path: /, usedPercent: {warn: 90, fail: 80}}', 'are exchanged'],
    ['{name: a, kind: disk, path: /, freeBytes: {}}', 'needs warn, fail or both'],
    ['{name: a, kind: systemd, unit: --all}', 'is not the name of a unit'],
    ['{name: a, kind: query, collection: a, min: 1}', 'is not DATABASE.COLLECTION'],
    [
      '{name: a, kind: query, collection: a.b, min: 1, filter: {$or: [{$where: "1"}]}}',
      'must not hold $where',
    ],
    ['{name: a, kind: data}', 'expects nothing'],
    ['{name: a, kind: data, collection: a.b}', 'expects nothing'],
    ['{name: a, kind: data, unique: [name]}', 'must name the collection'],
    ['{name: a, kind: data, collection: a.b, unique: [$x]}', 'is no dotted path'],
    ['{name: a, kind: data, collection: a.b, unique: [x, x]}', 'is there twice'],
    [
      '{name: a, kind: data, collection: a.b, documents: {min: 2, max: 1}}',
      'min is greater than max',
    ],
  ])('is refused where it stands: %s', (entry, said) => {
    expect(wrong(entry)).toContain(said)
    expect(wrong(entry)).toMatch(/^7:/)
  })

  it('does not give a password away that stands in an address', () => {
    for (const scheme of ['https', 'ftp'])
      expect(wrong(`{name: a, kind: http, url: "${scheme}://ada:f00d@x"}`)).not.toContain('f00d')
  })

  it('is refused for a name that another one has', () => {
    const entry = '{name: A, kind: disk, path: /}'
    expect(problems(checks(entry, entry.toLowerCase()))).toEqual([
      expect.stringContaining('checks[1].name: "a" is there twice'),
    ])
  })

  it('is refused for a value in an argument that is filled in: everyone would see it', () => {
    const entry = '{name: a, kind: exec, command: [x, "${TOKEN}"]}'
    expect(problems(checks(entry), { TOKEN: 'f00d' })).toEqual([
      expect.stringContaining('must not hold ${…}'),
    ])
  })

  it('is refused for a service where there is no stack', () => {
    const entry = '{name: a, kind: log, service: m, within: 1m, min: 1}'
    const text = checks(entry)
      .replace(/^stack.*\n/m, '')
      .replace('service: mongodb', 'container: m')
    expect(problems(text)).toEqual([expect.stringContaining('there is no stack.compose')])
  })

  it('must name its target where there is more than one', () => {
    const entry = '{name: a, kind: query, collection: a.b, min: 1}'
    const text = checks(entry).replace('targets:\n', 'targets:\n  other: {container: x}\n')
    expect(problems(text)).toEqual([expect.stringContaining('must name its target')])
  })
})

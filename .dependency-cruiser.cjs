/** Rooms and the directions in which they may import. See docs/architecture.md. */
const rooms = {
  domain: [],
  ports: ['domain'],
  archive: ['domain'],
  checks: ['domain', 'ports'],
  procedures: ['domain', 'ports', 'archive', 'checks'],
  adapters: ['domain', 'ports', 'archive'],
  config: ['domain'],
  report: ['domain', 'procedures'],
  cli: ['domain', 'ports', 'archive', 'checks', 'procedures', 'adapters', 'config', 'report'],
  commands: ['cli', 'checks', 'procedures', 'domain'],
}

/** npm packages and node modules that may only be touched in the rooms named. */
const vendors = [
  ['only-report-draws', '^(chalk|listr2|string-width|wrap-ansi)$', ['report']],
  ['only-config-reads-yaml', '^(zod|yaml)$', ['config']],
  [
    'only-adapters-know-vendors',
    '^(age-encryption|csv-parse|dockerode|execa|mongodb|p-retry|write-file-atomic|@aws-sdk/client-s3)$',
    ['adapters'],
  ],
  ['only-schedules-know-croner', '^croner$', ['config', 'procedures']],
  ['only-report-says-cron-in-words', '^cronstrue$', ['report']],
  ['only-the-door-knows-oclif', '^@oclif/', ['cli', 'commands']],
  ['only-the-door-asks', '^@inquirer/', ['cli']],
]

const room = (name, may) => ({
  name: `room-${name}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...may].join('|')})/` },
})

const vendor = ([name, packages, homes]) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/(${homes.join('|')})/` },
  to: {
    path: packages.replace('^', 'node_modules/').replace('$', '/'),
    dependencyTypesNot: ['type-only'],
  },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(rooms).map(([name, may]) => room(name, may)),
    ...vendors.map(vendor),
    {
      name: 'procedures-know-no-adapter-or-report',
      severity: 'error',
      from: { path: '^src/procedures/' },
      to: { path: '^src/(report|adapters|cli|config)/' },
    },
    {
      name: 'report-imports-procedures-as-types-only',
      severity: 'error',
      from: { path: '^src/report/' },
      to: { path: '^src/procedures/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-rooms-touch-no-world',
      severity: 'error',
      from: { path: '^src/(domain|ports|checks|procedures)/' },
      to: {
        path: '^(node:)?(fs|fs/promises|child_process|net|http|https|os|worker_threads)$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'archive-touches-no-files-or-processes',
      severity: 'error',
      from: { path: '^src/archive/' },
      to: { path: '^(node:)?(fs|fs/promises|child_process|net|http|https|os)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}

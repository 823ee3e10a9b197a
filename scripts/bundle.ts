/**
 * Makes dist/ from src/: a file for each command, and what they share in a few more. ops is a thousand small files and its
 * libraries another thousand; found and read one by one they were half of the time of a short command. (Not esbuild: it turns
 * constants into variables, which cost the checks of an archive a tenth.)
 */
import { readdir } from 'node:fs/promises'
import { rolldown, type Plugin } from 'rolldown'

/** dockerode loads these for builds and for ssh, neither of which ops does through it: ssh goes through the machine's own. */
const unused = new Set(['@grpc/grpc-js', '@grpc/proto-loader', 'ssh2'])

/** Not a path, so that nobody else resolves it. */
const nothing = '\0nothing'

const withoutUnused: Plugin = {
  name: 'without what is never used',
  resolveId: (id) => (unused.has(id) ? nothing : null),
  load: (id) => (id === nothing ? 'export default {}' : null),
}

const all = await readdir('src/commands', { recursive: true })
const files = [
  ...all.filter((path) => path.endsWith('.ts')).map((path) => `commands/${path}`),
  'cli/help/help.ts',
  'cli/unknownCommand.ts',
  'cli/brokenOutput.ts',
  'cli/leave.ts',
]

const bundle = await rolldown({
  input: Object.fromEntries(files.map((path) => [path.replace(/\.ts$/, ''), `src/${path}`])),
  platform: 'node',
  // oclif is shared with its own plugins; the client for S3 is large, and loaded for copies alone. What mongodb uses if somebody
  // installed it is looked for when it is wanted.
  external: [
    /^@oclif\/core/,
    /^@aws-sdk\//,
    // It names its own file, which a bundle has none of.
    'write-file-atomic',
    'kerberos',
    'snappy',
    '@mongodb-js/zstd',
    'mongodb-client-encryption',
    'gcp-metadata',
    'socks',
    'aws4',
  ],
  plugins: [withoutUnused],
})
await bundle.write({
  dir: 'dist',
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'shared/[name]-[hash].js',
})

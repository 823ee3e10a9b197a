/** Name of the compose file by which `ops pitr enable` makes a service a replica set of one; ops takes it along wherever it lies. */
export const memberFileName = 'compose.ops-replica-set.yml'

/** Name of the set. */
export const setName = 'rs0'

/** Where the key lies: in memory, so that it is nowhere once the server has ended. */
const keyFolder = '/run/ops-replica-set'

/**
 * Makes the key that a set with authentication asks for, anew at each start: a set of one needs the same key only as long as it runs.
 * Only its owner, who owns the data folder (`$0`), may read it.
 */
const makingKey = [
  'set -eu',
  'umask 077',
  `key=${keyFolder}/key`,
  'rm -f "$key"',
  'head -c 756 /dev/urandom | base64 | tr -d "\\n" > "$key"',
  'owner="$(stat -c %u:%g "$0")"',
  // A folder that was just made is root's, until the image gives it to its own user.
  'if [ "$owner" = 0:0 ] && id mongodb >/dev/null 2>&1; then owner=mongodb; fi',
  'if [ "$(id -u)" = 0 ]; then chown "$owner" "$key"; fi',
  'chmod 400 "$key"',
  'exec "$@"',
].join('\n')

/** How a server that is to be a member is started. */
export interface MemberStart {
  readonly service: string
  /** Program and arguments that the container is started with now. */
  readonly command: readonly string[]
  /** Folder of the data files in the container. */
  readonly dbPath: string
  /** Whether clients have to sign in, and no key is given yet. */
  readonly needsKey: boolean
}

/** Whether arguments at the end of this command are arguments of mongod. */
export function endsInMongod(command: readonly string[]): boolean {
  const at = command.findIndex((word) => /(^|\/)mongod$/.test(word))
  if (at >= 0) return true
  const [program = '', first = ''] = command
  return program.endsWith('docker-entrypoint.sh') && (first === '' || first.startsWith('-'))
}

/**
 * The compose file: what the service runs now, with the option that makes it a member. Compose lays it over the operator's own
 * files, none of which is changed.
 */
export function memberFile({ service, command, dbPath, needsKey }: MemberStart): string {
  const run = [...command, `--replSet=${setName}`]
  const [program = '', ...rest] = run
  const lines = needsKey
    ? [
        `    entrypoint: ${list(['sh', '-c', makingKey, dbPath])}`,
        `    command: ${list([...run, `--keyFile=${keyFolder}/key`])}`,
        `    tmpfs: [${keyFolder}]`,
      ]
    : [`    entrypoint: ${list([program])}`, `    command: ${list(rest)}`]
  return `# Written by "ops pitr enable": it makes the server of this service a replica set of one member. "ops undo" takes it away again.
# Name it wherever you name the other compose files: COMPOSE_FILE in .env, "docker compose -f".
services:
  ${JSON.stringify(service)}:
${lines.join('\n')}
`
}

/** A list as YAML reads it, in which compose fills in no variable. */
function list(words: readonly string[]): string {
  return JSON.stringify(words.map((word) => word.replaceAll('$', '$$$$')))
}

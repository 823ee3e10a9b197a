/** Why a container ended or is ill, as its own log says it. */
export interface Reason {
  readonly kind: ReasonKind
  readonly says: string
  /** The line of the log that says so. */
  readonly line: string
  /** Whether starting it again, with nothing changed, would end in the same way. */
  readonly hopeless: boolean
  /** What to do about it. */
  readonly next: readonly string[]
}

/** Reasons that are told apart. */
export type ReasonKind =
  | 'damaged data'
  | 'data of another version'
  | 'disk full'
  | 'port taken'
  | 'data in use'
  | 'wrong option'
  | 'missing variable'
  | 'command not found'
  | 'sign-in refused'
  | 'no right'
  | 'out of memory'
  | 'dependency unreachable'

/** One entry: what the log says, what it means. */
interface Known extends Omit<Reason, 'line'> {
  readonly pattern: RegExp
}

/**
 * From the one that explains most to the one that explains least: a server whose files are damaged also complains of
 * much else. Words of mongod (src/mongo/base/error_codes.yml, WiredTiger's own messages), of the official image's entry
 * point, of the engine, and of common drivers.
 */
const known: readonly Known[] = [
  {
    kind: 'damaged data',
    pattern:
      /WT_PANIC|read checksum error|data corruption detected|metadata corruption|WiredTiger\.(wt|turtle)[^"]*(corrupt|not found|No such file)|unable to read root page|potential (hardware|data) corruption/i,
    says: 'its data files are damaged',
    hopeless: true,
    next: ['ops backup list', 'ops restore', 'ops backup --physical   (keeps what is there)'],
  },
  {
    kind: 'data of another version',
    pattern:
      /UPGRADE PROBLEM|Wrong mongod version|unsupported WiredTiger file version|featureCompatibilityVersion[^"]*(invalid|must be)/i,
    says: 'its data files were written by another version of the server',
    hopeless: true,
    next: ['set the image of the service to the version that wrote the files', 'ops backup list'],
  },
  {
    kind: 'disk full',
    pattern: /No space left on device|ENOSPC|disk quota exceeded/i,
    says: 'the disk is full',
    hopeless: true,
    next: ['df -h', 'docker system df', 'ops backup prune --dry-run'],
  },
  {
    kind: 'port taken',
    pattern: /address already in use|port is already allocated|EADDRINUSE/i,
    says: 'its port is taken by something else',
    hopeless: true,
    next: ['ss -ltnp', 'change the published port in the compose file or its .env'],
  },
  {
    kind: 'data in use',
    pattern: /DBPathInUse|Unable to lock the lock file|Another mongod instance/i,
    says: 'another server uses its data files',
    hopeless: true,
    next: ['docker ps --filter volume=VOLUME', 'ops stack ps'],
  },
  {
    kind: 'wrong option',
    pattern:
      /Unrecogni[sz]ed option|Error parsing (command line|INI|YAML)|unknown (flag|option)|invalid option|error: unrecognized arguments/i,
    says: 'it was given an option that it does not know',
    hopeless: true,
    next: ['correct its command in the compose file', 'ops stack up'],
  },
  {
    kind: 'missing variable',
    pattern:
      /both must be specified|(variable|environment)[^"]{0,60}(must be set|is not set|is required|missing|undefined)|KeyError: '[A-Z][A-Z0-9_]+'|[A-Z][A-Z0-9_]{2,}[:=]? (is not set|must be set|is required|is missing|unbound variable)/,
    says: 'a variable that it needs is not set',
    hopeless: true,
    next: ['set it in the compose file or its .env', 'ops stack up'],
  },
  {
    kind: 'command not found',
    pattern:
      /executable file not found|exec[^"]*: no such file or directory|cannot execute|exec format error/i,
    says: 'what it is to run is not in its image',
    hopeless: true,
    next: ['correct its command or image in the compose file', 'ops stack up'],
  },
  {
    kind: 'sign-in refused',
    pattern:
      /Authentication failed|AuthenticationFailed|bad auth|command \w+ requires authentication/i,
    says: 'the database refuses its user name or password',
    hopeless: true,
    next: ['compare its credentials in the compose file with those of the server', 'ops doctor'],
  },
  {
    kind: 'no right',
    pattern:
      /permissions on \S+ are too open|Permission denied|Operation not permitted|Read-only file system/i,
    says: 'it may not read or write a file that it needs',
    hopeless: true,
    next: ['compare owner and mode of its files and volumes with the user that it runs as'],
  },
  {
    kind: 'out of memory',
    pattern: /out of memory|cannot allocate memory|MemoryError|JavaScript heap/i,
    says: 'it had no memory left',
    hopeless: false,
    next: ['raise its memory limit in the compose file', 'ops stack stats'],
  },
  {
    kind: 'dependency unreachable',
    pattern:
      /ECONNREFUSED|connection refused|ServerSelection|getaddrinfo|Name or service not known|Temporary failure in name resolution/i,
    says: 'it could not reach what it depends on',
    hopeless: false,
    next: ['ops stack ps'],
  },
]

/** What mongod logs without complaining: a client's wrong password, for one, is not what ails the server. */
const calm = /^\{"t":\{"\$date":"[^"]*"\}, ?"s":"[WID]/

/** What so many complaints came after is about something else. */
const newest = 40

/**
 * The reason that a log gives, and the newest line that says so; nothing where the log gives none. What mongod complains of has
 * one root; other programs also complain of what their users did, so there the newest complaint counts.
 */
export function reasonIn(lines: readonly string[], mongod: boolean): Reason | undefined {
  const complaints = lines.filter((line) => !calm.test(line)).slice(-newest)
  const found = known.flatMap(({ pattern, ...reason }) => {
    const at = complaints.findLastIndex((each) => pattern.test(each))
    return at < 0 ? [] : [{ at, reason: { ...reason, line: complaints[at] ?? '' } }]
  })
  if (!mongod) found.sort((one, other) => other.at - one.at)
  return found[0]?.reason
}

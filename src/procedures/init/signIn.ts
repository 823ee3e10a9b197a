import { posix } from 'node:path'
import type { ComposeProject } from '../../ports/compose.js'
import type { Candidate } from './candidate.js'
import type { InitFacts } from './initFacts.js'

/** A secret as the draft refers to it; `text` stands in the file as it is (a name, or `${NAME}`), never a password. */
export type DraftReference =
  | { readonly compose: string }
  | { readonly file: string }
  | { readonly command: readonly string[] }
  | { readonly text: string }

/** How ops will sign in, or why nothing is said about it. */
export type SignIn =
  | {
      readonly kind: 'credentials'
      readonly username: DraftReference
      readonly password: DraftReference
      readonly comments: readonly string[]
    }
  | { readonly kind: 'none'; readonly comments: readonly string[] }

/** The variables that images take their first user from. Bitnami calls that user root where nothing else is said. */
const schemes: readonly { username: string; password: string; otherwise?: string }[] = [
  { username: 'MONGO_INITDB_ROOT_USERNAME', password: 'MONGO_INITDB_ROOT_PASSWORD' },
  { username: 'MONGODB_INITDB_ROOT_USERNAME', password: 'MONGODB_INITDB_ROOT_PASSWORD' },
  { username: 'MONGODB_ROOT_USER', password: 'MONGODB_ROOT_PASSWORD', otherwise: 'root' },
]

/** Credentials by reference, from the variables that set up the server's first user. */
export function signIn(candidate: Candidate, facts: InitFacts): SignIn {
  const scheme = schemes.find(({ password }) => isSet(candidate, password))
  if (scheme === undefined) return { kind: 'none', comments: withoutPassword(candidate) }

  const username = isSet(candidate, scheme.username)
    ? reference(candidate, scheme.username, facts)
    : { found: { text: scheme.otherwise ?? 'root' }, comments: [] }
  const password = reference(candidate, scheme.password, facts)
  const comments = [...username.comments, ...password.comments]
  if (username.found === undefined || password.found === undefined) {
    return { kind: 'none', comments }
  }
  return { kind: 'credentials', username: username.found, password: password.found, comments }
}

function isSet(candidate: Candidate, variable: string): boolean {
  return valueOf(candidate, variable) !== '' || valueOf(candidate, `${variable}_FILE`) !== ''
}

function valueOf(candidate: Candidate, variable: string): string {
  return candidate.environment[variable] ?? ''
}

function withoutPassword(candidate: Candidate): readonly string[] {
  const program = candidate.program.join(' ')
  if (/--(auth|keyFile|clusterAuthMode)\b/.test(program)) {
    return [
      'The server asks for a password (it is started with --auth or --keyFile), but none of its variables holds one.',
      'Fill this in:  credentials: {username: …, password: {file: …}}',
    ]
  }
  return [
    'No variable of it holds a password, so ops signs in without one. If the server asks for one, add:',
    'credentials: {username: …, password: {file: …}}',
  ]
}

/** What a variable is referred to by, or a comment that says why it cannot be. */
function reference(
  candidate: Candidate,
  variable: string,
  facts: InitFacts,
): { readonly found?: DraftReference; readonly comments: readonly string[] } {
  const outside = candidate.kind === 'container'
  if (valueOf(candidate, variable) !== '') {
    const found = outside
      ? { command: ['docker', 'exec', candidate.name, 'printenv', variable] }
      : { compose: `${candidate.name}.${variable}` }
    return { found, comments: [] }
  }
  const path = valueOf(candidate, `${variable}_FILE`)
  if (outside)
    return { found: { command: ['docker', 'exec', candidate.name, 'cat', path] }, comments: [] }
  return fromFile(candidate, variable, path, facts)
}

function fromFile(
  candidate: Candidate,
  variable: string,
  path: string,
  facts: InitFacts,
): { readonly found?: DraftReference; readonly comments: readonly string[] } {
  const source = secretSource(candidate, path, facts.compose?.project)
  if (source?.environment !== undefined && facts.environmentNames.includes(source.environment)) {
    return { found: { text: `\${${source.environment}}` }, comments: [] }
  }
  const file = source?.file ?? boundFile(candidate, path)
  if (file !== undefined) {
    return {
      found: { file },
      comments: [
        `${variable}_FILE is this file; it must be readable by its owner only (chmod 600).`,
      ],
    }
  }
  return {
    comments: [
      `${variable}_FILE is ${path} inside the container; which file of this machine that is could not be found out.`,
      'Fill this in:  credentials: {username: …, password: {file: …}}',
    ],
  }
}

/** The project's secret that is put at this path in the container. */
function secretSource(candidate: Candidate, path: string, project: ComposeProject | undefined) {
  const secret = candidate.service?.secrets?.find(
    ({ name, destination }) => posix.resolve('/run/secrets', destination ?? name) === path,
  )
  return secret === undefined ? undefined : project?.secrets?.[secret.name]
}

/** The file of this machine that is mounted at this path, by itself or with its folder. */
function boundFile(candidate: Candidate, path: string): string | undefined {
  const mount = candidate.mounts.find(
    ({ type, source, destination }) =>
      type === 'bind' &&
      source !== undefined &&
      (path === destination || path.startsWith(`${destination}/`)),
  )
  return mount?.source === undefined
    ? undefined
    : posix.join(mount.source, path.slice(mount.destination.length))
}

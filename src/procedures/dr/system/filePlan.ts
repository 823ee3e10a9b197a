import { Failure } from '../../../domain/failure.js'
import type { Target } from '../../../domain/target.js'
import type { ComposeProject } from '../../../ports/compose.js'
import type { RecoveryFolder, SmallFile } from '../../../ports/recoveryFolder.js'
import { entering } from './firstUser.js'
import type { Missing } from './request.js'

/** What becomes of the files of a kit. */
export interface FilePlan {
  readonly write: readonly SmallFile[]
  /** Names of those that are there and equal, or are to be kept though they differ. */
  readonly keep: readonly string[]
}

/**
 * Compares files with what lies in the folder. Throws `FILES_DIFFER` (refused) for what is there and not the same, unless it is
 * to be kept. `.env` only ever grows, so it is none of those.
 */
export async function filePlan(
  files: readonly SmallFile[],
  keepFiles: boolean,
  folder: RecoveryFolder,
): Promise<FilePlan> {
  const write: SmallFile[] = []
  const keep: string[] = []
  const differ: string[] = []
  for (const file of files) {
    const there = await folder.text(file.name)
    if (there === file.text) keep.push(file.name)
    else if (there === undefined || file.name === '.env') write.push(file)
    else if (keepFiles) keep.push(file.name)
    else differ.push(file.name)
  }
  if (differ.length === 0) return { write, keep }
  throw new Failure(
    'refused',
    'FILES_DIFFER',
    `${folder.path} holds other files than the kit under the same names: ${differ.join(', ')}; they are not overwritten`,
    [
      'ops dr system … --into ANOTHER',
      'ops dr system … --keep-files   (yours are used as they are)',
    ],
    { facts: { files: differ } },
  )
}

/**
 * Files that hold a secret and are not here: those that targets and the first users of their servers sign in with, and those that
 * services are given as secrets. Variables of services that such a sign-in is read from have to have a value. Throws
 * `SECRETS_MISSING` (refused) with every path and name.
 */
export async function requireSecretFiles(
  targets: readonly Target[],
  project: ComposeProject,
  folder: RecoveryFolder,
): Promise<void> {
  const { secrets = {}, services } = project
  const wanted = new Map<string, string>()
  const variables = new Set<string>()
  for (const target of targets) {
    const { name, credentials, tls } = target
    const first = entering(target, project).credentials
    const references = [
      credentials?.username,
      credentials?.password,
      first?.username,
      first?.password,
    ]
    for (const reference of references) {
      if (reference?.from === 'file') wanted.set(reference.path, `sign-in of ${name}`)
      if (reference?.from !== 'compose') continue
      const { service, variable } = reference
      if (!services[service]?.environment[variable]) variables.add(`${variable} of ${service}`)
    }
    for (const path of [tls?.ca, tls?.certificate])
      if (path !== undefined) wanted.set(path, `TLS of ${name}`)
  }
  for (const [name, { file }] of Object.entries(secrets))
    if (file !== undefined) wanted.set(file, `secret ${name} of the stack`)
  const missing: string[] = []
  for (const [path, use] of wanted)
    if (!(await folder.isThere(path))) missing.push(`${path} (${use})`)
  if (missing.length > 0 || variables.size > 0) throw secretsMissing([...variables], missing)
}

/** `SECRETS_MISSING` (refused): no kit holds a secret, so somebody has to bring them. Names only. */
export function secretsMissing(
  variables: readonly string[],
  files: readonly string[] = [],
): Failure {
  const parts = [
    ...(variables.length > 0 ? [`variables ${variables.join(', ')}`] : []),
    ...(files.length > 0 ? [`files ${files.join(', ')}`] : []),
  ]
  return new Failure(
    'refused',
    'SECRETS_MISSING',
    `the kit holds no secrets, and these are needed: ${parts.join('; ')}; nothing was changed`,
    [
      ...(variables.length > 0
        ? ['a file .env in the folder, with a line NAME=value for each (mode 0600)']
        : []),
      ...variables
        .filter((name) => /^\w+$/.test(name))
        .map((name) => `IFS= read -rs ${name} && export ${name}`),
      ...files.map((name) => {
        const path = name.replace(/ \([^()]*\)$/, '')
        return `install -D -m 600 /dev/stdin ${path}   (type or paste it, then Ctrl-D)`
      }),
    ],
    { facts: { variables, files } },
  )
}

/** Files and folders that services are given, and that neither the kit nor this host has. */
export async function missingMounts(
  { services }: ComposeProject,
  files: readonly SmallFile[],
  leftOut: readonly string[],
  folder: RecoveryFolder,
): Promise<readonly Missing[]> {
  const missing = new Map<string, Missing>()
  for (const { name: service, mounts = [] } of Object.values(services)) {
    for (const { type, source, readOnly } of mounts) {
      if (type !== 'bind' || source === undefined || (await folder.isThere(source))) continue
      const name = source.startsWith(`${folder.path}/`)
        ? source.slice(folder.path.length + 1)
        : source
      const brought = files.some((file) => file.name === name || file.name.startsWith(`${name}/`))
      if (brought) continue
      const why = leftOut.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      missing.set(name, {
        what: 'file',
        name,
        because: `${service} mounts it${readOnly === true ? '' : ' and writes to it: it begins empty'}; it is not in the kit${why === undefined ? '' : `: ${why}`}`,
        next: [`put it to ${source}`],
      })
    }
  }
  const parts = leftOut.flatMap((line) => {
    const [, name = '', because = ''] = /^([^ :][^:]*): (it .*|there are .*)$/.exec(line) ?? []
    return name === '' || missing.has(name) ? [] : [{ name, because }]
  })
  for (const { name, because } of parts) {
    const path = name.startsWith('/') ? name : `${folder.path}/${name}`
    if (await folder.isThere(path)) continue
    missing.set(name, {
      what: 'file',
      name,
      because: `it was left out of the kit: ${because}`,
      next: [`put it to ${path}`],
    })
  }
  return [...missing.values()]
}

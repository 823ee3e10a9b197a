import type { Packed } from '../../archive/tar.js'
import type { ComposeProject } from '../../ports/compose.js'
import type { GivenFile } from '../../ports/projectFiles.js'
import type { World } from '../../ports/world.js'
import { mayHoldSecret } from './mayHoldSecret.js'
import type { KnownSecret } from './withoutSecrets.js'

/** Files that the stack's folder hands to its services, as a kit has them. */
export interface HandedFiles {
  readonly files: readonly Packed[]
  /** What is not in it, each with why. */
  readonly leftOut: readonly string[]
}

/** Endings of files that hold data, or keys: neither goes into a kit, which is not encrypted. */
const data =
  /\.(csv|tsv|ndjson|jsonl|bson|sql|xml|parquet|xlsx?|dump|log|gz|zip|tar|key|pem|crt|p12)$/i

/** Where the image of a server looks for what it runs once, on an empty volume (docker-library/mongo, entrypoint). */
const initFolder = '/docker-entrypoint-initdb.d'

/**
 * What services get from the folder of the stack and nobody but a person changes: what they mount read-only, single files, the
 * scripts that a server runs once, configs, and what images are built from. Text only, no data, nothing that looks like a secret:
 * each of those is named with its reason, and so are files of secrets. Folders that services write to are left alone: they may hold patients' data.
 */
export async function handedFiles(
  project: ComposeProject | undefined,
  folder: string | undefined,
  secrets: readonly KnownSecret[],
  files: World['files'],
  signal: AbortSignal,
): Promise<HandedFiles> {
  if (!project || folder === undefined) return { files: [], leftOut: [] }
  const found = new Map<string, GivenFile>()
  for (const { path, fileOnly } of handed(project)) {
    signal.throwIfAborted()
    if (!path.startsWith(`${folder}/`)) continue
    const below = await files.below(path)
    if (fileOnly && !below.some((one) => one.path === path)) continue
    for (const one of below) found.set(one.path, one)
  }
  const taken: Packed[] = []
  const leftOut: string[] = []
  for (const [path, { text, mode, because = '' }] of [...found].toSorted(byName)) {
    const name = path.slice(folder.length + 1)
    const why = text === undefined ? because : whyNot(name, text, secrets)
    if (text === undefined || why !== undefined) leftOut.push(`${name}: ${why ?? ''}`)
    else taken.push({ name, text, mode })
  }
  return { files: taken, leftOut: [...leftOut, ...secretFiles(project, folder)] }
}

/** Files that the stack hands out as secrets are one, whatever is in them. */
function secretFiles({ secrets = {} }: ComposeProject, folder: string): readonly string[] {
  return Object.entries(secrets).flatMap(([secret, { file }]) =>
    file?.startsWith(`${folder}/`) === true
      ? [`${file.slice(folder.length + 1)}: it is the secret ${secret} of the stack`]
      : [],
  )
}

/** Paths of this machine that services are handed. */
function handed({
  services,
  configFiles = [],
}: ComposeProject): readonly { readonly path: string; readonly fileOnly: boolean }[] {
  const mounted = Object.values(services).flatMap(({ mounts = [] }) =>
    mounts.flatMap(({ type, source, destination, readOnly }) => {
      if (type !== 'bind' || source === undefined) return []
      const whole = readOnly === true || destination.startsWith(initFolder)
      return [{ path: source, fileOnly: !whole }]
    }),
  )
  const built = Object.values(services).flatMap(({ buildContext }) =>
    buildContext === undefined ? [] : [{ path: buildContext, fileOnly: false }],
  )
  return [...mounted, ...built, ...configFiles.map((path) => ({ path, fileOnly: true }))]
}

function whyNot(name: string, text: string, secrets: readonly KnownSecret[]): string | undefined {
  const file = name.slice(name.lastIndexOf('/') + 1)
  if (file.startsWith('.env') || file.endsWith('.env')) return 'it holds secrets'
  if (data.test(file)) return 'it may hold data or a key'
  const secret = mayHoldSecret(file, text, secrets)
  return secret === undefined ? undefined : `it may hold a secret (${secret})`
}

function byName(
  [one]: readonly [string, GivenFile],
  [other]: readonly [string, GivenFile],
): number {
  return one < other ? -1 : 1
}

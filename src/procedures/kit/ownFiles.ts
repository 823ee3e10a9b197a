import type { Packed } from '../../archive/tar.js'
import type { Stack } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { KitRequest } from './kitRequest.js'
import { namedAlong } from './namedAlong.js'
import { variableNames } from './variableNames.js'
import { withoutSecrets, type KnownSecret } from './withoutSecrets.js'

const configuration = 'ops.yaml'

/** The operator's own files as a kit has them. */
export interface OwnFiles {
  /** Without secrets. */
  readonly files: readonly Packed[]
  /** Names of the compose files, in their order. */
  readonly composeFiles: readonly string[]
  /** Names of the variables that all of them ask for, and those that compose files do. */
  readonly variables: readonly string[]
  readonly composeVariables: readonly string[]
  /** What is not in them, each with why. */
  readonly leftOut: readonly string[]
}

/** Reads compose files, what they name, and `ops.yaml`, and takes every secret out of them. */
export async function ownFiles(
  { configurationFile, plainPasswords }: KitRequest,
  stack: Stack | undefined,
  secrets: readonly KnownSecret[],
  world: World,
  signal: AbortSignal,
): Promise<OwnFiles> {
  const wanted = [
    ...(stack?.composeFiles ?? []).map((path) => ({ path, name: inside(path, stack?.directory) })),
    { path: configurationFile, name: configuration },
  ]
  const files: Packed[] = []
  const leftOut: string[] = []
  for (const { path, name } of wanted) {
    signal.throwIfAborted()
    const text = await world.files.text(path)
    const clean = text === undefined ? undefined : withoutSecrets(text, secrets)
    if (clean) {
      files.push({ name, text: clean.text })
      leftOut.push(...clean.leftOut.map((secret) => `${secret} of ${name}: a secret`))
    } else {
      const why = text === undefined ? 'it cannot be read' : 'it holds a private key'
      leftOut.push(`${name}: ${why}`)
    }
  }
  const composed = files.filter(({ name }) => name !== configuration)
  const along = stack && (await namedAlong(composed, stack.directory, secrets, world.files, signal))
  const composeTexts = [...composed, ...(along?.composeFiles ?? [])]
  leftOut.push(...(along?.leftOut ?? []))
  leftOut.push(
    ...plainPasswords.map((setting) => `${setting} of ${configuration}: a secret in plain text`),
  )
  return {
    files: [...files, ...(along?.composeFiles ?? []), ...(along?.variableFiles ?? [])],
    composeFiles: wanted.map(({ name }) => name).filter((name) => name !== configuration),
    variables: asked([...files, ...(along?.composeFiles ?? [])]),
    composeVariables: asked(composeTexts),
    leftOut: [...new Set(leftOut)],
  }
}

function asked(files: readonly Packed[]): readonly string[] {
  return [...new Set(files.flatMap(({ text }) => variableNames(text)))].sort()
}

/** As it lies in the folder of the stack, or under its own name where it lies elsewhere. */
function inside(path: string, folder: string | undefined): string {
  if (folder !== undefined && path.startsWith(`${folder}/`)) return path.slice(folder.length + 1)
  return path.slice(path.lastIndexOf('/') + 1)
}

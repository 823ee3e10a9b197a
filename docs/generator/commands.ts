import { join } from 'node:path'
import { exitCodes, type ExitKind } from '../../src/domain/exit.js'
import { filesBelow, root } from './files.js'

/** A flag or an argument as its page shows it. */
export interface FlagPart {
  readonly name: string
  readonly char?: string
  /** What stands for its value; absent for a flag that is on or off. */
  readonly value?: string
  readonly options: readonly string[]
  readonly standard?: string
  readonly variable?: string
  readonly summary: string
  /** Flags of every command. */
  readonly global: boolean
}

/** A command as its page shows it. */
export interface CommandPart {
  /** As it is typed, without `ops`. */
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly flags: readonly FlagPart[]
  readonly arguments: readonly ArgumentPart[]
  /** Whether its last argument may be given more than once. */
  readonly many: boolean
  readonly examples: readonly { readonly description: string; readonly command: string }[]
  readonly exitKinds: readonly ExitKind[]
}

/** An argument of a command. */
export interface ArgumentPart {
  readonly name: string
  readonly required: boolean
  readonly standard?: string
  readonly summary: string
}

/** What a command class says of itself, as far as it is read here. */
interface CommandClass {
  readonly summary?: string
  readonly description?: string
  readonly baseFlags: Readonly<Record<string, FlagDefinition>>
  readonly flags?: Readonly<Record<string, FlagDefinition>>
  readonly args?: Readonly<Record<string, ArgumentDefinition>>
  readonly strict?: boolean
  readonly examples?: readonly { readonly description: string; readonly command: string }[]
  readonly exitKinds: readonly ExitKind[]
}

interface FlagDefinition {
  readonly type: string
  readonly char?: string
  readonly env?: string
  readonly summary?: string
  readonly helpValue?: string
  readonly options?: readonly string[]
  readonly default?: unknown
}

interface ArgumentDefinition {
  readonly description?: string
  readonly required?: boolean
  readonly default?: unknown
}

const folder = 'src/commands'

/** Every command, from the classes themselves: nothing has to be built for it. */
export async function allCommands(): Promise<readonly CommandPart[]> {
  const files = await filesBelow(folder, '.ts')
  return Promise.all(
    files.map(async (file) => {
      const loaded = (await import(join(root, file))) as { readonly default: CommandClass }
      return part(nameOf(file), loaded.default)
    }),
  ).then((parts) => [...parts].sort((one, other) => one.name.localeCompare(other.name)))
}

function nameOf(file: string): string {
  return file
    .slice(folder.length + 1, -'.ts'.length)
    .split('/')
    .filter((word) => word !== 'index')
    .join(' ')
}

function part(name: string, command: CommandClass): CommandPart {
  const { summary = '', description = '', args = {}, flags = {}, examples = [] } = command
  return {
    name,
    summary,
    description: description === summary ? '' : description,
    flags: [
      ...Object.entries(flags).map(([flag, definition]) => flagPart(flag, definition, false)),
      ...Object.entries(command.baseFlags).map(([flag, definition]) =>
        flagPart(flag, definition, true),
      ),
    ],
    arguments: Object.entries(args).map(([argument, definition]) => ({
      name: argument.toUpperCase(),
      required: definition.required === true,
      summary: definition.description ?? '',
      ...standardOf(definition),
    })),
    many: command.strict === false,
    examples: examples.map((example) => ({
      description: example.description,
      command: example.command.replaceAll('<%= config.bin %>', 'ops'),
    })),
    exitKinds: inOrder(['ok', ...command.exitKinds]),
  }
}

function flagPart(name: string, definition: FlagDefinition, global: boolean): FlagPart {
  const { type, char, env, summary = '', helpValue, options = [] } = definition
  return {
    name,
    summary,
    options,
    global,
    ...(char === undefined ? {} : { char }),
    ...(env === undefined ? {} : { variable: env }),
    ...(type === 'boolean' ? {} : { value: valueOf(options, helpValue) }),
    ...standardOf(definition),
  }
}

function valueOf(options: readonly string[], helpValue: string | undefined): string {
  return options.length > 0 ? options.join('|') : (helpValue ?? 'VALUE')
}

function standardOf({ default: standard }: { readonly default?: unknown }) {
  return typeof standard === 'string' ? { standard } : {}
}

function inOrder(kinds: readonly ExitKind[]): readonly ExitKind[] {
  return [...new Set(kinds)].sort((one, other) => exitCodes[one].code - exitCodes[other].code)
}

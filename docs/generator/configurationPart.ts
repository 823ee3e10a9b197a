import { z } from 'zod'
import { defaults } from '../../src/config/defaults.js'
import { fileSchema } from '../../src/config/schema.js'
import { table } from './files.js'

/** A JSON schema, as far as it is read here. */
interface Schema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | false
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  /** Kinds of an entry, told apart by one of their keys. */
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly type?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly required?: readonly string[]
}

const levels = ({ warn, fail }: { readonly warn: number; readonly fail: number }) =>
  `\`warn: ${warn}, fail: ${fail}\``

/** What `assemble` fills in besides the table of defaults, by path. */
const others: Readonly<Record<string, string>> = {
  'backup.copies': 'none',
  'backup.copies[].region': `\`${defaults.copies.region}\``,
  'backup.copies[].prefix': 'none',
  'backup.copies[].forcePathStyle': '`true` with an endpoint',
  'backup.copies[].requireMount': `\`${String(defaults.copies.requireMount)}\``,
  ...Object.fromEntries(
    Object.entries(defaults.retention)
      .filter(([key]) => key !== 'trash')
      .map(([key, value]) => [`backup.copies[].retention.${key}`, `\`${String(value)}\``]),
  ),
  'backup.copies[].prune': '`true`',
  'backup.shelf': '`/var/backups/ops` for root, else `~/.local/share/ops/backups`',
  'log.folder': '`/var/log/ops` for root, else the state folder',
  'targets.NAME.databases': 'all of them',
  'targets.NAME.engine': '`auto`',
  'targets.NAME.writers': 'none',
  'targets.NAME.credentials.authSource': `\`${defaults.authSource}\``,
  'targets.NAME.tls.name': `\`${defaults.tlsName}\``,
  'symptoms[].severity': `\`${defaults.symptoms.severity}\``,
  'symptoms[].match': `\`${defaults.symptoms.match}\``,
  'symptoms[].when[].is': `\`${defaults.condition}\``,
  'checks[].severity': `\`${defaults.checks.severity}\``,
  'checks[].timeout': `\`${defaults.checks.timeout}\``,
  'checks[].method': '`GET`',
  'checks[].port': '`443` of a certificate',
  'checks[].ignoreCase': '`false`',
  'checks[].daysLeft': levels(defaults.checks.daysLeft),
  'checks[].usedPercent': `${levels(defaults.checks.usedPercent)} without freeBytes`,
  'checks[].expects': `\`${defaults.checks.expects}\``,
  'checks[].scope': `\`${defaults.checks.scope}\``,
  'checks[].s3.region': `\`${defaults.copies.region}\``,
  'checks[].s3.forcePathStyle': '`true` with an endpoint',
}

/** Every key of `ops.yaml` with its form, its default and its meaning. */
export function keysTable(): string {
  const schema = z.toJSONSchema(fileSchema()) as Schema
  return table(['key', 'form', 'default', 'meaning'], rowsOf(schema, ''))
}

function rowsOf(schema: Schema, at: string): readonly (readonly string[])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, below]) => {
    const path = at === '' ? key : `${at}.${key}`
    const required = schema.required?.includes(key) === true
    const own = [`\`${path}\``, formOf(below), standardOf(path, required), below.description ?? '']
    return [
      ...(isSection(below) && below.description === undefined ? [] : [own]),
      ...inner(below, path),
    ]
  })
}

function inner(schema: Schema, path: string): readonly (readonly string[])[] {
  if (isSecret(schema)) return []
  const { additionalProperties: named, items } = schema
  if (items?.properties) return rowsOf(items, `${path}[]`)
  if (items?.oneOf) return rowsOf(together(items.oneOf), `${path}[]`)
  if (typeof named === 'object')
    return rowsOf(named, `${path}.${path === 'targets' ? 'NAME' : 'NAMESPACE'}`)
  return rowsOf(schema, path)
}

/** The keys of every kind, in one list: required is what each of them requires; a word that tells them apart has all its values. */
function together(kinds: readonly Schema[]): Schema {
  const properties: Record<string, Schema> = {}
  for (const [key, schema] of kinds.flatMap((kind) => Object.entries(kind.properties ?? {}))) {
    const words = kinds.flatMap((kind) => kind.properties?.[key]?.const ?? []).map(String)
    properties[key] ??= words.length > 0 ? { enum: words } : schema
  }
  const required = Object.keys(properties).filter((key) =>
    kinds.every((kind) => kind.required?.includes(key) === true),
  )
  return { properties, required }
}

function isSection({ properties, additionalProperties }: Schema): boolean {
  return properties !== undefined || typeof additionalProperties === 'object'
}

function isSecret({ anyOf }: Schema): boolean {
  return anyOf?.some(({ properties }) => properties?.['compose'] !== undefined) === true
}

function formOf(schema: Schema): string {
  if (isSecret(schema)) return '[secret](#secrets)'
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(', ')
  if (schema.items) return 'list'
  if (isSection(schema)) return 'section'
  if (schema.pattern?.includes('[smhdw]') === true) return 'duration'
  if (schema.type === 'integer') {
    const { minimum = 0, maximum } = schema
    return maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER
      ? `number from ${minimum}`
      : `${minimum} to ${maximum}`
  }
  return schema.type === 'boolean' ? '`true`, `false`' : 'text'
}

function standardOf(path: string, required: boolean): string {
  if (required) return 'required'
  const words = path.replace(/^backup\./, '').split('.')
  const value = words.reduce<unknown>(
    (found, word) =>
      typeof found === 'object' && found !== null
        ? (found as Readonly<Record<string, unknown>>)[word]
        : undefined,
    defaults,
  )
  if (value !== undefined && typeof value !== 'object')
    return `\`${JSON.stringify(value).replaceAll('"', '')}\``
  return others[path] ?? ''
}

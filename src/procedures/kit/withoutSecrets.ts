/** A secret that must not be in a text. */
export interface KnownSecret {
  readonly name: string
  readonly value: string
}

/** A text without secrets, and which were taken out of it. */
export interface Cleaned {
  readonly text: string
  /** Names of what was taken out; a line where nothing else is known of it. */
  readonly leftOut: readonly string[]
}

/** Names of settings whose values are secrets, whatever they are; `…_FILE` names the place of one. */
const secretName = /^(?!.*_file$).*(pass|secret|token|credential|private_?key|api_?key|_key$|_pw$)/i

const uriPassword = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@'"${}]*):([^\s@'"${}]+)@/gi
const flagPassword =
  /(--?[\w-]*(?:pass|secret|token)[\w-]*(?:=|\s+))(?!["']?\$)(["']?)([^\s"',\]]+)\2/gi

/** An assignment in YAML or in a list of variables: `NAME: value`, `- NAME=value`, `"NAME=value"`. */
const assignment = /^(\s*(?:-\s*)?["']?)([A-Za-z_][\w.-]*)(["']?\s*:\s+|=)(\S.*)$/

/**
 * A configuration text with every secret replaced by `${NAME:?…}`, which compose and people understand: the settings
 * whose names say that they are secret, passwords in connection strings and flags, and the known values wherever they
 * stand. References (`${NAME}`, `{file: …}`) stay: they hold nothing. What a reader must still not see after all that
 * makes the whole text unfit: nothing is handed back then.
 */
export function withoutSecrets(text: string, known: readonly KnownSecret[]): Cleaned | undefined {
  const leftOut = new Set<string>()
  const instead = (name: string) => {
    leftOut.add(name)
    return placeholder(name)
  }
  const lines: string[] = []
  // The indentation of a secret whose value goes on over the lines below it.
  let block: number | undefined
  for (const line of text.split('\n')) {
    const indentation = line.search(/\S/)
    if (block !== undefined && (indentation < 0 || indentation > block)) continue
    block = undefined
    const found = assignment.exec(line)
    const [, before = '', name = '', between = '', value = ''] = found ?? []
    if (found && secretName.test(name) && !isReference(value)) {
      lines.push(`${before}${name}${between}${quotedLike(before, value, instead(name))}`)
      if (/^[|>"']/.test(value)) block = indentation
      continue
    }
    lines.push(
      line
        .replaceAll(uriPassword, (_, start: string) => `${start}:${instead('PASSWORD')}@`)
        .replaceAll(flagPassword, (_, flag: string) => `${flag}${instead('PASSWORD')}`),
    )
  }
  let clean = lines.join('\n')
  for (const { name, value } of known) {
    for (const form of formsOf(value)) {
      if (clean.includes(form)) clean = clean.replaceAll(form, instead(variableName(name)))
    }
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----|AGE-SECRET-KEY-/.test(clean)) return undefined
  return { text: clean, leftOut: [...leftOut] }
}

/** Whether a value holds nothing itself: a variable without a default, or a place where the secret is fetched. */
function isReference(value: string): boolean {
  const plain = value.replace(/\s+#.*$/, '').trim()
  const bare = plain.replace(/^(["'])(.*)\1$/, '$2').replace(/["']$/, '')
  if (/^\$\{[A-Za-z_]\w*(:?\?[^}]*|:?-)?\}$/.test(bare) || /^\$[A-Za-z_]\w*$/.test(bare))
    return true
  return (
    /^\{\s*(file|command|compose)\s*:/.test(plain) || plain.startsWith('[') || plain.startsWith('#')
  )
}

function placeholder(name: string): string {
  return `\${${variableName(name)}:?left out of the kit}`
}

function variableName(name: string): string {
  return name.replaceAll(/\W+/g, '_').toUpperCase()
}

/** Quotes as the value had them, where the assignment itself does not stand inside quotes. */
function quotedLike(before: string, value: string, text: string): string {
  const outer = /["']$/.exec(before)?.[0]
  return outer === undefined ? `"${text}"` : `${text}${value.endsWith(outer) ? outer : ''}`
}

/** Every way in which a value may be written down in YAML, in JSON, in a connection string, or for compose. */
function formsOf(value: string): readonly string[] {
  // Shorter ones are words of every file.
  if (value.length < 4) return []
  const plain = [value, value.replaceAll('$', '$$$$')]
  const forms = plain.flatMap((one) => [
    one,
    one.replaceAll("'", "''"),
    JSON.stringify(one).slice(1, -1),
    encodeURIComponent(one),
    encodeURIComponent(one).replaceAll("'", '%27'),
  ])
  return [...new Set(forms)].toSorted((one, other) => other.length - one.length)
}

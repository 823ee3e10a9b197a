import { parseEnv } from 'node:util'

/** What a default begins with; with `?` and a sentence, a value is demanded all the same. */
const used = /\$\$|\$\{([A-Za-z_]\w*)(:?[-+])?|\$([A-Za-z_]\w*)/g

/** Names of the variables that a compose file cannot do without: those used anywhere without a default. */
export function requiredVariables(text: string): readonly string[] {
  const clean = text.replaceAll(/^\s*#.*$/gm, '')
  const found = new Set<string>()
  used.lastIndex = 0
  for (let match = used.exec(clean); match; match = used.exec(clean)) {
    const [, braced, otherwise, plain] = match
    if (otherwise === undefined) {
      const name = braced ?? plain
      if (name !== undefined) found.add(name)
    } else used.lastIndex = afterBrace(clean, used.lastIndex)
  }
  return [...found].sort()
}

/** The same for `ops.yaml`, where only `${NAME}` and `${NAME:-default}` mean anything. */
export function requiredOfConfiguration(text: string): readonly string[] {
  const clean = text.replaceAll(/^\s*#.*$/gm, '').replaceAll('$${', '')
  return [
    ...new Set([...clean.matchAll(/\$\{([A-Za-z_]\w*)\}/g)].flatMap(([, name]) => name ?? [])),
  ].sort()
}

/** In the configuration of a kit what was left out looks as it does in a compose file; `ops.yaml` knows plain names only. */
export function plainReferences(text: string): string {
  return text.replaceAll(/\$\{([A-Za-z_]\w*):\?left out of the kit\}/g, '${$1}')
}

/** Behind the brace that closes what is open at this place. */
function afterBrace(text: string, from: number): number {
  let depth = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at + 1
    if (text[at] === '\n') return at
  }
  return text.length
}

/** Variables of a `.env`, as far as they are known to it. */
export function envVariables(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {}
  return Object.fromEntries(
    Object.entries(parseEnv(text)).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  )
}

/** The text of a `.env` with these variables behind what it holds. */
export function withVariables(
  text: string | undefined,
  added: Readonly<Record<string, string>>,
): string {
  const before =
    text === undefined || text === '' || text.endsWith('\n') ? (text ?? '') : `${text}\n`
  return (
    before +
    Object.entries(added)
      .map(([name, value]) => `${name}=${quoted(value)}\n`)
      .join('')
  )
}

/** As compose reads it: nothing is filled in between single quotes, and they cannot hold one. */
function quoted(value: string): string {
  if (/^[\w@%+:,./-]*$/.test(value)) return value
  if (!/['\n\r]/.test(value)) return `'${value}'`
  const escaped = value
    .replaceAll(/[\\"$]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
  return `"${escaped}"`
}

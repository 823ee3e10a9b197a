/** Text as a YAML value that reads back as just this text: as it is where that is safe, else in double quotes. */
export function scalar(text: string): string {
  const plain = /^(\.\/|\/)?[A-Za-z_][\w./-]*$/.test(text) && !words.test(text)
  return plain ? text : quoted(text.replaceAll('${', () => '$${'))
}

/** A reference to an environment variable: the one text in which `${` is meant. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}

/** A list on one line. */
export function flowList(items: readonly string[]): string {
  return `[${items.map(scalar).join(', ')}]`
}

/** Text for a comment: on one line, and nothing in it that a terminal would obey. */
export function comment(text: string): string {
  return `# ${text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')}`
}

/** What YAML reads as something else than text. */
const words = /^(true|false|null|yes|no|on|off)$/i

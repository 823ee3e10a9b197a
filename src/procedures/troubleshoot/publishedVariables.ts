/** A variable that a compose file takes a published port from. */
export interface PublishedVariable {
  readonly name: string
  /** What holds where it is not set; empty where nothing does. */
  readonly standard: string
  /** Port inside the container. */
  readonly inside: number
}

const variable = /\$\{([A-Za-z_]\w*)(?::?-([^}]*))?\}/.source

/** `${MONGO_PORT:-27017}:27017`, as the short form of `ports` has it; no range, and no other protocol. */
const short = new RegExp(`${variable}:(\\d+)(?:/tcp)?(?![\\d/-])`, 'g')

/** A mapping in braces on one line, which may name variables in braces of their own. */
const braces = /(?<!\$)\{((?:[^{}\n]|\$\{[^{}\n]*\})*)\}/g

/** A key of a mapping, in a line of its own, perhaps the first of an item of a list. */
const keyLine = /^(\s*(?:-\s+)?)([\w-]+)["']?\s*:(?:\s|$)/

/**
 * The variables that the text of a compose file takes published ports from, in the order of its forms: the short one, and the long one with
 * `target` and `published`, in braces or in lines. Pure; what stands otherwise is not found.
 * https://docs.docker.com/reference/compose-file/services/#ports
 */
export function publishedVariables(text: string): readonly PublishedVariable[] {
  return [
    ...[...text.matchAll(short)].map(([, name = '', standard = '', inside]) => ({
      name,
      standard,
      inside: Number(inside),
    })),
    ...[...text.matchAll(braces)].flatMap(([, mapping = '']) => ofMapping(mapping, ',')),
    ...items(text).flatMap((item) => ofMapping(item.join('\n'), '\n')),
  ]
}

/** Items of lists, one key a line, that publish something: the lines of each, without its dash. */
function items(text: string): readonly (readonly string[])[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*(#|$)/.test(line))
  return lines.flatMap((line, at) => {
    const [, lead = '', key] = keyLine.exec(line) ?? []
    if (key !== 'published') return []
    const column = lead.length
    let first = at
    while (first > 0 && !startsItem(lines[first], column) && columnOf(lines[first]) >= column)
      first -= 1
    if (!startsItem(lines[first], column)) return []
    let end = at + 1
    while (end < lines.length && !startsItem(lines[end], column) && columnOf(lines[end]) >= column)
      end += 1
    return [lines.slice(first, end).map((one) => one.replace(/^\s*(?:-\s+)?/, ''))]
  })
}

/** Where what a line says begins, its dash left out. */
function columnOf(line = ''): number {
  return (/^\s*(?:-\s+)?/.exec(line)?.[0] ?? '').length
}

function startsItem(line = '', column: number): boolean {
  return /^\s*-\s/.test(line) && columnOf(line) === column
}

function ofMapping(mapping: string, separator: ',' | '\n'): readonly PublishedVariable[] {
  const value = (key: string): string | undefined => {
    const own = new RegExp(
      `(?:^|${separator})\\s*${key}\\s*:\\s*(["']?)([^"'\\s,#]+)\\1\\s*(?=$|[,\\n#])`,
    )
    return own.exec(mapping)?.[2]
  }
  const inside = Number(value('target'))
  const [, name, standard = ''] = new RegExp(`^${variable}$`).exec(value('published') ?? '') ?? []
  const protocol = value('protocol') ?? 'tcp'
  if (name === undefined || !Number.isInteger(inside) || protocol !== 'tcp') return []
  return [{ name, standard, inside }]
}

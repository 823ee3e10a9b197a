import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  type Document,
  type Node,
} from 'yaml'
import { interpolate } from './interpolate.js'
import { Places } from './places.js'
import type { Path, Position, Problem } from './problem.js'
import { quote } from './quote.js'
import { yamlSentence } from './yamlSentences.js'

/** A file as plain values, with where each of them stands. */
export interface Reading {
  /** Objects, lists, text, numbers, booleans, null. */
  readonly value: unknown
  readonly places: Places
  readonly problems: readonly Problem[]
}

/** Limits that no honest configuration comes near; they keep a hostile one from eating the machine. */
const limits = { aliases: 100, values: 20_000, depth: 32 }

/** The YAML text as plain values, `${…}` filled in. Never throws: what is wrong is in `problems`. */
export function readDocument(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Reading {
  const lines = new LineCounter()
  const document = parse(text, lines)
  if (document === undefined) {
    const sentence = yamlSentence('RESOURCE_EXHAUSTION')
    const problem = { path: [], position: { line: 1, column: 1 }, sentence }
    return { value: undefined, places: new Places(), problems: [problem] }
  }

  const complaints = [...document.errors, ...document.warnings]
  if (complaints.length > 0) {
    // Nesting without end is complained about once for each level: the first time says it all.
    const tooDeep = complaints.find((complaint) => complaint.code === 'RESOURCE_EXHAUSTION')
    const problems = (tooDeep ? [tooDeep] : complaints).map((complaint) => ({
      path: [],
      position: position(lines, complaint.pos[0]),
      sentence: yamlSentence(complaint.code),
    }))
    return { value: undefined, places: new Places(), problems }
  }
  return new Walk(document, lines, env).reading()
}

/** Nothing where brackets are nested so deeply that the reader itself runs out of stack. */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: true,
    })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

/** One pass over the parsed file. Aliases are followed, within limits. */
class Walk {
  readonly #places = new Places()
  readonly #problems: Problem[] = []
  #aliases = 0
  #values = 0

  constructor(
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  reading(): Reading {
    const top = this.document.contents
    const value = top === null ? null : this.#read(top, [], this.#at(top))
    return { value, places: this.#places, problems: this.#problems }
  }

  #read(node: Node, path: Path, key: Position): unknown {
    this.#values += 1
    if (this.#values > limits.values || path.length > limits.depth) return this.#tooMuch(path, key)
    if (isAlias(node)) return this.#follow(node, path, key)

    const place = { key, value: this.#at(node), variables: [], pure: false }
    if (isScalar(node)) return this.#scalar(node, path, key)
    this.#places.set(path, place)
    if (isSeq<Node>(node)) {
      return node.items.map((item, index) => this.#read(item, [...path, index], this.#at(item)))
    }
    return isMap<Scalar<string>, Node | null>(node) ? this.#section(node.items, path) : null
  }

  #section(
    items: readonly { key: Scalar<string>; value: Node | null }[],
    path: Path,
  ): Record<string, unknown> {
    const entries = items.map(({ key, value }): [string, unknown] => {
      const name = key.value
      const at = this.#at(key)
      if (value !== null) return [name, this.#read(value, [...path, name], at)]
      this.#places.set([...path, name], { key: at, value: at, variables: [], pure: false })
      return [name, null]
    })
    const forbidden = entries.find(([name]) => name === '__proto__')
    if (forbidden !== undefined) {
      this.#complain(path, this.#at(items[0]?.key), `${quote(forbidden[0])} cannot be a key`)
    }
    return Object.fromEntries(entries.filter(([name]) => name !== '__proto__'))
  }

  #scalar(node: Scalar, path: Path, key: Position): unknown {
    const raw = typeof node.value === 'string' ? node.value : (node.source ?? '')
    const at = this.#at(node)
    if (typeof node.value !== 'string') {
      this.#places.set(path, { key, value: at, raw, variables: [], pure: false })
      return node.value
    }
    const filled = interpolate(raw, this.env)
    this.#places.set(path, {
      key,
      value: at,
      raw,
      variables: filled.variables,
      pure: filled.pure,
    })
    for (const { sentence, variable } of filled.problems) {
      this.#problems.push({ path, position: at, sentence, ...(variable && { variable }) })
    }
    return filled.text
  }

  #follow(node: Alias, path: Path, key: Position): unknown {
    this.#aliases += 1
    if (this.#aliases > limits.aliases) return this.#tooMuch(path, key)
    const meant = node.resolve(this.document)
    if (meant !== undefined) return this.#read(meant, path, key)
    this.#complain(path, this.#at(node), yamlSentence('BAD_ALIAS'))
    return null
  }

  /** Said once: a bomb would say it a million times. */
  #tooMuch(path: Path, at: Position): null {
    const sentence = yamlSentence('RESOURCE_EXHAUSTION')
    if (!this.#problems.some((problem) => problem.sentence === sentence)) {
      this.#complain(path, at, sentence)
    }
    return null
  }

  #complain(path: Path, at: Position, sentence: string): void {
    this.#problems.push({ path, position: at, sentence })
  }

  #at(node: { range?: readonly [number, number, number] | null } | undefined): Position {
    return position(this.lines, node?.range?.[0] ?? 0)
  }
}

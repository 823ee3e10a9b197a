import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import { filesBelow, root } from './files.js'

/** One place in the sources where an error is made. */
export interface FailurePlace {
  readonly code: string
  readonly kind: string
  readonly file: string
  /** What it says, with `…` for what is filled in; absent where the place puts it together. */
  readonly sentence?: string
}

/** Every `new Failure(kind, 'CODE', …)` of the sources. Throws for one whose kind or code cannot be read off. */
export async function failurePlaces(): Promise<readonly FailurePlace[]> {
  const names = await filesBelow('src', '.ts')
  return placesIn(
    await Promise.all(
      names.map(async (name) => parse(name, await readFile(join(root, name), 'utf8'))),
    ),
  )
}

/** The places of one source text, for tests. */
export function failurePlacesIn(name: string, text: string): readonly FailurePlace[] {
  return placesIn([parse(name, text)])
}

/**
 * Codes that stand for more than one kind: whoever reads a code must be able to rely on its exit code. `partial` does not
 * count: it carries the code of what failed after the main thing was done.
 */
export function ambiguous(places: readonly FailurePlace[]): readonly string[] {
  const kinds = new Map<string, Set<string>>()
  for (const { code, kind } of places)
    if (kind !== 'partial') kinds.set(code, (kinds.get(code) ?? new Set()).add(kind))
  return [...kinds]
    .filter(([, found]) => found.size > 1)
    .map(([code, found]) => `${code}: ${[...found].sort().join(', ')}`)
    .sort()
}

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true)
}

function all<Node extends ts.Node>(
  from: ts.Node,
  wanted: (node: ts.Node) => node is Node,
): readonly Node[] {
  const found: Node[] = []
  const visit = (node: ts.Node) => {
    if (wanted(node)) found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(from)
  return found
}

function placesIn(files: readonly ts.SourceFile[]): readonly FailurePlace[] {
  const calls = files.flatMap((file) => all(file, ts.isCallExpression))
  return files.flatMap((file) =>
    all(file, ts.isNewExpression)
      .filter(({ expression }) => expression.getText(file) === 'Failure')
      .flatMap((made) => placesOf(made, file, calls)),
  )
}

function placesOf(
  made: ts.NewExpression,
  file: ts.SourceFile,
  calls: readonly ts.CallExpression[],
): readonly FailurePlace[] {
  const [kind, code, message] = made.arguments ?? []
  if (!kind || !code) throw new Error(`${file.fileName}: a Failure without a code`)
  const codes = wordsOf(code, file)
  const own = message && sentenceOf(message)
  return wordsOf(kind, file).flatMap((one) =>
    codes.map((word) => {
      const sentence = isParameter(code, file) ? sentenceOfCall(word, code, calls) : own
      return {
        code: word,
        kind: one,
        file: file.fileName,
        ...(sentence === undefined ? {} : { sentence }),
      }
    }),
  )
}

function isParameter(code: ts.Expression, file: ts.SourceFile): code is ts.Identifier {
  return ts.isIdentifier(code) && declarationOf(code, file)?.initializer === undefined
}

/** `error.code`: what another place made, given on with more words. */
function isHandedOn(expression: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) && ['code', 'kind'].includes(expression.name.text)
  )
}

/** The words that an expression can stand for, besides those that another place made. */
function wordsOf(expression: ts.Expression, file: ts.SourceFile): readonly string[] {
  if (isHandedOn(expression)) return []
  if (ts.isStringLiteral(expression)) return [expression.text]
  if (ts.isConditionalExpression(expression))
    return [...wordsOf(expression.whenTrue, file), ...wordsOf(expression.whenFalse, file)]
  if (ts.isIdentifier(expression)) {
    const declared = declarationOf(expression, file)
    if (declared?.initializer) return wordsOf(declared.initializer, file)
    if (declared?.type) return wordsOfType(declared.type, file)
  }
  const { line } = file.getLineAndCharacterOfPosition(expression.getStart(file))
  throw new Error(
    `${file.fileName}:${line + 1}: "${expression.getText(file)}" is not a word that can be read off`,
  )
}

function declarationOf(
  { text }: ts.Identifier,
  file: ts.SourceFile,
): ts.VariableDeclaration | ts.ParameterDeclaration | undefined {
  const declarations = [...all(file, ts.isVariableDeclaration), ...all(file, ts.isParameter)]
  return declarations.find(({ name }) => ts.isIdentifier(name) && name.text === text)
}

function wordsOfType(type: ts.TypeNode, file: ts.SourceFile): readonly string[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap((one) => wordsOfType(one, file))
  if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) return [type.literal.text]
  if (ts.isTypeReferenceNode(type)) {
    const name = type.typeName.getText(file)
    const alias = all(file, ts.isTypeAliasDeclaration).find((one) => one.name.text === name)
    if (alias) return wordsOfType(alias.type, file)
  }
  throw new Error(`${file.fileName}: the words of "${type.getText(file)}" cannot be read off`)
}

/** What is said with a code that comes in as a parameter: the sentence beside it where the function is called. */
function sentenceOfCall(
  word: string,
  parameter: ts.Identifier,
  calls: readonly ts.CallExpression[],
): string | undefined {
  for (let node: ts.Node = parameter; !ts.isSourceFile(node); node = node.parent) {
    if (!ts.isFunctionDeclaration(node) || !node.name) continue
    const name = node.name.text
    const call = calls.find(
      ({ expression, arguments: given }) =>
        ts.isIdentifier(expression) &&
        expression.text === name &&
        given.some((one) => ts.isStringLiteral(one) && one.text === word),
    )
    return call?.arguments
      .filter((one) => !(ts.isStringLiteral(one) && one.text === word))
      .map(sentenceOf)
      .find((sentence) => sentence !== undefined)
  }
  return undefined
}

function sentenceOf(expression: ts.Expression): string | undefined {
  if (ts.isBinaryExpression(expression)) {
    const parts = [expression.left, expression.right].map(sentenceOf)
    return parts.every((part) => part !== undefined) ? parts.join('') : undefined
  }
  if (ts.isStringLiteral(expression) || ts.isNoSubstitutionTemplateLiteral(expression))
    return expression.text
  if (!ts.isTemplateExpression(expression)) return undefined
  const text =
    expression.head.text +
    expression.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
  return text.replaceAll(/…(\s*…)+/g, '…')
}

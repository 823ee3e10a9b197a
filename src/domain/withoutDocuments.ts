/** A line of a stack: what stands there are names of files and functions. */
const frame = String.raw`\n[ \t]+at [^\n]*:\d+:\d+\)?(?=\n|$)`

/** Where what may be a patient's begins: a document or a list of them in braces or brackets, or the `_id` of one. */
const begins = String.raw`\{|\[\s*["'\[{\n]|\b_id\b`

/** From there to the end of the text, or to the stack below it: a document may be printed over several lines. */
const quotedDocument = new RegExp(`(?:${begins})[^]*?(?=${frame}|\\ncaused by |$(?![^]))`, 'gu')

/** What a reader of JSON says of text that is none, and quotes. */
const quotedText = /"[^]*"(?:\.{3})? is not valid JSON/gu

/**
 * A text without the documents that servers and tools quote in it (`dup key: { name: "…" }`), and without the `_id`s by which ops names
 * them, however many lines they take: what follows them goes too, up to the stack of the error. Pure; idempotent.
 */
export function withoutDocuments(text: string): string {
  return text.replaceAll(quotedText, '"…" is not valid JSON').replaceAll(quotedDocument, replaced)
}

function replaced(found: string): string {
  if (found.startsWith('_id')) return '_id …'
  return found.startsWith('[') ? '[…]' : '{…}'
}

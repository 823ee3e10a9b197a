/**
 * What a server says of damage, without what its documents hold: keys of an index are patients' names. What stands in braces or
 * brackets goes with all that follows, so do quoted words that are no names of indexes, ids of records and long runs of digits.
 */
export function withoutValues(text: string): string {
  return text
    .replace(/[{[].*$/su, '{…}')
    .replaceAll(/"(?:[^"\\]|\\.)*"?/gu, '"…"')
    .replaceAll(/(index )?'(?:[^'\\]|\\.)*'?/gu, (all, name?: string) => (name ? all : "'…'"))
    .replaceAll(/RecordId\([^)]*\)?/gu, 'RecordId(…)')
    .replaceAll(/\b[0-9a-f]{12,}\b/giu, '…')
}

/**
 * The same of a line of mongod's log: which component said what, and the message of the storage engine where there is one. Other
 * programs' lines are taken as text.
 */
export function lineWithoutValues(line: string): string {
  const entry = parsed(line)
  if (entry === undefined) return withoutValues(line)
  const { t, s, c, id, ctx, msg, attr } = entry
  const said = messageIn(attr)
  const plain = { t, s, c, id, ctx, msg: typeof msg === 'string' ? withoutValues(msg) : undefined }
  return JSON.stringify({ ...plain, ...(said === undefined ? {} : { attr: { message: said } }) })
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function messageIn(attr: unknown): string | undefined {
  if (!isObject(attr)) return undefined
  const said = attr['message'] ?? attr['msg'] ?? attr['error']
  if (typeof said === 'string') return engineMessage(said)
  if (!isObject(said)) return undefined
  const words = said['msg'] ?? said['errmsg']
  return typeof words === 'string' ? engineMessage(words) : undefined
}

/** WiredTiger begins with its time in brackets. */
function engineMessage(text: string): string {
  return withoutValues(text.replace(/^(?:\[[^\]]*\])+/u, ''))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The text of a `.env` with one variable set: in its own line, where it has one (the last, which counts), else in a line at the end. Every
 * other byte stays.
 */
export function withVariable(text: string, name: string, value: string): string {
  const lines = text.split('\n')
  const at = lines.findLastIndex((line) => lineOf(name).test(line))
  if (at >= 0) {
    const [, before = ''] = lineOf(name).exec(lines[at] ?? '') ?? []
    const end = (lines[at] ?? '').endsWith('\r') ? '\r' : ''
    return lines.with(at, `${before}${value}${end}`).join('\n')
  }
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  return `${text}${gap}${name}=${value}\n`
}

/** `NAME=`, `export NAME =`; names of variables hold nothing that a pattern reads in another way. */
function lineOf(name: string): RegExp {
  return new RegExp(`^(\\s*(?:export\\s+)?${name}\\s*=\\s*)`)
}

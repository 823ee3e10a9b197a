/** A sample of the text exposition format. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*/
const number = /^[+-]?(\d+(\.\d+)?([eE][+-]?\d+)?|Inf|NaN)$/

/**
 * Reads the text exposition format 0.0.4 of Prometheus by its letter, and throws at whatever it does not allow: a sample without its
 * TYPE, a family in two places, the same labels twice, an escape that there is none of, a line without its end.
 */
export function readExposition(text: string): readonly Sample[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end')
  const samples: Sample[] = []
  const typed = new Set<string>()
  const helped = new Set<string>()
  const over = new Set<string>()
  const known = new Set<string>()
  let current = ''
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line)
    if (line.startsWith('#')) {
      const [, kind, name = '', rest = ''] = comment ?? []
      if (!comment || metricName.exec(name)?.[0] !== name) throw new Error(`comment: ${line}`)
      if (name !== current) {
        if (over.has(name)) throw new Error(`${name} is in two places`)
        over.add(current)
        current = name
      }
      const told = kind === 'HELP' ? helped : typed
      if (told.has(name)) throw new Error(`${name} has two of ${String(kind)}`)
      if (
        kind === 'TYPE' &&
        !['gauge', 'counter', 'untyped', 'histogram', 'summary'].includes(rest)
      )
        throw new Error(`type: ${line}`)
      if (kind === 'HELP' && /\\(?![\\n])/.test(rest)) throw new Error(`escape: ${line}`)
      told.add(name)
      continue
    }
    const sample = readSample(line)
    if (sample.name !== current || !typed.has(sample.name))
      throw new Error(`${sample.name} has no TYPE before it`)
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
    if (known.has(key)) throw new Error(`twice: ${line}`)
    known.add(key)
    samples.push(sample)
  }
  return samples
}

function readSample(line: string): Sample {
  const name = metricName.exec(line)?.[0] ?? ''
  if (name === '') throw new Error(`name: ${line}`)
  let rest = line.slice(name.length)
  const labels: Record<string, string> = {}
  if (rest.startsWith('{')) {
    rest = rest.slice(1)
    while (!rest.startsWith('}')) {
      const label = labelName.exec(rest)?.[0] ?? ''
      if (label === '' || label in labels) throw new Error(`label: ${line}`)
      rest = rest.slice(label.length)
      const value = /^="((?:[^"\\\n]|\\[\\"n])*)"/.exec(rest)
      if (!value) throw new Error(`value of a label: ${line}`)
      labels[label] = (value[1] ?? '').replace(/\\(.)/g, (_, one: string) =>
        one === 'n' ? '\n' : one,
      )
      rest = rest.slice(value[0].length)
      if (rest.startsWith(',')) rest = rest.slice(1)
      else if (!rest.startsWith('}')) throw new Error(`comma: ${line}`)
    }
    rest = rest.slice(1)
  }
  if (!rest.startsWith(' ')) throw new Error(`space: ${line}`)
  const value = rest.slice(1)
  if (!number.test(value)) throw new Error(`number: ${line}`)
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) }
}

/** An index as `expectations` writes it: `field:-1,other unique ttl=3600`. */
export interface ExpectedIndex {
  /** Field to direction or kind, in order. */
  readonly key: readonly (readonly [field: string, kind: string])[]
  /** Options that it must have, as the server names them. */
  readonly options: Readonly<Record<string, true | number>>
}

/** Reads one; the configuration let no other text through. */
export function expectedIndex(text: string): ExpectedIndex {
  const [fields = '', ...words] = text.split(' ')
  const key = fields.split(',').map((part): readonly [string, string] => {
    const [field = '', kind = '1'] = part.split(':')
    return [field, kind]
  })
  const options = words.map((word): readonly [string, true | number] =>
    word.startsWith('ttl=')
      ? ['expireAfterSeconds', Number(word.slice('ttl='.length))]
      : [word, true],
  )
  return { key, options: Object.fromEntries(options) }
}

/** A key of a compose file that names other files, with what is on its line. */
const naming = /^(\s*)(?:-\s+)?(env_file|include|extends)\s*:\s*(.*)$/

/** An entry below it: an item, or the key that holds the path. */
const entry = /^\s*(-\s+)?(?:(path|file)\s*:\s*)?(.*)$/

/** Files that a compose file names under `env_file`, `include` and `extends`, as it names them; references are as they are. */
export function namedFiles(
  text: string,
): readonly { readonly key: string; readonly file: string }[] {
  const found: { key: string; file: string }[] = []
  let open: { readonly key: string; readonly indentation: number } | undefined
  for (const line of text.split('\n').map((each) => each.replace(/(^|\s)#.*$/, ''))) {
    if (line.trim() === '') continue
    const [, before = '', key, inline = ''] = naming.exec(line) ?? []
    if (key !== undefined) {
      open = { key, indentation: before.length }
      found.push(...onLine(key, inline).map((file) => ({ key, file })))
      continue
    }
    const indentation = line.search(/\S/)
    const item = /^\s*-\s/.test(line)
    if (!open || indentation < open.indentation || (indentation === open.indentation && !item)) {
      open = undefined
      continue
    }
    const [, dash, name, value = ''] = entry.exec(line) ?? []
    const plain = name !== undefined || (dash !== undefined && !/^[\w-]+:(\s|$)/.test(value))
    const { key: above } = open
    if (plain) found.push(...onLine(above, value, true).map((file) => ({ key: above, file })))
  }
  return found
}

/** What stands on one line: a path, a list of them, or a mapping with one in it. What `extends` has as plain text is a service. */
function onLine(key: string, value: string, isPath = false): readonly string[] {
  const text = value.trim()
  // The brace of a variable is none of a mapping.
  if (/^[{[]/.test(text) && /[{:]/.test(text.replaceAll(/\$\{[^}]*\}/g, '')))
    return [...text.matchAll(/(?:path|file)["']?\s*:\s*([^,}\]]+)/g)].flatMap(([, file = '']) =>
      unquoted(file),
    )
  if (text.startsWith('[')) return text.slice(1).replace(/\]$/, '').split(',').flatMap(unquoted)
  return key === 'extends' && !isPath ? [] : unquoted(text)
}

function unquoted(text: string): readonly string[] {
  const plain = text.trim().replaceAll(/^["']|["']$/g, '')
  return plain === '' ? [] : [plain.replace(/^\.\//, '')]
}

/** A file that another one names, by its name from the folder of the stack. */
export interface NamedFile {
  readonly key: string
  readonly name: string
}

/**
 * The same by their names from the folder of the stack, as compose looks for them: from there for files that it is given, from their
 * own folder for those that are included or extended. What is named by a variable, or lies outside of the folder, is as it stands.
 */
export function namedFrom(
  { name, text, given }: { readonly name: string; readonly text: string; readonly given: boolean },
  folder: string,
): readonly NamedFile[] {
  const below = given ? [] : name.split('/').slice(0, -1)
  return namedFiles(text).map(({ key, file }) => ({ key, name: placed(file, below, folder) }))
}

function placed(file: string, below: readonly string[], folder: string): string {
  if (file.startsWith(`${folder}/`)) return file.slice(folder.length + 1)
  if (file.startsWith('/') || file.includes('$')) return file
  const steps = [...below]
  for (const step of file.split('/')) {
    if (step === '..' && steps.length === 0) return file
    if (step === '..') steps.pop()
    else if (step !== '.' && step !== '') steps.push(step)
  }
  return steps.join('/')
}

/** Whether a kit could hold a file of that name: a plain one, in the folder of the stack. */
export function isPlain(name: string): boolean {
  return !name.startsWith('/') && !name.includes('$') && !name.split('/').includes('..')
}

import { beforeAll, describe, expect, test } from 'vitest'
import { allCommands, type CommandPart } from '../../../docs/generator/commands.js'
import { failurePlaces } from '../../../docs/generator/failures.js'
import { allPages, prose, type Page } from './pages.js'

/** The whole program is loaded once. */
const patience = 60_000

let commands: readonly CommandPart[]
let pages: readonly Page[]
let codes: ReadonlySet<string>

beforeAll(async () => {
  commands = await allCommands()
  pages = await allPages()
  codes = new Set((await failurePlaces()).map(({ code }) => code))
}, patience)

describe('what the pages show exists', () => {
  test('commands and their flags', () => {
    expect(pages.flatMap(({ text }) => shown(text)).length).toBeGreaterThan(100)
    const wrong = pages.flatMap(({ path, text }) =>
      shown(text).flatMap((line) => complaints(line).map((why) => `${path}: ${line}: ${why}`)),
    )
    expect(wrong).toEqual([])
  })

  test('error codes', () => {
    const named = pages
      .filter(({ path }) => path === 'docs/troubleshooting.md')
      .flatMap(({ text }) => [...prose(text).matchAll(/`([A-Z]+(?:_[A-Z]+)*_?)…?`/g)])
      .map(([, code = '']) => code)
    const unknown = named.filter((code) =>
      code.endsWith('_')
        ? ![...codes].some((known) => known.startsWith(code))
        : !codes.has(code) && !['DOCKER_HOST', 'DOCKER_CONTEXT'].includes(code),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(unknown).toEqual([])
  })
})

/** Every `ops …` in blocks of shell and in code within sentences. */
function shown(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    block.split('\n'),
  )
  const words = [...prose(text).matchAll(/`(ops [^`]+)`/g)].map(([, line = '']) => line)
  return [...blocks, ...words].flatMap((line) => {
    const [, command] = /(?:^|[|&(] *|\$ )(ops [^|&#)]*)/.exec(line) ?? []
    return command === undefined ? [] : [command.trim()]
  })
}

const ofOclif = ['help', 'autocomplete', '--help', '--version', 'COMMAND']

function complaints(line: string): readonly string[] {
  const [, ...words] = line.split(/\s+/)
  if (words.length === 0 || ofOclif.includes(words[0] ?? '')) return []
  const command = [...commands]
    .sort((one, other) => other.name.length - one.name.length)
    .find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))
  if (!command) return ['no such command']
  return words
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/[=,].*$/, ''))
    .filter((word) => word !== '--help')
    .filter(
      (word) =>
        !command.flags.some(({ name, char }) => [`--${name}`, `-${char ?? ''}`].includes(word)),
    )
    .map((word) => `no flag ${word}`)
}

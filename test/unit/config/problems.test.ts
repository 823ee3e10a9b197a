import { describe, expect, it } from 'vitest'
import { unsupported } from '../../../src/config/unsupported.js'
import { failure, minimal, parse, problems, withTarget } from './reading.js'

/** A billion laughs: nine levels, each nine times the one before. */
const bomb = Array.from('bcdefghij').reduce(
  (text, name, index) =>
    `${text}${name}: &${name} [${Array<string>(9)
      .fill(`*${'abcdefghij'.charAt(index)}`)
      .join(',')}]\n`,
  'a: &a [x,x,x,x,x,x,x,x,x]\n',
)

describe('what is wrong with a configuration', () => {
  it('is said with line and column, every problem at once, in the order of the file', () => {
    const text = [
      'version: 1',
      'nmae: x',
      'targets:',
      '  medical: {container: mongo, databses: [a], engine: docker}',
      'backup:',
      '  retention: {keepWithin: 7 days, daly: 7, minGood: 0, weekly: -1, yearly: "3"}',
      'pitr: {enabled: yes, every: 0s}',
      'objectives:',
      '',
    ].join('\n')
    expect(problems(text)).toMatchInlineSnapshot(`
      [
        "1:1: name: is missing",
        "2:1: unknown key "nmae"; did you mean "name"?",
        "4:31: targets.medical: unknown key "databses"; did you mean "databases"?",
        "4:54: targets.medical.engine: must be one of auto, sidecar, exec, host",
        "6:27: backup.retention.keepWithin: "7 days" is not a duration: a whole number and s, m, h, d or w, as in 60s, 26h, 7d",
        "6:35: backup.retention: unknown key "daly"; did you mean "daily"?",
        "6:53: backup.retention.minGood: must be at least 1",
        "6:64: backup.retention.weekly: must be at least 0",
        "6:76: backup.retention.yearly: must be a whole number",
        "7:17: pitr.enabled: must be true or false",
        "7:29: pitr.every: must be longer than nothing",
        "8:12: objectives: is empty: give it a value, or take the key away",
      ]
    `)
    expect(failure(() => parse(text))).toMatchObject({
      kind: 'usage',
      code: 'CONFIG_INVALID',
      exitCode: 2,
      next: ['ops config check'],
    })
  })

  it('is in the facts too, for programs', () => {
    const { facts } = failure(() => parse(minimal('pitr: {every: 1y}')))
    expect(facts).toMatchObject({
      file: '/srv/app/ops.yaml',
      problems: [{ path: 'pitr.every', line: 4, column: 15 }],
    })
  })

  it.each([
    ['a tab', 'version: 1\nname: x\ntargets:\n\ta: 1\n', '4:1: a tab is used'],
    ['a key twice', minimal('name: again'), '4:1: this key is there twice'],
    ['a tag', minimal('pitr: !ruby x'), '4:7: tags (!name) are not supported'],
    ['an unknown alias', minimal('pitr: *x'), '4:7: pitr: this alias (*name) is not usable'],
    ['a second document', minimal('---', 'a: 1'), '4:1: a second document starts here'],
    ['an open quote', minimal('pitr: "abc'), '5:1: a character is missing here'],
    ['an empty file', '', '1:1: the file is empty'],
    ['only comments', '# nothing\n', '1:1: the file is empty'],
    ['plain text', 'hello', '1:1: must be a section'],
    ['a list', '- a', '1:1: must be a section'],
    ['a key that is a list', '? [a]\n: b\n', '1:3: keys must be plain text'],
    ['a key of every object', minimal('__proto__: {}'), '"__proto__" cannot be a key'],
  ])('is understandable for YAML itself: %s', (_, text, said) => {
    expect(problems(text).join('\n')).toContain(said)
  })

  it.each([
    ['aliases of aliases', bomb],
    ['an alias of itself', 'a: &a [*a]\n'],
    ['brackets without end', '['.repeat(100_000)],
    ['sections without end', '{a: '.repeat(5_000)],
    ['a list without end', `a: [${'x,'.repeat(30_000)}x]`],
  ])('does not let a hostile file eat the machine: %s', (_, text) => {
    const started = performance.now()
    expect(problems(text).join('\n')).toContain('nested too deeply or refers to itself too often')
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  it('prints no more than fifty problems', () => {
    const lines = problems(
      minimal(...Array.from({ length: 70 }, (_, n) => `unknown${n.toString()}: 1`)),
    )
    expect(lines).toHaveLength(51)
    expect(lines.at(-1)).toBe('… and 20 more')
  })

  it('shows control characters of the file instead of sending them to the terminal', () => {
    const said = problems(minimal('"a\\e[2Jb": 1')).join()
    expect(said).toContain('unknown key "a\\u{1b}[2Jb"')
    expect(said).not.toContain('\u001b')
  })

  it.each([
    ['retension', 'backup: {retension: {}}', 'did you mean "retention"?'],
    ['Shelf', 'backup: {Shelf: x}', 'did you mean "shelf"?'],
    ['backups', 'backups: {}', 'did you mean "backup"?'],
    ['foo', 'pitr: {foo: 1}', 'known here: enabled, every'],
    ['dayly', 'backup: {retention: {dayly: 1}}', 'did you mean "daily"?'],
  ])('names the nearest key for the unknown %s', (_, line, said) => {
    expect(problems(minimal(line)).join()).toContain(said)
  })
})

describe('a part that this version does not act on', () => {
  it.each(unsupported.map(({ path, sentence }) => [path.join('.'), sentence] as const))(
    '%s is refused, because: %s',
    (path, sentence) => {
      const value = '{anything: 1}'
      const [first = '', second] = path.split('.')
      const line = second === undefined ? `${first}: ${value}` : `${first}: {${second}: ${value}}`
      expect(problems(minimal(line))).toEqual([expect.stringContaining(`${path}: ${sentence}`)])
    },
  )

  it('is not meant by an empty list of checks', () => {
    expect(() => parse(minimal('checks: []'))).not.toThrow()
  })
})

describe('a name', () => {
  it.each(['../x', 'a/b', '.hidden', '-x', 'a b', '', 'é', 'x'.repeat(64)])(
    'that cannot be a file name is refused for a target: %j',
    (name) => {
      const text = `version: 1\nname: x\ntargets: {${JSON.stringify(name)}: {container: c}}\n`
      expect(problems(text).join()).toContain('is not a usable name')
    },
  )

  it.each(['a; rm -rf /', '$(reboot)', '-x', '--drop', 'a.b', 'a b', 'a"b', 'a*', 'a\\b', 'a\n'])(
    'that no database has is refused: %j',
    (name) => {
      expect(problems(withTarget(`{service: db, databases: [${JSON.stringify(name)}]}`))).toEqual([
        expect.stringContaining('is not the name of a database'),
      ])
    },
  )

  it.each(['admin', 'config', 'local'])('of the server is refused as a database: %s', (name) => {
    expect(problems(withTarget(`{service: db, databases: [${name}]}`)).join()).toContain(
      'belong to the server',
    )
  })

  it('of a service or container cannot be taken for an option', () => {
    expect(problems(withTarget('{service: --rm}')).join()).toContain('is not the name of a compose')
    expect(problems(withTarget('{container: -v}')).join()).toContain(
      'is not the name of a container',
    )
  })

  it('differs from every other target by more than upper and lower case', () => {
    const text =
      'version: 1\nname: x\ntargets: {Medical: {container: a}, medical: {container: b}}\n'
    expect(problems(text).join()).toContain('upper and lower case only')
  })
})

describe('a value', () => {
  it.each([
    ['backup: {retention: {keepWithin: 7}}', 'must be text: put it in quotes'],
    ['backup: {retention: {keepWithin: 7D}}', '"7D" is not a duration'],
    ['backup: {retention: {keepWithin: -7d}}', '"-7d" is not a duration'],
    ['backup: {retention: {keepWithin: 0d}}', 'must be longer than nothing'],
    ['backup: {retention: {keepWithin: 1.5h}}', '"1.5h" is not a duration'],
    ['backup: {retention: {daily: -1}}', 'must be at least 0'],
    ['backup: {retention: {daily: 1.5}}', 'must be a whole number'],
    ['backup: {retention: {daily: "${N:-3}"}}', 'must be a whole number (what ${…} fills in'],
    ['backup: {retention: {minGood: 0}}', 'must be at least 1'],
    ['backup: {retention: keep}', 'must be a section'],
    ['backup: {compression: {level: 10}}', 'must be at most 9'],
    ['backup: {compression: {level: 0}}', 'must be at least 1'],
    ['backup: {compression: {workers: 0}}', 'must be at least 1'],
    ['backup: {compression: {blockBytes: 1}}', 'must be at least 65536'],
    ['backup: {shelf: ""}', 'must not be empty'],
    ['backup: {shelf: [a]}', 'must be text'],
    ['backup: {shelf: }', 'is empty'],
    ['pitr: {enabled: on}', 'must be true or false'],
    ['stack: {compose: docker-compose.yml}', 'must be a list'],
    ['stack: {compose: []}', 'needs at least one entry'],
    ['stack: {project: x}', 'stack.compose: is missing'],
    ['stack: {compose: [a], project: "A B"}', 'is not a name of a compose project'],
    ['checks: {a: 1}', 'must be a list'],
  ])('of the wrong kind is refused: %s', (line, said) => {
    expect(problems(minimal(line)).join()).toContain(said)
  })

  it('is needed: version, name and at least one target', () => {
    expect(problems('pitr: {enabled: true}\n')).toEqual([
      '1:1: version: is missing',
      '1:1: name: is missing',
      '1:1: targets: is missing',
    ])
    expect(problems('version: 1\nname: x\ntargets: {}\n')).toEqual([
      '3:10: targets: must name at least one target',
    ])
    expect(problems('version: 2\nname: x\ntargets: {a: {container: c}}\n')).toEqual([
      '1:10: version: is not a version that this ops reads; it reads version 1',
    ])
  })
})

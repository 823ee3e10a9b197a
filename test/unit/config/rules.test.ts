import { describe, expect, it } from 'vitest'
import { parse, problems, withTarget } from './reading.js'

const server = (target: string) => `version: 1\nname: x\ntargets: {a: ${target}}\n`

describe('parts that contradict each other', () => {
  it.each([
    ['no place', '{databases: [a]}', 'must hold exactly one of service, container, uri'],
    [
      'two places',
      '{service: a, container: b}',
      'must hold exactly one of service, container, uri',
    ],
    [
      'a writer twice',
      '{service: a, writers: [{service: w, kind: job}, {service: w, kind: job}]}',
      '"w" is there twice',
    ],
    ['a database twice', '{service: a, databases: [x, x]}', 'databases[1]: "x" is there twice'],
    [
      'the database as its own writer',
      '{service: a, writers: [{service: a, kind: job}]}',
      'is the database itself',
    ],
    [
      'an expectation elsewhere',
      '{service: a, databases: [x], expectations: {y.c: {}}}',
      '"y" is not one of the databases',
    ],
    [
      'more than there may be',
      '{service: a, expectations: {y.c: {documents: {min: 2, max: 1}}}}',
      'min is greater than max',
    ],
    [
      'a namespace without a dot',
      '{service: a, expectations: {y: {}}}',
      '"y" is not DATABASE.COLLECTION',
    ],
    ['an odd index', '{service: a, expectations: {y.c: {indexes: ["a b"]}}}', 'is not field'],
    [
      'a writer without a kind',
      '{service: a, writers: [{service: w}]}',
      'writers[0].kind: is missing',
    ],
    [
      'half of the credentials',
      '{service: a, credentials: {username: u}}',
      'credentials.password: is missing',
    ],
    [
      'a secret from two places',
      '{service: a, credentials: {username: u, password: {file: a, compose: b.C}}}',
      'must hold exactly one of file, command, compose',
    ],
    [
      'a secret from nowhere',
      '{service: a, credentials: {username: u, password: {}}}',
      'must hold exactly one of file, command, compose',
    ],
    [
      'a number as password',
      '{service: a, credentials: {username: u, password: 12345}}',
      'must be text (numbers in quotes)',
    ],
    [
      'an empty password',
      '{service: a, credentials: {username: u, password: ""}}',
      'must not be empty',
    ],
    [
      'a compose reference without a service',
      '{service: a, credentials: {username: u, password: {compose: X}}}',
      '"X" is not SERVICE.VARIABLE',
    ],
    [
      'an empty command',
      '{service: a, credentials: {username: u, password: {command: []}}}',
      'needs at least one entry',
    ],
    [
      'an unknown way to a secret',
      '{service: a, credentials: {username: u, password: {fil: x}}}',
      'did you mean "file"?',
    ],
    ['exec outside Docker', '{uri: "mongodb://h", engine: exec}', 'exec needs a container'],
    [
      'sidecar outside Docker',
      '{uri: "mongodb://h", engine: sidecar}',
      'sidecar needs a container',
    ],
    ['tls beside a uri', '{uri: "mongodb://h", tls: {ca: ca.pem}}', 'a uri says it by itself'],
    ['another protocol', '{uri: "http://h"}', 'must start with mongodb:// or mongodb+srv://'],
    [
      'two ways to sign in',
      '{uri: "mongodb://u:${P:-}@h", credentials: {username: u, password: {file: p}}}',
      'keep one of the two',
    ],
  ])('are refused: %s', (_, target, said) => {
    expect(problems(withTarget(target)).join('\n')).toContain(said)
  })

  it.each([
    ['{service: a}', 'names a compose service, but there is no stack.compose'],
    ['{container: a, writers: [{service: w, kind: job}]}', 'are compose services, but there is no'],
    [
      '{container: a, credentials: {username: {compose: a.B}, password: x}}',
      'asks the compose file',
    ],
  ])('are refused where the stack is missing: %s', (target, said) => {
    expect(problems(server(target)).join('\n')).toContain(said)
  })

  it('are found beside misspelt keys, not only after those are gone', () => {
    const said = problems(withTarget('{service: a, container: b, enigne: exec}')).join('\n')
    expect(said).toContain('did you mean "engine"?')
    expect(said).toContain('must hold exactly one of')
  })

  it('do not include a target without databases that has expectations', () => {
    expect(() =>
      parse(withTarget('{service: a, expectations: {any.c: {documents: {min: 1}}}}')),
    ).not.toThrow()
  })
})

import { describe, expect, it } from 'vitest'
import { interpolate } from '../../../src/config/interpolate.js'
import { failure, minimal, parse, problems, withTarget } from './reading.js'

const shelf = (raw: string) => minimal(`backup: {shelf: ${JSON.stringify(raw)}}`)

describe('${NAME}', () => {
  it('is filled in from the environment', () => {
    expect(parse(shelf('${DISK}/ops'), { DISK: '/mnt/a' }).config.backup.shelf).toBe('/mnt/a/ops')
  })

  it('falls back to its default where the variable is not set, or is empty', () => {
    expect(parse(shelf('${DISK:-/mnt/b}')).config.backup.shelf).toBe('/mnt/b')
    expect(parse(shelf('${DISK:-/mnt/b}'), { DISK: '' }).config.backup.shelf).toBe('/mnt/b')
  })

  it('is left alone where the dollar is doubled', () => {
    expect(parse(shelf('/a/$${DISK}')).config.backup.shelf).toBe('/a/${DISK}')
    expect(interpolate('pa$$word $HOME', {}).text).toBe('pa$$word $HOME')
  })

  it('is filled in once: what a variable holds is taken as it is', () => {
    expect(interpolate('${A}', { A: '${B} $& $1', B: 'x' }).text).toBe('${B} $& $1')
  })

  it('is not filled in in keys', () => {
    expect(problems(minimal('"${KEY}": 1'), { KEY: 'pitr' }).join()).toContain(
      'unknown key "${KEY}"',
    )
  })

  it('names the missing variable with line and column, and every one of them', () => {
    const text = withTarget('{service: a, credentials: {username: "${U}", password: "${P}"}}')
    const missing = failure(() => parse(text, { P: '' }))
    expect(missing).toMatchObject({ kind: 'usage', code: 'CONFIG_VARIABLE_MISSING', exitCode: 2 })
    expect(missing.message).toBe(
      [
        '/srv/app/ops.yaml:5:49: targets.medical.credentials.username: environment variable U is not set',
        '/srv/app/ops.yaml:5:67: targets.medical.credentials.password: environment variable P is empty',
      ].join('\n'),
    )
    expect(missing.next[0]).toBe('export U=VALUE')
  })

  it('is one problem among others where there are others', () => {
    const both = failure(() => parse(minimal('pitr: {every: "${E}", enabled: 1}')))
    expect(both.code).toBe('CONFIG_INVALID')
    expect(both.message.split('\n')).toHaveLength(2)
  })

  it('must be written in full', () => {
    expect(problems(shelf('${a b}'))).toEqual([
      expect.stringContaining('holds a "${" that is not ${NAME} or ${NAME:-default}'),
    ])
    expect(problems(shelf('${OPEN')).join()).toContain('for a plain "${" write "$${"')
  })

  it('never shows its value, however wrong that is', () => {
    const env = { X: 'hunter2 ../' }
    const said = problems(
      [
        'version: 1',
        'name: "${X}"',
        'targets: {a: {container: "${X}", databases: ["${X}"], engine: "${X}"}, b: {uri: "${X}"}}',
        'objectives: {rto: "${X}"}',
        '',
      ].join('\n'),
      env,
    )
    expect(said).toHaveLength(5)
    expect(said.join()).not.toContain('hunter2')
    expect(said.join()).toContain('"${X}" is not a duration')
  })

  it('is refused in the arguments of a secret command, which every user could see', () => {
    const text = withTarget(
      '{service: a, credentials: {username: u, password: {command: [sh, -c, "echo ${P}"]}}}',
    )
    expect(problems(text, { P: 'hunter2' })).toEqual([
      expect.stringContaining('password.command[2]: must not hold ${…}'),
    ])
  })
})

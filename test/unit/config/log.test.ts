import { describe, expect, it } from 'vitest'
import { chosenLogFolder } from '../../../src/config/folders.js'
import { settingsOf } from '../../../src/config/settings.js'
import { showConfig } from '../../../src/config/show.js'
import { minimal, parse, problems, root } from './reading.js'

const log = (text: string, env = {}) => parse(text, env).config.log
const user = { env: {}, cwd: '/somewhere', home: '/home/ada', uid: 1000 }

describe('the log', () => {
  it('is at level info, in /var/log/ops for root', () => {
    expect(log(minimal())).toEqual({ level: 'info', folder: '/var/log/ops' })
  })

  it('is as the file has it, from the folder of the file', () => {
    expect(log(minimal('log: {level: debug, folder: logs}'))).toEqual({
      level: 'debug',
      folder: '/srv/app/logs',
    })
  })

  it('is where OPS_LOG says, whatever the file has', () => {
    const text = minimal('log: {folder: logs}')
    const env = { OPS_LOG: 'elsewhere' }
    expect(log(text, env).folder).toBe('/somewhere/elsewhere')
    const shown = showConfig(parse(text, env), { ...root, env }).settings
    expect(shown).toContainEqual({
      setting: 'log.folder',
      value: '/somewhere/elsewhere',
      origin: 'environment OPS_LOG',
    })
  })

  it('lies with the state where that was moved, and for anyone but root', () => {
    expect(log(minimal(), { OPS_STATE: '/mnt/state' }).folder).toBe('/mnt/state')
    expect(chosenLogFolder(user).path).toBe('/home/ada/.local/state/ops')
    expect(chosenLogFolder({ ...user, env: { OPS_LOG: '/l', OPS_STATE: '/s' } })).toEqual({
      path: '/l',
      variable: 'OPS_LOG',
    })
  })

  it('has no other levels, and no other keys', () => {
    expect(problems(minimal('log: {level: loud}'))[0]).toContain('4:')
    expect(problems(minimal('log: {levl: info}'))[0]).toContain('did you mean "level"?')
  })

  it('is shown with its origin', () => {
    const { config } = parse(minimal('log: {level: warn}'))
    expect(settingsOf(config).filter(({ path }) => path[0] === 'log')).toEqual([
      { path: ['log', 'level'], value: 'warn' },
      { path: ['log', 'folder'], value: '/var/log/ops' },
    ])
  })
})

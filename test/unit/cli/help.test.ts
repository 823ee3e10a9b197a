import { describe, expect, test } from 'vitest'
import { frontPage } from '../../../src/cli/help/frontPage.js'
import { environmentTopic, exitCodesTopic } from '../../../src/cli/help/topics.js'
import { exitCodes } from '../../../src/domain/exit.js'

describe('the front page', () => {
  const page = frontPage(
    [
      { name: 'backup', summary: 'Take a backup.' },
      { name: 'doctor', summary: 'Look.' },
      { name: 'frobnicate', summary: 'New.' },
      { name: 'help', summary: 'Help.' },
    ],
    '1.2.3',
  )

  test('lists commands by what they are for, and nothing that is not there', () => {
    expect(page).toContain(
      'Look\n  ops doctor      Look.\n\nProtect\n  ops backup      Take a backup.',
    )
    expect(page).not.toContain('Recover')
  })

  test('lists a command that no group names as well', () => {
    expect(page).toContain('More\n  ops frobnicate  New.')
  })

  test('says in three lines what ops is, and how to go on', () => {
    expect(page.split('\n\n')[0]?.split('\n')).toHaveLength(3)
    expect(page).toContain('ops help exit-codes')
  })
})

test('every exit code of the table is explained', () => {
  const text = exitCodesTopic()
  for (const { code, meaning } of Object.values(exitCodes)) {
    expect(text).toMatch(
      new RegExp(`^ +${code.toString()}  .*${meaning.slice(0, 20).replaceAll(/[()]/g, '.')}`, 'm'),
    )
  }
})

test('each variable is listed once, in order, and those without a flag as well', () => {
  const flag = (variable: string) => ({ variable, flag: 'x', summary: 'y' })
  const text = environmentTopic([flag('OPS_B'), flag('OPS_A'), flag('OPS_B')])
  expect(text.match(/OPS_B/g)).toHaveLength(1)
  expect(text.indexOf('OPS_A')).toBeLessThan(text.indexOf('OPS_B'))
  expect(text).toContain('NO_COLOR')
})

import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../../src/config/settings.js'
import { Failure } from '../../../src/domain/failure.js'
import { escrow, ward } from '../../fakes/keys.js'
import { minimal, parse } from '../config/reading.js'

const two = `[${ward.recipient}, ${escrow.recipient}]`
const section = (text: string) => minimal(`backup: {encryption: {${text}}}`)

function refusal(text: string): string {
  try {
    parse(text, { KEY: 'x' })
  } catch (error) {
    if (error instanceof Failure && error.code === 'CONFIG_INVALID') return error.message
    throw error
  }
  return 'accepted'
}

describe('backup.encryption', () => {
  test('names public keys, and where secret ones are', () => {
    const { config, warnings } = parse(
      section(`recipients: ${two}, identities: [{file: key.txt}, {command: [bin/vault, key]}]`),
    )
    expect(config.backup.encryption).toEqual({
      recipients: [ward.recipient, escrow.recipient],
      identities: [
        { from: 'file', path: '/srv/app/key.txt' },
        { from: 'command', command: ['/srv/app/bin/vault', 'key'] },
      ],
    })
    expect(warnings).toEqual([])
  })

  test('needs no secret key: the machine that takes the backups may not have one', () => {
    const { config } = parse(section(`recipients: ${two}`))
    expect(config.backup.encryption.identities).toEqual([])
  })

  test('with one recipient warns that one lost key is the loss of everything', () => {
    const { warnings } = parse(section(`recipients: [${ward.recipient}]`))
    expect(warnings).toEqual([
      expect.stringMatching(/^ops\.yaml:4: backup\.encryption has one recipient/),
    ])
  })

  test.each([
    ['identities: [{file: key.txt}]', 'recipients: is missing'],
    ['recipients: []', 'needs at least one entry'],
    ['recipients: [age1x]', 'recipients[0]: is not an age recipient'],
    ['recipients: [ssh-ed25519 AAAA]', 'SSH key'],
    ['recipients: [age1yubikey1qqqq]', 'plugin'],
    [`recipients: [${ward.recipient}, ${ward.recipient}]`, 'is there twice'],
    [`recipients: ${two}, identities: [{}]`, 'exactly one of file, command'],
    [`recipients: ${two}, identities: [{file: a, command: [b]}]`, 'exactly one of file, command'],
    [`recipients: ${two}, identities: [{compose: a.B}]`, 'unknown key "compose"'],
    [`recipients: ${two}, identities: [{command: [vault, "\${KEY}"]}]`, 'must not hold ${…}'],
    [`recipients: ${two}, passphrase: hunter2`, 'unknown key "passphrase"'],
  ])('is refused with line and column where it is wrong: %s', (text, sentence) => {
    expect(refusal(section(text))).toContain(sentence)
  })

  test.each([
    `recipients: [${ward.secret}]`,
    `recipients: [${ward.secret}, ${ward.secret}]`,
    `recipients: ${two}, identities: [${ward.secret}]`,
    `recipients: ${two}, identities: ${ward.secret}`,
    `recipients: ${ward.secret}`,
  ])('never repeats a secret key that stands in the wrong place', (text) => {
    const message = refusal(section(text))
    expect(message).toContain('backup.encryption.')
    expect(message).not.toContain(ward.secret.slice(-20))
  })

  test('is shown with its recipients, and with its secret keys as references', () => {
    const { config } = parse(section(`recipients: ${two}, identities: [{file: /k}]`))
    const shown = settingsOf(config).filter(({ path }) => path[1] === 'encryption')
    expect(shown.map(({ value }) => value)).toEqual([
      [ward.recipient, escrow.recipient],
      [{ file: '/k' }],
    ])
  })
})

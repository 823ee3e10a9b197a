import { describe, expect, test } from 'vitest'
import { recipientProblem, secretKeysIn } from '../../../src/domain/ageKey.js'
import { keyPairs, ward } from '../../fakes/keys.js'

const ssh = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN x@y'

describe('a recipient', () => {
  test.each(keyPairs.map(({ recipient }) => recipient))('is what age-keygen prints: %s', (key) => {
    expect(recipientProblem(key)).toBeUndefined()
  })

  test('with any one letter mistyped is refused: its checksum tells', () => {
    const { recipient } = ward
    for (let at = 'age1'.length; at < recipient.length; at++) {
      const other = recipient[at] === 'q' ? 'p' : 'q'
      const mistyped = recipient.slice(0, at) + other + recipient.slice(at + 1)
      expect(recipientProblem(mistyped)).toContain('checksum')
    }
  })

  test.each([
    ['', 'is not an age recipient'],
    ['age1x', 'is not an age recipient'],
    [`${ward.recipient} `, 'is not an age recipient'],
    [ward.recipient.toUpperCase(), 'is not an age recipient'],
    [ward.recipient.slice(0, -1), 'is not an age recipient'],
    [ssh, 'SSH key'],
    ['ssh-rsa AAAAB3NzaC1yc2E', 'SSH key'],
    ['age1pq1qqqqqqqq', 'post-quantum'],
    ['age1yubikey1q2w3e4r5t6y7u8', 'plugin'],
    ['age1tag1q2w3e4r5t6y7u8', 'plugin'],
    ['correct horse battery staple', 'is not an age recipient'],
  ])('of another form is refused with a sentence of its own: %s', (text, sentence) => {
    expect(recipientProblem(text)).toContain(sentence)
  })

  test('that is a secret key is refused without being repeated', () => {
    for (const text of [ward.secret, ward.secret.toLowerCase(), `x ${ward.secret}`]) {
      const problem = recipientProblem(text)
      expect(problem).toContain('is a secret key')
      expect(problem).not.toContain(text.slice(-20))
    }
  })
})

describe('a key file', () => {
  test('holds keys, one a line, with comments between them', () => {
    const [one, two] = keyPairs
    const text = `# created: today\r\n# public key: ${one.recipient}\r\n${one.secret}\r\n\n  ${two.secret}`
    expect(secretKeysIn(text)).toEqual({ keys: [one.secret, two.secret] })
  })

  test.each([
    ['# only a comment\n', 'holds no key'],
    ['', 'holds no key'],
    ['age-encryption.org/v1\n-> scrypt x 18\n', 'is encrypted itself'],
    ['-----BEGIN AGE ENCRYPTED FILE-----\n', 'is encrypted itself'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\n', 'holds an SSH key'],
    ['AGE-PLUGIN-YUBIKEY-1QQQQ', 'holds a key of an age plugin'],
    ['AGE-SECRET-KEY-PQ-1QQQQ', 'holds a post-quantum key'],
    [`${ward.secret.slice(0, -1)}Q`, 'a mistyped one'],
    [`${ward.secret}\nhunter2`, 'something else than age keys'],
    [ward.recipient, 'something else than age keys'],
  ])('that cannot be used is told apart: %j', (text, problem) => {
    const found = secretKeysIn(text)
    expect('problem' in found ? found.problem : '').toContain(problem)
    expect(JSON.stringify(found)).not.toMatch(/hunter2|AGE-SECRET-KEY-1Q/)
  })
})

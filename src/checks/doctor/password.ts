import type { Finding } from '../../domain/finding.js'
import type { Looked, PasswordSeen } from './evidence.js'
import { blind, broken, doubtful, fine } from './finding.js'

/** Fewer are tried out in no time. */
const leastCharacters = 8

/** What is tried first: defaults of images and of manuals, and what people take most often. In lower case. */
const common: ReadonlySet<string> = new Set(
  `password passw0rd p@ssw0rd p@ssword password1 password12 password123 passwort motdepasse pass pass123 pass1234
  mypassword yourpassword securepassword strongpassword secret secret123 supersecret changeme changeit change_me change-me
  admin admin123 admin1234 administrator adminadmin root root123 toor rootpassword rootroot example examplepassword
  mongo mongo123 mongodb mongodb123 mongoadmin mongopass mongopassword dbadmin dbpassword database user user123
  test test123 test1234 testtest testing demo guest default qwerty qwerty123 qwertyuiop letmein welcome welcome1 welcome123
  123456 1234567 12345678 123456789 1234567890 11111111 00000000 87654321 1q2w3e4r 1qaz2wsx abc123 abc12345 abcd1234
  iloveyou superman sunshine monkey dragon master hospital hospital123 healthcare healthcare123 medical medical123 clinic
  docker docker123 password! passw0rd! admin@123 admin123! p@ssw0rd123`.split(/\s+/),
)

/** How good a password is. Nothing of the password itself is in the answer. */
export function passwordStrength(username: string, password: string): PasswordSeen {
  const lower = password.toLowerCase()
  if (common.has(lower)) return 'common'
  if (username !== '' && lower === username.toLowerCase()) return 'the name'
  if (password.length < leastCharacters) return 'short'
  return 'fair'
}

const words: Readonly<Record<Exclude<PasswordSeen, 'none' | 'fair'>, string>> = {
  common: 'it is one of those that are tried first',
  'the name': 'it is the name of the user',
  short: `it has fewer than ${leastCharacters.toString()} characters`,
}

/** Is the password that ops signs in with hard to guess? `exposed` where others can come and try. */
export function judgePassword(
  target: string,
  password: Looked<PasswordSeen> | undefined,
  exposed: boolean,
): readonly Finding[] {
  const id = `${target}.password`
  if (password === undefined) return []
  if (password.state !== 'seen') return [blind(id, 'the password', password)]
  const strength = password.facts
  if (strength === 'none') return []
  if (strength === 'fair')
    return [fine(id, 'the password is not one that is guessed at once', '', { strength })]
  const finding = {
    says: 'the password that ops signs in with is easily guessed',
    because: exposed
      ? `${words[strength]}, and other machines can reach the server and try`
      : `${words[strength]}; whoever comes as far as this machine or its containers can try it`,
    next: [
      'db.getSiblingDB("admin").changeUserPassword("USER", passwordPrompt())   (in mongosh, as an administrator; then where ops.yaml reads it from)',
    ],
    value: { strength },
  }
  return [exposed ? broken(id, finding) : doubtful(id, finding)]
}

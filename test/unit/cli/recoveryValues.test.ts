import { describe, expect, test } from 'vitest'
import { askedHidden, recoveryValues } from '../../../src/cli/recoveryValues.js'
import type { Kit } from '../../../src/domain/kit.js'
import { fakeDoor } from './door.js'

const kit = { settings: { IMAGE: 'mongo:6.0', PORT: '27017' } } as unknown as Kit

const values = (env: Record<string, string>, envText?: string) =>
  recoveryValues(
    {
      kit,
      composeTexts: ['image: ${IMAGE:?}\nport: ${PORT:-1}\nword: ${WORD:?}\nhome: $HOME\n'],
      configurationText: 'key: ${KEY}\n',
      envText,
      env,
    },
    (names) => askedHidden(names, fakeDoor().door),
  )

describe('values that the files of a kit ask for', () => {
  test('come out of the environment, the .env that is there, and the kit, in this order', async () => {
    const given = { KEY: 'k', WORD: 'secret', IMAGE: 'mongo:7.0', HOME: '/root' }
    const { all, added, planning } = await values(given, 'PORT=1\n')
    expect(all).toMatchObject({ KEY: 'k', WORD: 'secret', IMAGE: 'mongo:7.0', PORT: '1' })
    // What compose needs is written down; whose home it is, and what ops.yaml alone asks for, is not.
    expect(added).toEqual({ IMAGE: 'mongo:7.0', WORD: 'secret' })
    expect(planning).toEqual({})
  })

  test('that nobody knows are asked for by name, all at once', async () => {
    await expect(values({ HOME: '/root' })).rejects.toMatchObject({
      code: 'SECRETS_MISSING',
      exitCode: 6,
      facts: { variables: ['KEY', 'WORD'] },
    })
  })
})

import type { lookup } from 'node:dns'
import { describe, expect, test } from 'vitest'
import { watchedLookup } from '../../../src/adapters/probes/watchedLookup.js'
import { calm, realProbes } from './machine.js'

/** Looks up as told: an error by its code, or never an answer. */
function resolving(code: string | undefined): typeof lookup {
  return ((host: string, _options: unknown, done: (error: Error) => void) => {
    if (code === undefined) return
    done(Object.assign(new Error(code), { code, syscall: 'getaddrinfo', hostname: host }))
  }) as unknown as typeof lookup
}

async function looked(code: string | undefined) {
  const names = watchedLookup(resolving(code))
  const error = await new Promise((resolve) => {
    names.lookup('shop.example', {}, resolve)
    if (code === undefined) resolve(new Error('the time is up'))
  })
  return () => {
    names.requireResolved(error)
  }
}

describe('a name', () => {
  test.each([undefined, 'EAI_AGAIN', 'EAI_FAIL', 'EAI_MEMORY'])(
    'that nobody can look up now says nothing of its owner: %s',
    async (code) => {
      expect(await looked(code)).toThrow(
        expect.objectContaining({ code: 'NAME_UNRESOLVED', kind: 'environment' }),
      )
    },
  )

  test('that does not exist is an answer', async () => {
    expect(await looked('ENOTFOUND')).not.toThrow()
  })

  test('of this machine is looked up as ever', async () => {
    const { tcp, http, certificate } = realProbes()
    const none = { answered: false }
    expect(await tcp({ host: 'localhost', port: 1 }, calm)).toMatchObject(none)
    const url = 'http://localhost:1/'
    expect(await http({ url, method: 'GET', headers: {} }, calm)).toMatchObject(none)
    const address = { kind: 'address', host: 'localhost', port: 1, name: 'localhost' } as const
    expect(await certificate(address, calm)).toMatchObject(none)
  })
})

import { expect, test } from 'vitest'
import { localIn } from '../../../src/adapters/host/addresses.js'

const routes = `Local:
  +-- 0.0.0.0/0 3 0 5
           |-- 172.18.0.0
              /16 link UNICAST
           |-- 172.18.0.1
              /32 host LOCAL
              |-- 172.18.255.255
                 /32 link BROADCAST
`

test('an address is the machine’s own where routes call it local, whatever is attached to its interface', () => {
  expect(localIn(routes)).toEqual(['172.18.0.1'])
  expect(localIn('')).toEqual([])
})

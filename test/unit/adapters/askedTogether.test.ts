import { describe, expect, test } from 'vitest'
import { AskedTogether } from '../../../src/adapters/docker/askedTogether.js'

/** Questions whose answers come when they are given; how often each was asked, and how often it was given up. */
function oracle() {
  const asked: { answer: (text: string) => void; fail: (error: Error) => void }[] = []
  let givenUp = 0
  const begin = (signal: AbortSignal) =>
    new Promise<string>((answer, fail) => {
      asked.push({ answer, fail })
      signal.addEventListener('abort', () => givenUp++)
    })
  return { asked, begin, givenUp: () => givenUp }
}

describe('a question that several ask at the same time', () => {
  test('is asked once, and all get the answer; later it is asked anew', async () => {
    const { asked, begin } = oracle()
    const together = new AskedTogether<string>()
    const both = [together.ask('a', begin), together.ask('a', begin)]
    const other = together.ask('b', begin)
    expect(asked).toHaveLength(2)
    asked[0]?.answer('one')
    asked[1]?.answer('two')
    expect(await Promise.all([...both, other])).toEqual(['one', 'one', 'two'])
    const later = together.ask('a', begin)
    asked[2]?.answer('three')
    expect(await later).toBe('three')
  })

  test('fails for all of them, and is asked anew afterwards', async () => {
    const { asked, begin } = oracle()
    const together = new AskedTogether<string>()
    const both = [together.ask('a', begin), together.ask('a', begin)]
    asked[0]?.fail(new Error('no'))
    for (const one of both) await expect(one).rejects.toThrow('no')
    void together.ask('a', begin)
    expect(asked).toHaveLength(2)
  })

  test('goes on when one of them leaves, and is given up when the last does', async () => {
    const { asked, begin, givenUp } = oracle()
    const together = new AskedTogether<string>()
    const [first, second] = [new AbortController(), new AbortController()]
    const leaving = together.ask('a', begin, first.signal)
    const staying = together.ask('a', begin, second.signal)
    first.abort(new Error('left'))
    await expect(leaving).rejects.toThrow('left')
    expect(givenUp()).toBe(0)
    second.abort(new Error('left too'))
    await expect(staying).rejects.toThrow('left too')
    expect(givenUp()).toBe(1)
    const anew = together.ask('a', begin)
    asked[1]?.answer('yes')
    expect(await anew).toBe('yes')
  })

  test('is not asked by one who has left already', async () => {
    const { asked, begin } = oracle()
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(new AskedTogether<string>().ask('a', begin, signal)).rejects.toThrow('gone')
    expect(asked).toHaveLength(0)
  })
})

import { expect, test } from 'vitest'
import type { Compose } from '../../../src/ports/compose.js'
import { withProjectOnce } from '../../../src/procedures/stack/projectOnce.js'
import { later } from '../../../src/cli/later.js'
import { FakeProject, healthcare } from '../../fakes/project.js'

const stack = { composeFiles: ['/srv/compose.yaml'], directory: '/srv' }

test('a compose project is read once, whoever asks, and everything else is asked as ever', async () => {
  let read = 0
  const own = new FakeProject().compose()
  const signals: (AbortSignal | undefined)[] = []
  // As the world has it: loaded at its first call.
  const compose = later<Compose>(() =>
    Promise.resolve({
      ...own,
      project: (_, signal) => {
        read += 1
        signals.push(signal)
        return Promise.resolve(healthcare)
      },
    }),
  )
  const { signal } = new AbortController()
  const around = withProjectOnce({ compose }, signal)
  const late = AbortSignal.abort(new Error('one of them is late'))
  const all = await Promise.all([around.compose.project(stack, late), around.compose.project(stack)])
  expect(all).toEqual([healthcare, healthcare])
  expect(read).toBe(1)
  expect(signals).toEqual([signal])
  expect(await around.compose.version()).toBe(await own.version())
})

test('a compose project that cannot be read is refused to everybody, and a new look reads it anew', async () => {
  let read = 0
  const compose: Compose = {
    ...new FakeProject().compose(),
    project: () => {
      read += 1
      return Promise.reject(new Error('it is no YAML'))
    },
  }
  const { signal } = new AbortController()
  const around = withProjectOnce({ compose }, signal)
  for (let asked = 0; asked < 2; asked += 1)
    await expect(around.compose.project(stack)).rejects.toThrow('it is no YAML')
  expect(read).toBe(1)
  await expect(withProjectOnce({ compose }, signal).compose.project(stack)).rejects.toThrow()
  expect(read).toBe(2)
})

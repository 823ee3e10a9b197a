import { expect, test } from 'vitest'
import { allRooms } from '../../../docs/generator/rooms.js'
import { roomsPicture } from '../../../docs/generator/roomsPicture.js'

test('the rooms are read from the rules, importers first', () => {
  const rooms = allRooms()
  const names = rooms.map(({ name }) => name)
  expect(names[0]).toBe('commands')
  expect(names.at(-1)).toBe('domain')
  for (const { name, may } of rooms)
    for (const other of may) expect(names.indexOf(other)).toBeGreaterThan(names.indexOf(name))
  expect(rooms.find(({ name }) => name === 'report')).toMatchObject({
    typesOnly: ['procedures'],
    packages: ['chalk', 'listr2', 'string-width', 'wrap-ansi', 'cronstrue'],
  })
})

test('a room that nobody described stops the picture', () => {
  const room = { name: 'attic', may: [], typesOnly: [], packages: [] }
  expect(() => roomsPicture([...allRooms(), room])).toThrow('rooms and purposes differ: attic')
})

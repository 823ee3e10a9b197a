import { expect, test } from 'vitest'
import { agree } from '../../../src/cli/agree.js'
import { answered } from '../../../src/cli/answered.js'
import { confirm } from '../../../src/cli/confirm.js'
import { Failure } from '../../../src/domain/failure.js'
import { fakeDoor } from './door.js'

const question = { name: 'medical' }

test('the name given in advance is enough', async () => {
  await expect(
    confirm({ ...question, given: ' medical ' }, fakeDoor().door),
  ).resolves.toBeUndefined()
})

test('a wrong name is refused, whoever gives it', async () => {
  await expect(confirm({ ...question, given: 'medcal' }, fakeDoor().door)).rejects.toMatchObject({
    code: 'CONFIRMATION_WRONG',
    exitCode: 6,
    next: ['ops … --confirm medical'],
  })
})

test('where nobody can be asked it is refused, and the flag is named', async () => {
  await expect(confirm(question, fakeDoor().door)).rejects.toMatchObject({
    code: 'CONFIRMATION_REQUIRED',
    exitCode: 6,
    message: expect.stringContaining('--confirm medical') as string,
  })
})

test('a mild question is answered no where nobody can be asked', async () => {
  expect(await agree('Replace it?', fakeDoor().door)).toBe(false)
})

test('Ctrl-C at the prompt is an interruption', async () => {
  const closed = Object.assign(new Error('closed'), { name: 'ExitPromptError' })
  await expect(answered(Promise.reject(closed), fakeDoor().door)).rejects.toMatchObject({
    code: 'INTERRUPTED',
    exitCode: 130,
  })
})

test('a prompt that is taken away ends with the reason for it', async () => {
  const { door, stopWith } = fakeDoor()
  const late = new Failure('timed-out', 'TIMED_OUT', 'late', [])
  stopWith(late)
  await expect(answered(Promise.reject(new Error('aborted')), door)).rejects.toBe(late)
})

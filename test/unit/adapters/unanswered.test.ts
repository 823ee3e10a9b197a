import { describe, expect, test } from 'vitest'
import { unanswered } from '../../../src/adapters/probes/unanswered.js'

const failed = (code: string) => Object.assign(new Error(`connect ${code}`), { code })

/** As Node has it (net, autoSelectFamily): its own code is that of the first address. */
const ofSeveral = (...codes: readonly string[]) =>
  Object.assign(new AggregateError(codes.map(failed)), { code: codes[0] })

describe('what fails on the way to somebody', () => {
  test('is about him where somebody there said so', () => {
    expect(unanswered(failed('ECONNREFUSED')).because).toContain('ECONNREFUSED')
  })

  test('is about him where one of his addresses said so, whatever came of the others', () => {
    expect(unanswered(ofSeveral('ENETUNREACH', 'ECONNREFUSED')).because).toContain('ECONNREFUSED')
  })

  test.each(['ENETUNREACH', 'EAI_AGAIN', 'EMFILE'])('is about this machine by %s', (code) => {
    expect(() => unanswered(failed(code))).toThrow(code)
    expect(() => unanswered(ofSeveral(code, code))).toThrow()
  })
})

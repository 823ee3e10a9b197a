import { expect, test } from 'vitest'
import { requireSliceFile } from '../../../src/domain/oplog/sliceName.js'

const id = 'medical-0001-20261121T130204Z.0000000001-20261121T130304Z.0000000007'

test.each([`${id}.json`, `${id}.oplog.gz`, `${id}.oplog.gz.age`])(
  '%s is a file of slices',
  (name) => {
    expect(requireSliceFile(name)).toBe(name)
  },
)

test.each(['../../etc/passwd', `../${id}.json`, id, `x/${id}.oplog.gz`, 'notes.json'])(
  '%s is none: papers from elsewhere lead nowhere',
  (name) => {
    expect(() => requireSliceFile(name)).toThrow(
      expect.objectContaining({ code: 'SLICE_NAME_INVALID', kind: 'integrity' }),
    )
  },
)

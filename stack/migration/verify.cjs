'use strict'
const { FIELDS } = require('./columns.cjs')

const INDEXES = ['_id_', 'billing.billing_amount_1', 'patient_info.name_1']
const METADATA = [
  { path: 'metadata.created_at', type: 'date' },
  { path: 'metadata.updated_at', type: 'date' },
  { path: 'metadata.data_source', type: 'string' },
  { path: 'metadata.migrated_by', type: 'string' },
]
const CHECKED = [...FIELDS, ...METADATA]

/** What the server itself says about what was loaded: a list of what is wrong, empty when nothing is. */
exports.verify = async (collection, { expected, log }) => {
  const wrong = []
  const count = await collection.countDocuments({})
  log.info(`Documents: ${count} (expected ${expected})`)
  if (count !== expected) wrong.push(`${count} documents instead of ${expected}`)

  const found = await collection.aggregate([{ $group: { _id: null, ...mistakes() } }])
  const [sums = {}] = await found.toArray()
  CHECKED.forEach(({ path }, at) => {
    const missing = sums[`missing_${at}`] ?? 0
    const mistyped = sums[`mistyped_${at}`] ?? 0
    log.debug(`${path}: ${missing} missing, ${mistyped} of a wrong type`)
    if (missing > 0) wrong.push(`${path} is missing in ${missing} documents`)
    if (mistyped > 0) wrong.push(`${path} has a wrong type in ${mistyped} documents`)
  })
  log.info(`Fields: ${CHECKED.length} checked in every document for presence and type`)

  const names = (await collection.getIndexes()).map(({ name }) => name).sort()
  log.info(`Indexes: ${names.join(', ')}`)
  for (const name of INDEXES) if (!names.includes(name)) wrong.push(`index ${name} is missing`)
  return wrong
}

/** Counts, in one pass over the collection, the documents where a field is missing or has another type. */
function mistakes() {
  const one = (condition) => ({ $sum: { $cond: [condition, 1, 0] } })
  return Object.fromEntries(
    CHECKED.flatMap(({ path, type }, at) => {
      const kind = { $type: `$${path}` }
      const missing = { $in: [kind, ['missing', 'null']] }
      const empty = { $eq: [`$${path}`, ''] }
      return [
        [`missing_${at}`, one({ $or: [missing, empty] })],
        [`mistyped_${at}`, one({ $and: [{ $ne: [kind, type] }, { $not: missing }] })],
      ]
    }),
  )
}

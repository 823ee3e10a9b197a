'use strict'
const { FIELDS } = require('./columns.cjs')

/**
 * The nested document of one cleaned row, as read back from the cleaned file (so every value is text).
 * An amount is always a double: a driver would store 100.00 as an integer.
 */
exports.documentOf = (row, { Double, now, source }) => {
  const document = {}
  for (const { group, field, type, at } of FIELDS) {
    document[group] ??= {}
    document[group][field] = typed(row[at], type, Double)
  }
  document.metadata = {
    created_at: now,
    updated_at: now,
    data_source: source,
    migrated_by: 'migration_app',
  }
  return document
}

function typed(text, type, Double) {
  if (text === '') return null
  if (type === 'int') return Number(text)
  if (type === 'double') return new Double(Number(text))
  if (type === 'date') return new Date(`${text}T00:00:00Z`)
  return text
}

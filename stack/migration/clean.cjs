'use strict'
const { COLUMNS } = require('./columns.cjs')

const titleCase = (text) =>
  text
    .toLowerCase()
    .replace(/(^|[^\p{L}])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase())

const CLEAN = {
  name: titleCase,
  commas: (text) => text.replace(/^[\s,]+|[\s,]+$/g, ''),
}

/** A value of the column's type; null when missing; undefined when it cannot be one. */
const READ = {
  string: (text) => text,
  int: (text) => (/^-?\d+$/.test(text) ? Number(text) : undefined),
  double: (text) =>
    /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Math.round(Number(text) * 100) / 100 : undefined,
  date: (text) => {
    const date = new Date(`${text}T00:00:00Z`)
    return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) ? text : undefined
  },
}

function cleanValue(column, text) {
  const plain = text.trim().replace(/\s+/g, ' ')
  if (plain === '') return null
  return READ[column.type](column.clean ? CLEAN[column.clean](plain) : plain)
}

/** Rows in, cleaned rows and the numbers for the report out. Nothing is dropped without being counted. */
exports.cleanRows = (rows) => {
  const kept = []
  const rejected = []
  const seen = new Set()
  let duplicates = 0
  let standardised = 0
  rows.forEach((row, index) => {
    const values =
      row.length === COLUMNS.length ? COLUMNS.map((column, at) => cleanValue(column, row[at])) : []
    const wrong =
      values.length === 0 ? 'number of fields' : COLUMNS[values.indexOf(undefined)]?.name
    if (wrong !== undefined) {
      rejected.push({ line: index + 2, wrong })
      return
    }
    const key = values.join('\n')
    if (seen.has(key)) {
      duplicates++
      return
    }
    seen.add(key)
    if (values[0] !== row[0]) standardised++
    kept.push(values)
  })
  return { kept, rejected, duplicates, standardised }
}

/** How many bytes the values take as text, and once each has the type of its column. */
exports.memory = (before, after) => {
  const size = { int: 4, double: 8, date: 8 }
  const text = (value) => (value === null ? 0 : String(value).length)
  const sum = (rows, measure) =>
    rows.reduce((all, row) => all + row.reduce((one, value, at) => one + measure(value, at), 0), 0)
  return {
    before: sum(before, text),
    after: sum(after, (value, at) => size[COLUMNS[at].type] ?? text(value)),
  }
}

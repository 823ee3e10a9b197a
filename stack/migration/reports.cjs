'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { COLUMNS } = require('./columns.cjs')
const { formatCsv } = require('./csv.cjs')

const percent = (part, whole) => (whole === 0 ? '0.00' : ((100 * part) / whole).toFixed(2))
const grouped = (number) => number.toLocaleString('en-US')

/** Whole or not at all: a reader never sees half a file. */
exports.writeWhole = (file, text) => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(`${file}.partial`, text)
  fs.renameSync(`${file}.partial`, file)
}

/** One line a column: rows, missing values, distinct values, smallest, largest. */
exports.qualityReport = (rows) => {
  const lines = COLUMNS.map((column, at) => {
    const distinct = new Set()
    let missing = 0
    let low = null
    let high = null
    for (const row of rows) {
      const value = row[at]
      if (value === null) {
        missing++
        continue
      }
      distinct.add(value)
      if (low === null || value < low) low = value
      if (high === null || value > high) high = value
    }
    return [
      column.name,
      column.type,
      rows.length,
      missing,
      percent(missing, rows.length),
      distinct.size,
      low,
      high,
    ]
  })
  return formatCsv([
    ['column', 'type', 'rows', 'missing', 'missing_percent', 'distinct', 'min', 'max'],
    ...lines,
  ])
}

exports.cleaningReport = ({ source, loaded, cleaned, memory, when }) => {
  const { kept, rejected, duplicates, standardised } = cleaned
  const saved = percent(memory.before - memory.after, memory.before)
  return `# Cleaning report

Source: \`${path.basename(source)}\`, cleaned ${when.toISOString()}

| | rows |
| --- | ---: |
| loaded | ${grouped(loaded)} |
| duplicates removed | ${grouped(duplicates)} (${percent(duplicates, loaded)} %) |
| rejected | ${grouped(rejected.length)} |
| kept | ${grouped(kept.length)} |
| names standardised | ${grouped(standardised)} |

Types were optimised: ${COLUMNS.map((column) => `${column.name} (${column.type})`).join(', ')}.
The values take ${grouped(memory.after)} bytes instead of ${grouped(memory.before)} (${saved} % less).

${rejected.length === 0 ? 'No row was rejected.' : rejectedTable(rejected)}
`
}

function rejectedTable(rejected) {
  const shown = rejected.slice(0, 50).map(({ line, wrong }) => `| ${line} | ${wrong} |`)
  const more = rejected.length > shown.length ? `\n\n${rejected.length - shown.length} more.` : ''
  return `| line | what is wrong |\n| ---: | --- |\n${shown.join('\n')}${more}`
}

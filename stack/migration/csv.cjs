'use strict'

const QUOTE = 34
const COMMA = 44
const NEWLINE = 10
const RETURN = 13

/** RFC 4180: quoted fields may hold commas, line ends and doubled quotes; lines may end in \n or \r\n. */
exports.parseCsv = (text) => {
  const rows = []
  let row = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    let value
    if (text.charCodeAt(at) === QUOTE) {
      const field = quoted(text, at)
      value = field.value
      at = field.end
    } else {
      let end = at
      while (end < text.length && !endsField(text.charCodeAt(end))) end++
      value = text.slice(at, end)
      at = end
    }
    row.push(value)
    if (text.charCodeAt(at) === COMMA) {
      at++
      if (at < text.length) continue
      row.push('')
    }
    if (text.charCodeAt(at) === RETURN) at++
    if (text.charCodeAt(at) === NEWLINE) at++
    rows.push(row)
    row = []
  }
  return rows
}

const endsField = (code) => code === COMMA || code === NEWLINE || code === RETURN

function quoted(text, start) {
  let value = ''
  let at = start + 1
  for (;;) {
    const end = text.indexOf('"', at)
    if (end < 0) throw new Error(`a quote that opens at character ${start} never closes`)
    value += text.slice(at, end)
    if (text.charCodeAt(end + 1) !== QUOTE) {
      if (end + 1 < text.length && !endsField(text.charCodeAt(end + 1))) {
        throw new Error(`text after a closing quote at character ${end + 1}`)
      }
      return { value, end: end + 1 }
    }
    value += '"'
    at = end + 2
  }
}

const field = (value) => {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

exports.formatCsv = (rows) => rows.map((row) => `${row.map(field).join(',')}\n`).join('')

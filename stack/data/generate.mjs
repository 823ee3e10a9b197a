#!/usr/bin/env node
/**
 * Writes the health care data set that the reference stack loads: the same bytes for the same options, on every machine.
 *
 *   node stack/data/generate.mjs [--rows 55500] [--duplicates 534] [--seed 20260107] [--out data/raw/healthcare_dataset.csv]
 *
 * `--rows` counts everything, `--duplicates` of them are exact copies of earlier rows; all the others differ from each
 * other even after names have been standardised. A small `--rows` without `--duplicates` has no copies.
 */
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import * as values from './values.mjs'

const DAY = 86_400_000
const FIRST_ADMISSION = Date.UTC(2019, 4, 8)
const ADMISSION_DAYS = 1827
const LINES_PER_WRITE = 5000

/** mulberry32: 32 bits of state are plenty for a data set, and it is the same everywhere. */
function randomness(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    one: (list) => list[Math.floor(next() * list.length)],
    chance: (share) => next() < share,
  }
}

const plainName = (random, gender) =>
  `${random.one(values.FIRST_NAMES[gender])} ${random.one(values.LAST_NAMES)}`

/** "bObBy jAcKsOn": the source system wrote every letter as it fell. */
const shaken = (random, text) =>
  [...text]
    .map((letter) => (random.chance(0.5) ? letter.toUpperCase() : letter.toLowerCase()))
    .join('')

function patientName(random, gender) {
  const title = random.chance(0.03) ? `${random.one(values.TITLES)} ` : ''
  const suffix = random.chance(0.02) ? ` ${random.one(values.SUFFIXES)}` : ''
  return shaken(random, `${title}${plainName(random, gender)}${suffix}`)
}

/** Commas at either end and quotes are as the source has them: "Sons and Miller", "Vang, and Kim", "Group Reed,". */
function hospital(random) {
  const name = () => random.one(values.LAST_NAMES)
  switch (random.between(0, 6)) {
    case 0:
      return `Sons and ${name()}`
    case 1:
      return `${name()} and Sons`
    case 2:
      return `${name()}, ${name()} and ${name()}`
    case 3:
      return `${name()} ${name()} and ${name()},`
    case 4:
      return `and ${name()} ${name()}, ${name()}`
    case 5:
      return random.chance(0.05) ? `${name()} "Old Wing" Clinic` : `${name()}-${name()}`
    default:
      return `${name()} ${random.one(values.COMPANY_FORMS)}`
  }
}

const day = (time) => new Date(time).toISOString().slice(0, 10)

function row(random) {
  const gender = random.one(values.GENDERS)
  const admitted = FIRST_ADMISSION + random.between(0, ADMISSION_DAYS) * DAY
  return [
    patientName(random, gender),
    random.between(13, 89),
    gender,
    random.one(values.BLOOD_TYPES),
    random.one(values.CONDITIONS),
    day(admitted),
    plainName(random, random.one(values.GENDERS)),
    hospital(random),
    random.one(values.INSURERS),
    (1000 + random.next() * 51_000).toFixed(12),
    random.between(101, 500),
    random.one(values.ADMISSIONS),
    day(admitted + random.between(1, 30) * DAY),
    random.one(values.MEDICATIONS),
    random.one(values.RESULTS),
  ]
}

const field = (value) => {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const line = (fields) => fields.map(field).join(',')

/** Two rows with the same key would become one when names are standardised and amounts rounded. */
const cleaned = (fields) =>
  fields
    .map((value, at) => (at === 9 ? Number(value).toFixed(2) : String(value).toLowerCase()))
    .join('\n')

function* lines(random, rows, duplicates) {
  const keys = new Set()
  const copies = new Set()
  // Where the copies stand: anywhere but first, as there must be something to copy.
  while (copies.size < duplicates) copies.add(random.between(1, rows - 1))
  const originals = []
  for (let at = 0; at < rows; at++) {
    if (copies.has(at)) {
      yield originals[random.between(0, originals.length - 1)]
      continue
    }
    let fields = row(random)
    while (keys.has(cleaned(fields))) fields = row(random)
    keys.add(cleaned(fields))
    originals.push(line(fields))
    yield originals.at(-1)
  }
}

function write(file, header, content) {
  mkdirSync(dirname(file), { recursive: true })
  const hash = createHash('sha256')
  const descriptor = openSync(`${file}.partial`, 'w')
  let pending = [header]
  const flush = () => {
    const text = pending.map((entry) => `${entry}\n`).join('')
    hash.update(text)
    writeSync(descriptor, text)
    pending = []
  }
  for (const text of content) {
    pending.push(text)
    if (pending.length >= LINES_PER_WRITE) flush()
  }
  flush()
  closeSync(descriptor)
  renameSync(`${file}.partial`, file)
  return hash.digest('hex')
}

function whole(name, text, least) {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < least) {
    throw new Error(`--${name} must be a whole number of at least ${least}, not ${text}`)
  }
  return number
}

function main() {
  const { values: given } = parseArgs({
    options: {
      rows: { type: 'string', default: '55500' },
      duplicates: { type: 'string' },
      seed: { type: 'string', default: '20260107' },
      out: { type: 'string', default: 'data/raw/healthcare_dataset.csv' },
    },
  })
  const rows = whole('rows', given.rows, 1)
  const duplicates = whole('duplicates', given.duplicates ?? (rows === 55_500 ? '534' : '0'), 0)
  if (duplicates >= rows) throw new Error('--duplicates must be fewer than --rows')
  const random = randomness(whole('seed', given.seed, 0))
  const sum = write(given.out, values.COLUMNS.join(','), lines(random, rows, duplicates))
  console.log(`${given.out}: ${rows} rows, ${duplicates} of them duplicates, sha256 ${sum}`)
}

try {
  main()
} catch (error) {
  console.error(`generate: ${error.message}`)
  process.exitCode = 1
}

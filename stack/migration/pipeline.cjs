'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { COLUMNS } = require('./columns.cjs')
const { parseCsv, formatCsv } = require('./csv.cjs')
const { cleanRows, memory } = require('./clean.cjs')
const { cleaningReport, qualityReport, writeWhole } = require('./reports.cjs')
const { documentOf } = require('./documents.cjs')
const { verify } = require('./verify.cjs')
const { openLog, seconds } = require('./log.cjs')

const TITLES = [
  'Data Loading',
  'Data Cleaning',
  'MongoDB Connection',
  'Load Cleaned Data',
  'Data Migration',
  'Integrity Verification',
  'Completion',
]

/** The seven steps. Nothing in the database changes before the source has been read and cleaned. */
exports.migrate = async (settings, mongo) => {
  const log = openLog(settings.logFile, settings.debug)
  const started = performance.now()
  let number = 0
  const step = async (work) => {
    const label = `Step ${++number}/${TITLES.length}: ${TITLES[number - 1]}`
    const since = performance.now()
    log.info(label)
    const result = await work()
    log.info(`${label} finished in ${seconds(since)} s`)
    return result
  }

  try {
    log.info(`Pipeline started (log level ${settings.debug ? 'DEBUG' : 'INFO'})`)
    const rows = await step(() => load(settings.source, log))
    const cleaned = await step(() => clean(rows, settings, log))
    const collection = await step(() => connect(settings, mongo, log))
    const records = await step(() => loadCleaned(settings.cleaned, log))
    await step(() => insert(collection, records, settings, mongo, log))
    await step(() => check(collection, records.length, log))
    await step(() => report(rows, cleaned, settings, log))
    log.info(
      `Pipeline finished in ${seconds(started)} s: ${records.length} documents in ${settings.database}.${settings.collection}`,
    )
    return 0
  } catch (error) {
    log.error(
      `${TITLES[number - 1] ?? 'Start'} failed after ${seconds(started)} s: ${error.message}`,
    )
    if (settings.debug) log.debug(error.stack)
    return 1
  }
}

function load(file, log) {
  const [header = [], ...rows] = parseCsv(fs.readFileSync(file, 'utf8'))
  const expected = COLUMNS.map(({ name }) => name).join(',')
  if (header.join(',') !== expected)
    throw new Error(`${file} has other columns: ${header.join(',')}`)
  if (rows.length === 0) throw new Error(`${file} has no rows`)
  log.info(`Loaded ${rows.length} rows, ${header.length} columns from ${path.basename(file)}`)
  return rows
}

function clean(rows, settings, log) {
  const cleaned = cleanRows(rows)
  if (cleaned.kept.length === 0) throw new Error('no row is left after cleaning')
  writeWhole(settings.cleaned, formatCsv([COLUMNS.map(({ name }) => name), ...cleaned.kept]))
  for (const { line, wrong } of cleaned.rejected) log.warning(`Line ${line} rejected: ${wrong}`)
  log.info(`Standardised ${cleaned.standardised} names`)
  log.info(
    `Removed ${cleaned.duplicates} duplicates, rejected ${cleaned.rejected.length}, kept ${cleaned.kept.length}`,
  )
  return cleaned
}

async function connect(settings, mongo, log) {
  const uri = new URL(settings.uri)
  if (settings.username) {
    uri.username = encodeURIComponent(settings.username)
    uri.password = encodeURIComponent(settings.password)
    uri.searchParams.set('authSource', 'admin')
  }
  uri.searchParams.set('serverSelectionTimeoutMS', '10000')
  const client = await mongo.connect(uri.href)
  const database = client.getDB(settings.database)
  await database.runCommand({ ping: 1 })
  const { version } = await database.serverBuildInfo()
  log.info(`Connected to MongoDB ${version} at ${uri.host}, database ${settings.database}`)
  return database.getCollection(settings.collection)
}

function loadCleaned(file, log) {
  const [, ...records] = parseCsv(fs.readFileSync(file, 'utf8'))
  log.info(`Loaded ${records.length} cleaned rows from ${path.basename(file)}`)
  return records
}

async function insert(collection, records, settings, mongo, log) {
  const { deletedCount } = await collection.deleteMany({})
  log.info(`Emptied ${settings.collection}: ${deletedCount} documents removed`)
  const context = { Double: mongo.Double, now: new Date(), source: path.basename(settings.source) }
  for (let from = 0; from < records.length; from += settings.batchSize) {
    const batch = records
      .slice(from, from + settings.batchSize)
      .map((row) => documentOf(row, context))
    await collection.insertMany(batch, { ordered: false })
    log.debug(`Inserted ${from + batch.length} of ${records.length}`)
  }
  await collection.createIndex({ 'patient_info.name': 1 })
  await collection.createIndex({ 'billing.billing_amount': 1 })
  log.info(
    `Inserted ${records.length} documents in batches of ${settings.batchSize}, created 2 indexes`,
  )
}

async function check(collection, expected, log) {
  const wrong = await verify(collection, { expected, log })
  if (wrong.length > 0) throw new Error(wrong.join('; '))
}

function report(rows, cleaned, settings, log) {
  const facts = {
    source: settings.source,
    loaded: rows.length,
    cleaned,
    memory: memory(rows, cleaned.kept),
    when: new Date(),
  }
  writeWhole(settings.cleaningReport, cleaningReport(facts))
  writeWhole(settings.qualityReport, qualityReport(cleaned.kept))
  log.info(
    `Wrote ${path.basename(settings.cleaningReport)} and ${path.basename(settings.qualityReport)}`,
  )
}

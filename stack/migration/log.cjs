'use strict'
const fs = require('node:fs')
const path = require('node:path')

/** "2026-01-07T02:00:00.000Z INFO message" on standard output and in the log file, both at once. */
exports.openLog = (file, debug) => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const descriptor = fs.openSync(file, 'a')
  const write = (level, message) => {
    const line = `${new Date().toISOString()} ${level} ${message}\n`
    fs.writeSync(descriptor, line)
    fs.writeSync(1, line)
  }
  return {
    debug: (message) => (debug ? write('DEBUG', message) : undefined),
    info: (message) => write('INFO', message),
    warning: (message) => write('WARNING', message),
    error: (message) => write('ERROR', message),
  }
}

exports.seconds = (since) => ((performance.now() - since) / 1000).toFixed(2)

'use strict'
const path = require('node:path')

/** Everything the job can be told, from the environment; the password is never anywhere else. */
exports.settings = (env) => {
  const data = env.DATA_FOLDER ?? '/data/healthcare'
  const processed = path.join(data, 'processed')
  return {
    uri: env.MONGO_URI ?? 'mongodb://localhost:27017',
    username: env.MONGO_USERNAME ?? '',
    password: env.MONGO_PASSWORD ?? '',
    database: env.MONGO_DATABASE ?? 'medical_records',
    collection: env.MONGO_COLLECTION ?? 'healthcare_data',
    batchSize: Number(env.BATCH_SIZE ?? 5000),
    debug: (env.LOG_LEVEL ?? 'INFO').toUpperCase() === 'DEBUG',
    source: path.join(data, 'raw', env.SOURCE_FILE ?? 'healthcare_dataset.csv'),
    cleaned: path.join(processed, 'cleaned_healthcare.csv'),
    cleaningReport: path.join(processed, 'healthcare_cleaning_report.md'),
    qualityReport: path.join(processed, 'healthcare_quality_report.csv'),
    logFile: path.join(data, 'logs', 'pipeline.log'),
  }
}

import { BSON, type Db } from 'mongodb'
import type { LateSeries } from '../../domain/lateDefinitions.js'
import { putView } from './putView.js'

/** Finishes a time-series whose buckets are there: the view that it is seen through, its granularity, its indexes. */
export async function putSeries(db: Db, late: Omit<LateSeries, 'database'>): Promise<void> {
  const { series, made, change, indexes } = late
  if (made) await putView(db, series, BSON.serialize({ viewOn: `system.buckets.${series}` }))
  if (change) await db.command({ collMod: series, timeseries: typed(change) })
  if (indexes.length > 0) await db.command({ createIndexes: series, indexes: indexes.map(typed) })
}

/** Values stay as they are: numbers of 32 bits are other ones than those of 64. */
function typed(document: Uint8Array): BSON.Document {
  return BSON.deserialize(document, { promoteValues: false, bsonRegExp: true })
}

import type { Document, MongoClient } from 'mongodb'
import type { StorageFacts } from '../../ports/mongo.js'
import { replicaSetConfig } from './replicaSetConfig.js'

/** mongod's own default, for a server that was told none. The images of MongoDB mount their volume there. */
const defaultPath = '/data/db'

/** How a server keeps its data: from its options as it parsed them, its status, and its replica set. */
export async function storageFacts(client: MongoClient): Promise<StorageFacts> {
  const admin = client.db('admin')
  const options: Document = await admin.command({ getCmdLineOpts: 1 })
  const status: Document = await admin.command({ serverStatus: 1, metrics: 0, wiredTiger: 0 })
  const parameter: Document = await admin.command({
    getParameter: 1,
    featureCompatibilityVersion: 1,
  })
  const hello: Document = await admin.command({ hello: 1 })
  const parsed = part(options, 'parsed')
  const storage = part(parsed, 'storage')
  const security = part(parsed, 'security')
  const engine = part(status, 'storageEngine')
  return {
    engine: String(engine['name']),
    persistent: engine['persistent'] !== false,
    encrypted: security['enableEncryption'] === true,
    authorization: security['authorization'] === 'enabled' || security['keyFile'] !== undefined,
    keyFile: security['keyFile'] !== undefined,
    dbPath: typeof storage['dbPath'] === 'string' ? storage['dbPath'] : defaultPath,
    directoryPerDatabase: storage['directoryPerDB'] === true,
    directoryForIndexes:
      part(part(storage, 'wiredTiger'), 'engineConfig')['directoryForIndexes'] === true,
    featureCompatibilityVersion: String(part(parameter, 'featureCompatibilityVersion')['version']),
    arbiter: hello['arbiterOnly'] === true,
    members: hello['setName'] === undefined ? [] : (await replicaSetConfig(client)).members,
  }
}

/** A part of an answer that may be missing. */
function part(document: Document, name: string): Document {
  return (document[name] ?? {}) as Document
}

/** Names of targets and of the whole: they become file and folder names, and the first part of backup ids. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/

/** Names of compose services. A leading dash, which compose allows, could be taken for an option. */
export const servicePattern = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/

/** Names of containers. */
export const containerPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/

/** Names of compose projects. */
export const projectPattern = /^[a-z0-9][a-z0-9_-]*$/

/** `SERVICE.VARIABLE`: the last dot divides, since service names may hold dots and variables may not. */
export const composePattern = /^([A-Za-z0-9_.][A-Za-z0-9_.-]*)\.([A-Za-z_][A-Za-z0-9_]*)$/

/**
 * Names of databases: what the server forbids (`/ \ . " $`, space, control characters), a leading dash, which a tool
 * could take for an option, and `*`, which mongorestore takes for a pattern. At most 63 characters.
 */
export const databasePattern = /^(?!-)[^/\\. "$*\u0000-\u001f\u007f]{1,63}$/

/** `DATABASE.COLLECTION`. */
export const namespacePattern =
  /^(?!-)[^/\\. "$*\u0000-\u001f\u007f]{1,63}\.[^.$\u0000-\u001f\u007f][^$\u0000-\u001f\u007f]*$/

/** `field`, `field:-1`, and several of them with commas for a compound index; options behind them. */
export const indexPattern =
  /^[^\s,:]+(:(-?1|2d|2dsphere|text|hashed))?(,[^\s,:]+(:(-?1|2d|2dsphere|text|hashed))?)*( (unique|sparse|hidden|ttl=\d+))*$/

/** A dotted path into documents, as aggregations take it: no part of it is empty or begins with a dollar sign. */
export const pathPattern = /^[^.$\u0000][^.\u0000]*(\.[^.$\u0000][^.\u0000]*)*$/

/** Several of them with commas. */
export const pathsPattern = /^[^.$,\u0000][^.,\u0000]*([.,][^.$,\u0000][^.,\u0000]*)*$/

/** Databases that belong to the server: they are never named as an operator's own. */
export const serverDatabases: readonly string[] = ['admin', 'config', 'local']

/** Names of buckets, by the rules of S3. */
export const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** Parts of keys with slashes between them; a slash at the end is added where it lacks. */
export const prefixPattern =
  /^[A-Za-z0-9_=+@-][A-Za-z0-9._=+@-]*(\/[A-Za-z0-9_=+@-][A-Za-z0-9._=+@-]*)*\/?$/

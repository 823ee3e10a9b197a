/** The driver's client. It is loaded through this file, when it is wanted: a bundle knows the names of a library in CommonJS only where they are imported by name. */
export { MongoClient } from 'mongodb'

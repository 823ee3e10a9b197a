import { join } from 'node:path'
import { measure, type Measured } from './measure.js'
import { password, type Scene } from './scene.js'
import type { MongoServer } from '../test/support/mongoServer.js'

/** What is measured: the built program, as a user starts it. */
export const program = join(import.meta.dirname, '../bin/run.js')

/** How whole commands are run: from the scene's folder, with an environment as bare as cron's. */
export function surroundings({ place }: Scene) {
  const { PATH = '', HOME = '/root' } = process.env
  return { cwd: place.folder, env: { PATH, HOME, OPS_STATE: place.state } }
}

/** One run of ops. */
export function ops(scene: Scene, ...argv: string[]): Promise<Measured> {
  return measure(process.execPath, [program, ...argv], surroundings(scene))
}

/** The guide's backup, as it stands there, with the sign-in that it forgets. */
export function guideBackup(scene: Scene): Promise<Measured> {
  const { container } = scene.server
  return shell(
    scene,
    `docker exec ${container} mongodump ${signIn(scene.server)} --db=medical_records --gzip --archive=/tmp/backup.gz &&
    docker cp ${container}:/tmp/backup.gz '${guideArchive(scene)}' &&
    docker exec ${container} rm /tmp/backup.gz`,
  )
}

/** The guide's restore, with the `--drop` without which it restores nothing over existing data. */
export function guideRestore(scene: Scene): Promise<Measured> {
  const { container } = scene.server
  return shell(
    scene,
    `docker cp '${guideArchive(scene)}' ${container}:/tmp/backup.gz &&
    docker exec ${container} mongorestore ${signIn(scene.server)} --nsInclude='medical_records.*' --drop --gzip --archive=/tmp/backup.gz &&
    docker exec ${container} rm /tmp/backup.gz`,
  )
}

/** Where the guide's backup lies. */
export function guideArchive({ place }: Scene): string {
  return join(place.folder, 'guide.gz')
}

/** What is done by hand, as one line of a shell. */
export function shell(scene: Scene, command: string): Promise<Measured> {
  return measure('sh', ['-c', command], surroundings(scene))
}

/** Arguments of the tools by which they sign in. */
export function signIn({ username }: MongoServer): string {
  return `--username='${username}' --password=${password} --authenticationDatabase=admin`
}

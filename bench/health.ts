import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCodes } from '../src/domain/exit.js'
import { generateRecords, referenceSignIn, referenceStack } from '../test/support/referenceStack.js'
import { measure, type Measured } from './measure.js'
import { rowOf, type Row } from './report.js'
import { program } from './ways.js'

/** Nothing is wrong, or only with the machine that is measured on, which may be short of memory or of room. */
const accepted = [exitCodes.ok, exitCodes.degraded].map(({ code }) => code)

/**
 * One look at everything on the reference stack (its data loaded, backed up, copied, restored for a trial), against the guide's look
 * at the database: whether it answers, and nothing else.
 */
export async function* healthRows(rounds: number): AsyncGenerator<Row, void, undefined> {
  process.stderr.write('reference stack: health\n')
  const prefix = `ops-bench-${randomBytes(3).toString('hex')}`
  const stack = await referenceStack(prefix)
  const { PATH = '', HOME = '/root' } = process.env
  const around = { cwd: stack.folder, env: { PATH, HOME, OPS_STATE: stack.state } }
  const ops = (...argv: string[]) =>
    measure(process.execPath, [program, ...argv], { ...around, accepted })
  try {
    const copy = `shelf: ./backups\n  copies: [{name: usb, type: directory, path: ${join(stack.folder, 'usb')}, requireMount: false}]`
    const yaml = await readFile(join(stack.folder, 'ops.yaml'), 'utf8')
    await stack.write('ops.yaml', yaml.replace('shelf: ./backups', copy))
    await generateRecords(stack)
    await ops('stack', 'up')
    await ops('pipeline', 'run', '--confirm', 'medical')
    await ops('backup', '--quiet')
    await ops('backup', 'test-restore', '--quiet')
    await ops('pitr', 'slice', '--quiet')
    const ping = `docker exec "${prefix}_mongodb" mongosh --quiet --username="$USERNAME" --password="$PASSWORD" --authenticationDatabase=admin --eval "db.adminCommand('ping')"`
    const { username: USERNAME, password: PASSWORD } = referenceSignIn
    const env = { ...around.env, USERNAME, PASSWORD }
    const runs = { guide: [] as Measured[], ops: [] as Measured[] }
    for (let round = 0; round < rounds; round++) {
      runs.guide.push(await measure('sh', ['-c', ping], { ...around, env }))
      runs.ops.push(await ops('health', '--json'))
    }
    yield rowOf({ data: 'reference', work: 'health --json (against one ping by mongosh)' }, runs)
  } finally {
    await stack.remove()
  }
}

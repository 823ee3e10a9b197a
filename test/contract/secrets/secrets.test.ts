import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretFromCommand } from '../../../src/adapters/secrets/commandSecret.js'
import { fetchedSecrets } from '../../../src/adapters/secrets/secrets.js'
import { Failure } from '../../../src/domain/failure.js'
import { Secret, type SecretReference } from '../../../src/domain/secret.js'

const canary = 'correct horse battery'
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-secrets-'))
})
afterEach(() => rm(folder, { recursive: true }))

const secrets = fetchedSecrets(() => Promise.resolve(undefined))
const reveal = async (reference: SecretReference) => (await secrets.resolve(reference)).reveal()

async function put(content: string, mode = 0o600): Promise<SecretReference & { from: 'file' }> {
  const path = join(folder, 'secret')
  await writeFile(path, content)
  await chmod(path, mode)
  return { from: 'file', path }
}

async function refusal(reference: SecretReference): Promise<Failure> {
  const error: unknown = await secrets.resolve(reference).catch((thrown: unknown) => thrown)
  if (!(error instanceof Failure)) throw new Error('no Failure was thrown')
  const everything = `${error.message} ${JSON.stringify(error)} ${error.next.join()} ${String(error.cause)}`
  expect(everything).not.toContain(canary)
  return error
}

describe('a secret in a value', () => {
  it('is handed on as it is', async () => {
    expect(await reveal({ from: 'value', value: new Secret(canary) })).toBe(canary)
  })
})

describe('a secret in a file', () => {
  it.each(['\n', '\r\n', ''])('is the file without the line break at its end: %j', async (end) => {
    expect(await reveal(await put(`${canary}${end}`))).toBe(canary)
  })

  it('keeps the spaces around it', async () => {
    expect(await reveal(await put('  pass word \n'))).toBe('  pass word ')
  })

  it.each([0o640, 0o604, 0o620, 0o644, 0o601])(
    'is refused with the command that mends it where others have rights on it: %o',
    async (mode) => {
      const reference = await put(canary, mode)
      expect(await refusal(reference)).toMatchObject({
        kind: 'refused',
        code: 'SECRET_EXPOSED',
        message: expect.stringContaining(`mode 0${mode.toString(8)}`) as string,
        next: [`chmod 600 ${reference.path}`],
      })
    },
  )

  it('is judged by the file that a link points to', async () => {
    const { path } = await put(canary, 0o644)
    await symlink(path, join(folder, 'link'))
    expect(await refusal({ from: 'file', path: join(folder, 'link') })).toMatchObject({
      code: 'SECRET_EXPOSED',
    })
  })

  it('is not there, and the sentence says which file', async () => {
    expect(await refusal({ from: 'file', path: join(folder, 'no') })).toMatchObject({
      kind: 'usage',
      code: 'SECRET_UNAVAILABLE',
      message: `there is no secret file ${folder}/no`,
    })
  })

  it.each([
    ['empty', '', 'is empty'],
    ['a line break only', '\n', 'is empty'],
    ['two lines', `user\n${canary}\n`, 'holds more than one line'],
    ['a NUL', `${canary}\0`, 'holds more than one line'],
    ['a log file', canary.repeat(4_000), 'is larger than 64 KiB'],
  ])('is not taken for one where it is %s', async (_, content, said) => {
    const failure = await refusal(await put(content))
    expect(failure.code).toBe('SECRET_UNAVAILABLE')
    expect(failure.message).toContain(said)
  })

  it('is no folder and no pipe that nobody writes to', async () => {
    const pipe = join(folder, 'pipe')
    await promisify(execFile)('mkfifo', ['-m', '600', pipe])
    expect((await refusal({ from: 'file', path: pipe })).message).toContain('is not a file')
    expect((await refusal({ from: 'file', path: folder })).code).toBe('SECRET_UNAVAILABLE')
  })

  it('is asked for again after it was mended', async () => {
    const reference = await put(canary, 0o644)
    await refusal(reference)
    await chmod(reference.path, 0o600)
    expect(await reveal(reference)).toBe(canary)
  })
})

describe('a secret from a command', () => {
  const command = (...parts: readonly string[]): SecretReference => ({
    from: 'command',
    command: parts,
  })
  const shell = (script: string) => command('sh', '-c', script)

  it('is what the command prints, arguments handed over as they are', async () => {
    expect(await reveal(command('printf', '%s\n', 'a b; $(x) "y"'))).toBe('a b; $(x) "y"')
  })

  it('is asked for once in a run, also by callers at the same time', async () => {
    const counter = join(folder, 'count')
    const counting = shell(`echo x >> ${counter}; wc -l < ${counter}`)
    const fresh = fetchedSecrets(() => Promise.resolve(undefined))
    const answers = await Promise.all([fresh.resolve(counting), fresh.resolve(counting)])
    answers.push(await fresh.resolve(counting))
    expect(answers.map((secret) => secret.reveal().trim())).toEqual(['1', '1', '1'])
  })

  it.each([
    ['fails', `echo ${canary}; echo ${canary} >&2; exit 3`, 'failed with exit code 3'],
    ['is killed', `echo ${canary}; kill -9 $$`, 'was ended by SIGKILL'],
    ['prints nothing', 'true', 'is empty'],
    ['prints two lines', `echo ${canary}; echo ${canary}`, 'holds more than one line'],
    ['never stops printing', `yes ${canary}`, 'printed more than 64 KiB'],
  ])('is not had where it %s, and nothing it said is repeated', async (_, script, said) => {
    const failure = await refusal(shell(script))
    expect(failure).toMatchObject({ kind: 'usage', code: 'SECRET_UNAVAILABLE' })
    expect(failure.message).toContain(`the secret command "sh" ${said}`)
  })

  it('is not had from a program that is not there or may not be run', async () => {
    expect((await refusal(command('no-such-program'))).message).toContain('cannot be found')
    const { path } = await put(canary)
    expect((await refusal(command(path))).message).toContain('cannot be run')
  })

  it('is not waited for longer than its time, whatever the command left behind', async () => {
    const started = performance.now()
    for (const script of ['sleep 30', 'sleep 30 & wait', 'trap "" TERM; sleep 30; sleep 30']) {
      await expect(secretFromCommand(['sh', '-c', script], 300)).rejects.toMatchObject({
        code: 'SECRET_UNAVAILABLE',
        message: 'the secret command "sh" did not answer within 0.3 s',
      })
    }
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('cannot ask the operator anything: there is nothing to read', async () => {
    expect((await refusal(shell('read answer; echo "$answer"'))).message).toContain('is empty')
  })
})

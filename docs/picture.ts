import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { execa } from 'execa'
import { root } from './generator/files.js'
import type { Frame } from './generator/screen.js'
import { screenPicture } from './generator/screenPicture.js'

// Records a command in a real terminal (tmux) and draws what was seen. See docs/pictures/README.md.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    folder: { type: 'string', default: process.cwd() },
    answer: { type: 'string' },
    columns: { type: 'string', default: '80' },
  },
})
const { name, folder, answer } = values
const columns = Number(values.columns)
if (name === undefined) throw new Error('--name NAME says what the picture is called')

/** Room for everything: what scrolls out of a terminal is not in the picture. */
const rows = 75
const between = 80
/** Seconds that a screen which does not change stands at most. */
const longest = 1.2
const prompt = '$'

const place = await mkdtemp(join(tmpdir(), 'ops-picture.'))
const socket = join(place, 'tmux')
const tmux = (...words: string[]) => execa('tmux', ['-S', socket, '-f', '/dev/null', ...words])

try {
  await symlink(join(root, 'bin/run.js'), join(place, 'ops'))
  await tmux(
    'new-session',
    '-d',
    '-x',
    columns.toString(),
    '-y',
    rows.toString(),
    '-c',
    folder,
    `env PS1='${prompt} ' PATH=${place}:$PATH bash --norc --noprofile`,
  )
  await writeFile(
    join(root, 'docs/pictures', `${name}.svg`),
    screenPicture(`ops ${positionals.join(' ')}`, columns, await record()),
  )
} finally {
  await tmux('kill-server').catch(() => undefined)
  await rm(place, { recursive: true })
}

async function record(): Promise<readonly Frame[]> {
  const frames: Frame[] = []
  const began = performance.now()
  let gone = 0
  let answered = false
  let typed = false
  while (performance.now() - began < 120_000) {
    const lines = await screen()
    const seconds = (performance.now() - began) / 1000 - gone
    const last = frames.at(-1)
    if (last?.lines.join('\n') !== lines.join('\n')) {
      const pause = seconds - (last?.seconds ?? 0) - longest
      if (pause > 0 && last) gone += pause
      frames.push({ seconds: last ? Math.min(seconds, last.seconds + longest) : 0, lines })
    }
    const bottom = stripVTControlCharacters(lines.at(-1) ?? '').trim()
    if (!typed && bottom === prompt) {
      await keys(`ops ${positionals.join(' ')}`)
      typed = true
    } else if (answer !== undefined && !answered && bottom.startsWith('?')) {
      await keys(answer)
      answered = true
    } else if (typed && bottom === prompt) return frames
    await sleep(between)
  }
  throw new Error('the command does not end')
}

/** Typed as a person does; the recording sees the words and then the result. */
async function keys(text: string): Promise<void> {
  await sleep(500)
  await tmux('send-keys', '-l', text)
  await sleep(300)
  await tmux('send-keys', 'Enter')
}

async function screen(): Promise<readonly string[]> {
  const { stdout } = await tmux('capture-pane', '-e', '-p')
  return stdout.trimEnd().split('\n')
}

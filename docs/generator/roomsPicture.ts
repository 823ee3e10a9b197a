import type { Generated } from './files.js'
import type { Room } from './rooms.js'

/** What each room is for. A room that is not here, or no longer there, stops the generator. */
const purposes: Readonly<Record<string, string>> = {
  commands: 'one short file each: parse, call one thing, return',
  cli: 'the door: flags, signals, confirmation, exit codes, JSON',
  report: 'draws results for people',
  config: 'reads and checks ops.yaml',
  adapters: 'Docker, MongoDB, tools, files: all that touches the world',
  procedures: 'pages of the runbook: decide first, then steps',
  checks: 'looks and judges, changes nothing',
  archive: 'reads mongodump archives as streams',
  ports: 'what procedures need of the world, as interfaces',
  domain: 'words everyone shares: exit codes, failures, manifests',
}

const box = { width: 372, height: 46, pitch: 62, left: 16, top: 64 }
const lanes = { left: box.left + box.width + 46, pitch: 46 }
const colors = [
  '#1f6feb',
  '#8250df',
  '#bf3989',
  '#cf222e',
  '#bc4c00',
  '#9a6700',
  '#1a7f37',
  '#0b7285',
  '#57606a',
]

/** Who may import whom, drawn: a lane for each room that is imported, a dot where a room may. */
export function roomsPicture(rooms: readonly Room[]): Generated {
  const unknown = rooms.filter(({ name }) => purposes[name] === undefined)
  const gone = Object.keys(purposes).filter((name) => !rooms.some((room) => room.name === name))
  if (unknown.length + gone.length > 0)
    throw new Error(
      `rooms and purposes differ: ${[...unknown.map(({ name }) => name), ...gone].join(', ')}`,
    )

  const imported = rooms.filter(({ name }) => rooms.some(({ may }) => may.includes(name)))
  const width = lanes.left + imported.length * lanes.pitch + 8
  const height = box.top + rooms.length * box.pitch + 40
  const row = new Map(rooms.map(({ name }, index) => [name, box.top + index * box.pitch]))
  const lane = new Map(imported.map(({ name }, index) => [name, index]))

  return {
    path: 'docs/pictures/rooms.svg',
    text: [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-sans-serif, system-ui, sans-serif" role="img">`,
      '<title>Rooms of the sources, and which may import which</title>',
      `<rect width="${width}" height="${height}" rx="10" fill="#ffffff"/>`,
      text(
        box.left,
        30,
        'Rooms of src/ and who may import whom',
        'font-size="17" font-weight="600" fill="#1f2328"',
      ),
      text(
        box.left,
        50,
        'A dot: the room on its left may import the one its lane leads to.',
        'font-size="12" fill="#57606a"',
      ),
      ...imported.map((room) => laneOf(room.name, rooms, row, lane)),
      ...rooms.map((room) => rowOf(room, row, lane)),
      text(
        box.left,
        height - 16,
        'Hollow dot: types only. In grey: packages that no other room may touch.',
        'font-size="12" fill="#57606a"',
      ),
      '</svg>',
      '',
    ].join('\n'),
  }
}

type Places = ReadonlyMap<string, number>

const outAt = (y: number) => y + box.height * 0.3
const inAt = (y: number) => y + box.height * 0.72

function laneX(index: number): number {
  return lanes.left + index * lanes.pitch
}

function colorOf(index: number): string {
  return colors[index % colors.length] ?? '#57606a'
}

/** From the highest importer down to the room, and into it. */
function laneOf(name: string, rooms: readonly Room[], row: Places, lane: Places): string {
  const index = lane.get(name) ?? 0
  const importers = rooms
    .filter(({ may }) => may.includes(name))
    .map((room) => row.get(room.name) ?? 0)
  const x = laneX(index)
  const end = inAt(row.get(name) ?? 0)
  const from = outAt(Math.min(...importers))
  const edge = box.left + box.width
  const color = colorOf(index)
  return [
    `<path d="M${x} ${n(from)}V${n(end)}H${edge + 8}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"/>`,
    `<path d="M${edge + 1} ${n(end)}l9 -4.5v9z" fill="${color}"/>`,
    text(
      x,
      Math.max(box.top - 10, from - 12),
      name,
      `font-size="11" fill="${color}" text-anchor="middle"`,
    ),
  ].join('\n')
}

/** The box of a room, and its line to the lanes it may use. */
function rowOf({ name, may, typesOnly, packages }: Room, row: Places, lane: Places): string {
  const y = row.get(name) ?? 0
  const out = outAt(y)
  const dots = may.map((other) => ({
    index: lane.get(other) ?? 0,
    hollow: typesOnly.includes(other),
  }))
  const farthest = Math.max(...dots.map(({ index }) => laneX(index)))
  return [
    ...(dots.length === 0
      ? []
      : [
          `<path d="M${box.left + box.width} ${n(out)}H${farthest}" stroke="#afb8c1" stroke-width="1.5"/>`,
        ]),
    ...dots.map(
      ({ index, hollow }) =>
        `<circle cx="${laneX(index)}" cy="${n(out)}" r="5" stroke="${colorOf(index)}" stroke-width="2" fill="${hollow ? '#ffffff' : colorOf(index)}"/>`,
    ),
    `<rect x="${box.left}" y="${y}" width="${box.width}" height="${box.height}" rx="7" fill="#f6f8fa" stroke="#d0d7de"/>`,
    text(box.left + 12, y + 19, name, 'font-size="14" font-weight="600" fill="#1f2328"'),
    text(box.left + 12, y + 36, purposes[name] ?? '', 'font-size="12" fill="#424a53"'),
    ...(packages.length === 0
      ? []
      : [
          text(
            box.left + box.width - 10,
            y + 18,
            packages.join(', '),
            'font-size="10" fill="#8c959f" text-anchor="end"',
          ),
        ]),
  ].join('\n')
}

function text(x: number, y: number, words: string, look: string): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${n(x)}" y="${n(y)}" ${look}>${safe}</text>`
}

function n(value: number): string {
  return (Math.round(value * 10) / 10).toString()
}

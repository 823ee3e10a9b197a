import { basename } from 'node:path'
import type { CommandPlace } from '../../domain/declared/probe.js'
import { defaults } from '../defaults.js'
import { durationSeconds } from '../duration.js'
import { patternOf, present, type Asked, type Places } from './asked.js'
import type { CheckFileOf } from './schema.js'

/** What a check by a command asks. On this machine a path starts from the file's folder, as every path does. */
export function execAsked(
  { command, service, container, exitCodes = {} }: CheckFileOf<'exec'>,
  { absolute, directory }: Pick<Places, 'absolute' | 'directory'>,
): Asked<'exec'> {
  const [program = '', ...given] = command
  const place: CommandPlace =
    service !== undefined
      ? { kind: 'service', service }
      : container !== undefined
        ? { kind: 'container', container }
        : { kind: 'host', folder: directory }
  const found = place.kind === 'host' && program.includes('/') ? absolute(program) : program
  const where = service ?? container
  return {
    probe: { command: [found, ...given], place },
    rule: {
      program: basename(program),
      where: where === undefined ? 'on this machine' : `in ${where}`,
      exits: exitCodes,
    },
  }
}

/** What a check of a log asks. */
export function logAsked(file: CheckFileOf<'log'>): Asked<'log'> {
  const { service, within, min, max } = file
  const seconds = durationSeconds(within) ?? 0
  const { pattern } = patternOf(file)
  return {
    probe: { service, seconds, ...present({ pattern }) },
    rule: { service, seconds, ...present({ pattern: pattern?.source, min, max }) },
  }
}

/** What a check of a disk asks. */
export function diskAsked(
  {
    path,
    requireMount = defaults.checks.requireMount,
    usedPercent,
    freeBytes,
  }: CheckFileOf<'disk'>,
  { absolute }: Pick<Places, 'absolute'>,
): Asked<'disk'> {
  const isSilent = usedPercent === undefined && freeBytes === undefined
  const used = isSilent ? defaults.checks.usedPercent : usedPercent
  return {
    probe: { path: absolute(path), requireMount },
    rule: { path: absolute(path), ...present({ usedPercent: used, freeBytes }) },
  }
}

/** What a check of a unit asks. */
export function systemdAsked({
  unit,
  expects = defaults.checks.expects,
  scope = defaults.checks.scope,
}: CheckFileOf<'systemd'>): Asked<'systemd'> {
  return { probe: { unit, scope }, rule: { unit, expects } }
}

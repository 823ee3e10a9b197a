import type { Finding } from '../domain/finding.js'
import type { Canvas } from './canvas.js'
import { counted } from './format/bytes.js'
import { visible, visibleLines } from './format/visible.js'
import { paint } from './paint.js'

/** A finding as it is drawn, and what it is about. */
export interface DrawnFinding extends Finding {
  readonly about: 'host' | 'configuration' | 'target'
  readonly target?: string
}

/** Findings and what they add up to. */
export interface DiagnosisText {
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly checks: readonly DrawnFinding[]
}

const verdicts = { ok: 'READY', warn: 'READY, WITH WARNINGS', fail: 'NOT READY' } as const

/**
 * The verdict, then a line for each check, in groups. Below what is not right: why, and what to type. A cause or a remedy
 * that several findings share is said once.
 */
export function doctorScreen({ verdict, checks }: DiagnosisText, canvas: Canvas): string {
  const { good, warning, bad } = paint(canvas)
  const moods = { ok: good, warn: warning, fail: bad, unknown: warning }
  // A cause is told where it is one, not where it only keeps something else from being seen.
  const told = checks.filter(({ severity }) => severity === 'fail' || severity === 'warn')
  const causes = new Set(told.flatMap(({ because, next }) => [because, ...next]))
  const said = new Set<string>()
  const once = (mark: string, text: string) => {
    if (text === '' || said.has(text)) return []
    said.add(text)
    return visibleLines(text)
      .split('\n')
      .map((line, index) => `           ${index === 0 ? mark : ' '.repeat(mark.length)}${line}`)
  }
  const lines = ({ severity, says, because, next }: DrawnFinding) => {
    const line = `  ${moods[severity](severity.padEnd(7))}  ${visible(says)}`
    if (severity === 'ok' || (severity === 'unknown' && causes.has(because))) return [line]
    return [line, ...once('', because), ...next.flatMap((command) => once('→ ', command))]
  }
  const groups = groupsOf(checks).flatMap(({ title, findings }) => [
    '',
    visible(title),
    ...findings.flatMap(lines),
  ])
  return [`${moods[verdict](verdicts[verdict])}  ${tally(checks)}`, ...groups].join('\n')
}

function tally(checks: readonly DrawnFinding[]): string {
  const words = {
    fail: (size: number) => `${size.toString()} failed`,
    warn: (size: number) => counted(size, 'warning'),
    unknown: (size: number) => `${size.toString()} could not be looked at`,
  }
  const parts = (['fail', 'warn', 'unknown'] as const).flatMap((severity) => {
    const found = checks.filter((check) => check.severity === severity)
    return found.length === 0 ? [] : [words[severity](found.length)]
  })
  return `${counted(checks.length, 'check')}: ${parts.length === 0 ? 'all passed' : parts.join(', ')}`
}

function groupsOf(checks: readonly DrawnFinding[]) {
  const titleOf = ({ about, target }: DrawnFinding) =>
    about === 'host'
      ? 'Host'
      : about === 'configuration'
        ? 'Configuration'
        : `Target ${target ?? ''}`
  const titles = [...new Set(checks.map(titleOf))]
  return titles.map((title) => ({
    title,
    findings: checks.filter((check) => titleOf(check) === title),
  }))
}

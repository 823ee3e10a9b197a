import type { Verdict } from '../domain/retention/verdict.js'
import type { CopyState } from '../domain/copy.js'
import type { Trust } from '../domain/trust.js'
import type { Canvas } from './canvas.js'
import { paint, type Paint } from './paint.js'

/** What of a backup is drawn everywhere. */
export interface BackupRow {
  readonly id: string
  readonly target: string
  readonly purpose: string
  readonly content?: string
  readonly takenAt: string
  readonly seconds: number
  readonly bytes: number
  readonly rawBytes: number
  readonly trust: Trust
  readonly present: boolean
  readonly copies: readonly CopyState[]
  readonly collections: Readonly<
    Record<string, { readonly documents: number; readonly bytes: number }>
  >
}

/** What lists and details draw besides: what keeps it. */
export interface JudgedRow extends BackupRow {
  readonly retention: Pick<Verdict, 'keep' | 'reasons'>
}

/** The rules that keep a backup, in short: `last-good, daily`; `nothing` where the next prune removes it. */
export function keptBy({ retention }: Pick<JudgedRow, 'retention'>): string {
  if (!retention.keep) return 'nothing'
  return retention.reasons.map(({ rule }) => rule).join(', ')
}

/** Where else a backup is: `usb, s3 failed`; nothing where no copy was asked for. */
export function copiesOf({ copies }: Pick<JudgedRow, 'copies'>): string {
  return copies.map(({ to, state }) => (state === 'ok' ? to : `${to} ${state}`)).join(', ')
}

/** The state word of a backup: its trust, or that its file is gone. */
export function stateWord({ trust, present }: Pick<BackupRow, 'trust' | 'present'>): string {
  return present ? trust : 'missing'
}

/** Paints a state word by what it says. */
export function paintState(canvas: Pick<Canvas, 'color'>): (text: string, word: string) => string {
  const colors = paint(canvas)
  const moods: Readonly<Record<string, keyof Paint>> = {
    sound: 'good',
    'restore-tested': 'good',
    unverified: 'warning',
    damaged: 'bad',
    missing: 'bad',
  }
  return (text, word) => {
    const mood = moods[word]
    return mood === undefined ? text : colors[mood](text)
  }
}

/** Documents of all collections. */
export function documentsOf({ collections }: Pick<BackupRow, 'collections'>): number {
  return Object.values(collections).reduce((sum, { documents }) => sum + documents, 0)
}

/** What is in the file of a backup, as people say it. */
export function contentWord({ content }: Pick<BackupRow, 'content'>): string {
  return content === 'dataFiles' ? 'data files' : 'archive'
}

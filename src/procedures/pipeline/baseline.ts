import { isLate } from '../../checks/pipeline/judge.js'
import type { PipelineStep } from './output.js'

/** Seconds that a part of the pipeline usually takes at most. */
const baselines = {
  loading: 5,
  cleaning: 10,
  migration: 25,
  verification: 5,
  total: 45,
} as const

/** A part of the pipeline that has a baseline. */
export type Part = Exclude<keyof typeof baselines, 'total'>

/** A step held against its baseline, where it has one. */
export interface MeasuredStep extends PipelineStep {
  readonly baselineSeconds?: number
  readonly slower: boolean
  /** Slower by more than a quarter. */
  readonly late: boolean
}

/** Steps and the whole run against the baselines. */
export interface Measured {
  readonly steps: readonly MeasuredStep[]
  readonly seconds: number
  readonly baselineSeconds: number
  readonly slower: boolean
}

const titles: readonly (readonly [part: Part, title: RegExp])[] = [
  ['loading', /^data loading|^load(ing)? data/i],
  ['cleaning', /cleaning/i],
  ['migration', /migration/i],
  ['verification', /verif|integrity/i],
]

/** Holds a run against the baselines. */
export function measure(steps: readonly PipelineStep[], seconds: number): Measured {
  return {
    steps: steps.map((step) => {
      const part = titles.find(([, title]) => title.test(step.title))?.[0]
      if (part === undefined) return { ...step, slower: false, late: false }
      const baselineSeconds = baselines[part]
      const { seconds: took = 0 } = step
      const late = isLate(took, baselineSeconds)
      return { ...step, baselineSeconds, slower: took > baselineSeconds, late }
    }),
    seconds,
    baselineSeconds: baselines.total,
    slower: seconds > baselines.total,
  }
}

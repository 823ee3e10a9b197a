/** What text is drawn on: one stream, as it is at this moment. */
export interface Canvas {
  readonly color: boolean
  /** Whether a person looks at it. Otherwise tables are tab-separated and nothing is cut or moved. */
  readonly terminal: boolean
  readonly columns: number
  readonly now: Date
  /** Time zone of what is shown; default the machine's. */
  readonly timeZone?: string
}

/** Draws a result for people. Ends without a line break. */
export type Screen<Result> = (result: Result, canvas: Canvas) => string

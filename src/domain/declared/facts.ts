import type { Finding } from '../finding.js'

/** Nobody answered, or not in the way that was asked for. */
export interface Unanswered {
  readonly answered: false
  /** A part of a sentence: `nobody listens there (ECONNREFUSED)`. */
  readonly because: string
}

/** A finding, and what it is about. */
export interface DataFinding extends Finding {
  /** `database.collection`. */
  readonly namespace: string
}

/** What was seen, by kind of check: plain data without secrets, and without what a document, a body or a log says. Times are RFC 3339 UTC. */
export interface FactsOf {
  readonly http:
    | Unanswered
    | {
        readonly answered: true
        readonly status: number
        /** Until all of the answer that was looked at was there. */
        readonly milliseconds: number
        /** Whether it sends to another address; nobody went there. */
        readonly redirects: boolean
        /** Whether the text is in the body; absent where it was not asked for. */
        readonly contains?: boolean
        /** Whether the pattern matches; absent where it was not asked for. */
        readonly matches?: boolean
        /** Why the body was not read to its end; absent where it was, or was not asked for. */
        readonly unread?: string
      }
  readonly tcp:
    | Unanswered
    | {
        readonly answered: true
        readonly milliseconds: number
        /** Whether it greeted as it should; absent where that was not asked for. */
        readonly greeted?: boolean
      }
  readonly exec: { readonly exitCode: number }
  readonly log: {
    readonly lines: number
    readonly matching: number
    /** For how long there are logs, where that is less than was asked for: what a container wrote goes with it. */
    readonly coveredSeconds?: number
  }
  readonly freshness: {
    /** How many were found; of documents 1 or 0. */
    readonly found: number
    readonly newest: string | null
    /** What could not be looked into, and may hold a newer one. */
    readonly unseen: number
  }
  readonly certificate:
    | Unanswered
    | {
        readonly answered: true
        readonly from: string
        /** The first end of it and of those who vouch for it. */
        readonly until: string
        /** Whose end that is. */
        readonly of: 'its own' | 'an issuer'
        /** Why it is not trusted; absent where it is, and for a file. */
        readonly untrusted?: string
        /** Whether it bears the name that was asked for; absent for a file. */
        readonly named?: boolean
      }
  readonly disk:
    /** Nothing is mounted there: what is told of the path would be of the disk above it. */
    | { readonly mounted: false }
    | {
        /** Absent where it was not asked for. */
        readonly mounted?: true
        readonly totalBytes: number
        /** Free for this user. */
        readonly freeBytes: number
        /** As `df` has it. */
        readonly usedPercent: number
        /** Of the places for files; absent where the file system has no such limit. */
        readonly usedFilesPercent?: number
      }
  readonly systemd: {
    readonly load: string
    readonly active: string
    readonly sub: string
    readonly result: string
  }
  readonly query: {
    readonly count: number
    /** Whether there is such a collection. */
    readonly exists: boolean
  }
  readonly data: {
    /** What "ops data check" finds: numbers, and no value of a document. */
    readonly findings: readonly DataFinding[]
  }
}

import type { S3Place } from '../copyPlace.js'
import type { SecretReference } from '../secret.js'
import type { Expectation } from '../target.js'

/** A regular expression of an operator: run apart, where one that never ends can be ended. */
export interface Pattern {
  readonly source: string
  readonly ignoreCase: boolean
}

/** Where a command runs. */
export type CommandPlace =
  /** This machine; the folder is an absolute path. */
  | { readonly kind: 'host'; readonly folder: string }
  /** A running container of a service of the stack. */
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'container'; readonly container: string }

/** Of what the newest is looked for. */
export type FreshOf =
  /** Files that a glob (absolute) matches. */
  | { readonly kind: 'files'; readonly glob: string }
  /** Objects whose keys begin with the prefix. */
  | {
      readonly kind: 'objects'
      readonly bucket: Pick<
        S3Place,
        | 'bucket'
        | 'endpoint'
        | 'region'
        | 'prefix'
        | 'accessKeyId'
        | 'secretAccessKey'
        | 'forcePathStyle'
      >
    }
  /** Documents, by a field that holds a date. */
  | {
      readonly kind: 'documents'
      readonly target: string
      readonly namespace: string
      readonly field: string
      /** Milliseconds after which the server gives up by itself. */
      readonly limitMilliseconds: number
    }

/** What is asked of the world, by kind of check. It may refer to secrets, so that it is never kept or printed. */
export interface ProbeOf {
  readonly http: {
    readonly url: string
    readonly method: 'GET' | 'HEAD'
    readonly headers: Readonly<Record<string, SecretReference>>
    /** File (PEM) of who signed the certificate; the well-known authorities where it is left out. */
    readonly ca?: string
    readonly contains?: string
    readonly pattern?: Pattern
  }
  readonly tcp: { readonly host: string; readonly port: number; readonly greeting?: string }
  readonly exec: { readonly command: readonly string[]; readonly place: CommandPlace }
  readonly log: {
    readonly service: string
    /** So much of the past is read. */
    readonly seconds: number
    readonly pattern?: Pattern
  }
  readonly freshness: FreshOf
  readonly certificate:
    | {
        readonly kind: 'address'
        readonly host: string
        readonly port: number
        /** The name that it must bear. */
        readonly name: string
        readonly ca?: string
      }
    | { readonly kind: 'file'; readonly path: string }
  readonly disk: {
    readonly path: string
    /** Something has to be mounted exactly there. */
    readonly requireMount: boolean
  }
  readonly systemd: { readonly unit: string; readonly scope: 'system' | 'user' }
  readonly query: {
    readonly target: string
    readonly namespace: string
    /** Extended JSON. May hold data of patients. */
    readonly filter: Readonly<Record<string, unknown>>
    readonly limitMilliseconds: number
  }
  readonly data: {
    readonly target: string
    /** `database.collection` to what is expected of it; at least one. */
    readonly expectations: Readonly<Record<string, Expectation>>
    /** Every document is read, however many there are. */
    readonly exact: boolean
    /** Milliseconds that the server may take over one question. */
    readonly limitMilliseconds: number
  }
}

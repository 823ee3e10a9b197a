/** Where the data files of a target lie, and the image whose programs know them. */
export interface DataPlace {
  readonly target: string
  /** Id of the image of the database's container. */
  readonly image: string
  /** Name of the volume, or absolute path on the engine's machine. */
  readonly volume: string
  /** Where the volume is mounted in the database's container. */
  readonly mountedAt: string
  /** Folder of the data files in that container: the mount, or below it. */
  readonly dbPath: string
}

/** How files lie in a data folder: a server has to be told. */
export interface DataFilesLayout {
  readonly directoryPerDatabase: boolean
  readonly directoryForIndexes: boolean
}

/** A copy that runs. `raw` must be read to its end; only then is `outcome` known. */
export interface DataFilesRun {
  /** A tar of the data folder. */
  readonly raw: AsyncIterable<Uint8Array>
  /** With what was said on standard error: the last `mostTarLines` lines. */
  outcome(): Promise<{ readonly exitCode: number; readonly lines: readonly string[] }>
  /** Ends and removes what copies; may be called again. */
  stop(): Promise<void>
}

/** What is on a data volume, and what would run on it. */
export interface DataVolumeFacts {
  /** Version of the mongod of the image. */
  readonly serverVersion: string
  readonly freeBytes: number
  /** Whether there is nothing in the data folder. */
  readonly empty: boolean
}

/** How many files lie in a folder and below, and their bytes. */
export interface MeasuredFiles {
  readonly files: number
  readonly bytes: number
}

/**
 * The data files of databases, reached through one-shot containers that mount nothing but them. Everything throws
 * `OWN_CONTAINER_FAILED`, `ENGINE_UNREACHABLE` (environment).
 */
export interface DataVolumes {
  /** Throws `DATA_VOLUME_FAILED` (failed) where it cannot be looked at. */
  look(place: DataPlace, signal: AbortSignal): Promise<DataVolumeFacts>
  /** Begins a copy; the volume is mounted read-only. */
  copy(place: DataPlace, signal: AbortSignal): Promise<DataFilesRun>
  /**
   * Unpacks a tar beside the files in place, into `folder` of the data folder, durably. Nothing in place is touched. Throws
   * `DATA_VOLUME_FAILED` (failed), and what the source throws.
   */
  unpack(
    place: DataPlace,
    folder: string,
    source: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void>
  /**
   * Makes `folder` of the data folder with nothing in it: once exchanged, a server begins anew, and the files before lie in
   * there. Nothing in place is touched. Throws `DATA_VOLUME_FAILED` (failed).
   */
  makeEmpty(place: DataPlace, folder: string, signal: AbortSignal): Promise<void>
  /**
   * Measures the files in place, or those before that an exchange put aside into `folder`. The server must not run. Throws
   * `DATA_VOLUME_FAILED` (failed).
   */
  measure(place: DataPlace, folder: string | undefined, signal: AbortSignal): Promise<MeasuredFiles>
  /**
   * Lets the server that will be started on unpacked files of a replica set keep every write that is in them, also those it
   * had not journaled when they were copied: its mark "drop what comes after" is taken away. Throws `DATA_VOLUME_FAILED` (failed).
   */
  keepLastWrites(
    place: DataPlace,
    folder: string,
    layout: DataFilesLayout,
    signal: AbortSignal,
  ): Promise<void>
  /**
   * Puts the restored files in place and the others aside, or the other way round, by renaming. May be repeated after
   * it was cut off anywhere. The server must not run. Throws `DATA_VOLUME_FAILED` (failed).
   */
  exchange(
    place: DataPlace,
    folder: string,
    inPlace: 'restored' | 'before',
    signal: AbortSignal,
  ): Promise<void>
  /** Removes the folder with whatever is aside; no matter if it is gone. Throws `DATA_VOLUME_FAILED` (failed). */
  forget(place: DataPlace, folder: string, signal: AbortSignal): Promise<void>
}

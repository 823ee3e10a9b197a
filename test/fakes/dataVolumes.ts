import { Failure } from '../../src/domain/failure.js'
import type { DataPlace, DataVolumeFacts, DataVolumes } from '../../src/ports/dataVolumes.js'
import { dataFolder, packed } from '../support/dataFolder.js'

/** How the copying of a fake goes wrong. */
export interface VolumeMischief {
  exitCode?: number
  /** The copy waits for this before its first byte. */
  copyWaits?: Promise<void>
  /** The copy ends after so many bytes. */
  cutAt?: number
  /** These calls fail. */
  fails?: readonly ('unpack' | 'empty' | 'keep' | 'exchange' | 'forget' | 'look')[]
}

/** A data volume in memory: what is in place, and what lies in the folders beside it. `log` tells what was done to it. */
export class FakeDataVolumes implements DataVolumes {
  readonly log: string[] = []
  /** What is in place: `empty`, or a word for the files that are there. */
  inPlace = 'before'
  readonly kept = new Map<string, { old?: string; new?: string }>()
  mischief: VolumeMischief = {}
  /** So many files are not where an exchange should have put them. */
  loses = 0
  /** Called when a copy begins. */
  begun: () => void = () => undefined
  facts: DataVolumeFacts = { serverVersion: '6.0.5', freeBytes: 1e12, empty: false }
  /** The tar that a copy gives, and what was unpacked last. */
  tar = packed(dataFolder)
  unpacked: Buffer | undefined

  look() {
    this.#may('look')
    return Promise.resolve(this.facts)
  }

  copy(_place: DataPlace, signal: AbortSignal) {
    this.log.push('copy')
    this.begun()
    const { mischief, tar } = this
    const bytes = tar.subarray(0, mischief.cutAt)
    async function* raw() {
      await mischief.copyWaits
      for (let at = 0; at < bytes.length; at += 700) {
        if (signal.aborted) return
        yield await Promise.resolve(bytes.subarray(at, at + 700))
      }
    }
    return Promise.resolve({
      raw: raw(),
      outcome: () =>
        Promise.resolve({
          exitCode: mischief.exitCode ?? 0,
          lines:
            mischief.exitCode === undefined
              ? []
              : [
                  'tar: ./WiredTigerHS.wt: file changed as we read it',
                  'tar: .: file changed as we read it',
                ],
        }),
      stop: () => {
        this.log.push('copy ended')
        return Promise.resolve()
      },
    })
  }

  async unpack(_place: DataPlace, folder: string, source: AsyncIterable<Uint8Array>) {
    this.log.push('unpack')
    this.kept.set(folder, { new: 'restored' })
    const parts: Uint8Array[] = []
    for await (const chunk of source) parts.push(chunk)
    this.#may('unpack')
    this.unpacked = Buffer.concat(parts)
  }

  makeEmpty(_place: DataPlace, folder: string) {
    this.log.push('make empty')
    this.#may('empty')
    this.kept.set(folder, { new: 'empty' })
    return Promise.resolve()
  }

  /** A file of ten bytes for each letter. */
  measure(_place: DataPlace, folder: string | undefined) {
    const files = folder === undefined ? this.inPlace : (this.kept.get(folder)?.old ?? '')
    const lost = folder === undefined ? 0 : this.loses
    return Promise.resolve({ files: files.length - lost, bytes: (files.length - lost) * 10 })
  }

  keepLastWrites() {
    this.log.push('keep')
    this.#may('keep')
    return Promise.resolve()
  }

  exchange(_place: DataPlace, folder: string, inPlace: 'restored' | 'before') {
    this.log.push(`exchange ${inPlace}`)
    this.#may('exchange')
    const kept = this.kept.get(folder) ?? {}
    if (inPlace === 'restored') {
      if (kept.new !== undefined) this.kept.set(folder, { old: this.inPlace })
      this.inPlace = kept.new ?? this.inPlace
    } else if (kept.old !== undefined) {
      this.kept.set(folder, { new: this.inPlace })
      this.inPlace = kept.old
    }
    return Promise.resolve()
  }

  forget(_place: DataPlace, folder: string) {
    this.log.push('forget')
    this.#may('forget')
    this.kept.delete(folder)
    return Promise.resolve()
  }

  #may(what: 'unpack' | 'empty' | 'keep' | 'exchange' | 'forget' | 'look'): void {
    if (this.mischief.fails?.includes(what))
      throw new Failure('failed', 'DATA_VOLUME_FAILED', `${what}: no space left on device`, [])
  }
}

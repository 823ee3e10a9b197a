import { unfitWords } from '../../domain/oplog/unfit.js'
import type { FollowerNote, FollowerTrouble, Slices } from '../../ports/slices.js'
import type { World } from '../../ports/world.js'
import type { FollowEvent } from './follow.js'

/** Writes down beside the slices what a follower tells, so that whoever looks later knows why it stands still. */
export class FollowerNotes {
  readonly #troubles = new Map<string, FollowerTrouble>()
  readonly #since: string
  /** One after the other, and none holds up the follower: a disk that takes no note is told of by what fails there. */
  #writing: Promise<void> = Promise.resolve()

  constructor(
    private readonly slices: Pick<Slices, 'note'>,
    private readonly world: Pick<World, 'clock' | 'host'>,
  ) {
    this.#since = world.clock.now().toISOString()
  }

  /** It was started. */
  begin(): Promise<void> {
    return this.#written()
  }

  /** Hears everything that the follower tells. */
  hear(event: FollowEvent): void {
    if (this.#changedBy(event)) this.#writing = this.#writing.then(() => this.#written())
  }

  /** It was told to stop: there is nothing to say any more. */
  async end(): Promise<void> {
    await this.#writing
    await this.slices.note(undefined).catch(() => undefined)
  }

  #changedBy(event: FollowEvent): boolean {
    switch (event.kind) {
      case 'sliced':
        return event.taken.baseNeeded === undefined && this.#troubles.delete('base')
      case 'trouble':
        return this.#is('slices', event.failure)
      case 'recovered':
        return this.#troubles.delete('slices')
      case 'base failed':
        return event.failure.kind !== 'partial' && this.#is('base', event.failure)
      case 'base unfit': {
        const { id, reason } = event.unfit
        const message = `${id} is no base: ${unfitWords[reason]}`
        return this.#is('base', { code: 'BASE_UNFIT', message })
      }
      case 'base taken':
        return this.#troubles.delete('base')
      case 'copy failed':
        return this.#is(`copies to ${event.place}`, event.failure)
      case 'copies go on':
        return this.#troubles.delete(`copies to ${event.place}`)
      case 'base begun':
        return false
    }
  }

  #is(about: string, { code, message }: Pick<FollowerTrouble, 'code' | 'message'>): boolean {
    const known = this.#troubles.get(about)
    if (known?.code === code && known.message === message) return false
    const since = known?.code === code ? known.since : this.world.clock.now().toISOString()
    this.#troubles.set(about, { about, code, message, since })
    return true
  }

  async #written(): Promise<void> {
    const { pid, name: host } = this.world.host
    const note: FollowerNote = {
      pid,
      host,
      since: this.#since,
      troubles: [...this.#troubles.values()],
    }
    await this.slices.note(note).catch(() => undefined)
  }
}

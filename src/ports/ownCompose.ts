/** The compose files that ops writes itself, beside the operator's own. Throws `COMPOSE_FILE_UNWRITTEN` (failed). */
export interface OwnCompose {
  /** Nothing where it is not there. */
  text(path: string): Promise<string | undefined>
  /** Whole or not at all, also after a power cut. */
  write(path: string, text: string): Promise<void>
  /** The same for one without secrets: everybody may read it (mode 0644), and as far as we may give it away it belongs to whom `beside` does. */
  publish(path: string, text: string, beside: string): Promise<void>
  /** One that is not there is removed already. */
  remove(path: string): Promise<void>
}

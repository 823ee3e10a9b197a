/** The compose files that ops writes itself, beside the operator's own. Throws `COMPOSE_FILE_UNWRITTEN` (failed). */
export interface OwnCompose {
  /** Nothing where it is not there. */
  text(path: string): Promise<string | undefined>
  /** Whole or not at all, also after a power cut. */
  write(path: string, text: string): Promise<void>
  /** One that is not there is removed already. */
  remove(path: string): Promise<void>
}

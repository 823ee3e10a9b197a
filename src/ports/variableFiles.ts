/**
 * The operator's `.env` files, of which single lines are changed. They hold secrets: nothing of their text is shown, recorded or copied.
 * Throws `VARIABLES_UNWRITTEN` (failed), also for a link that leads nowhere.
 */
export interface VariableFiles {
  /** Nothing where it is not there. What is no UTF-8 is not read: it could not be put back as it is. */
  text(path: string): Promise<string | undefined>
  /** Whole or not at all, also after a power cut; with mode and owner of what was there, behind the link where that is one. */
  replace(path: string, text: string): Promise<void>
  /** One that is not there is removed already. */
  remove(path: string): Promise<void>
}

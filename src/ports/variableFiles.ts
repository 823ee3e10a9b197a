/**
 * The operator's `.env` files, of which single lines are changed. They hold secrets: nothing of their text is shown, recorded or copied.
 * Throws `VARIABLES_UNWRITTEN` (failed).
 */
export interface VariableFiles {
  /** Nothing where it is not there. */
  text(path: string): Promise<string | undefined>
  /** Whole or not at all, also after a power cut; with mode and owner of what was there, behind the link where that is one. */
  replace(path: string, text: string): Promise<void>
  /** One that is not there is removed already. */
  remove(path: string): Promise<void>
}

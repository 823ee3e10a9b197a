/** A file of lines that any number of runs add to. It stays below a size; what is oldest goes. */
export interface Lines {
  /** Adds whole lines, their line breaks included, as one piece. Throws the system's error. */
  add(text: string): Promise<void>
  /**
   * What is kept, the oldest first, whole lines only; of that the newest, at most so many bytes. Nothing where nothing was ever
   * kept. Throws the system's error.
   */
  read(mostBytes?: number): Promise<string>
}

/** The machine that the engine runs on, as the engine tells of it. Throws `ENGINE_UNREACHABLE` (environment). */
export interface EngineHost {
  /** All its memory, in bytes. */
  memoryBytes(): Promise<number>
  /** Its own addresses in the networks that the engine made: whoever has one of them is on that machine. */
  gateways(): Promise<readonly string[]>
}

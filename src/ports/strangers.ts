import type { Target } from '../domain/target.js'

/** Knocks at a server's door without a name. */
export interface Strangers {
  /**
   * Whether the server does for somebody who does not sign in what takes a sign-in wherever one is asked for (it lists the
   * names of its databases; they are not kept). Throws what `Mongo.connect` throws.
   */
  answered(target: Target, signal?: AbortSignal): Promise<boolean>
}

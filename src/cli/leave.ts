/** Milliseconds that open connections may keep a finished command alive. */
const patience = 500

/**
 * Sees to it that a command that is through also ends: a connection somebody forgot must not hang a cron job. Output
 * that a slow reader has not taken yet is waited for.
 */
export function leaveSoon(stdout: { readonly writableLength: number }): void {
  const look = () => {
    // eslint-disable-next-line no-restricted-properties -- the exit code is decided by now; only stray handles are left
    if (stdout.writableLength === 0) process.exit()
    setTimeout(look, patience).unref()
  }
  setTimeout(look, patience).unref()
}

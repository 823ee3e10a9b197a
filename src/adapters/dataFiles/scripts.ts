/** Every folder that ops makes on a data volume begins with this. */
export const keptPrefix = '.ops-before-'

/**
 * Not copied: diagnostics, what earlier restores put aside, the home folder of a mongosh that was run in the container, the
 * journal's spare files, which hold nothing (WiredTiger makes new ones), what a checkpoint has for a moment before it is
 * renamed to `WiredTiger.turtle`, and what sorting leaves for a moment (mongod empties `_tmp` when it starts).
 */
const leftOut = [
  './diagnostic.data',
  `./${keptPrefix}*`,
  './.mongodb',
  './lost+found',
  './_tmp',
  './WiredTiger.turtle.set',
  './journal/WiredTigerPreplog.*',
  './journal/WiredTigerTmplog.*',
]

/** Writes the data folder to standard output as a tar. It reads large records, and follows nothing out of the folder. */
export function copying(dbPath: string): readonly string[] {
  return [
    'tar',
    '--create',
    '--file=-',
    '--format=gnu',
    '--numeric-owner',
    '--blocking-factor=512',
    `--directory=${dbPath}`,
    '--anchored',
    ...leftOut.map((name) => `--exclude=${name}`),
    '.',
  ]
}

/** Exit code of what does not see its pipe. */
const noPipe = 90

/** The same into a pipe: first the greeting, which proves that it leads where it should. */
export function copyingIntoPipe(dbPath: string, pipe: string, greeting: string): readonly string[] {
  const script = `[ -p "$1" ] || exit ${noPipe.toString()}
exec >"$1"
printf '%s' "$2"
shift 2
exec "$@"`
  return ['sh', '-c', `set -eu\n${script}`, 'sh', pipe, greeting, ...copying(dbPath)]
}

/**
 * A script with a pipe as its standard input. The first line in it must be the greeting, which only we have, and is answered
 * on standard output: the pipe leads from us to here. It begins when the greeting comes once more.
 */
export function fedByPipe(
  argv: readonly string[],
  pipe: string,
  greeting: string,
): readonly string[] {
  const script = `[ -p "$1" ] || exit ${noPipe.toString()}
exec <"$1"
IFS= read -r first
[ "$first" = "$2" ] || exit ${noPipe.toString()}
printf '%s' "$2"
IFS= read -r begin
[ "$begin" = "$2" ] || exit ${noPipe.toString()}
shift 2
exec "$@"`
  return ['sh', '-c', `set -eu\n${script}`, 'sh', pipe, greeting, ...argv]
}

/** A script of ours with the data folder as its working folder and the kept folder as `$1`. */
export function inFolder(
  script: string,
  dbPath: string,
  ...words: readonly string[]
): readonly string[] {
  return ['sh', '-c', `set -eu\ncd -- "$1"\nshift\n${script}`, 'sh', dbPath, ...words]
}

/** Version of mongod, free bytes, and one entry of the data folder: three lines, the last one empty for an empty folder. */
export function looking(dbPath: string): readonly string[] {
  return inFolder(
    `mongod --version | sed -n 's/^db version v//p'
df --block-size=1 --output=avail . | tail -n 1
find . -mindepth 1 -maxdepth 1 ! -name '${keptPrefix}*' ! -name lost+found -print -quit`,
    dbPath,
  )
}

/**
 * Unpacks the tar on standard input. What is there is on the disk before it ends. It is written out all along: left to the
 * kernel, gigabytes gather in memory and go to the disk at the end, in one go, which the database beside it would feel. Linux
 * tells an error of writing out once, to whoever syncs first: so the exit code of that is waited for, too.
 */
export function unpacking(dbPath: string, folder: string): readonly string[] {
  return inFolder(
    `mkdir -m 0700 -- "$1" "$1/new"
rm -f /tmp/unpacked
( until [ -e /tmp/unpacked ]; do sleep 0.2; sync -f "$1" || exit 1; done ) < /dev/null &
writer=$!
tar --extract --file=- --numeric-owner --same-owner --same-permissions --blocking-factor=512 --directory="$1/new"
: > /tmp/unpacked
wait "$writer"
sync -f "$1"`,
    dbPath,
    folder,
  )
}

/** Makes the folder of an exchange that leaves an empty data folder, of the same owner and mode. */
export function makingEmpty(dbPath: string, folder: string): readonly string[] {
  return inFolder(
    `mkdir -m 0700 -- "$1" "$1/new"
chown --reference=. "$1/new"
chmod --reference=. "$1/new"
sync -f "$1"`,
    dbPath,
    folder,
  )
}

/** Number and bytes of the files in place, or of those that were put aside. */
export function measuring(dbPath: string, folder: string | undefined): readonly string[] {
  return inFolder(
    `cd -- "$1"
find . -mindepth 1 \\( -path './${keptPrefix}*' -o -path ./lost+found \\) -prune -o -type f -printf '%s\\n' |
  { files=0; bytes=0; while read -r size; do files=$((files + 1)); bytes=$((bytes + size)); done; echo "$files $bytes"; }`,
    dbPath,
    folder === undefined ? '.' : `${folder}/old`,
  )
}

/** Everything of the data folder but what ops keeps there. */
const moveAll = `find . -mindepth 1 -maxdepth 1 ! -name '${keptPrefix}*' ! -name lost+found -exec mv -t "$to" -- '{}' +`

/**
 * The restored files go in place, those that are there go to `old`. Each half is finished, on the disk and marked before the
 * next begins, so that it can be taken up again wherever it was cut off.
 */
export function puttingInPlace(dbPath: string, folder: string): readonly string[] {
  return inFolder(
    `test -d "$1/new"
if [ ! -e "$1/aside" ]; then
  mkdir -p -m 0700 -- "$1/old"
  to=$1/old
  ${moveAll}
  sync -f .
  : > "$1/aside"
  sync -f .
fi
find "$1/new" -mindepth 1 -maxdepth 1 -exec mv -t . -- '{}' +
chown --reference="$1/new" .
chmod --reference="$1/new" .
sync -f .
: > "$1/placed"
sync -f .`,
    dbPath,
    folder,
  )
}

/**
 * The way back, from wherever the way there ended. What is in place goes to `new` where all of it was restored, else to
 * `stray`; what is in `old` goes in place.
 */
export function puttingBack(dbPath: string, folder: string): readonly string[] {
  return inFolder(
    `test -d "$1" || exit 0
if [ -e "$1/aside" ] && [ ! -e "$1/back" ]; then
  if [ -e "$1/placed" ]; then to=$1/new; else to=$1/stray; mkdir -p -m 0700 -- "$to"; fi
  ${moveAll}
  sync -f .
  : > "$1/back"
  sync -f .
fi
if [ -d "$1/old" ]; then find "$1/old" -mindepth 1 -maxdepth 1 -exec mv -t . -- '{}' +; fi
sync -f .
rm -f -- "$1/aside" "$1/placed"
sync -f .
rm -f -- "$1/back"
sync -f .`,
    dbPath,
    folder,
  )
}

/** Removes a kept folder. */
export function forgetting(dbPath: string, folder: string): readonly string[] {
  return inFolder('rm -rf -- "$1"\nsync -f .', dbPath, folder)
}

import { quoted } from '../../domain/quoted.js'

/** What a guide is written from: nothing in here is a secret. */
export interface GuideFacts {
  readonly target: string
  readonly place:
    | {
        readonly kind: 'service'
        readonly service: string
        readonly composeFiles: readonly string[]
      }
    | { readonly kind: 'container'; readonly container: string; readonly image: string }
    | { readonly kind: 'server' }
  /** That the server listens on, inside its container. */
  readonly port: number
  readonly serverVersion: string
  /** Whether backups hold the oplog of the time they took. */
  readonly oplog: boolean
  readonly signIn?: { readonly username: string; readonly authSource: string }
  readonly replicaSet?: string
  /** Names of variables that the kit's files ask for. */
  readonly variables: readonly string[]
}

/**
 * RESTORE.md: how to get a target back with docker and mongorestore, without ops. Its `sh` blocks are commands that can
 * be run one after the other, in bash, in the folder of the file. The same facts give the same text.
 */
export function restoreGuide(facts: GuideFacts): string {
  return [
    `# Restore ${facts.target} without ops`,
    `Made by ops, which writes it anew when the stack changes. It needs \`docker\`, \`bash\` and \`sha256sum\`, for encrypted backups \`age\` too. Run the blocks one after the other, in one \`bash\`, in the folder of this file.`,
    ...chooseAndVerify(facts),
    ...decrypt(),
    ...server(facts),
    ...password(facts),
    ...restore(facts),
    ...afterwards(facts),
    ...copyOfDataFiles(facts),
  ]
    .join('\n\n')
    .concat('\n')
}

function chooseAndVerify({ target }: GuideFacts): readonly string[] {
  return [
    '## 1. Choose a backup and verify it',
    'This takes the newest archive that was judged good. For another one set `ID` to its name without an ending (`"trust"` in `ID.json` says what is known of it). Backups whose name ends in `-safety` hold the state before a restore; those with `.datafiles.tar.gz` are no archives, see the end.',
    block(
      `ARCHIVES=$(grep -L '"content": "dataFiles"' ${target}-*.json | grep -v -e '-safety\\.json$')`,
      `ID=$(grep -l -E '"trust": "(sound|restore-tested)"' /dev/null $ARCHIVES | tail -n 1)`,
      'ID=${ID%.json}',
      'sha256sum -c "$ID.sha256"',
    ),
  ]
}

function decrypt(): readonly string[] {
  return [
    '## 2. Decrypt it, and unpack its kit',
    'Everything is put into the folder `DIR`: choose an empty one. A name that ends in `.age` is encrypted: set `AGE_IDENTITY` to the file of a key that it was encrypted to.',
    block(
      'DIR=${DIR:-$PWD/restored}',
      'mkdir -p -m 700 "$DIR"',
      'ARCHIVE=$PWD/$ID.archive.gz',
      'if [ -e "$ARCHIVE.age" ]; then',
      '  age --decrypt --identity "$AGE_IDENTITY" --output "$DIR/$ID.archive.gz" "$ARCHIVE.age"',
      '  ARCHIVE=$DIR/$ID.archive.gz',
      'fi',
      'tar -xf "$ID.kit.tar" -C "$DIR" --strip-components=1',
      'cd "$DIR"',
    ),
    '`kit.json` says which images, volumes, indexes, users and versions there were, what was mounted from the old host, at which commit its folder was, and what was left out because it is a secret.',
  ]
}

function server(facts: GuideFacts): readonly string[] {
  const { place, serverVersion, variables } = facts
  const title = '## 3. Start a server'
  if (place.kind === 'server')
    return [
      title,
      `MongoDB ${serverVersion} ran outside Docker. Start one of the same release line and make the user that restores.`,
    ]
  if (place.kind === 'container') return [title, ...ownContainer(facts, place)]
  const asked =
    variables.length === 0
      ? 'The compose files ask for no variables.'
      : `Set the variables that the compose files ask for, in a file \`.env\` in \`DIR\` or with \`export\`: ${variables.map((name) => `\`${name}\``).join(', ')}.`
  return [
    title,
    `${asked} Other ports, and \`COMPOSE_PROJECT_NAME\`, let it run beside another stack. Bring the files back that services mount from the host (\`binds\` in \`kit.json\`) and that the kit does not hold. The images must be on the engine or to be had: names, ids and digests are in \`kit.json\`.`,
    block(`${compose(place.composeFiles)} up --detach --wait ${quoted(place.service)}`),
    ...initiate(facts),
  ]
}

function ownContainer(
  { signIn, serverVersion, port, replicaSet }: GuideFacts,
  { container, image }: Extract<GuideFacts['place'], { kind: 'container' }>,
): readonly string[] {
  const name = quoted(container)
  const run = `docker run --detach --name ${name} --volume ${quoted(`${container}_data`)}:/data/db`
  // The first server of an image only makes the user, and listens on loopback alone.
  const socket = `/dev/tcp/$(hostname -i | cut -d " " -f 1)/${port.toString()}`
  return [
    `MongoDB ${serverVersion} ran in a container of image \`${image}\`. An empty one is made like this; add \`--publish\` for whoever has to reach it. The password is asked for, and becomes that of its first user:`,
    block(
      ...(signIn
        ? [
            'IFS= read -rs -p "Password: " MONGO_INITDB_ROOT_PASSWORD',
            'export MONGO_INITDB_ROOT_PASSWORD',
            `${run} \\`,
            `  --env MONGO_INITDB_ROOT_USERNAME=${quoted(signIn.username)} --env MONGO_INITDB_ROOT_PASSWORD ${quoted(image)}`,
          ]
        : [`${run} ${quoted(image)}`]),
      `until docker exec ${name} bash -c 'exec 3<>"${socket}"' 2>/dev/null; do sleep 1; done`,
    ),
    ...(replicaSet === undefined
      ? []
      : [
          `The server was a member of the replica set \`${replicaSet}\`. This one stands alone, which is enough to restore into.`,
        ]),
  ]
}

function initiate({ replicaSet }: GuideFacts): readonly string[] {
  if (replicaSet === undefined) return []
  return [
    `The server was a member of the replica set \`${replicaSet}\`. Where the stack does not initiate it by itself, do so now: \`rs.initiate()\` in \`mongosh\`.`,
  ]
}

function password({ signIn, place }: GuideFacts): readonly string[] {
  if (place.kind === 'server')
    return [
      '## 4. Type the connection string',
      'Of a user that may restore. It is not shown, and is no argument of any process.',
      block('IFS= read -rs -p "Connection string: " SECRET'),
    ]
  if (!signIn) return []
  return [
    '## 4. Type the password',
    `Of the user \`${signIn.username}\`. It is not shown, and is no argument of any process.`,
    block('IFS= read -rs -p "Password: " SECRET'),
  ]
}

function restore(facts: GuideFacts): readonly string[] {
  const { place, signIn, port, oplog } = facts
  // Not the oplog: replaying takes the archive as a whole, and its users would replace the one that restores.
  const what = ["--nsExclude='admin.*'", "--nsExclude='config.*'"]
  const options = ['--archive', '--gzip', '--drop', '--stopOnError', ...what].join(' ')
  const key = place.kind === 'server' ? 'uri' : 'password'
  const secret = place.kind === 'server' || signIn !== undefined
  const identity = [
    ...(place.kind === 'server' ? [] : [`--host=127.0.0.1 --port=${port.toString()}`]),
    ...(signIn && place.kind !== 'server'
      ? [
          `--username=${quoted(signIn.username)} --authenticationDatabase=${quoted(signIn.authSource)}`,
        ]
      : []),
  ].join(' ')
  const inside = `'IFS= read -r line; exec mongorestore --config=<(printf "%s\\n" "$line") "$@"' restore`
  const where =
    place.kind === 'service'
      ? `${compose(place.composeFiles)} exec -T ${quoted(place.service)} `
      : place.kind === 'container'
        ? `docker exec -i ${quoted(place.container)} `
        : ''
  const command = secret
    ? [
        `QUOTE="'"`,
        `{ printf "${key}: '%s'\\n" "\${SECRET//$QUOTE/$QUOTE$QUOTE}"; cat "$ARCHIVE"; } |`,
        `  ${where}bash -c ${inside} \\`,
        `  ${[identity, options].filter((part) => part !== '').join(' \\\n  ')}`,
      ]
    : [`${where}mongorestore ${identity} ${options} < "$ARCHIVE"`]
  return [
    `## ${secret ? '5' : '4'}. Restore`,
    [
      'Databases come back; users and roles do not (`users` in `kit.json` names them). What the server already holds is replaced.',
      ...(oplog
        ? [
            'What was written while the backup was taken stands in the oplog of the archive, which is left out: only `ops restore` and a server without a password take it (`--oplogReplay` instead of `--nsExclude`; where that stops with NamespaceNotFound, a collection was dropped as the backup began: `ops restore` leaves such writes out).',
          ]
        : []),
    ].join(' '),
    block(...command),
    'Its last line must say that 0 documents failed. How many documents each collection has is in the manifest (`ID.json`) under `collections`.',
  ]
}

function afterwards({ place }: GuideFacts): readonly string[] {
  const service = place.kind === 'service'
  return [
    '## Afterwards',
    [
      service
        ? `Start the other services (\`${compose(place.composeFiles)} up --detach\`), but no job that loads data. `
        : '',
      'Remove the decrypted archive. Take a backup.',
    ].join(''),
  ]
}

/**
 * The other kind of backup. Its blocks are not `sh`: they are run instead of the others. Started without its set, a server
 * drops nothing; why the mark is taken away says decision 15 (as `lastWrites.ts` does it).
 */
function copyOfDataFiles({ target, signIn, replicaSet }: GuideFacts): readonly string[] {
  const name = quoted(`${target}_restored`)
  const volume = quoted(`${target}_restored_data`)
  const user = signIn
    ? ` --username=${quoted(signIn.username)} --authenticationDatabase=${quoted(signIn.authSource)}`
    : ''
  return [
    '## A copy of the data files',
    'A file that ends in `.datafiles.tar.gz` holds the data folder of the server: every database, users and passwords. It goes, without `mongorestore`, into an empty volume, and a server of the same release starts on it (`image` and `serverVersion` in `ID.json`). The volume must be new: never unpack over files that are there. In place of steps 1 to 5, in the folder of this file:',
    bash(
      `COPY=$(ls ${target}-*.datafiles.tar.gz | tail -n 1)`,
      'ID=${COPY%.datafiles.tar.gz}',
      'sha256sum -c "$ID.sha256"',
      `IMAGE=\${IMAGE:-$(sed -n 's/^ *"image": "\\(.*\\)",$/\\1/p' "$ID.json" | head -n 1)}`,
      `docker volume create ${volume}`,
      `docker run --rm --interactive --user 0 --entrypoint tar --volume ${volume}:/data/db "$IMAGE" \\`,
      '  --extract --gzip --file=- --numeric-owner --same-owner --same-permissions --directory=/data/db < "$COPY"',
      `docker run --detach --name ${name} --network none --volume ${volume}:/data/db --user "$(docker run --rm \\`,
      `  --entrypoint stat --volume ${volume}:/data/db "$IMAGE" --format %u:%g /data/db)" --entrypoint mongod "$IMAGE" --dbpath /data/db`,
    ),
    'The folder keeps its owner, and the server runs as that. This one is alone and reached by nobody: look with `docker logs`, and with `docker exec -it` that everything is there.',
    ...(replicaSet === undefined
      ? [`\`docker exec -it ${name} mongosh${user}\``]
      : [
          `It was a member of \`${replicaSet}\`. Started as one, it would drop the last tenth of a second of what did not wait for the journal; once its log says *Waiting for connections*, this keeps it from doing so:`,
          bash(
            `docker exec ${name} mongosh --quiet local --eval 'db.getCollection("replset.oplogTruncateAfterPoint").updateOne({ _id: "oplogTruncateAfterPoint" }, { $set: { oplogTruncateAfterPoint: Timestamp(0, 0) } })'`,
          ),
        ]),
    `Then stop it (\`docker stop ${name}\`), and start the server of your stack on that volume, with its own options, and under the host name that it had.`,
  ]
}

function bash(...lines: readonly string[]): string {
  return ['```bash', ...lines, '```'].join('\n')
}

function compose(files: readonly string[]): string {
  return [
    'docker compose --project-directory .',
    ...files.map((file) => `-f ${quoted(file)}`),
  ].join(' ')
}

function block(...lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n')
}

/** RESTORE.md of a whole shelf: the same for every shelf, so that stacks that share one do not write over each other. */
export const shelfGuide = `# Restore without ops

Each folder beside this file holds the backups of one database server, and a \`RESTORE.md\` of its own: how to get it back
with docker and mongorestore, command by command.

- \`ID.archive.gz\` is an archive of \`mongodump\`, \`ID.archive.gz.age\` the same encrypted with \`age\`.
- \`ID.sha256\` is read by \`sha256sum -c\`, \`ID.json\` says what the archive holds.
- \`.images\`, where it is there, holds images of services for \`docker load\`: the \`.json\` beside each says its name.
- \`ID.kit.tar\` holds what a bare host needs: compose files, images, volumes, indexes, users, versions. No secrets.
`

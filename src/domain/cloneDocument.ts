import type { ComposeDocument, DocumentMount, DocumentService } from './composeDocument.js'
import { leadsToMachine } from './machineFolders.js'

/** How a clone of a compose project is to be. */
export interface CloneWish {
  /** Name of its own project, which everything of it is called after. */
  readonly project: string
  /** On every container, volume and network of it: whose it is, so that it is found again. */
  readonly labels: Readonly<Record<string, string>>
  /** The services that are wanted. */
  readonly services: readonly string[]
  /** Never in the clone, not even where something depends on them. */
  readonly without: ReadonlySet<string>
}

/**
 * What a clone keeps of a service. Everything else is left out: what is not known to be harmless may reach the real stack,
 * the machine, or somebody outside (ports, links, devices, privileges, labels that a proxy routes by, log drivers, hooks).
 */
const kept = [
  'cap_drop',
  'command',
  'configs',
  'cpus',
  'domainname',
  'entrypoint',
  'environment',
  'group_add',
  'healthcheck',
  'hostname',
  'init',
  'mem_limit',
  'mem_reservation',
  'memswap_limit',
  'platform',
  'read_only',
  'secrets',
  'shm_size',
  'stop_grace_period',
  'stop_signal',
  'tmpfs',
  'tty',
  'ulimits',
  'user',
  'working_dir',
] as const

/**
 * Capabilities that a clone keeps where a service adds them: those with which a server takes over its data folder, changes to its user,
 * and keeps its memory. None of them reaches beyond its container. Names as compose writes them, with `CAP_` or without.
 */
const harmless: ReadonlySet<string> = new Set([
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'IPC_LOCK',
  'KILL',
  'SETGID',
  'SETUID',
  'SYS_NICE',
])

/** Where images of MongoDB keep data and keys. */
const usualDataFolders = ['/data/db', '/data/configdb', '/bitnami/mongodb', '/var/lib/mongodb']

/**
 * A compose file for an isolated clone of some services of a project: own names, own volumes, own networks that lead nowhere,
 * no published port. What a service mounts read-only is shared as it is; a volume or a data folder becomes a volume
 * of the clone, any other folder or file of the machine is mounted read-only, and what leads to the machine itself not at all. Images are those that are there: nothing is built or pulled.
 */
export function cloneDocument(document: ComposeDocument, wish: CloneWish): ComposeDocument {
  const names = servicesOfClone(document, wish)
  const services = Object.fromEntries(
    names.map((name) => [name, cloneService(name, document, names, wish)]),
  )
  const used = Object.values(services)
  const mounts = used.flatMap(({ volumes = [] }) => volumes)
  const volumes = new Set(
    mounts.flatMap(({ type, source }) => (type === 'volume' && source ? [source] : [])),
  )
  const networks = new Set(used.flatMap(({ networks: all = {} }) => Object.keys(all)))
  const { labels } = wish
  return {
    name: wish.project,
    services,
    networks: Object.fromEntries([...networks].map((name) => [name, { internal: true, labels }])),
    volumes: Object.fromEntries(
      [...volumes].map((key) => {
        const shared = isShared(key, document)
        return [key, shared ? { external: true, name: nameOf(key, document) } : { labels }]
      }),
    ),
    ...files('secrets', document, used),
    ...files('configs', document, used),
  }
}

/** The services wanted and what they depend on, in the order of the document. */
export function servicesOfClone(
  { services }: ComposeDocument,
  { services: wanted, without }: Pick<CloneWish, 'services' | 'without'>,
): readonly string[] {
  const chosen = new Set<string>()
  const choose = (name: string) => {
    if (chosen.has(name) || without.has(name) || services[name] === undefined) return
    chosen.add(name)
    Object.keys(services[name].depends_on ?? {}).forEach(choose)
  }
  wanted.forEach(choose)
  return Object.keys(services).filter((name) => chosen.has(name))
}

/** Services of a clone that go without something that the real ones have mounted, a sentence each. */
export function mountsLeftOut(
  document: ComposeDocument,
  wish: Pick<CloneWish, 'services' | 'without'>,
): readonly string[] {
  return servicesOfClone(document, wish).flatMap((name) => {
    const service = document.services[name] ?? {}
    const lost = (service.volumes ?? [])
      .filter((mount) => cloneMount(mount, '', service, document).length === 0)
      .map(({ source, target }) => source ?? target)
    if (lost.length === 0) return []
    return [`${name} goes without ${lost.join(', ')} in the clone: it could reach beyond it there`]
  })
}

function cloneService(
  name: string,
  document: ComposeDocument,
  names: readonly string[],
  { labels }: CloneWish,
): DocumentService {
  const service = document.services[name] ?? {}
  const volumes = (service.volumes ?? []).flatMap((mount, at) =>
    cloneMount(mount, `ops-${name}-${at.toString()}`, service, document),
  )
  const needs = Object.entries(service.depends_on ?? {}).filter(([other]) => names.includes(other))
  const limits = service.deploy?.resources?.limits
  const capabilities = (service.cap_add ?? []).filter((one) =>
    harmless.has(one.toUpperCase().replace(/^CAP_/, '')),
  )
  return {
    ...Object.fromEntries(
      kept.flatMap((key) => (service[key] === undefined ? [] : [[key, service[key]]])),
    ),
    // An image that compose builds has the project's name; the clone has another.
    image: service.image ?? `${document.name}-${name}`,
    pull_policy: 'never',
    labels,
    // A clone that was left behind must not come back with the engine.
    restart: 'no',
    logging: { driver: 'json-file', options: { 'max-size': '20m' } },
    ...networksOf(service),
    ...(capabilities.length > 0 ? { cap_add: capabilities } : {}),
    ...(volumes.length > 0 ? { volumes } : {}),
    ...(needs.length > 0 ? { depends_on: Object.fromEntries(needs) } : {}),
    ...(limits ? { deploy: { resources: { limits } } } : {}),
  }
}

/** Names by which services find each other stay; addresses are the engine's choice. */
function networksOf({ networks, network_mode: mode }: DocumentService): Partial<DocumentService> {
  if (mode === 'none') return { network_mode: 'none' }
  const own: NonNullable<DocumentService['networks']> = Object.fromEntries(
    Object.entries(networks ?? {}).map(([name, how]) => [
      name,
      how?.aliases ? { aliases: how.aliases } : null,
    ]),
  )
  return { networks: Object.keys(own).length > 0 ? own : { default: null } }
}

function cloneMount(
  mount: DocumentMount,
  fallback: string,
  service: DocumentService,
  document: ComposeDocument,
): readonly DocumentMount[] {
  const { type, source, target } = mount
  if (type === 'tmpfs') return [mount]
  if (type === 'volume' && source !== undefined) {
    const shared = isShared(source, document)
    return [{ type, source, target, ...(shared || mount.read_only ? { read_only: true } : {}) }]
  }
  if (type === 'volume') return [{ type, target }]
  if (type !== 'bind' || source === undefined) return []
  const isSocket = source.endsWith('.sock')
  if (!isSocket && mount.read_only !== true && holdsData(target, service))
    return [{ type: 'volume', source: fallback, target }]
  if (leadsToMachine(source)) return []
  return [{ type, source, target, read_only: true }]
}

/** Whether data files lie in a folder of a service's container, or below it. */
function holdsData(target: string, { command }: DocumentService): boolean {
  const words = (command ?? []).flatMap((part) => part.split(/[\s=]+/))
  const given = words[words.indexOf('--dbpath') + 1]
  const folders = [...usualDataFolders, ...(words.includes('--dbpath') && given ? [given] : [])]
  return folders.some((folder) => `${folder}/`.startsWith(target === '/' ? '/' : `${target}/`))
}

/** Certificates and the like: a volume that no service of the whole project writes to, and that is no folder of the machine's own. */
function isShared(key: string, { services, volumes: defined }: ComposeDocument): boolean {
  const device = defined?.[key]?.driver_opts?.['device']
  if (typeof device === 'string' && leadsToMachine(device)) return false
  const mounts = Object.values(services)
    .flatMap(({ volumes = [] }) => volumes)
    .filter(({ type, source }) => type === 'volume' && source === key)
  return mounts.length > 0 && mounts.every((mount) => mount.read_only === true)
}

function nameOf(key: string, { name, volumes }: ComposeDocument): string {
  return volumes?.[key]?.name ?? `${name}_${key}`
}

function files(
  kind: 'secrets' | 'configs',
  document: ComposeDocument,
  services: readonly DocumentService[],
): Partial<ComposeDocument> {
  const used = new Set(
    services.flatMap((service) => (service[kind] ?? []).map((one) => one.source)),
  )
  const found = Object.entries(document[kind] ?? {}).filter(([name]) => used.has(name))
  return found.length > 0 ? { [kind]: Object.fromEntries(found) } : {}
}

import type { Finding } from '../../domain/finding.js'
import { judgeManifests, judgeNewestBackup } from '../doctor/backups.js'
import { blind, broken, doubtful, fine } from '../doctor/finding.js'
import { seen } from '../doctor/look.js'
import { judgeCutOff } from '../doctor/past.js'
import { judgeRestoreTest } from '../doctor/restoreTests.js'
import { counted } from '../doctor/words.js'
import type { StatusEvidence, StatusTarget } from '../status/evidence.js'
import { judgeExposure } from '../status/exposure.js'
import { judgeRecovery, judgeSlicesSeen } from '../status/judge.js'
import type { HealthEvidence } from './evidence.js'

/** Would the data come back, how much of it, and how soon? No finding where nobody asked. */
export function judgeProtection({
  protection,
  retention,
}: Pick<HealthEvidence, 'protection' | 'retention'>): readonly Finding[] {
  if (!protection) return []
  return [
    ...protection.targets.flatMap((target) => judgeTarget(target, protection)),
    ...retention.flatMap(({ target, seen: looked }) => judgeRetention(target, looked)),
  ]
}

function judgeTarget(target: StatusTarget, evidence: StatusEvidence): readonly Finding[] {
  const { name, catalog, shelf, cutOff, slices } = target
  const { at, promised } = evidence
  const { backupAgeSeconds, rtoSeconds } = promised
  const backup = (what: string) => `backup:${name}:${what}`
  return [
    as(backup('age'), judgeNewestBackup({ name, catalog, backupAgeSeconds }, at)),
    ...judgeTrust(backup('trust'), target),
    ...judgeCopies(backup('copies'), target),
    ...judgeRestoreTest({ name, catalog, rtoSeconds }, at).map((one) =>
      as(backup('restore-test'), one),
    ),
    as(backup('manifests'), judgeManifests(name, catalog)),
    ...(shelf.state === 'seen'
      ? []
      : [blind(backup('shelf'), 'what the shelf could bring back', shelf, ['ops backup list'])]),
    ...judgeExposure(target, { at, promised }).map((one) => as(exposureId(one.id, name), one)),
    ...judgeRecovery(target, rtoSeconds).map((one) => as(`rto:${name}`, one)),
    ...(slices ? sliceFindings(name, judgeSlicesSeen(name, slices)) : []),
    as(`cut-off:${name}`, judgeCutOff(name, cutOff)),
  ]
}

function as(id: string, finding: Finding): Finding {
  return { ...finding, id }
}

/** A status calls them `medical.rpo`, `medical.host` and `medical.copies.usb`. */
function exposureId(id: string, name: string): string {
  const what = id.slice(name.length + 1)
  if (what === 'rpo') return `rpo:${name}`
  if (what === 'host') return `rpo:${name}:host`
  return `backup:${name}:${what.replaceAll('.', ':')}`
}

/** A status tells what is wrong alone: here it is to be seen that somebody looked. */
function sliceFindings(name: string, found: readonly Finding[]): readonly Finding[] {
  if (found.length === 0)
    return [fine(`slices:${name}`, 'the slices of the oplog reach to now, without a gap')]
  const ids = found.map(({ id }) => id)
  return found.map((one, at) => {
    // Of several gaps each is a finding of its own.
    const before = ids.slice(0, at).filter((id) => id === one.id).length
    const what = one.id.startsWith('pitr.') ? one.id.slice(5) : 'seen'
    return as(`slices:${name}:${what}${before > 0 ? `:${(before + 1).toString()}` : ''}`, one)
  })
}

/** Can the newest backup be relied on, whatever is behind it? No finding where there is none: that is a finding of its own. */
function judgeTrust(id: string, { name, catalog }: StatusTarget): readonly Finding[] {
  const next = ['ops backup list']
  if (catalog.state !== 'seen')
    return [blind(id, 'how far the newest backup can be relied on', catalog, next)]
  const { newest, newestGood } = catalog.facts
  if (!newest) return []
  const { trust, present } = newest
  const value = { id: newest.id, trust, present }
  const behind = newestGood
    ? `the newest that can be relied on is ${newestGood.id}`
    : 'none can be relied on'
  const again = `ops backup --target ${name}`
  if (!present)
    return [
      broken(id, {
        says: `the file of ${newest.id} is not there`,
        because: behind,
        next: [again, ...next],
        value,
      }),
    ]
  const verify = `ops backup verify ${newest.id}`
  if (newest.changed)
    return [
      doubtful(id, {
        says: `the file of ${newest.id} was written to after it was last read`,
        because: `it was ${trust} then; what is in it now is not known`,
        next: [verify],
        value: { ...value, changed: true },
      }),
    ]
  switch (trust) {
    case 'damaged':
      return [
        broken(id, {
          says: `${newest.id} is damaged`,
          because: behind,
          next: [again, verify],
          value,
        }),
      ]
    case 'unverified':
      return [
        doubtful(id, {
          says: `${newest.id} was never read to its end`,
          because: behind,
          next: [verify, again],
          value,
        }),
      ]
    case 'sound':
    case 'restore-tested':
      return [fine(id, `${newest.id} of ${name} is ${trust}`, '', value)]
  }
}

/** Is the newest good backup at every place that it should be copied to? No finding where no place is named. */
function judgeCopies(id: string, { name, catalog, places }: StatusTarget): readonly Finding[] {
  const newest = seen(catalog)?.newestGood
  if (!newest || places.length === 0) return []
  const lacking = places.flatMap(({ name: place, holdsNewest }) => {
    const state = newest.copies.find(({ to }) => to === place)
    if (state?.state !== 'ok') return [`${place}: ${state?.because ?? 'not copied yet'}`]
    return holdsNewest === false
      ? [`${place}: it was brought there, and is not there any more, or not whole`]
      : []
  })
  // What was brought there once may be gone by now.
  const hidden = places.find(({ held }) => held.state !== 'seen')?.held
  if (lacking.length === 0 && hidden && hidden.state !== 'seen')
    return [blind(id, `whether ${newest.id} is at every place`, hidden, ['ops backup list'])]
  if (lacking.length === 0)
    return [fine(id, `${newest.id} is at ${counted(places.length, 'place')} elsewhere`)]
  return [
    doubtful(id, {
      says: `${newest.id} is not at ${lacking.length === places.length ? 'any place' : 'every place'} that it should be copied to`,
      because: lacking.join('\n'),
      next: [`ops backup copy --target ${name}`],
      value: { id: newest.id, lacking: lacking.length },
    }),
  ]
}

function judgeRetention(
  target: string,
  looked: HealthEvidence['retention'][number]['seen'],
): readonly Finding[] {
  const id = `backup:${target}:retention`
  const next = [`ops backup prune --target ${target} --dry-run`]
  if (looked.state !== 'seen') return [blind(id, 'whether the retention works', looked, next)]
  const { configured, overdue, alarms } = looked.facts
  if (!configured) return [fine(id, 'ops.yaml has no backup.retention: nothing is ever removed')]
  if (alarms.length > 0)
    return [
      doubtful(id, {
        says: 'the retention removes nothing until somebody has looked',
        because: alarms.join('\n'),
        next,
        value: { alarms: alarms.length },
      }),
    ]
  if (overdue.length === 0) return [fine(id, 'the retention has removed what it does not keep')]
  return [
    doubtful(id, {
      says: `the retention did not remove ${counted(overdue.length, 'backup')} that it no longer keeps`,
      because: overdue.join(', '),
      next,
      value: { overdue },
    }),
  ]
}

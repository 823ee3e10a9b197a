import type { SchedulerName, Schedulers } from '../../src/ports/schedulers.js'

/** Schedulers in memory. `calls` is what systemd was told; `changedAt` is when every file was last changed. */
export function fakeSchedulers(
  available: readonly SchedulerName[] = ['systemd', 'cron'],
  changedAt = '2026-11-20T12:00:00.000Z',
) {
  const files = new Map<string, string>()
  const timers = new Set<string>()
  const calls: string[] = []
  const box = { crontab: undefined as string | undefined }
  const schedulers: Schedulers = {
    available: () => Promise.resolve(available),
    programFolders: () => Promise.resolve(['/usr/bin', '/opt/mongo/bin']),
    read(place) {
      if (place.kind === 'crontab')
        return Promise.resolve(box.crontab === undefined ? undefined : { text: box.crontab })
      const text = files.get(place.path)
      return Promise.resolve(text === undefined ? undefined : { text, changedAt })
    },
    write(place, text) {
      if (place.kind === 'crontab') box.crontab = text
      else files.set(place.path, text)
      return Promise.resolve()
    },
    remove(path) {
      files.delete(path)
      return Promise.resolve()
    },
    active: (unit) => Promise.resolve(timers.has(unit)),
    activate(units, scope) {
      calls.push(`${scope} activate ${units.join(' ')}`)
      for (const unit of units) timers.add(unit)
      return Promise.resolve()
    },
    deactivate(units, scope) {
      calls.push(`${scope} deactivate ${units.join(' ')}`)
      for (const unit of units) timers.delete(unit)
      return Promise.resolve()
    },
    reload(scope) {
      calls.push(`${scope} reload`)
      return Promise.resolve()
    },
  }
  return { schedulers, files, timers, calls, box }
}

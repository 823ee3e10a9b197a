import type { FactsOf } from '../../domain/declared/facts.js'
import type { RuleOf } from '../../domain/declared/rule.js'
import type { Finding } from '../../domain/finding.js'
import { broken, doubtful, fine } from '../doctor/finding.js'

/** Does the unit do what is expected of it? */
export function judgeSystemd(
  id: string,
  { unit, expects }: RuleOf['systemd'],
  { load, active, sub, result }: FactsOf['systemd'],
): Finding {
  const next = [`systemctl status ${unit}`, `journalctl --unit ${unit} --lines 50`]
  const value = { load, active, sub, result }
  const says = `${unit} is ${active}${sub === '' || sub === active ? '' : ` (${sub})`}`
  if (load !== 'loaded')
    return broken(id, {
      says:
        load === 'not-found' ? `there is no unit ${unit}` : `${unit} cannot be loaded (${load})`,
      next,
      value,
    })
  if (active === 'failed') return broken(id, { says, because: `result: ${result}`, next, value })
  // Between two attempts a unit that ends over and over is neither failed nor active (systemd.service(5), Restart=).
  if (sub.startsWith('auto-restart') && result !== 'success')
    return broken(id, {
      says: `${unit} ends and is started again`,
      because: `result: ${result}`,
      next,
      value,
    })
  if (expects === 'not-failed' || active === 'active') return fine(id, says, '', value)
  // On its way up, or reading its configuration again.
  if (active === 'activating' || active === 'reloading') return doubtful(id, { says, next, value })
  return broken(id, { says, because: 'it is expected to be active', next, value })
}

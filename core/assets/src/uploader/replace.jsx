// New bytes for one file: sent and shown as any upload of this tab's list, and told when they are in place.
import { useEffect, useRef } from 'preact/hooks'
import { useItems } from './items.js'
import { choose, chosenIn } from './pick.js'
import { Row } from './row.jsx'
import { isActive } from './states.js'

const KEPT = 'Replaced. The bytes before are kept as a version.'

export function ReplaceView({ tab, target, onEnd }) {
  const input = useRef()
  const item = useItems(tab).find(({ replaces }) => replaces?.id === target.id)
  useEffect(() => tab.onReplaced(target.id, onEnd), [tab, target.id, onEnd])
  const busy = Boolean(item) && (isActive(item.stage) || item.stage === 'paused')
  const take = ([chosen]) => chosen && tab.replace(chosen, target)
  return (
    <>
      {/* Disabled, it would lose the focus. */}
      <button type="button" class="button" aria-disabled={busy ? 'true' : undefined} onClick={() => busy || choose(input.current, take)}>
        Choose the new file
      </button>
      <input ref={input} type="file" hidden onChange={(event) => take(chosenIn(event.currentTarget))} />
      {item && <ul class="list"><Row key={item.id} tab={tab} item={item} within /></ul>}
      <p role="status">{item?.stage === 'delivered' ? KEPT + (item.replaces.sameKey ? ' The CDN is told to forget them.' : '') : ''}</p>
    </>
  )
}

// A dialog keeps the focus inside by leading Tab itself, and walks past what stands in a shadow root: all
// our components. Where one of them is next, or has the focus, the step is made here instead.
const TABBABLE = 'a[href], button, input, select, textarea, summary, [tabindex]'

function* stopsIn(root) {
  for (const element of root.querySelectorAll('*')) {
    if (element.shadowRoot) yield* stopsIn(element.shadowRoot)
    else if (element.matches(TABBABLE) && element.tabIndex >= 0 && !element.disabled && isSeen(element)) yield element
  }
}

const isSeen = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.getClientRects().length > 0

function deepest(element) {
  return element?.shadowRoot?.activeElement ? deepest(element.shadowRoot.activeElement) : element
}

function step(event) {
  if (event.key !== 'Tab' || event.ctrlKey || event.altKey || event.metaKey) return
  const dialog = document.activeElement?.closest('[role="dialog"]')
  if (!dialog) return
  const stops = [...stopsIn(dialog)]
  const here = deepest(document.activeElement)
  const at = stops.indexOf(here)
  const next = stops.at((at + (event.shiftKey ? -1 : 1)) % stops.length)
  if (at < 0 || [here, next].every((stop) => stop.getRootNode() === document)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  next.focus()
}

document.addEventListener('keydown', step, true)

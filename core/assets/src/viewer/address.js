// The file that the page's address names. Pure; the viewer itself moves through the history.

export const PARAMETER = 'show'

export function shownIn(href) {
  return new URL(href).searchParams.get(PARAMETER)
}

/** The address that shows `id`; null shows none. The rest of it stays letter by letter. */
export function showing(href, id) {
  const url = new URL(href)
  const kept = url.search.slice(1).split('&').filter((part) => part && part.split('=')[0] !== PARAMETER)
  if (id) kept.push(`${PARAMETER}=${encodeURIComponent(id)}`)
  return url.pathname + (kept.length ? `?${kept.join('&')}` : '') + url.hash
}

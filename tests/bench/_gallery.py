"""When the pictures of a gallery are on the screen: scripts that run in the page, for the benches."""

# Settles when a full set of our thumbnails is decoded and two frames were drawn.
_PAINTED = """
window.__painted = previous => new Promise(done => {
  const all = root => [...root.querySelectorAll('*')].flatMap(
    e => [...(e.matches('img[src*="/emulator/cdn/"]') ? [e] : []), ...(e.shadowRoot ? all(e.shadowRoot) : [])])
  const look = () => {
    const images = all(document)
    const first = images.length ? images[0].src : ''
    const whole = images.length >= SHOWN && images.every(i => i.complete && i.naturalWidth) && first !== previous
    if (!whole) return requestAnimationFrame(look)
    requestAnimationFrame(() => requestAnimationFrame(() => done([performance.now(), first])))
  }
  look()
})
"""


def watch_for(shown):
    """An init script: `__painted(previous)` answers [ms since navigation, first address]."""
    return _PAINTED.replace("SHOWN", str(shown))


def opened(page, address):
    """Milliseconds from the navigation to the last thumbnail on the screen, and the first one."""
    page.goto(address, wait_until="commit")
    return page.evaluate("previous => window.__painted(previous)", "")


# Settles when each tile that reaches into the window shows a decoded picture, and two frames were
# drawn: [ms since navigation, tiles]. Tiles below the window may come later.
FIRST_SCREEN = """
window.__firstScreen = selector => new Promise(done => {
  const all = (root, wanted) => [...root.querySelectorAll('*')].flatMap(
    e => [...(e.matches(wanted) ? [e] : []), ...(e.shadowRoot ? all(e.shadowRoot, wanted) : [])])
  const seen = e => {
    const box = e.getBoundingClientRect()
    return box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  }
  const shown = e => [...e.querySelectorAll('img')].some(i => i.complete && i.naturalWidth > 1)
  const look = () => {
    const tiles = all(document, selector).filter(seen)
    if (!tiles.length || !tiles.every(shown)) return requestAnimationFrame(look)
    requestAnimationFrame(() => requestAnimationFrame(() => done([performance.now(), tiles.length])))
  }
  look()
})
"""


def first_screen(page, address, tiles):
    """(milliseconds from the navigation to the last picture on the first screen, pictures)."""
    page.goto(address, wait_until="commit")
    taken, count = page.evaluate("tiles => window.__firstScreen(tiles)", tiles)
    return taken, count

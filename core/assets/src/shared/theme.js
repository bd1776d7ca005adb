// Whether Streamlit shows its light or its dark theme, told by the background it hands down.

/** "#14171c" or "rgb(20, 23, 28)" → relative brightness 0…1; unreadable colours count as light. */
export function brightness(color) {
  const text = (color ?? '').trim()
  const hex = text.match(/^#([0-9a-f]{6}|[0-9a-f]{3})/i)?.[1]
  const parts = hex
    ? (hex.length === 3 ? [...hex].map((c) => c + c) : hex.match(/../g)).map((c) => parseInt(c, 16))
    : text.match(/[\d.]+/g)?.map(Number)
  if (!parts || parts.length < 3 || parts.slice(0, 3).some(Number.isNaN)) return 1
  const [red, green, blue] = parts
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
}

export function scheme(color) {
  return brightness(color) < 0.5 ? 'dark' : 'light'
}

/** Marks `host` with data-scheme, which tokens.css turns into colours. */
export function applyScheme(host) {
  host.dataset.scheme = scheme(getComputedStyle(host).getPropertyValue('--st-background-color'))
}

const sheets = new Map()

/** One constructed stylesheet per text, shared by every shadow root that shows it. */
export function adoptStyles(root, text) {
  if (!sheets.has(text)) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    sheets.set(text, sheet)
  }
  const sheet = sheets.get(text)
  const owner = 'adoptedStyleSheets' in root ? root : root.getRootNode()
  if (!owner.adoptedStyleSheets.includes(sheet)) owner.adoptedStyleSheets = [...owner.adoptedStyleSheets, sheet]
}

// The square that is cut out of a picture, as numbers. Pure: sizes are pixels of the upright picture.

export const MOST_ZOOM = 8
const STEP = 0.02 // of the shorter side: how far one press of an arrow key goes

/** The whole shorter side, in the middle. `x` and `y` are the square's centre. */
export function middle(width, height) {
  return { width, height, x: width / 2, y: height / 2, zoom: 1 }
}

export function side({ width, height, zoom }) {
  return Math.min(width, height) / zoom
}

/** The nearest square that lies inside the picture. */
export function inside(crop) {
  const zoom = clamp(crop.zoom, 1, MOST_ZOOM)
  const half = side({ ...crop, zoom }) / 2
  return { ...crop, zoom, x: clamp(crop.x, half, crop.width - half), y: clamp(crop.y, half, crop.height - half) }
}

/** Moved by pixels of a view that shows the square `shown` pixels wide: the picture follows the finger. */
export function dragged(crop, dx, dy, shown) {
  const scale = side(crop) / shown
  return inside({ ...crop, x: crop.x - dx * scale, y: crop.y - dy * scale })
}

export function zoomed(crop, zoom) {
  return inside({ ...crop, zoom })
}

const KEYS = {
  ArrowLeft: (crop, step) => inside({ ...crop, x: crop.x - step }),
  ArrowRight: (crop, step) => inside({ ...crop, x: crop.x + step }),
  ArrowUp: (crop, step) => inside({ ...crop, y: crop.y - step }),
  ArrowDown: (crop, step) => inside({ ...crop, y: crop.y + step }),
  '+': (crop) => zoomed(crop, crop.zoom * 1.1),
  '=': (crop) => zoomed(crop, crop.zoom * 1.1),
  '-': (crop) => zoomed(crop, crop.zoom / 1.1),
  0: (crop) => middle(crop.width, crop.height),
}

/** The square after a key; null for keys that mean nothing here. */
export function pressed(crop, key) {
  return KEYS[key]?.(crop, Math.min(crop.width, crop.height) * STEP) ?? null
}

/** `x,y,size` as POST /api/users/me/avatar takes it: corner and side as fractions. */
export function fractions(crop) {
  const { width, height, x, y } = inside(crop)
  const length = side(inside(crop))
  return [(x - length / 2) / width, (y - length / 2) / height, length / Math.min(width, height)]
    .map((value) => clamp(value, 0, 1).toFixed(5)).join(',')
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), Math.max(least, most))
}

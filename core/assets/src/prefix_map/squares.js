// Squarified rectangles (Bruls, Huizing, van Wijk): a row takes more as long as that brings the
// worst shape in it nearer to a square.

function worst(row, side) {
  const sum = row.reduce((all, one) => all + one.area, 0)
  return Math.max(...row.map(({ area }) => Math.max((side * side * area) / (sum * sum), (sum * sum) / (side * side * area))))
}

/** Items with a `value` → [{ item, x, y, w, h }] that fill the box, the largest first. */
export function squares(items, box) {
  const whole = items.reduce((all, one) => all + one.value, 0)
  const left = items.map((item) => ({ item, area: (item.value / whole) * box.w * box.h }))
  left.sort((a, b) => b.area - a.area)
  const found = []
  let { x, y, w, h } = box
  while (left.length && w > 0 && h > 0) {
    const side = Math.min(w, h)
    const row = [left.shift()]
    while (left.length && worst([...row, left[0]], side) <= worst(row, side)) row.push(left.shift())
    const thick = row.reduce((all, one) => all + one.area, 0) / side
    let at = 0
    for (const { item, area } of row) {
      const long = area / thick
      found.push(w >= h ? { item, x, y: y + at, w: thick, h: long } : { item, x: x + at, y, w: long, h: thick })
      at += long
    }
    if (w >= h) { x += thick; w -= thick } else { y += thick; h -= thick }
  }
  return found
}

/** Shortened in the middle, as both ends of a key tell more than its middle. */
export function short(text, letters) {
  if (text.length <= letters) return text
  const tail = Math.floor((letters - 1) / 2)
  return `${text.slice(0, letters - 1 - tail)}\u2026${text.slice(text.length - tail)}`
}

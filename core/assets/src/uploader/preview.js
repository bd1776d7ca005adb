// Small pictures of local files, decoded one at a time off the main thread and only when seen.

const DECODABLE = /^image\/(jpeg|png|gif|webp|avif|bmp)$/
const LARGEST = 40 * 1024 * 1024
const SIDE = 96

const bitmaps = new WeakMap()
let line = Promise.resolve()

function decode(file) {
  if (!bitmaps.has(file)) {
    const work = line.then(() => createImageBitmap(file, { resizeWidth: SIDE * 1.5, resizeQuality: 'medium' }))
    line = work.catch(() => {})
    bitmaps.set(file, work)
  }
  return bitmaps.get(file)
}

function cover(canvas, bitmap) {
  const side = Math.min(bitmap.width, bitmap.height)
  const context = canvas.getContext('2d')
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, SIDE, SIDE)
}

/** Draws `file` into `canvas` when it comes into view; answers how to stop waiting for that. */
export function picture(file, type, canvas, onDrawn) {
  if (!DECODABLE.test(type) || file.size > LARGEST) return undefined
  let wanted = true
  const observer = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return
    observer.disconnect()
    try {
      const bitmap = await decode(file)
      if (!wanted) return
      cover(canvas, bitmap)
      onDrawn()
    } catch {
      // The server will say what is wrong with it; here the tile of its kind stays.
    }
  })
  observer.observe(canvas.parentElement)
  return () => {
    wanted = false
    observer.disconnect()
  }
}

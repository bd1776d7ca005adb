// How a picture lies in the stage. Pure: a view is { scale, x, y }, 1 is "fits", x and y in pixels
// from the middle of the stage to the middle of the picture.

export const FIT = Object.freeze({ scale: 1, x: 0, y: 0 })
export const STEP = 1.5
const MOST = 8 // times its fitted size, where its own pixels don't allow more

/** The size at which a picture fits the stage; never larger than its own pixels. */
export function fitted(picture, stage) {
  if (!picture.width || !picture.height || !stage.width || !stage.height) return { width: 0, height: 0 }
  const factor = Math.min(stage.width / picture.width, stage.height / picture.height, 1)
  return { width: picture.width * factor, height: picture.height * factor }
}

/** How far it may be enlarged: to four screen pixels for one of its own, and a few times in any case. */
export function most(picture, fit, pixelRatio = 1) {
  return fit.width ? Math.max(MOST, (4 * picture.width) / (fit.width * pixelRatio)) : MOST
}

/** The scale at which one pixel of the picture is one of the screen. */
export function actual(picture, fit, pixelRatio = 1) {
  return fit.width ? picture.width / (fit.width * pixelRatio) : 1
}

/** Zooms so that what is under `point` (from the middle of the stage) stays there. */
export function zoomAt(view, scale, point, fit, stage, limit) {
  const next = Math.min(Math.max(scale, 1), limit)
  const grown = next / view.scale
  const moved = { scale: next, x: point.x - (point.x - view.x) * grown, y: point.y - (point.y - view.y) * grown }
  return held(moved, fit, stage)
}

export function pan(view, dx, dy, fit, stage) {
  return held({ scale: view.scale, x: view.x + dx, y: view.y + dy }, fit, stage)
}

/** No edge of the picture comes further in than the edge of the stage. */
function held(view, fit, stage) {
  const room = (length, space) => Math.max(0, (length * view.scale - space) / 2)
  const within = (value, most) => Math.min(Math.max(value, -most), most) || 0
  return {
    scale: view.scale,
    x: within(view.x, room(fit.width, stage.width)),
    y: within(view.y, room(fit.height, stage.height)),
  }
}

/** What a double click does: closer, to its own pixels where that is closer, and back. */
export function toggled(view, point, fit, stage, picture, pixelRatio) {
  if (view.scale > 1) return FIT
  const limit = most(picture, fit, pixelRatio)
  return zoomAt(view, Math.max(2, actual(picture, fit, pixelRatio)), point, fit, stage, limit)
}

// How sizes, times and counts are written. Pure; the same words as core/ui/formats.py.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** 1536 → "1.5 KiB". */
export function size(bytes) {
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

/** Seconds a person can plan with: "8 s", "3 min", "2 h 10 min". */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return ''
  const whole = Math.max(1, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${Math.floor(minutes / 60)} h`
}

export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`
}

const DIRECTION_MARKS = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g

/** A name without the marks that would make "gpj.exe" read as "exe.jpg". */
export function plain(name) {
  return name.replace(DIRECTION_MARKS, '')
}

/** Keeps both ends of a long name, because the end tells the type: "holiday-in…0142.jpg". */
export function shorten(text, limit = 48) {
  const letters = Array.from(text)
  if (letters.length <= limit) return text
  const tail = Math.floor((limit - 1) / 2)
  return `${letters.slice(0, limit - tail - 1).join('')}…${letters.slice(-tail).join('')}`
}

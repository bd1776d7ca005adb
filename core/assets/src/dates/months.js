// Days with counts as rows of months, and where a key leads on that map. Pure: no DOM.

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
export const LEVELS = 5

/** [[day, count], …] → months, newest first: { month, count, days: [{ day, count }] } with every day of the month. */
export function monthsOf(counts) {
  const known = new Map(counts)
  const names = [...new Set(counts.map(([day]) => day.slice(0, 7)))].sort().reverse()
  return names.map((month) => {
    const [year, number] = month.split('-').map(Number)
    const length = new Date(Date.UTC(year, number, 0)).getUTCDate()
    const days = Array.from({ length }, (_, at) => {
      const day = `${month}-${String(at + 1).padStart(2, '0')}`
      return { day, count: known.get(day) ?? 0 }
    })
    return { month, count: days.reduce((sum, { count }) => sum + count, 0), days }
  })
}

/** 0 for none, else 1 to LEVELS: by the logarithm, because one full day must not pale all others. */
export function level(count, most) {
  if (count <= 0) return 0
  if (most <= 1) return LEVELS
  return 1 + Math.round((LEVELS - 1) * (Math.log(count) / Math.log(most)))
}

/** `2024-05` → `May 2024`, `2024-05-17` → `17 May 2024`. */
export function spoken(period) {
  const [year, month, day] = period.split('-')
  const name = MONTHS[Number(month) - 1]
  return day ? `${Number(day)} ${name} ${year}` : `${name} ${year}`
}

/** 1234 → `1.2k`: what fits into a small square. */
export function brief(count) {
  if (count < 1000) return String(count)
  const thousands = count / 1000
  return `${thousands < 10 ? thousands.toFixed(1).replace('.0', '') : Math.round(thousands)}k`
}

/** Where a key leads: column 0 is the month itself, 1 to 31 its days. */
export function move(key, { row, column }, months) {
  const rows = months.length
  const within = (to) => ({ row: to, column: Math.min(column, months[to].days.length) })
  switch (key) {
    case 'ArrowLeft':
      return column > 0 ? { row, column: column - 1 } : null
    case 'ArrowRight':
      return column < months[row].days.length ? { row, column: column + 1 } : null
    case 'ArrowUp':
      return row > 0 ? within(row - 1) : null
    case 'ArrowDown':
      return row < rows - 1 ? within(row + 1) : null
    case 'PageUp':
      return within(Math.max(0, row - 12))
    case 'PageDown':
      return within(Math.min(rows - 1, row + 12))
    case 'Home':
      return { row, column: 0 }
    case 'End':
      return { row, column: months[row].days.length }
    default:
      return null
  }
}

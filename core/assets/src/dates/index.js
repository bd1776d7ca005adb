// Entry of the map of dates: `mount` is called by the stub in core/ui/dates_map on every change.
import tokens from '../shared/tokens.css'
import { adoptStyles, applyScheme } from '../shared/theme.js'
import { count as counted } from '../shared/words.js'
import styles from './dates.css'
import { brief, level, monthsOf, move, spoken } from './months.js'

class DatesMap {
  #root = document.createElement('div')
  #table = document.createElement('table')
  #component
  #shown = ''
  #months = []
  #at = { row: 0, column: 0 }

  constructor(parentElement) {
    this.#root.className = 'root dates'
    this.#table.setAttribute('role', 'grid')
    this.#root.append(this.#table)
    this.#table.addEventListener('click', ({ target }) => this.#pick(target.closest('[data-period]')))
    this.#table.addEventListener('keydown', (event) => this.#pressed(event))
    this.#table.addEventListener('focusin', ({ target }) => this.#rove(target.closest('[data-period]')))
    adoptStyles(parentElement, tokens)
    adoptStyles(parentElement, styles)
    parentElement.append(this.#root)
  }

  update(component) {
    this.#component = component
    applyScheme(this.#root)
    if (component.data.map === this.#shown) return
    const { label, days, chosen } = JSON.parse(component.data.map)
    const again = this.#table.contains(this.#table.getRootNode().activeElement)
    this.#shown = component.data.map
    this.#months = monthsOf(days)
    this.#table.setAttribute('aria-label', label)
    this.#draw(chosen)
    if (again) this.#cell(this.#at)?.focus()
  }

  isOf(component) {
    return this.#component === component
  }

  remove() {
    this.#root.remove()
  }

  #draw(chosen) {
    const most = Math.max(1, ...this.#months.flatMap(({ days }) => days.map(({ count }) => count)))
    const rows = this.#months.map((month) => {
      const row = document.createElement('tr')
      row.append(cell('th', month.month, month.count, chosen, spoken(month.month), 0))
      for (const { day, count } of month.days) row.append(cell('td', day, count, chosen, count ? brief(count) : '', level(count, most)))
      return row
    })
    this.#table.replaceChildren(head(), ...rows)
    const wanted = this.#find(chosen) ?? this.#at
    const row = Math.max(0, Math.min(wanted.row, rows.length - 1))
    this.#at = { row, column: Math.min(wanted.column, this.#months[row]?.days.length ?? 0) }
    this.#cell(this.#at)?.setAttribute('tabindex', '0')
  }

  #find(period) {
    const row = this.#months.findIndex(({ month }) => period?.startsWith(month))
    return row < 0 ? null : { row, column: period.length > 7 ? Number(period.slice(8)) : 0 }
  }

  #cell({ row, column }) {
    return this.#table.rows[row + 1]?.cells[column]
  }

  /** Exactly one square is in the tab order. */
  #rove(to) {
    if (!to) return
    this.#cell(this.#at)?.setAttribute('tabindex', '-1')
    this.#at = { row: to.parentElement.rowIndex - 1, column: to.cellIndex }
    to.setAttribute('tabindex', '0')
  }

  #pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const to = move(event.key, this.#at, this.#months)
    if (to) this.#cell(to).focus()
    else if (event.key === 'Enter' || event.key === ' ') this.#pick(this.#cell(this.#at))
    else if (event.key === 'Escape') this.#component.setTriggerValue('picked', '-')
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  #pick(square) {
    if (!square || !Number(square.dataset.count)) return
    const { period } = square.dataset
    this.#component.setTriggerValue('picked', square.ariaSelected === 'true' ? '-' : period)
  }
}

function head() {
  const row = document.createElement('tr')
  const corner = document.createElement('td')
  row.append(corner)
  for (let day = 1; day <= 31; day++) {
    const made = document.createElement('th')
    made.scope = 'col'
    made.textContent = day
    row.append(made)
  }
  return row
}

function cell(tag, period, count, chosen, text, shade) {
  const made = document.createElement(tag)
  made.setAttribute('role', tag === 'th' ? 'rowheader' : 'gridcell')
  made.tabIndex = -1
  made.dataset.period = period
  made.dataset.count = count
  made.dataset.level = shade
  made.ariaSelected = String(period === chosen)
  made.ariaLabel = `${spoken(period)}, ${counted(count, 'file')}`
  made.title = made.ariaLabel
  if (tag === 'th') made.append(element('span', text), element('small', count.toLocaleString('en-US')))
  else made.textContent = text
  return made
}

function element(tag, text) {
  const made = document.createElement(tag)
  made.textContent = text
  return made
}

const maps = new WeakMap()

export function mount(component) {
  const { parentElement } = component
  const map = maps.get(parentElement) ?? new DatesMap(parentElement)
  maps.set(parentElement, map)
  map.update(component)
  return () => {
    if (!map.isOf(component)) return
    maps.delete(parentElement)
    map.remove()
  }
}

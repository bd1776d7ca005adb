// Pure arithmetic of an upload: which parts exist, which are missing, where a file belongs.
import { plain, size } from '../shared/words.js'

/** @returns {{number:number, start:number, end:number, size:number}[]} parts of a file, from 1 */
export function planParts(bytes, partSize) {
  const parts = []
  for (let start = 0; start < bytes; start += partSize) {
    const end = Math.min(start + partSize, bytes)
    parts.push({ number: parts.length + 1, start, end, size: end - start })
  }
  return parts
}

/** Splits a plan by what the server already has; a part of another size is sent again. */
export function missingParts(plan, present) {
  const sizes = new Map(present.map((part) => [part.part_number, part.size]))
  const missing = plan.filter((part) => sizes.get(part.number) !== part.size)
  const bytes = plan.reduce((sum, part) => sum + part.size, 0) - missing.reduce((sum, part) => sum + part.size, 0)
  return { missing, bytesPresent: bytes }
}

/** "/trip/day 1/a.jpg" below "2026" → "2026/trip/day 1". */
export function folderOf(relativePath, base = '') {
  const folders = (relativePath ?? '').split('/').filter((step) => step && step !== '.' && step !== '..')
  folders.pop()
  return [...base.split('/').filter(Boolean), ...folders].join('/')
}

const JUNK = new Set(['.ds_store', 'thumbs.db', 'desktop.ini', '.localized'])

/** Files that file managers leave in folders; nobody means to upload them. */
export function isJunk(name) {
  const lower = name.toLowerCase()
  return JUNK.has(lower) || lower.startsWith('._')
}

/** Why `file` is not the remembered one, as a sentence; nothing where it is. */
export function otherwise(known, file) {
  if (known.name !== file.name) return `It is called ${plain(file.name)}.`
  if (known.size !== file.size) return `It has ${size(file.size)}, not ${size(known.size)}.`
  return known.lastModified === file.lastModified ? '' : 'It was changed since, so its parts would not fit together.'
}

/** The remembered file that this newly chosen one continues, or undefined. */
export function findWaiting(waiting, file) {
  return waiting.find((known) => !otherwise(known, file))
}

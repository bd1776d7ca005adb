// Line icons on a 16 px grid, drawn for this product. Each is an SVG path in currentColor.

export const PATHS = {
  alert: 'M8 2.2 14.4 13.4H1.6ZM8 6.2v3.4M8 11.4v.1',
  archive: 'M3 2.5h7l3 3v8H3ZM10 2.5v3h3M6.5 7.5h3M6.5 10h3',
  audio: 'M6 11.5V3.5l6.5-1.2v8M6 11.5a1.8 1.6 0 1 1-3.6 0 1.8 1.6 0 0 1 3.6 0ZM12.5 10.3a1.8 1.6 0 1 1-3.6 0 1.8 1.6 0 0 1 3.6 0Z',
  broken: 'M2 3h12v5M2 3v10h5M2 10l3-3 2.5 2.5M10 10l4 4M14 10l-4 4',
  check: 'M3 8.4 6.4 12 13 4.6',
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 4.8V8l2.2 1.6',
  close: 'M4 4l8 8M12 4l-8 8',
  document: 'M3.5 2h6l3 3v9h-9ZM9.5 2v3h3M6 8h4M6 10.8h4',
  dots: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  download: 'M8 2.5v7.7M4.8 7.4 8 10.6l3.2-3.2M2.5 10v3.2h11V10',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  folder: 'M1.8 4h4.4l1.4 1.6h6.6v7.2H1.8Z',
  image: 'M2 3h12v10H2ZM2 10.5l3.2-3 2.6 2.4L11 6.6l3 3M5.6 5.8v.1',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 7.2v3.6M8 5v.1',
  left: 'M10 3 5 8l5 5',
  minus: 'M3 8h10',
  offline: 'M2 6.4a9 9 0 0 1 12 0M4.4 9a5.4 5.4 0 0 1 7.2 0M8 12.2v.1M2.5 2l11 12',
  other: 'M3.5 2h6l3 3v9h-9ZM9.5 2v3h3',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2 12.4 8 5 12.8Z',
  plus: 'M3 8h10M8 3v10',
  retry: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.4v3h-3',
  right: 'M6 3l5 5-5 5',
  upload: 'M8 10.5V3M4.8 6 8 2.8 11.2 6M2.5 10v3.2h11V10',
  video: 'M2 4h8.4v8H2ZM10.4 7l3.6-2v6l-3.6-2',
}

const SVG = 'http://www.w3.org/2000/svg'

/** An <svg> element for code without JSX. */
export function iconElement(name) {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', PATHS[name] ?? PATHS.other)
  svg.append(path)
  return svg
}

/** Which tile a file of this kind shows where it has no picture. */
export function kindIcon(kind) {
  return kind in PATHS ? kind : 'other'
}

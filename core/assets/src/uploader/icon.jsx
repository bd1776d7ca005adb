import { PATHS } from '../shared/icons.js'

export function Icon({ name }) {
  return <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true"><path d={PATHS[name]} /></svg>
}

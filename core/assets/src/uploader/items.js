// What the tab has under way, for a view to follow.
import { useEffect, useState } from 'preact/hooks'

/** Items that follow the tab, repainted at most once per frame. */
export function useItems(tab) {
  const [items, setItems] = useState(() => tab.items())
  useEffect(() => {
    let frame = 0
    const off = tab.subscribe(() => {
      frame ||= requestAnimationFrame(() => {
        frame = 0
        setItems(tab.items())
      })
    })
    setItems(tab.items())
    return () => {
      off()
      cancelAnimationFrame(frame)
    }
  }, [tab])
  return items
}

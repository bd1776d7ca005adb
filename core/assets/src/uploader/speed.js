// How fast bytes move now, smoothed, and how long the rest will take.
import { useRef } from 'preact/hooks'

const WINDOW = 5000

export function useSpeed(sum, sending) {
  const samples = useRef([])
  const now = Date.now()
  if (!sending) samples.current = []
  else samples.current = [...samples.current.filter(([at]) => at > now - WINDOW), [now, sum.sent]].slice(-200)
  const [first] = samples.current
  const seconds = first ? (now - first[0]) / 1000 : 0
  const rate = seconds > 0.8 ? Math.max(0, (sum.sent - first[1]) / seconds) : 0
  return { rate, left: rate ? (sum.bytes - sum.sent) / rate : Infinity }
}

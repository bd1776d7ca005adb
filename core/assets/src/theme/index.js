// Stands before Streamlit's own scripts in the page: tells them which theme this person prefers.
// Streamlit keeps its choice per path, so it is said again on every page that is loaded.
import './tabbing.js'

const WORDS = { light: 'Light', dark: 'Dark', system: 'System' }
const CLOSED = 'stSidebarCollapsed-' // Streamlit's own memory of the sidebar

const chosen = document.currentScript?.dataset.theme
const wanted = WORDS[chosen]
// Streamlit tells its own root; dialogs stand beside it, and would follow the system.
if (wanted) document.documentElement.dataset.theme = chosen
try {
  if (wanted) localStorage.setItem(`stActiveTheme-${location.pathname}-v2`, JSON.stringify(wanted))
  // No room is kept for a sidebar that will come folded: the page would move when it does.
  if (localStorage.getItem(CLOSED) === 'true') document.documentElement.dataset.sidebar = 'closed'
} catch {
  // Without storage Streamlit follows the system.
}

// Stands before Streamlit's own scripts in the page: tells them which theme this person prefers.
// Streamlit keeps its choice per path, so it is said again on every page that is loaded.
const WORDS = { light: 'Light', dark: 'Dark', system: 'System' }

const wanted = WORDS[document.currentScript?.dataset.theme]
try {
  if (wanted) localStorage.setItem(`stActiveTheme-${location.pathname}-v2`, JSON.stringify(wanted))
} catch {
  // Without storage Streamlit follows the system.
}

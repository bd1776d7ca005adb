/* Built from core/assets/src by "npm run build"; do not edit. Licences: LICENSES.txt. Sources: sha256 3b2cc629805a68e7f1ab833ede93446f90db396408302f1babef9de45469b27b */
var e={light:"Light",dark:"Dark",system:"System"},t=e[document.currentScript?.dataset.theme];try{t&&localStorage.setItem(`stActiveTheme-${location.pathname}-v2`,JSON.stringify(t))}catch{}

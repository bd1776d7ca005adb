/* Built from core/assets/src by "npm run build"; do not edit. Licences: LICENSES.txt. Sources: sha256 c085bb6b0272b068ed61dfe01fd47cc86b556acc70caaa86602c456e89b15319 */
var x=`/* Colours and sizes that both components share. Neutral ones follow Streamlit's theme; the four
   meanings (ok, warn, fail, unknown) are fixed so that they look the same on every page. */
.root {
  --text: var(--st-text-color, #1b1f24);
  --page: var(--st-background-color, #ffffff);
  --surface: var(--st-secondary-background-color, #f6f7f9);
  --line: var(--st-border-color, #d9dde3);
  --accent: var(--st-primary-color, #3b5bdb);
  --radius: var(--st-base-radius, 8px);
  --muted: #57606a;
  --ok: #1a7f37;
  --warn: #9a6700;
  --fail: #cf222e;
  --unknown: #57606a;
  --on-accent: #ffffff;
  --small: 0.875rem;
  color: var(--text);
  font-family: var(--st-font, Inter, system-ui, sans-serif);
  font-size: 1rem;
  line-height: 1.45;
  font-feature-settings: 'tnum';
  -webkit-font-smoothing: antialiased;
}
.root[data-scheme='dark'] {
  --muted: #9aa4b2;
  --ok: #4ac26b;
  --warn: #d4a72c;
  --fail: #ff7b72;
  --unknown: #9aa4b2;
  --on-accent: #14171c;
  color-scheme: dark;
}
.root *, .root *::before, .root *::after { box-sizing: border-box; }
.root [hidden] { display: none !important; }
.icon { width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.4em;
  min-height: 2.125rem; padding: 0 0.8em;
  font: inherit; font-weight: 500; white-space: nowrap;
  color: var(--text); background: var(--page);
  border: 1px solid var(--line); border-radius: var(--radius); cursor: pointer;
}
.button:hover { border-color: var(--accent); color: var(--accent); }
.button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button.main:hover { filter: brightness(1.08); color: var(--on-accent); }
.button.quiet { border-color: transparent; background: transparent; color: var(--muted); padding: 0 0.5em; }
.button.quiet:hover { color: var(--accent); background: var(--surface); }
.button:disabled { opacity: 0.5; cursor: default; }
.button:focus-visible, .focusable:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) { .root *, .root *::before, .root *::after { animation: none !important; transition: none !important; } }
`;function P(r){let e=(r??"").trim(),t=e.match(/^#([0-9a-f]{6}|[0-9a-f]{3})/i)?.[1],i=t?(t.length===3?[...t].map(l=>l+l):t.match(/../g)).map(l=>parseInt(l,16)):e.match(/[\d.]+/g)?.map(Number);if(!i||i.length<3||i.slice(0,3).some(Number.isNaN))return 1;let[o,s,a]=i;return(.2126*o+.7152*s+.0722*a)/255}function K(r){return P(r)<.5?"dark":"light"}function w(r){r.dataset.scheme=K(getComputedStyle(r).getPropertyValue("--st-background-color"))}var f=new Map;function p(r,e){if(!f.has(e)){let o=new CSSStyleSheet;o.replaceSync(e),f.set(e,o)}let t=f.get(e),i="adoptedStyleSheets"in r?r:r.getRootNode();i.adoptedStyleSheets.includes(t)||(i.adoptedStyleSheets=[...i.adoptedStyleSheets,t])}function k(r,e,t=`${e}s`){return`${r.toLocaleString("en-US")} ${r===1?e:t}`}var O=/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;function c(r){return r.replace(O,"")}var M=`.trouble { margin: 0 0 0.5rem; padding: 0.5rem 0.75rem; border: 1px solid color-mix(in srgb, var(--fail) 40%, var(--line)); border-radius: var(--radius); }
.trouble a { color: var(--accent); }
.toolbar { display: flex; align-items: center; gap: 0.25rem; min-height: 2.125rem; margin-bottom: 0.5rem; }
.toolbar [role='status'] { color: var(--muted); font-size: var(--small); font-variant-numeric: tabular-nums; margin-right: 0.5rem; }
.toolbar .button { min-height: 1.875rem; font-size: var(--small); }
.choosing .toolbar [role='status'] { color: var(--accent); font-weight: 600; }

.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(10.5rem, 44%), 1fr)); gap: 1rem 0.875rem; }
.tile { position: relative; display: flex; flex-direction: column; min-width: 0; cursor: pointer; border-radius: var(--radius); outline: none; -webkit-user-select: none; user-select: none; }
.box {
  order: -1; position: relative; display: grid; place-items: center; aspect-ratio: 4 / 3; overflow: hidden;
  border-radius: var(--radius); background: var(--surface);
}
.box::after { content: ''; position: absolute; inset: 0; pointer-events: none; border-radius: inherit; box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--text) 10%, transparent); }
.box img { width: 100%; height: 100%; object-fit: cover; display: block; }
.tile:hover .box::after { box-shadow: inset 0 0 0 1.5px var(--accent); }
.tile:focus-visible .box { outline: 2px solid var(--accent); outline-offset: 2px; }
.tile[aria-selected='true'] .box::after { box-shadow: inset 0 0 0 3px var(--accent); background: color-mix(in srgb, var(--accent) 14%, transparent); }

.kind { display: flex; flex-direction: column; align-items: center; gap: 0.375rem; padding: 0 0.5rem; color: var(--muted); text-align: center; }
.kind .icon { width: 2rem; height: 2rem; stroke-width: 1.1; }
.kind-name { font-size: var(--small); font-weight: 500; }
.kind.broken { color: var(--fail); }
.kind.broken .icon { width: 1.5rem; height: 1.5rem; }

.check {
  position: absolute; top: 0; left: 0; display: grid; place-items: center; z-index: 1; width: 2.5rem; height: 2.5rem; opacity: 0;
}
.check::before { content: ''; position: absolute; inset: 0.5rem; border-radius: 6px; background: color-mix(in srgb, var(--page) 82%, transparent); box-shadow: inset 0 0 0 1.5px color-mix(in srgb, var(--text) 45%, transparent); }
.check .icon { position: relative; width: 0.95rem; height: 0.95rem; color: transparent; stroke-width: 2.2; }
.check:hover::before { box-shadow: inset 0 0 0 1.5px var(--accent); }
.tile:hover .check, .tile:focus-visible .check, .choosing .check, .tile[aria-selected='true'] .check { opacity: 1; }
.tile[aria-selected='true'] .check::before { background: var(--accent); box-shadow: none; }
.tile[aria-selected='true'] .check .icon { color: var(--on-accent); }
@media (hover: none) { .check { opacity: 1; } }
.look {
  position: absolute; z-index: 1; top: 0.25rem; left: 2.5rem; display: grid; place-items: center; width: 2rem; height: 2rem; opacity: 0;
  border-radius: 6px; color: var(--text); background: color-mix(in srgb, var(--page) 86%, transparent); box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--text) 18%, transparent);
}
.look:hover { color: var(--accent); box-shadow: inset 0 0 0 1.5px var(--accent); }
.tile:hover .look { opacity: 1; }
@media (hover: none) { .look { display: none; } } /* there the drawer's picture leads on */

.badge {
  position: absolute; z-index: 1; top: 0.5rem; right: 0.5rem; display: inline-flex; align-items: center; gap: 0.3em;
  padding: 0.1rem 0.5rem; border-radius: 1rem; font-size: var(--small); font-weight: 500;
  color: var(--muted); background: var(--page); box-shadow: 0 0 0 1px var(--line);
}
.badge.warn { --tone: var(--warn); }
.badge.fail { --tone: var(--fail); }
.badge:is(.warn, .fail) { color: var(--tone); box-shadow: 0 0 0 1px color-mix(in srgb, var(--tone) 45%, transparent); }
.lock {
  position: absolute; z-index: 1; top: 0.5rem; right: 0.5rem; display: grid; place-items: center; width: 1.5rem; height: 1.5rem; border-radius: 50%;
  color: var(--text); background: color-mix(in srgb, var(--page) 86%, transparent); box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--text) 18%, transparent);
}
.lock[hidden] { display: none; }
.lock .icon { width: 0.8rem; height: 0.8rem; }
.lock:not([hidden]) ~ .badge { right: 2.375rem; }

.caption { display: flex; flex-direction: column; padding: 0.35rem 0.125rem 0; line-height: 1.35; }
.tile-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; font-size: var(--small); }
.tile-size { min-height: 1.35em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted); font-size: var(--small); font-variant-numeric: tabular-nums; }
`;var d=class{#e=new Set;#t=null;has(e){return this.#e.has(e)}get size(){return this.#e.size}list(e){return e.filter(t=>this.#e.has(t))}replace(e){this.#e=new Set(e),this.#t=null}toggle(e){this.#e.delete(e)||this.#e.add(e),this.#t=e}extendTo(e,t){let i=t.indexOf(e),o=Math.max(0,t.indexOf(this.#t??e)),[s,a]=o<i?[o,i]:[i,o];for(let l of t.slice(s,a+1))this.#e.add(l);this.#t??=e}startFrom(e){this.#t??=e}clear(){this.#e.clear(),this.#t=null}retain(e){let t=this.#e.size;return this.#e=new Set(this.list(e)),e.includes(this.#t)||(this.#t=null),this.#e.size!==t}};function y(r,e,t,i){let o=t-1,s={ArrowLeft:-1,ArrowRight:1,ArrowUp:-i,ArrowDown:i,PageUp:-3*i,PageDown:3*i};if(r==="Home")return 0;if(r==="End")return o;if(!(r in s))return null;let a=e+s[r];if(a>=0&&a<=o)return a;if(r==="PageUp")return e%i;if(r==="PageDown")return o;let l=Math.floor(o/i)>Math.floor(e/i);return r==="ArrowDown"&&l?o:e}function S(r,{elsewhere:e,everything:t},i){if(i)return`All ${t.toLocaleString("en-US")} selected`;let o=`${r.toLocaleString("en-US")} selected`;return e?`${o}, ${e.toLocaleString("en-US")} on other pages`:o}var g={alert:"M8 2.2 14.4 13.4H1.6ZM8 6.2v3.4M8 11.4v.1",archive:"M3 2.5h7l3 3v8H3ZM10 2.5v3h3M6.5 7.5h3M6.5 10h3",audio:"M6 11.5V3.5l6.5-1.2v8M6 11.5a1.8 1.6 0 1 1-3.6 0 1.8 1.6 0 0 1 3.6 0ZM12.5 10.3a1.8 1.6 0 1 1-3.6 0 1.8 1.6 0 0 1 3.6 0Z",broken:"M2 3h12v5M2 3v10h5M2 10l3-3 2.5 2.5M10 10l4 4M14 10l-4 4",check:"M3 8.4 6.4 12 13 4.6",clock:"M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 4.8V8l2.2 1.6",close:"M4 4l8 8M12 4l-8 8",document:"M3.5 2h6l3 3v9h-9ZM9.5 2v3h3M6 8h4M6 10.8h4",dots:"M3.5 8h.1M8 8h.1M12.5 8h.1",download:"M8 2.5v7.7M4.8 7.4 8 10.6l3.2-3.2M2.5 10v3.2h11V10",fit:"M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",folder:"M1.8 4h4.4l1.4 1.6h6.6v7.2H1.8Z",image:"M2 3h12v10H2ZM2 10.5l3.2-3 2.6 2.4L11 6.6l3 3M5.6 5.8v.1",info:"M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 7.2v3.6M8 5v.1",left:"M10 3 5 8l5 5",minus:"M3 8h10",offline:"M2 6.4a9 9 0 0 1 12 0M4.4 9a5.4 5.4 0 0 1 7.2 0M8 12.2v.1M2.5 2l11 12",other:"M3.5 2h6l3 3v9h-9ZM9.5 2v3h3",pause:"M5.5 3.5v9M10.5 3.5v9",play:"M5 3.2 12.4 8 5 12.8Z",plus:"M3 8h10M8 3v10",retry:"M13 8a5 5 0 1 1-1.6-3.7M13 2.4v3h-3",right:"M6 3l5 5-5 5",upload:"M8 10.5V3M4.8 6 8 2.8 11.2 6M2.5 10v3.2h11V10",video:"M2 4h8.4v8H2ZM10.4 7l3.6-2v6l-3.6-2"},E="http://www.w3.org/2000/svg";function h(r){let e=document.createElementNS(E,"svg");e.setAttribute("viewBox","0 0 16 16"),e.setAttribute("class","icon"),e.setAttribute("aria-hidden","true");let t=document.createElementNS(E,"path");return t.setAttribute("d",g[r]??g.other),e.append(t),e}function A(r){return r in g?r:"other"}var C={processing:["clock","Processing","muted"],undelivered:["close","Not delivered","fail"]};function n(r,e,...t){let i=document.createElement(r);return i.className=e,i.append(...t),i}function Z(r){let e=/\.([a-z0-9]{1,5})$/i.exec(r);return e?e[1].toUpperCase():""}function B(){let r=h("other");return r.firstChild.setAttribute("d","M3.5 7h9v6.5h-9ZM5.4 7V5a2.6 2.6 0 0 1 5.2 0v2"),r}async function H(r){try{let e=await fetch(`/api/files/${encodeURIComponent(r)}`,{headers:{Accept:"application/json"}});return e.ok&&(await e.json()).thumbnail_url||null}catch{return null}}var u=class{item=null;#e=n("div","box");#t=n("span","tile-name");#c=n("span","tile-size");#a=n("span","badge");#l=n("span","lock",B());#r=null;constructor(){this.check=n("span","check",h("check")),this.check.setAttribute("aria-hidden","true"),this.look=n("span","look",h("fit")),this.look.title="View (v)",this.look.setAttribute("aria-hidden","true"),this.#l.title="Private",this.#l.setAttribute("aria-hidden","true"),this.node=n("div","tile",this.check,this.look,this.#l,n("div","caption",this.#t," ",this.#c)," ",this.#a," ",this.#e),this.node.setAttribute("role","option"),this.node.setAttribute("aria-keyshortcuts","Enter v Space"),this.node.tile=this}fill(e){let t=this.item;this.item=e,this.node.id=`tile-${e.id}`,this.#t.textContent=c(e.name),this.#c.textContent=e.size??"",this.node.title=c(e.name),this.#l.hidden=!e.private,(t?.id!==e.id||t?.thumbnail!==e.thumbnail||t?.name!==e.name)&&this.#f(),t?.state!==e.state&&this.#n(),this.#d()}loadNow(){this.#r&&(this.#r.loading="eager")}mark(e){this.node.setAttribute("aria-selected",String(e))}#m(e){this.node.dispatchEvent(new CustomEvent("picture",{bubbles:!0,detail:{arrived:e}}))}#d(){let e=C[this.item.state]?.[1]??"",t=[c(this.item.name),this.item.size,e,this.item.private&&"Private",this.#e.textContent,this.item.kind];this.node.setAttribute("aria-label",t.filter(Boolean).join(", "))}#f(){let{thumbnail:e}=this.item;if(this.#r=null,!e)return this.#s();let t=document.createElement("img");this.#r=t,t.alt="",t.loading="lazy",t.decoding="async",t.draggable=!1,t.width=400,t.height=300;let i=!1;t.addEventListener("error",async()=>{let o=!i&&this.item.private?await H(this.item.id):null;i=!0,this.#r===t&&(o?t.src=o:(this.#i(),this.#m(!1)))}),t.addEventListener("load",()=>this.#r===t&&this.#m(!0)),t.src=e,this.#e.replaceChildren(t)}#s(){let{kind:e,name:t}=this.item,i=n("span","kind-name");i.textContent=Z(t)||(e==="other"?"File":e),this.#e.replaceChildren(n("span","kind",h(A(e)),i))}#i(){let e=n("span","kind-name");e.textContent="Thumbnail did not load",this.#e.replaceChildren(n("span","kind broken",h("broken"),e)),this.#d()}#n(){let e=C[this.item.state];if(this.#a.hidden=!e,!e)return;let[t,i,o]=e;this.#a.className=`badge ${o}`,this.#a.replaceChildren(h(t),i)}};var D="dashboard-view",N="dashboard-viewed",R=6,j=120,z=["pointerdown","keydown"],v=class{#e=document.createElement("div");#t=document.createElement("div");#c=document.createElement("span");#a=T("Select all");#l=T("Clear");#r=document.createElement("p");#m=!1;#d=0;#f=0;#s=[];#i=[];#n=0;#o=new d;#k;#g="";#h={elsewhere:0,everything:0};#v="";#x;#u;#M=({detail:e})=>this.#O(e.id);#y=e=>e.composedPath().includes(this.#e)||this.#b(0);constructor(e){this.#e.className="root gallery",this.#t.className="grid",this.#t.setAttribute("role","listbox"),this.#t.setAttribute("aria-multiselectable","true"),this.#c.setAttribute("role","status");let t=document.createElement("div");t.className="toolbar",t.append(this.#c,this.#a,this.#l),this.#r.className="trouble",this.#r.setAttribute("role","alert"),this.#r.hidden=!0,this.#e.append(this.#r,t,this.#t),this.#K(),p(e,x),p(e,M),e.append(this.#e)}update(e){let{items:t,label:i,page:o="",selected:s,current:a,around:l,diagnose:L}=JSON.parse(e.data.page),$=!this.#u,V=o===this.#g;this.#u=e,this.#g=o,this.#m=L===!0,this.#h=l??{elsewhere:0,everything:0},w(this.#e),this.#t.setAttribute("aria-label",i),this.#L(t);let m=s==null?void 0:JSON.stringify(s);$?(this.#o.replace(s??a??[]),this.#v=this.#A(a??[])):m!==void 0&&(m!==this.#k||!V)&&this.#o.replace(s),this.#k=m,this.#o.retain(this.#i),this.#S(),this.#b(0)}remove(){clearTimeout(this.#x),removeEventListener(N,this.#M);for(let e of z)removeEventListener(e,this.#y,!0);this.#e.remove()}isOf(e){return this.#u===e}#L(e){let t=e.map(o=>o.id),i=t.length===this.#i.length&&t.every((o,s)=>o===this.#i[s]);for(this.#i=t;this.#s.length<e.length;){let o=new u;this.#s.push(o),this.#t.append(o.node)}for(let o of this.#s.splice(e.length))o.node.remove();e.forEach((o,s)=>this.#s[s].fill(o)),i||(this.#d=this.#f=0,this.#r.hidden=!0,this.#n=0,this.#$()),this.#n=Math.min(this.#n,Math.max(0,e.length-1))}#$(){if(globalThis.navigator.connection?.saveData)return;(globalThis.requestIdleCallback??(t=>setTimeout(t,200)))(()=>this.#s.forEach(t=>t.loadNow()),{timeout:400})}#S(){this.#s.forEach((o,s)=>{o.mark(this.#o.has(o.item.id)),o.node.tabIndex=s===this.#n?0:-1});let e=this.#o.size,t=e===this.#i.length&&this.#h.everything>0,i=e>0||this.#h.elsewhere>0;this.#e.classList.toggle("choosing",i),this.#c.textContent=i?S(e,this.#h,t):k(this.#i.length,"file"),this.#l.hidden=!i,this.#a.hidden=this.#i.length===0||e===this.#i.length}#V(e){e?this.#d+=1:this.#f+=1;let t=this.#d===0&&this.#f>=Math.min(R,this.#I());this.#r.hidden===t&&(this.#r.hidden=!t,t&&this.#r.replaceChildren(...F(this.#s,this.#m)))}#I(){return this.#s.filter(({item:e})=>e.thumbnail).length}#E(e){e<0||(this.#s[this.#n]?.node.setAttribute("tabindex","-1"),this.#n=e,this.#s[e].node.tabIndex=0)}#w(e){this.#E(e),this.#s[e].node.focus()}#P(e){return this.#s.indexOf(e.closest(".tile")?.tile)}#p(){this.#S(),this.#b(j)}#b(e){clearTimeout(this.#x);let t=()=>{let i=this.#o.list(this.#i),o=this.#A(i);o!==this.#v&&(this.#v=o,this.#u.setStateValue("selected",{page:this.#g,ids:i}))};e?this.#x=setTimeout(t,e):t()}#A(e){return e.length?JSON.stringify([this.#g,e]):"[]"}#C(e){this.#b(0),this.#u.setTriggerValue("open",e)}#K(){this.#t.addEventListener("click",e=>this.#U(e)),this.#t.addEventListener("focusin",e=>this.#E(this.#P(e.target))),this.#t.addEventListener("keydown",e=>this.#Z(e)),this.#t.addEventListener("picture",({detail:e})=>this.#V(e.arrived)),addEventListener(N,this.#M);for(let e of z)addEventListener(e,this.#y,!0);this.#a.addEventListener("click",()=>this.#z()),this.#l.addEventListener("click",()=>this.#T())}#N(e){dispatchEvent(new CustomEvent(D,{detail:{id:e}}))}#O(e){let t=this.#i.indexOf(e);t>=0&&!document.querySelector("[role=dialog]")&&this.#w(t)}#z(){this.#o.replace(this.#i),this.#p()}#T(){this.#o.clear();let e=this.#h.elsewhere>0;this.#h={elsewhere:0,everything:0},this.#p(),e&&this.#u.setTriggerValue("cleared",!0)}#U(e){let t=e.target.closest(".tile")?.tile;if(!t)return;let{id:i}=t.item;if(this.#w(this.#i.indexOf(i)),e.shiftKey)this.#o.extendTo(i,this.#i);else if(e.ctrlKey||e.metaKey||e.target.closest(".check"))this.#o.toggle(i);else return e.target.closest(".look")?this.#N(i):this.#C(i);this.#p()}#Z(e){if(!this.#i.length)return;let t=this.#i[this.#n],i=getComputedStyle(this.#t).gridTemplateColumns.split(" ").length,o=e.altKey?null:y(e.key,this.#n,this.#i.length,i);if(o!==null)this.#B(o,e.shiftKey);else if(e.key==="Enter")this.#C(t);else if(e.key===" ")this.#H(t,e.shiftKey);else if(e.key==="v"&&!e.ctrlKey&&!e.metaKey)this.#N(t);else if(e.key==="Escape"&&(this.#o.size||this.#h.elsewhere))this.#T();else if(e.key==="a"&&(e.ctrlKey||e.metaKey))this.#z();else return;e.preventDefault(),e.stopPropagation()}#B(e,t){t&&this.#o.startFrom(this.#i[this.#n]),this.#w(e),t&&(this.#o.extendTo(this.#i[e],this.#i),this.#p())}#H(e,t){t?this.#o.extendTo(e,this.#i):this.#o.toggle(e),this.#p()}};function F(r,e){let t="No picture of this page comes from the CDN. The files are listed all the same. ";if(!e)return[t,"Tell an admin."];let i=document.createElement("a"),{thumbnail:o}=r.find(({item:s})=>s.thumbnail).item;return i.href=`/doctor?url=${encodeURIComponent(new URL(o,location.href).href.split("?")[0])}`,i.textContent="Diagnose one of them",[t,i]}function T(r){let e=document.createElement("button");return e.type="button",e.className="button quiet",e.textContent=r,e}var b=new WeakMap;function ae(r){let{parentElement:e}=r,t=b.get(e)??new v(e);return b.set(e,t),t.update(r),()=>{t.isOf(r)&&(b.delete(e),t.remove())}}export{ae as mount};

/* Built from core/assets/src by "npm run build"; do not edit. Licences: LICENSES.txt. Sources: sha256 367876a742c6536bd411cc25af09b0f32e28cabb00bacad8196d1ebdd1188a9b */
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
`;function P(r){let t=(r??"").trim(),e=t.match(/^#([0-9a-f]{6}|[0-9a-f]{3})/i)?.[1],i=e?(e.length===3?[...e].map(l=>l+l):e.match(/../g)).map(l=>parseInt(l,16)):t.match(/[\d.]+/g)?.map(Number);if(!i||i.length<3||i.slice(0,3).some(Number.isNaN))return 1;let[s,o,a]=i;return(.2126*s+.7152*o+.0722*a)/255}function K(r){return P(r)<.5?"dark":"light"}function w(r){r.dataset.scheme=K(getComputedStyle(r).getPropertyValue("--st-background-color"))}var f=new Map;function p(r,t){if(!f.has(t)){let s=new CSSStyleSheet;s.replaceSync(t),f.set(t,s)}let e=f.get(t),i="adoptedStyleSheets"in r?r:r.getRootNode();i.adoptedStyleSheets.includes(e)||(i.adoptedStyleSheets=[...i.adoptedStyleSheets,e])}function k(r,t,e=`${t}s`){return`${r.toLocaleString("en-US")} ${r===1?t:e}`}var O=/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;function c(r){return r.replace(O,"")}var M=`.trouble { margin: 0 0 0.5rem; padding: 0.5rem 0.75rem; border: 1px solid color-mix(in srgb, var(--fail) 40%, var(--line)); border-radius: var(--radius); }
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
`;var d=class{#t=new Set;#e=null;has(t){return this.#t.has(t)}get size(){return this.#t.size}list(t){return t.filter(e=>this.#t.has(e))}replace(t){this.#t=new Set(t),this.#e=null}toggle(t){this.#t.delete(t)||this.#t.add(t),this.#e=t}extendTo(t,e){let i=e.indexOf(t),s=Math.max(0,e.indexOf(this.#e??t)),[o,a]=s<i?[s,i]:[i,s];for(let l of e.slice(o,a+1))this.#t.add(l);this.#e??=t}startFrom(t){this.#e??=t}clear(){this.#t.clear(),this.#e=null}retain(t){let e=this.#t.size;return this.#t=new Set(this.list(t)),t.includes(this.#e)||(this.#e=null),this.#t.size!==e}};function y(r,t,e,i){let s=e-1,o={ArrowLeft:-1,ArrowRight:1,ArrowUp:-i,ArrowDown:i,PageUp:-3*i,PageDown:3*i};if(r==="Home")return 0;if(r==="End")return s;if(!(r in o))return null;let a=t+o[r];if(a>=0&&a<=s)return a;if(r==="PageUp")return t%i;if(r==="PageDown")return s;let l=Math.floor(s/i)>Math.floor(t/i);return r==="ArrowDown"&&l?s:t}function S(r,{elsewhere:t,everything:e},i){if(i)return`All ${e.toLocaleString("en-US")} selected`;let s=`${r.toLocaleString("en-US")} selected`;return t?`${s}, ${t.toLocaleString("en-US")} on other pages`:s}var g={alert:"M8 2.2 14.4 13.4H1.6ZM8 6.2v3.4M8 11.4v.1",archive:"M3 2.5h7l3 3v8H3ZM10 2.5v3h3M6.5 7.5h3M6.5 10h3",audio:"M6 11.5V3.5l6.5-1.2v8M6 11.5a1.8 1.6 0 1 1-3.6 0 1.8 1.6 0 0 1 3.6 0ZM12.5 10.3a1.8 1.6 0 1 1-3.6 0 1.8 1.6 0 0 1 3.6 0Z",broken:"M2 3h12v5M2 3v10h5M2 10l3-3 2.5 2.5M10 10l4 4M14 10l-4 4",check:"M3 8.4 6.4 12 13 4.6",clock:"M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 4.8V8l2.2 1.6",close:"M4 4l8 8M12 4l-8 8",document:"M3.5 2h6l3 3v9h-9ZM9.5 2v3h3M6 8h4M6 10.8h4",dots:"M3.5 8h.1M8 8h.1M12.5 8h.1",download:"M8 2.5v7.7M4.8 7.4 8 10.6l3.2-3.2M2.5 10v3.2h11V10",fit:"M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",folder:"M1.8 4h4.4l1.4 1.6h6.6v7.2H1.8Z",image:"M2 3h12v10H2ZM2 10.5l3.2-3 2.6 2.4L11 6.6l3 3M5.6 5.8v.1",info:"M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 7.2v3.6M8 5v.1",left:"M10 3 5 8l5 5",minus:"M3 8h10",offline:"M2 6.4a9 9 0 0 1 12 0M4.4 9a5.4 5.4 0 0 1 7.2 0M8 12.2v.1M2.5 2l11 12",other:"M3.5 2h6l3 3v9h-9ZM9.5 2v3h3",pause:"M5.5 3.5v9M10.5 3.5v9",play:"M5 3.2 12.4 8 5 12.8Z",plus:"M3 8h10M8 3v10",retry:"M13 8a5 5 0 1 1-1.6-3.7M13 2.4v3h-3",right:"M6 3l5 5-5 5",upload:"M8 10.5V3M4.8 6 8 2.8 11.2 6M2.5 10v3.2h11V10",video:"M2 4h8.4v8H2ZM10.4 7l3.6-2v6l-3.6-2"},E="http://www.w3.org/2000/svg";function h(r){let t=document.createElementNS(E,"svg");t.setAttribute("viewBox","0 0 16 16"),t.setAttribute("class","icon"),t.setAttribute("aria-hidden","true");let e=document.createElementNS(E,"path");return e.setAttribute("d",g[r]??g.other),t.append(e),t}function A(r){return r in g?r:"other"}var C={processing:["clock","Processing","muted"],undelivered:["close","Not delivered","fail"]};function n(r,t,...e){let i=document.createElement(r);return i.className=t,i.append(...e),i}function Z(r){let t=/\.([a-z0-9]{1,5})$/i.exec(r);return t?t[1].toUpperCase():""}function B(){let r=h("other");return r.firstChild.setAttribute("d","M3.5 7h9v6.5h-9ZM5.4 7V5a2.6 2.6 0 0 1 5.2 0v2"),r}async function H(r){try{let t=await fetch(`/api/files/${encodeURIComponent(r)}`,{headers:{Accept:"application/json"}});return t.ok&&(await t.json()).thumbnail_url||null}catch{return null}}var u=class{item=null;#t=n("div","box");#e=n("span","tile-name");#c=n("span","tile-size");#l=n("span","badge");#h=n("span","lock",B());#r=null;constructor(){this.check=n("span","check",h("check")),this.check.setAttribute("aria-hidden","true"),this.look=n("span","look",h("fit")),this.look.title="View (v)",this.look.setAttribute("aria-hidden","true"),this.#h.title="Private",this.#h.setAttribute("aria-hidden","true"),this.node=n("div","tile",this.check,this.look,this.#h,n("div","caption",this.#e," ",this.#c)," ",this.#l," ",this.#t),this.node.setAttribute("role","option"),this.node.setAttribute("aria-keyshortcuts","Enter v Space"),this.node.tile=this}fill(t){let e=this.item;this.item=t,this.node.id=`tile-${t.id}`,this.#e.textContent=c(t.name),this.#c.textContent=t.size??"",this.node.title=c(t.name),this.#h.hidden=!t.private,(e?.id!==t.id||e?.thumbnail!==t.thumbnail||e?.name!==t.name)&&this.#f(),e?.state!==t.state&&this.#n(),this.#d()}loadNow(){this.#r&&(this.#r.loading="eager")}mark(t){this.node.setAttribute("aria-selected",String(t))}#m(t){this.node.dispatchEvent(new CustomEvent("picture",{bubbles:!0,detail:{arrived:t}}))}#d(){let t=C[this.item.state]?.[1]??"",e=[c(this.item.name),this.item.size,t,this.item.private&&"Private",this.#t.textContent,this.item.kind];this.node.setAttribute("aria-label",e.filter(Boolean).join(", "))}#f(){let{thumbnail:t}=this.item;if(this.#r=null,!t)return this.#o();let e=document.createElement("img");this.#r=e,e.alt="",e.loading="lazy",e.decoding="async",e.draggable=!1,e.width=400,e.height=300;let i=!1;e.addEventListener("error",async()=>{let s=!i&&this.item.private?await H(this.item.id):null;i=!0,this.#r===e&&(s?e.src=s:(this.#i(),this.#m(!1)))}),e.addEventListener("load",()=>this.#r===e&&this.#m(!0)),e.src=t,this.#t.replaceChildren(e)}#o(){let{kind:t,name:e}=this.item,i=n("span","kind-name");i.textContent=Z(e)||(t==="other"?"File":t),this.#t.replaceChildren(n("span","kind",h(A(t)),i))}#i(){let t=n("span","kind-name");t.textContent="Thumbnail did not load",this.#t.replaceChildren(n("span","kind broken",h("broken"),t)),this.#d()}#n(){let t=C[this.item.state];if(this.#l.hidden=!t,!t)return;let[e,i,s]=t;this.#l.className=`badge ${s}`,this.#l.replaceChildren(h(e),i)}};var D="dashboard-view",N="dashboard-viewed",R=6,j=120,z=["pointerdown","keydown"],v=class{#t=document.createElement("div");#e=document.createElement("div");#c=document.createElement("span");#l=T("Select all");#h=T("Clear");#r=document.createElement("p");#m=!1;#d=0;#f=0;#o=[];#i=[];#n=0;#s=new d;#k;#g="";#a={elsewhere:0,everything:0};#v="";#x;#u;#M=({detail:t})=>this.#U(t.id);#y=t=>t.composedPath().includes(this.#t)||this.#b(0);constructor(t){this.#t.className="root gallery",this.#e.className="grid",this.#e.setAttribute("role","listbox"),this.#e.setAttribute("aria-multiselectable","true"),this.#c.setAttribute("role","status");let e=document.createElement("div");e.className="toolbar",e.append(this.#c,this.#l,this.#h),this.#r.className="trouble",this.#r.setAttribute("role","alert"),this.#r.hidden=!0,this.#t.append(this.#r,e,this.#e),this.#O(),p(t,x),p(t,M),t.append(this.#t)}update(t){let{items:e,label:i,page:s="",selected:o,current:a,around:l,diagnose:L}=JSON.parse(t.data.page),$=!this.#u,V=s===this.#g;this.#u=t,this.#g=s,this.#m=L===!0,this.#a=l??{elsewhere:0,everything:0},w(this.#t),this.#e.setAttribute("aria-label",i),this.#L(e);let m=o==null?void 0:JSON.stringify(o);$?(this.#s.replace(o??a??[]),this.#v=this.#A(a??[])):m!==void 0&&(m!==this.#k||!V)&&this.#s.replace(o),this.#k=m,this.#s.retain(this.#i),this.#S(),this.#b(0)}remove(){clearTimeout(this.#x),removeEventListener(N,this.#M);for(let t of z)removeEventListener(t,this.#y,!0);this.#t.remove()}isOf(t){return this.#u===t}#L(t){let e=t.map(s=>s.id),i=e.length===this.#i.length&&e.every((s,o)=>s===this.#i[o]);for(this.#i=e;this.#o.length<t.length;){let s=new u;this.#o.push(s),this.#e.append(s.node)}for(let s of this.#o.splice(t.length))s.node.remove();t.forEach((s,o)=>this.#o[o].fill(s)),i||(this.#d=this.#f=0,this.#r.hidden=!0,this.#n=0,this.#$()),this.#n=Math.min(this.#n,Math.max(0,t.length-1))}#$(){if(globalThis.navigator.connection?.saveData)return;(globalThis.requestIdleCallback??(e=>setTimeout(e,200)))(()=>this.#o.forEach(e=>e.loadNow()),{timeout:400})}#S(){this.#o.forEach((s,o)=>{s.mark(this.#s.has(s.item.id)),s.node.tabIndex=o===this.#n?0:-1});let t=this.#s.size,e=t===this.#i.length&&this.#a.everything>0,i=t>0||this.#a.elsewhere>0;this.#t.classList.toggle("choosing",i),this.#c.textContent=i?S(t,this.#a,e):this.#V(),this.#h.hidden=!i,this.#l.hidden=this.#i.length===0||t===this.#i.length}#V(){let t=k(this.#i.length,"file");return this.#a.total>this.#i.length?`${t} on this page`:t}#I(t){t?this.#d+=1:this.#f+=1;let e=this.#d===0&&this.#f>=Math.min(R,this.#P());this.#r.hidden===e&&(this.#r.hidden=!e,e&&this.#r.replaceChildren(...F(this.#o,this.#m)))}#P(){return this.#o.filter(({item:t})=>t.thumbnail).length}#E(t){t<0||(this.#o[this.#n]?.node.setAttribute("tabindex","-1"),this.#n=t,this.#o[t].node.tabIndex=0)}#w(t){this.#E(t),this.#o[t].node.focus()}#K(t){return this.#o.indexOf(t.closest(".tile")?.tile)}#p(){this.#S(),this.#b(j)}#b(t){clearTimeout(this.#x);let e=()=>{let i=this.#s.list(this.#i),s=this.#A(i);s!==this.#v&&(this.#v=s,this.#u.setStateValue("selected",{page:this.#g,ids:i}))};t?this.#x=setTimeout(e,t):e()}#A(t){return t.length?JSON.stringify([this.#g,t]):"[]"}#C(t){this.#b(0),this.#u.setTriggerValue("open",t)}#O(){this.#e.addEventListener("click",t=>this.#Z(t)),this.#e.addEventListener("focusin",t=>this.#E(this.#K(t.target))),this.#e.addEventListener("keydown",t=>this.#B(t)),this.#e.addEventListener("picture",({detail:t})=>this.#I(t.arrived)),addEventListener(N,this.#M);for(let t of z)addEventListener(t,this.#y,!0);this.#l.addEventListener("click",()=>this.#z()),this.#h.addEventListener("click",()=>this.#T())}#N(t){dispatchEvent(new CustomEvent(D,{detail:{id:t}}))}#U(t){let e=this.#i.indexOf(t);e>=0&&!document.querySelector("[role=dialog]")&&this.#w(e)}#z(){this.#s.replace(this.#i),this.#p()}#T(){this.#s.clear();let t=this.#a.elsewhere>0;this.#a={...this.#a,elsewhere:0,everything:0},this.#p(),t&&this.#u.setTriggerValue("cleared",!0)}#Z(t){let e=t.target.closest(".tile")?.tile;if(!e)return;let{id:i}=e.item;if(this.#w(this.#i.indexOf(i)),t.shiftKey)this.#s.extendTo(i,this.#i);else if(t.ctrlKey||t.metaKey||t.target.closest(".check"))this.#s.toggle(i);else return t.target.closest(".look")?this.#N(i):this.#C(i);this.#p()}#B(t){if(!this.#i.length)return;let e=this.#i[this.#n],i=getComputedStyle(this.#e).gridTemplateColumns.split(" ").length,s=t.altKey?null:y(t.key,this.#n,this.#i.length,i);if(s!==null)this.#H(s,t.shiftKey);else if(t.key==="Enter")this.#C(e);else if(t.key===" ")this.#D(e,t.shiftKey);else if(t.key==="v"&&!t.ctrlKey&&!t.metaKey)this.#N(e);else if(t.key==="Escape"&&(this.#s.size||this.#a.elsewhere))this.#T();else if(t.key==="a"&&(t.ctrlKey||t.metaKey))this.#z();else return;t.preventDefault(),t.stopPropagation()}#H(t,e){e&&this.#s.startFrom(this.#i[this.#n]),this.#w(t),e&&(this.#s.extendTo(this.#i[t],this.#i),this.#p())}#D(t,e){e?this.#s.extendTo(t,this.#i):this.#s.toggle(t),this.#p()}};function F(r,t){let e="No picture of this page comes from the CDN. The files are listed all the same. ";if(!t)return[e,"Tell an admin."];let i=document.createElement("a"),{thumbnail:s}=r.find(({item:o})=>o.thumbnail).item;return i.href=`/doctor?url=${encodeURIComponent(new URL(s,location.href).href.split("?")[0])}`,i.textContent="Diagnose one of them",[e,i]}function T(r){let t=document.createElement("button");return t.type="button",t.className="button quiet",t.textContent=r,t}var b=new WeakMap;function at(r){let{parentElement:t}=r,e=b.get(t)??new v(t);return b.set(t,e),e.update(r),()=>{e.isOf(r)&&(b.delete(t),e.remove())}}export{at as mount};

/* Built from core/assets/src by "npm run build"; do not edit. Licences: LICENSES.txt. Sources: sha256 e4a42931a2736a750ba7724e87de9468f898d7824abf9e31bf6c2996e892152b */
var S=`/* Colours and sizes that both components share. Neutral ones follow Streamlit's theme; the four
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
`;function I(n){let e=(n??"").trim(),t=e.match(/^#([0-9a-f]{6}|[0-9a-f]{3})/i)?.[1],r=t?(t.length===3?[...t].map(i=>i+i):t.match(/../g)).map(i=>parseInt(i,16)):e.match(/[\d.]+/g)?.map(Number);if(!r||r.length<3||r.slice(0,3).some(Number.isNaN))return 1;let[o,s,a]=r;return(.2126*o+.7152*s+.0722*a)/255}function R(n){return I(n)<.5?"dark":"light"}function T(n){n.dataset.scheme=R(getComputedStyle(n).getPropertyValue("--st-background-color"))}var f=new Map;function m(n,e){if(!f.has(e)){let o=new CSSStyleSheet;o.replaceSync(e),f.set(e,o)}let t=f.get(e),r="adoptedStyleSheets"in n?n:n.getRootNode();r.adoptedStyleSheets.includes(t)||(r.adoptedStyleSheets=[...r.adoptedStyleSheets,t])}var k=["B","KiB","MiB","GiB","TiB"];function g(n){let e=Math.max(0,n),t=0;for(;e>=1024&&t<k.length-1;)e/=1024,t+=1;let r=t===0||e>=99.95?0:1;return`${e.toFixed(r)} ${k[t]}`}var F=new Set([0,408,425,429,500,502,503,504]),d=class extends Error{constructor({status:e=0,title:t="",detail:r,hint:o="",retryAfter:s=0,code:a=""}){super(r),this.status=e,this.title=t,this.detail=r,this.hint=o,this.retryAfter=s,this.code=a}get passes(){return F.has(this.status)}};function E(n,e,t=0){let r=Math.min(3e4,500*2**(n-1));return Math.max(t*1e3,r*(.75+e/2))}function U(n){let e=t=>n.match(new RegExp(`<${t}>([^<]*)</${t}>`))?.[1]??"";return{code:e("Code"),message:e("Message")}}var G={SlowDown:"The storage asks to send more slowly.",EntityTooLarge:"The file is larger than its upload ticket allows.",EntityTooSmall:"The file is smaller than its upload ticket says.",NoSuchUpload:"The storage no longer knows this upload.",AccessDenied:"The storage refused this upload: its ticket has expired or does not fit."};function $(n,e){let{code:t,message:r}=U(e),o=G[t]??`The storage answered ${n}${r?`: ${r}`:"."}`,s=t==="EntityTooLarge";return new d({status:s?413:n,code:t,detail:o,hint:s?"Choose a smaller file.":"Retry starts with a fresh ticket."})}var B={status:0,detail:"The dashboard did not answer.",hint:"The upload goes on when the connection is back."},W={status:401,detail:"You are signed out.",hint:"Sign in again in another tab, then retry here."};async function j(n){if(n.status===401)return new d(W);let e={};try{e=await n.json()}catch{}return new d({status:n.status,title:e.title??"",detail:e.detail||e.title||`The dashboard answered ${n.status}.`,hint:e.hint??"",code:e.type??"",retryAfter:Number(n.headers.get("retry-after"))||0})}function L(n){let{pathname:e,search:t}=new URL(n,"http://site");return e.startsWith("/emulator/")?e+t:n}var u=class{#r;#t;constructor(e="/api/uploads",t=(...r)=>globalThis.fetch(...r)){this.#r=e,this.#t=t}async open(e,t){let r=await this.#e("POST","",e,t);return{...r,url:L(r.url)}}status(e,t){return this.#e("GET",`/${e}`,void 0,t)}async parts(e,t){return(await this.#e("GET",`/${e}/parts`,void 0,t)).items}async partUrls(e,t,r){let{items:o}=await this.#e("POST",`/${e}/parts`,{part_numbers:t},r);return o.map(s=>({...s,url:L(s.url)}))}complete(e,t){return this.#e("POST",`/${e}/complete`,void 0,t)}abort(e){return this.#e("DELETE",`/${e}`,void 0,void 0,!0)}async#e(e,t,r,o,s=!1){let a;try{a=await this.#t(this.#r+t,{method:e,signal:o,keepalive:s,credentials:"same-origin",redirect:"error",headers:{accept:"application/json",...r&&{"content-type":"application/json"}},body:r&&JSON.stringify(r)})}catch(i){throw o?.aborted?i:new d(B)}if(!a.ok)throw await j(a);return a.status===204?null:a.json()}};function M(n,e){let t=[];for(let r=0;r<n;r+=e){let o=Math.min(r+e,n);t.push({number:t.length+1,start:r,end:o,size:o-r})}return t}function N(n,e){let t=new Map(e.map(s=>[s.part_number,s.size])),r=n.filter(s=>t.get(s.number)!==s.size),o=n.reduce((s,a)=>s+a.size,0)-r.reduce((s,a)=>s+a.size,0);return{missing:r,bytesPresent:o}}var A=`.replacer { display: grid; justify-items: start; gap: 0.375rem; }
.replacer progress { width: 100%; height: 0.375rem; accent-color: var(--accent); }
.replacer p { margin: 0; color: var(--muted); font-size: var(--small); font-variant-numeric: tabular-nums; }
.replacer p:empty { display: none; }
.replacer p.failed { color: var(--fail); }
`;function _(n){return Math.min(2e3,200+n*150)}var Y=6e4,K=1e4;function O(n){return new d({status:0,detail:n,hint:"The upload goes on when the connection is back."})}function b({method:n,url:e,body:t,signal:r,onProgress:o}){return new Promise((s,a)=>{let i=new XMLHttpRequest,l,h=(c,P)=>{clearTimeout(l),r.removeEventListener("abort",y),globalThis.removeEventListener("online",x),c(P)},y=()=>{i.abort(),h(a,r.reason)},p=(c=Y)=>{clearTimeout(l),l=setTimeout(()=>{i.abort(),h(a,O(`No bytes moved for ${c/1e3} seconds.`))},c)},x=()=>p(K);if(r.aborted)return a(r.reason);r.addEventListener("abort",y),globalThis.addEventListener("online",x),i.upload.addEventListener("progress",c=>{p(),o(c.loaded)}),i.addEventListener("load",()=>{let c=i.status>=200&&i.status<300;h(c?s:a,c?void 0:$(i.status,i.responseText))}),i.addEventListener("error",()=>h(a,O("The connection to the storage broke."))),i.open(n,e),p(),i.send(t)})}function z(n,e){let t=new FormData;for(let[r,o]of Object.entries(n??{}))t.append(r,o);return t.append("file",e),t}var J=8,C=n=>new Promise(e=>setTimeout(e,n)),v=class{#r=document.createElement("div");#t=document.createElement("input");#e=document.createElement("button");#n=document.createElement("progress");#c=document.createElement("p");#d;#o=new u;#s=null;constructor(e){m(e,S),m(e,A),this.#r.className="root replacer",this.#t.type="file",this.#t.hidden=!0,this.#e.type="button",this.#e.className="button",this.#e.textContent="Choose the new file",this.#c.setAttribute("role","status"),this.#n.max=1,this.#n.hidden=!0,this.#n.setAttribute("aria-label","Sent"),this.#e.addEventListener("click",()=>this.#t.click()),this.#t.addEventListener("change",()=>this.#u(this.#t.files[0])),this.#r.append(this.#t,this.#e,this.#n,this.#c),e.append(this.#r)}update(e){this.#d=e,T(this.#r)}isOf(e){return this.#d===e}remove(){this.#s?.abort(new DOMException("the drawer was closed","AbortError")),this.#r.remove()}async#u(e){if(this.#t.value="",!e||this.#s)return;this.#s=new AbortController,this.#e.disabled=!0;let t;try{let{signal:r}=this.#s,{fileId:o,sameKey:s}=this.#d.data,i=await new u(`/api/files/${encodeURIComponent(o)}/replacements`).open({name:e.name,size:e.size,content_type:e.type,same_key:s},r);t=i.upload_id,i.method==="post"?await this.#h(i,e,r):await this.#p(i,e,r),await this.#a(r,()=>this.#o.complete(t,r)),await this.#f(t,r),this.#i("Replaced. The bytes before are kept as a version."),this.#d.setTriggerValue("replaced",{at:Date.now()})}catch(r){t&&this.#o.abort(t).catch(()=>{}),this.#i([r.detail??r.message,r.hint].filter(Boolean).join(" "),!0)}finally{this.#s=null,this.#e.disabled=!1,this.#n.hidden=!0}}async#h(e,t,r){await this.#a(r,()=>b({method:"POST",url:e.url,body:z(e.fields,t),signal:r,onProgress:o=>this.#l(Math.min(o,t.size),t.size)}))}async#p(e,t,r){let o=await this.#a(r,()=>this.#o.parts(e.upload_id,r)),{missing:s}=N(M(t.size,e.part_size),o);for(let a of s)await this.#a(r,async()=>{let[{url:i}]=await this.#o.partUrls(e.upload_id,[a.number],r);await b({method:"PUT",url:i,body:t.slice(a.start,a.end),signal:r,onProgress:l=>this.#l(a.start+l,t.size)})})}async#f(e,t){for(let r=0;;r+=1){let{state:o,job:s,problem:a}=await this.#a(t,()=>this.#o.status(e,t));if(o==="refused"||s?.state==="failed")throw a??s?.problem??new Error("The server refused it without a reason.");if(s?.state==="done")return;this.#i(s?.step||"Checking"),await C(_(r))}}async#a(e,t){for(let r=1;;r+=1)try{return e.throwIfAborted(),await t()}catch(o){if(e.aborted||!o.passes||r>=J)throw o;this.#i(`${o.detail} Trying again.`),await C(E(r,Math.random(),o.retryAfter))}}#l(e,t){this.#n.hidden=!1,this.#n.value=e/t,this.#i(`${g(e)} of ${g(t)}`)}#i(e,t=!1){this.#c.textContent=e,this.#c.classList.toggle("failed",t)}},w=new WeakMap;function me(n){let{parentElement:e}=n,t=w.get(e)??new v(e);return w.set(e,t),t.update(n),()=>{t.isOf(n)&&(w.delete(e),t.remove())}}export{me as mount};

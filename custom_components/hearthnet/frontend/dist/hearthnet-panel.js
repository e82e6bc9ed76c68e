/*! HearthNet, Apache-2.0. Contains Lit by Google LLC, BSD-3-Clause: licenses.txt */
var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=/* @__PURE__ */ new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:ee,getOwnPropertySymbols:te,getPrototypeOf:ne}=Object,re=globalThis,ie=re.trustedTypes,ae=ie?ie.emptyScript:``,oe=re.reactiveElementPolyfillSupport,se=(e,t)=>e,ce={toAttribute(e,t){switch(t){case Boolean:e=e?ae:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},le=(e,t)=>!l(e,t),ue={attribute:!0,type:String,converter:ce,reflect:!1,useDefault:!1,hasChanged:le};Symbol.metadata??=Symbol(`metadata`),re.litPropertyMetadata??=/* @__PURE__ */ new WeakMap;var f=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=ue){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??ue}static _$Ei(){if(this.hasOwnProperty(se(`elementProperties`)))return;let e=ne(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(se(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(se(`properties`))){let e=this.properties,t=[...ee(e),...te(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=/* @__PURE__ */ new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=/* @__PURE__ */ new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=/* @__PURE__ */ new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=/* @__PURE__ */ new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?ce:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?ce:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??le)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=/* @__PURE__ */ new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=/* @__PURE__ */ new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=/* @__PURE__ */ new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};f.elementStyles=[],f.shadowRootOptions={mode:`open`},f[se(`elementProperties`)]=/* @__PURE__ */ new Map,f[se(`finalized`)]=/* @__PURE__ */ new Map,oe?.({ReactiveElement:f}),(re.reactiveElementVersions??=[]).push(`2.1.2`);var de=globalThis,fe=e=>e,pe=de.trustedTypes,me=pe?pe.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,he=`$lit$`,p=`lit$${Math.random().toFixed(9).slice(2)}$`,ge=`?`+p,_e=`<${ge}>`,m=document,ve=()=>m.createComment(``),ye=e=>e===null||typeof e!=`object`&&typeof e!=`function`,be=Array.isArray,xe=e=>be(e)||typeof e?.[Symbol.iterator]==`function`,Se=`[ 	
\f\r]`,Ce=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,we=/-->/g,Te=/>/g,h=RegExp(`>|${Se}(?:([^\\s"'>=/]+)(${Se}*=${Se}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),Ee=/'/g,De=/"/g,Oe=/^(?:script|style|textarea|title)$/i,ke=e=>(t,...n)=>({_$litType$:e,strings:t,values:n}),g=ke(1),_=ke(2),v=Symbol.for(`lit-noChange`),y=Symbol.for(`lit-nothing`),Ae=/* @__PURE__ */ new WeakMap,b=m.createTreeWalker(m,129);function je(e,t){if(!be(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return me===void 0?t:me.createHTML(t)}var Me=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=Ce;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===Ce?c[1]===`!--`?o=we:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=h):(Oe.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=h):o=Te:o===h?c[0]===`>`?(o=i??Ce,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?h:c[3]===`"`?De:Ee):o===De||o===Ee?o=h:o===we||o===Te?o=Ce:(o=h,i=void 0);let d=o===h&&e[t+1].startsWith(`/>`)?` `:``;a+=o===Ce?n+_e:l>=0?(r.push(s),n.slice(0,l)+he+n.slice(l)+p+d):n+p+(l===-2?t:d)}return[je(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},Ne=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=Me(t,n);if(this.el=e.createElement(l,r),b.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=b.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(he)){let t=u[o++],n=i.getAttribute(e).split(p),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Re:r[1]===`?`?ze:r[1]===`@`?Be:Le}),i.removeAttribute(e)}else e.startsWith(p)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(Oe.test(i.tagName)){let e=i.textContent.split(p),t=e.length-1;if(t>0){i.textContent=pe?pe.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],ve()),b.nextNode(),c.push({type:2,index:++a});i.append(e[t],ve())}}}else if(i.nodeType===8){if(i.data===ge)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(p,e+1))!==-1;)c.push({type:7,index:a}),e+=p.length-1}}a++}}static createElement(e,t){let n=m.createElement(`template`);return n.innerHTML=e,n}};function Pe(e,t,n=e,r){if(t===v)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=ye(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=Pe(e,i._$AS(e,t.values),i,r)),t}var Fe=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??m).importNode(t,!0);b.currentNode=r;let i=b.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new Ie(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new Ve(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=b.nextNode(),a++)}return b.currentNode=m,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},Ie=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=y,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=Pe(this,e,t),ye(e)?e===y||e==null||e===``?(this._$AH!==y&&this._$AR(),this._$AH=y):e!==this._$AH&&e!==v&&this._(e):e._$litType$===void 0?e.nodeType===void 0?xe(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==y&&ye(this._$AH)?this._$AA.nextSibling.data=e:this.T(m.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=Ne.createElement(je(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Fe(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=Ae.get(e.strings);return t===void 0&&Ae.set(e.strings,t=new Ne(e)),t}k(t){be(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(ve()),this.O(ve()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=fe(e).nextSibling;fe(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},Le=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=y,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(/* @__PURE__ */ new String),this.strings=n):this._$AH=y}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=Pe(this,e,t,0),a=!ye(e)||e!==this._$AH&&e!==v,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=Pe(this,r[n+o],t,o),s===v&&(s=this._$AH[o]),a||=!ye(s)||s!==this._$AH[o],s===y?e=y:e!==y&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===y?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Re=class extends Le{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===y?void 0:e}},ze=class extends Le{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==y)}},Be=class extends Le{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=Pe(this,e,t,0)??y)===v)return;let n=this._$AH,r=e===y&&n!==y||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==y&&(n===y||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Ve=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){Pe(this,e)}},He=de.litHtmlPolyfillSupport;He?.(Ne,Ie),(de.litHtmlVersions??=[]).push(`3.3.3`);var Ue=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new Ie(t.insertBefore(ve(),e),e,void 0,n??{})}return i._$AI(e),i},We=globalThis,x=class extends f{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ue(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return v}};x._$litElement$=!0,x.finalized=!0,We.litElementHydrateSupport?.({LitElement:x});var Ge=We.litElementPolyfillSupport;Ge?.({LitElement:x}),(We.litElementVersions??=[]).push(`4.2.2`);var Ke={attribute:!0,type:String,converter:ce,reflect:!1,hasChanged:le},qe=(e=Ke,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=/* @__PURE__ */ new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function S(e){return(t,n)=>typeof n==`object`?qe(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function C(e){return S({...e,state:!0,attribute:!1})}var Je=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function w(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Je(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Je(n,r,{get(){return a(this)}})}}var Ye=``,Xe=/ ?\[(?:\d{0,2}(?:\s*,\s*\d{0,2})*)?$/,Ze=/\*\*([^*\n]+)\*\*|`([^`\n]+)`|\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\]|\uE000/g;function Qe(e,t,n=[],r=!1){let i=[],a=``,o=0;for(let{offset:t,name:r}of[...n].sort((e,t)=>e.offset-t.offset))t<=0||t>e.length||(a+=$e(e.slice(o,t))+Ye,i.push(r),o=t);a+=$e(e.slice(o)),r&&(a=a.slice(0,-40)+a.slice(-40).replace(Xe,``));let s=[],c=null;for(let e of a.split(`
`)){let n=et(e);if(!n.text&&!e.includes(Ye)){c=null;continue}let r=tt(n.text,t,i);n.kind===`heading`?(s.push({kind:`heading`,items:[r]}),c=null):c&&c.kind===n.kind?n.kind===`paragraph`?c.items[0]?.push({kind:`text`,text:` `},...r):c.items.push(r):(c={kind:n.kind,items:[r]},s.push(c))}return s}var $e=e=>e.replace(/\uE000/g,``).replace(/\r\n?/g,`
`);function et(e){let t=e.trim(),n=/^#{1,6}\s+(.*)$/.exec(t);if(n)return{kind:`heading`,text:n[1]??``};let r=/^(?:[-*•])\s+(.*)$/.exec(t);if(r)return{kind:`bullets`,text:r[1]??``};let i=/^\d{1,2}[.)]\s+(.*)$/.exec(t);return i?{kind:`numbers`,text:i[1]??``}:{kind:`paragraph`,text:t}}function tt(e,t,n){let r=[],i=0,a=e=>{e&&r.push({kind:`text`,text:e})};for(let o of e.matchAll(Ze)){let s=o.index??0;if(o[3]!==void 0){let n=o[3].split(`,`).map(e=>Number(e.trim()));if(!n.every(e=>e>=1&&e<=t))continue;a(e.slice(i,s).trimEnd());for(let e of n)r.push({kind:`cite`,n:e})}else a(e.slice(i,s)),o[1]===void 0?o[2]===void 0?r.push({kind:`handover`,name:n.shift()??``}):r.push({kind:`code`,text:o[2]}):r.push({kind:`strong`,text:o[1]});i=s+o[0].length}return a(e.slice(i)),r}var nt={1:`connection_lost`,3:`connection_lost`};function T(e){if(typeof e==`number`)return{code:nt[e]??`unknown`,message:``};if(typeof e==`object`&&e){let{code:t,error:n,message:r}=e,i=typeof n==`string`?n:typeof t==`string`?t:``;return{code:(typeof t==`number`?nt[t]:void 0)??(i.slice(0,64)||`unknown`),message:typeof r==`string`?r.slice(0,500):``}}return{code:`unknown`,message:``}}var rt=6e3,E=e=>typeof e==`object`&&e&&!Array.isArray(e)?e:{},D=(e,t=200)=>typeof e==`string`?e.slice(0,t):``,O=(e,t=0)=>typeof e==`number`&&Number.isFinite(e)?e:t,k=e=>e===!0;function A(e,t,n){return Array.isArray(e)?e.slice(0,t).map(e=>n(E(e))):[]}var it=(e,t)=>Array.isArray(e)?e.slice(0,t).map(e=>D(e)).filter(Boolean):[],at=(e,t,n)=>t.includes(e)?e:n,ot=e=>({capability:D(e.capability),version:D(e.version),provider:D(e.provider),models:it(e.models,20),available:k(e.available),reason:D(e.reason,400),load:O(e.load),internet:k(e.internet)}),st=e=>({node_id:D(e.node_id),short:D(e.short),name:D(e.name)||D(e.short),member_id:D(e.member_id),member_name:D(e.member_name)||D(e.name),role:D(e.role),home:k(e.home),connected:k(e.connected),latency_ms:typeof e.latency_ms==`number`?O(e.latency_ms):null,address:D(e.address),version:D(e.version),since:O(e.since),capabilities:A(e.capabilities,40,ot)}),ct=e=>({id:D(e.id),title:D(e.title),body:D(e.body,2e3),severity:at(e.severity,[`info`,`warning`,`urgent`],`info`),author_node:D(e.author_node),author_name:D(e.author_name),member_id:D(e.member_id),at:O(e.at),expires:O(e.expires),late:k(e.late)}),lt=e=>(Array.isArray(e)?e.slice(0,20):[]).map(e=>{let t=E(e),n=D(e)||D(t.member_id)||D(t.id);return{member_id:n,name:D(t.name)||D(t.short)||(n.slice(0,12).match(/.{1,4}/g)??[]).join(`-`)}}).filter(e=>e.member_id);function ut(e,t,n=`1`){if(!e)return!1;let r=e=>e.some(e=>e.capability===t&&e.available&&e.version.split(`.`)[0]===n),i=e.privacy===`community`||e.privacy===`any`,a=t=>t.connected&&(e.privacy===`home`?t.home:i);return r(e.capabilities)||e.peers.some(e=>a(e)&&r(e.capabilities))}function dt(e){if(typeof e!=`object`||!e)return null;let t=E(e),n=E(t.node),r=E(t.member),i=E(t.community),a=E(t.connectivity),o=E(t.mode),s=E(t.library),c=t.last_answer?E(t.last_answer):null;return{node:{id:D(n.id),short:D(n.short),name:D(n.name),version:D(n.version),address:D(n.address),started:O(n.started),warnings:it(n.warnings,8)},member:{id:D(r.id),short:D(r.short),name:D(r.name),role:D(r.role)},community:{id:D(i.id),short:D(i.short),name:D(i.name),members:O(i.members,1),alone:k(i.alone),readmit:lt(i.readmit)},privacy:D(t.privacy),privacy_chosen:k(t.privacy_chosen),connectivity:{state:at(a.state,[`online`,`degraded`,`offline`,`isolated`,`unknown`],`unknown`),cause:D(a.cause),since:O(a.since),internet:k(a.internet),mesh:k(a.mesh)},mode:{mode:at(o.mode,[`normal`,`emergency`,`drill`],`normal`),since:O(o.since),by:D(o.by),reason:D(o.reason,400)},peers:A(t.peers,200,st),capabilities:A(t.capabilities,40,ot),last_answer:c&&{node_id:D(c.node_id),node_name:D(c.node_name),at:O(c.at),model:D(c.model)},engines:A(t.engines,12,e=>({name:D(e.name),url:D(e.url),available:k(e.available),reason:D(e.reason,400)})),library:{documents:O(s.documents),chunks:O(s.chunks),model:D(s.model),indexing:s.indexing?{done:O(E(s.indexing).done),total:O(E(s.indexing).total)}:null},notices:A(t.notices,20,ct),next_step:at(t.next_step,[`none`,`invite`,`choose_privacy`,`add_model`,`check_network`],`none`)}}var ft=e=>A(e,20,e=>({rank:O(e.rank),score:O(e.score),text:D(e.text,rt),doc_title:D(e.doc_title),doc_cid:D(e.doc_cid),chunk_id:D(e.chunk_id),node_id:D(e.node_id),node_name:D(e.node_name),corpus:D(e.corpus),language:D(e.language),licence:D(e.licence),page:typeof e.page==`number`?O(e.page):null})),pt=e=>A(e,50,e=>({node_id:D(e.node_id),name:D(e.name),count:O(e.count),error:D(e.error,400)})),mt=e=>({name:D(e.name),value:O(e.value),weight:O(e.weight),why:D(e.why,300)}),ht=e=>A(e,50,e=>({node_id:D(e.node_id),node_name:D(e.node_name),provider:D(e.provider),model:D(e.model),score:O(e.score),allowed:k(e.allowed),excluded:D(e.excluded,300),terms:A(e.terms,20,mt)})),gt=[`running`,`done`,`failed`,`needs_confirmation`,`refused`];function _t(e){let t=E(e);return{n:O(t.n),tool:D(t.tool,64),arguments:Object.entries(E(t.arguments)).slice(0,8).map(([e,t])=>[e.slice(0,64),typeof t==`string`?t.slice(0,2e3):(JSON.stringify(t)??``).slice(0,2e3)]),state:gt.find(e=>e===t.state)??`running`,summary:D(t.summary,500),tainted:k(t.tainted),confirmId:D(t.confirm_id,64)}}function vt(e,t){return e.some(e=>e.n===t.n)?e.map(e=>e.n===t.n?t:e):[...e,t].slice(-12)}var yt=48e3,bt=(e,t,n,r={})=>({id:e,question:t,asked:n,pictures:r.pictures??[],spoken:r.spoken??!1,steps:[],method:``,confidence:null,traceId:``,opinion:``,status:`asking`,step:``,text:``,truncated:!1,sources:[],searched:[],candidates:[],attempts:[],answeredBy:null,grounded:null,durationMs:null,receipts:{valid:0,all:0},failure:null}),j=e=>e.status===`asking`||e.status===`answering`,xt=e=>e.attempts.filter(e=>e.outcome===`failed`).length;function St(e,t,n){if(!j(e))return e;let r=t,i=e.attempts.map(e=>e.outcome===`waiting`||e.outcome===`answering`?{...e,outcome:r,message:e.message||(n?.message??``)}:e);return{...e,status:t,failure:n,attempts:i,step:``}}function Ct(e,{event:t,data:n}){if(!j(e))return e;let r=E(n);switch(t){case`progress`:{let t=r.step;return t===`searching`||t===`asking`||t===`queued`?{...e,step:t}:e}case`sources`:return{...e,sources:ft(r.sources),searched:pt(r.searched),method:D(r.method,40)||e.method};case`step`:return{...e,steps:vt(e.steps,_t(r))};case`route`:return{...e,candidates:ht(r.candidates)};case`attempt`:return{...e,attempts:wt(e,r)};case`delta`:return Tt(e,typeof r.text==`string`?r.text:``);case`attempt_failed`:return{...e,attempts:Et(e.attempts,r)};case`done`:return Dt(e,r);case`error`:return St(e,`failed`,T(r));default:return e}}function wt(e,t){let n={n:O(t.n,e.attempts.length+1),node_id:D(t.node_id),node_name:D(t.node_name),provider:D(t.provider),model:D(t.model),continues:k(t.continues),outcome:`waiting`,message:``,after_sentences:0,first_chunk_ms:null,offset:e.text.length};return[...e.attempts,n].slice(-12)}function Tt(e,t){if(!t)return e;let n=e.text+t,r=e.attempts[e.attempts.length-1],i=r?.outcome===`waiting`?[...e.attempts.slice(0,-1),{...r,outcome:`answering`}]:e.attempts;return{...e,status:`answering`,step:``,text:n.slice(0,yt),truncated:e.truncated||n.length>48e3,attempts:i}}function Et(e,t){let n=O(t.n);return e.map(e=>e.n===n?{...e,outcome:`failed`,message:D(t.message,500),after_sentences:O(t.after_sentences)}:e)}function Dt(e,t){let n=E(t.trace),r=E(t.answered_by),i=typeof t.text==`string`&&t.text?t.text:e.text,a=A(t.receipts,12,e=>k(e.valid)),o=ft(t.sources),s=ht(n.candidates);return{...e,status:`done`,step:``,text:i.slice(0,yt),truncated:i.length>yt,sources:o.length?o:e.sources,candidates:s.length?s:e.candidates,attempts:kt(e.attempts,n.attempts),answeredBy:r.node_id?{node_id:D(r.node_id),node_name:D(r.node_name),provider:D(r.provider),model:D(r.model),home:k(r.home)}:null,traceId:D(n.id,64),confidence:Ot(t.confidence),grounded:typeof t.grounded==`boolean`?t.grounded:null,durationMs:typeof n.duration_ms==`number`?O(n.duration_ms):null,receipts:{valid:a.filter(Boolean).length,all:a.length}}}function Ot(e){let t=E(e),n=O(t.level);return n>0&&n<1?{level:n,n:O(t.n)}:null}function kt(e,t){let n=new Map(A(t,12,e=>[O(e.n),e]));return e.map(e=>{let t=n.get(e.n)??{},r=t.outcome;return{...e,outcome:r===`ok`||r===`failed`||r===`cancelled`?r:e.outcome===`failed`?`failed`:`ok`,message:e.message||D(t.message,500),first_chunk_ms:typeof t.first_chunk_ms==`number`?O(t.first_chunk_ms):e.first_chunk_ms}})}function At(e,t,n){let r=e.attempts.filter(e=>e.continues&&e.offset>0).map(e=>({offset:e.offset,name:e.node_name})),i=j(e),a=Qe(e.text,e.sources.length,r,i),o=e=>{switch(e.kind){case`strong`:return g`<strong>${e.text}</strong>`;case`code`:return g`<code>${e.text}</code>`;case`cite`:return g`<button
          class="cite"
          data-test="citation"
          data-n=${e.n}
          aria-label=${t.t(`panel.sources.cite`,{n:e.n})}
          @click=${()=>n(e.n)}
        >${e.n}</button>`;case`handover`:return g`<span class="handover" data-test="handover">${t.t(`panel.ask.handover`,{name:e.name})}</span>`;default:return e.text}},s=(e,t)=>e.items.map((n,r)=>t&&r===e.items.length-1?[n.map(o),g`<span class="ember-dot" aria-hidden="true"></span>`]:n.map(o));return g`<div class="answer-text" data-test="answer" data-status=${e.status} dir="auto">
    ${a.map((e,t)=>{let n=s(e,i&&t===a.length-1);return e.kind===`bullets`?g`<ul>${n.map(e=>g`<li>${e}</li>`)}</ul>`:e.kind===`numbers`?g`<ol>${n.map(e=>g`<li>${e}</li>`)}</ol>`:e.kind===`heading`?g`<h3>${n[0]}</h3>`:g`<p>${n[0]}</p>`})}
  </div>`}var jt=o`
  .answer-text {
    font-family: var(--hn-serif);
    font-size: var(--hn-answer-size, 1.32rem);
    line-height: 1.55;
    overflow-wrap: anywhere;
  }
  .answer-text > * + * {
    margin-block-start: 0.7em;
  }
  .answer-text ul,
  .answer-text ol {
    padding-inline-start: 1.3em;
  }
  .answer-text ul {
    list-style: disc;
  }
  .answer-text ol {
    list-style: decimal;
  }
  .answer-text li + li {
    margin-block-start: 0.35em;
  }
  .answer-text li::marker {
    color: var(--hn-ember-ink);
  }
  .answer-text h3 {
    font-size: 1.1em;
    font-weight: 600;
  }
  .answer-text code {
    font-size: 0.85em;
  }
  .cite {
    position: relative;
    display: inline-grid;
    place-items: center;
    min-block-size: 0;
    min-inline-size: 1.55em;
    block-size: 1.55em;
    margin-inline: 0.3em 0.06em;
    padding-inline: 0.3em;
    border-radius: 1em;
    background: var(--hn-chip);
    color: var(--hn-ember-ink);
    font-family: var(--hn-sans);
    font-size: 0.62em;
    font-weight: 700;
    line-height: 1;
    vertical-align: 0.28em;
  }
  .cite::after {
    content: "";
    position: absolute;
    inset: 50% auto auto 50%;
    inline-size: 48px;
    block-size: 48px;
    transform: translate(-50%, -50%);
  }
  .handover {
    display: inline-block;
    margin-inline: 0.4em;
    padding: 0.1em 0.7em;
    border-inline-start: 3px solid var(--hn-ember);
    color: var(--hn-ember-ink);
    font-family: var(--hn-sans);
    font-size: 0.64em;
    font-weight: 600;
    vertical-align: 0.16em;
  }
  .ember-dot {
    display: inline-block;
    inline-size: 0.5em;
    block-size: 0.5em;
    margin-inline-start: 0.35em;
    border-radius: 50%;
    background: var(--hn-ember);
    animation: ember 1.6s ease-in-out infinite;
  }
  @keyframes ember {
    50% {
      opacity: 0.3;
      transform: scale(0.7);
    }
  }
`,Mt=e=>e?{entry_id:e}:{},Nt={resubscribe:!1},Pt=e=>e.sendMessagePromise({type:`hearthnet/nodes`}),Ft=(e,t,n)=>e.subscribeMessage(n,{type:`hearthnet/subscribe`,...Mt(t)},Nt),It=(e,t,n,r)=>e.subscribeMessage(r,{type:`hearthnet/ask`,...Mt(t),...n},Nt),M=(e,t,n,r)=>e.sendMessagePromise({type:`hearthnet/request`,...Mt(t),method:n,params:r}),Lt=(e,t,n,r,i)=>e.subscribeMessage(i,{type:`hearthnet/stream`,...Mt(t),method:n,params:r},Nt),Rt=[1e3,2e3,5e3,1e4,3e4],zt=15e3,Bt=6e5,Vt=class{constructor(e,t,n){this.connection=e,this.wanted=t,this.seen=n,this.watchers=/* @__PURE__ */ new Set,this.unsubscribe=null,this.run=0,this.failures=0,this.written=0,this.onReady=()=>{this.failures=0,this.update({connected:!0}),this.renew()},this.onDisconnected=()=>{this.unsubscribe=null,this.drop(),this.update({connected:!1})},this.snapshot={phase:`loading`,connected:e.connected!==!1,online:!1,state:null,seen:null,failure:null,admin:!1,bundle:``,nodes:[],entryId:t}}watch(e){this.watchers.add(e),this.watchers.size===1&&this.start();let t=!0;return()=>{t&&(t=!1,this.watchers.delete(e),this.watchers.size===0&&this.stop())}}choose(e){e!==this.snapshot.entryId&&(this.wanted=e,this.written=0,this.update({phase:`loading`,online:!1,state:null,seen:null,failure:null,entryId:e}),this.renew())}renew(){this.drop(),this.watchers.size>0&&this.connect()}start(){this.connection.addEventListener(`ready`,this.onReady),this.connection.addEventListener(`disconnected`,this.onDisconnected),this.update({connected:this.connection.connected!==!1}),this.connect()}stop(){this.connection.removeEventListener(`ready`,this.onReady),this.connection.removeEventListener(`disconnected`,this.onDisconnected),this.drop()}drop(){this.run+=1,clearTimeout(this.timer);let e=this.unsubscribe;this.unsubscribe=null,e&&N(e)}async connect(){let e=++this.run;try{let t=await Pt(this.connection);if(e!==this.run)return;let n=Array.isArray(t)?t.slice(0,50):[],r=this.pick(n);if(!r){this.update({phase:`unconfigured`,nodes:n,failure:null}),this.later(zt);return}this.update({nodes:n,entryId:r});let i=await Ft(this.connection,r,t=>{e===this.run&&this.receive(t)});if(e!==this.run){N(i);return}this.unsubscribe=i,this.failures=0,this.later(Bt)}catch(t){if(e!==this.run)return;let n=T(t),r=Rt[Math.min(this.failures,Rt.length-1)]??3e4;this.failures+=1;let i=this.failures<3&&!this.snapshot.state;this.update({phase:this.snapshot.state?`live`:i?`loading`:`failed`,online:!1,failure:n}),this.later(r)}}pick(e){return(e.find(e=>e.entry_id===(this.wanted||this.snapshot.entryId))??e.find(e=>e.loaded)??e[0])?.entry_id??``}receive(e){if(e?.kind!==`state`)return;this.later(Bt);let t=dt(e.state)??this.snapshot.state,n=this.snapshot.entryId,r=this.snapshot.seen;e.online&&t?(r=Date.now(),r-this.written>=3e4&&(this.written=r,this.seen.write(n,r))):r=O(e.seen)*1e3||r||this.seen.read(n),this.update({phase:t?`live`:e.online?`loading`:`live`,online:e.online===!0,connected:!0,state:t,seen:r,failure:e.online?null:{code:`node_offline`,message:D(e.error,500)},admin:e.admin??this.snapshot.admin,bundle:D(e.bundle)||this.snapshot.bundle})}later(e){clearTimeout(this.timer),this.timer=setTimeout(()=>this.renew(),e)}update(e){this.snapshot={...this.snapshot,...e};for(let e of[...this.watchers])e()}};function N(e){try{Promise.resolve(e()).catch(()=>void 0)}catch{}}var Ht=`hearthnet.seen.`,Ut={read(e){try{return Number(localStorage.getItem(Ht+e))||null}catch{return null}},write(e,t){try{localStorage.setItem(Ht+e,String(t))}catch{}}},Wt=/* @__PURE__ */ new WeakMap;function Gt(e,t=``){let n=Wt.get(e);n||Wt.set(e,n=/* @__PURE__ */ new Map);let r=n.get(t);return r||n.set(t,r=new Vt(e,t,Ut)),r}var Kt=4e3,qt=2e3,Jt=15e4,Yt=class{constructor(e=30,t=null){this.limit=e,this.store=t,this.draft=``,this.watchers=/* @__PURE__ */ new Set,this.unsubscribe=null,this.connection=null,this.run=0,this.count=0,this.conversation=Xt(),this.onDisconnected=()=>{this.unsubscribe=null,this.end(`failed`,{code:`connection_lost`,message:``})},this.turns=(t?.load()??[]).slice(-e)}get latest(){return this.turns[this.turns.length-1]}get busy(){return this.latest!==void 0&&j(this.latest)}watch(e){return this.watchers.add(e),()=>this.watchers.delete(e)}async ask(e,t,n={}){let r=t.trim().slice(0,Kt);if(!r)return;this.cancel();let i=++this.run,a=this.history();this.count+=1;let o=bt(`${this.conversation}-${this.count}`,r,Date.now(),{pictures:n.pictures?.map(e=>e.url)??[],spoken:n.spoken??!1}),s=n.pictures?.map(e=>e.data)??[];this.turns=[...this.turns,o].slice(-this.limit),this.connection=e.connection,e.connection.addEventListener(`disconnected`,this.onDisconnected),this.expectNews(),this.changed();try{let t=await It(e.connection,e.entryId,{question:r,language:e.language,conversation:this.conversation,history:a,...s.length?{images:s}:{},...n.agent?{agent:!0}:{}},e=>{i===this.run&&(this.expectNews(),this.replace(Ct(this.current(o),e)))});i!==this.run||!this.busy?N(t):this.unsubscribe=t}catch(e){i===this.run&&this.end(`failed`,T(e))}}cancel(){this.busy&&this.end(`cancelled`,null)}async retry(e,t){!j(t)&&!t.text&&(this.turns=this.turns.filter(e=>e.id!==t.id)),await this.ask(e,t.question)}judge(e,t){this.turns=this.turns.map(n=>n.id===e.id?{...n,opinion:t}:n),this.changed(),this.store?.save(this.turns)}clear(){this.cancel(),this.turns=[],this.conversation=Xt(),this.changed(),this.store?.save([])}history(){return this.turns.filter(e=>e.status===`done`&&e.text).slice(-3).flatMap(e=>[{role:`user`,content:e.question.slice(0,qt)},{role:`assistant`,content:e.text.slice(0,qt)}])}current(e){return this.turns.find(t=>t.id===e.id)??e}replace(e){this.turns=this.turns.map(t=>t.id===e.id?e:t),j(e)||this.settle(),this.changed()}end(e,t){let n=this.latest;n&&this.replace(St(n,e,t))}settle(){this.run+=1,clearTimeout(this.timer),this.connection?.removeEventListener(`disconnected`,this.onDisconnected),this.connection=null;let e=this.unsubscribe;this.unsubscribe=null,e&&N(e),this.store?.save(this.turns)}expectNews(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.end(`failed`,{code:`silence`,message:``}),Jt)}changed(){for(let e of[...this.watchers])e()}};function Xt(){let e=crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(9));return Array.from(e,e=>e.toString(16).padStart(2,`0`)).join(``)}var Zt=`hearthnet.turns.1`,Qt={load(){try{let e=JSON.parse(sessionStorage.getItem(Zt)??`[]`);return Array.isArray(e)?e.filter($t).map(e=>St(e,`failed`,{code:`connection_lost`,message:``})):[]}catch{return[]}},save(e){try{let t=e.slice(-30).map(e=>({...e,pictures:[]})),n=JSON.stringify(t);for(;n.length>15e5&&t.length>1;)t=t.slice(Math.ceil(t.length/2)),n=JSON.stringify(t);sessionStorage.setItem(Zt,n)}catch{}}};function $t(e){let t=bt(``,``,0);return typeof e==`object`&&!!e&&Object.keys(t).every(n=>{let r=e[n];return t[n]===null||typeof r==typeof t[n]&&Array.isArray(r)===Array.isArray(t[n])})}var en;function tn(){return en??=new Yt(30,Qt)}function P(e,t){customElements.get(e)||customElements.define(e,t)}var F=e=>g`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${_`<path d=${e}></path>`}</svg>`,nn=`M12.6 1.8c.5 3.2 2.3 4.7 3.8 6.6 1.3 1.6 2.3 3.3 2.3 5.6a6.7 6.7 0 0 1-13.4 0c0-2.5 1.1-4.3 2.6-5.9.2 1.5.8 2.5 1.7 3.1-.2-3.7.7-7 3-9.4zM12.2 12.3c-1.5 1.2-2.5 2.4-2.5 4.1a2.350 2.350 0 0 0 4.7 0c0-1.7-1-2.9-2.2-4.1z`,rn=()=>F(nn),an=()=>F(`M3 6h18v2H3zM3 11h18v2H3zM3 16h18v2H3z`),on=()=>F(`M11 20V7.8l-5.2 5.2L4.4 11.6 12 4l7.6 7.6-1.4 1.4L13 7.8V20z`),sn=()=>F(`M7 7h10v10H7z`),cn=()=>F(`M12 5V1L7 6l5 5V7a5 5 0 1 1-4.9 6H5.1A7 7 0 1 0 12 5z`),ln=()=>F(`M18.3 7.1 16.9 5.7 12 10.6 7.1 5.7 5.7 7.1l4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z`),un=()=>F(`M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z`),dn=()=>F(`M9 16.2 4.8 12l-1.4 1.4L9 19 21 7l-1.4-1.4z`),fn=()=>F(`M12 3 1.5 21h21L12 3zm0 4 7 12H5l7-12zm-1 4v4h2v-4h-2zm0 5v2h2v-2h-2z`),pn=()=>F(`M2.8 4.2 1.4 5.6l4.3 4.3A7 7 0 0 0 5 13v1l3 3v4h8v-2.6l3.4 3.4 1.4-1.4zM9 3v3h2V3zm4 0v5.2l5 5V11a2 2 0 0 0-2-2V3z`),mn=()=>F(`M19.4 10A7.5 7.5 0 0 0 8.6 5.2L10 6.7A5.5 5.5 0 0 1 17.5 11v.5H19a3 3 0 0 1 1.8 5.4l1.4 1.4A5 5 0 0 0 19.4 10zM3 5.3 5.8 8H5.4A6 6 0 0 0 6 20h11.7l2 2L21 20.7 4.3 4zM7.7 10l8 8H6a4 4 0 1 1 0-8z`),hn=()=>F(`M12 22a2 2 0 0 0 2-2h-4a2 2 0 0 0 2 2zm6-6v-5c0-3.1-1.6-5.6-4.5-6.3V4a1.5 1.5 0 0 0-3 0v.7C7.6 5.4 6 7.9 6 11v5l-2 2v1h16v-1z`),gn=()=>F(`M12.7 10A6 6 0 1 0 12.7 14H17v4h4v-4h2v-4zM7 14a2 2 0 1 1 0-4 2 2 0 0 1 0 4z`),_n=()=>F(`M9 4 7.500 6H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-3.500L15 4zm3 4.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zm0 2a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z`),vn=()=>F(`M12 14a3 3 0 0 0 3-3V5a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zm5-3a5 5 0 0 1-10 0H5a7 7 0 0 0 6 6.900V21h2v-3.100A7 7 0 0 0 19 11z`),yn=()=>F(`M4 9v6h4l5 5V4L8 9zm12.500 3A4.500 4.500 0 0 0 14 8v8a4.500 4.500 0 0 0 2.500-4zM14 3.200v2.100a7 7 0 0 1 0 13.400v2.100a9 9 0 0 0 0-17.600z`),bn=()=>F(`M2 21h4V9H2zm20-11a2 2 0 0 0-2-2h-6.300l1-4.600v-.3a1.500 1.500 0 0 0-.4-1L13 1 6.600 7.400A2 2 0 0 0 6 8.800V19a2 2 0 0 0 2 2h9a2 2 0 0 0 1.800-1.200l3-7.100c.1-.2.2-.4.2-.7z`),xn=()=>F(`M22 3h-4v12h4zM2 14a2 2 0 0 0 2 2h6.300l-1 4.600v.3c0 .4.200.800.400 1L11 23l6.400-6.400c.4-.4.600-.9.600-1.400V5a2 2 0 0 0-2-2H7a2 2 0 0 0-1.800 1.200l-3 7.100c-.1.200-.2.400-.2.700z`),Sn=()=>F(`M11 16V7.8L7.4 11.4 6 10l6-6 6 6-1.4 1.4L13 7.800V16zM4 18h16v2H4z`),Cn=()=>F(`M6 19a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V7H6zM19 4h-3.500l-1-1h-5l-1 1H5v2h14z`),wn=()=>F(`M3 17.3V21h3.8L17.8 9.9 14.1 6.2zM20.7 7a1 1 0 0 0 0-1.4l-2.3-2.3a1 1 0 0 0-1.4 0l-1.8 1.8 3.7 3.7z`),I=o`
  :host {
    --hn-ember: var(--warning-color);
    --hn-ember-ink: var(--primary-text-color);
    --hn-paper: var(--primary-background-color);
    --hn-card: var(--card-background-color);
    --hn-wash: var(--secondary-background-color);
    --hn-chip: var(--secondary-background-color);
    --hn-glow: transparent;
    --hn-bad: var(--error-color);
    --hn-bad-wash: var(--secondary-background-color);
    --hn-line: var(--divider-color);
    --hn-ink: var(--primary-text-color);
    --hn-soft: var(--secondary-text-color);
    --hn-radius: 22px;
    --hn-serif: ui-serif, "Iowan Old Style", "Palatino Linotype", Georgia, "Noto Serif", "DejaVu Serif", serif;
    --hn-sans: var(--ha-font-family-body, Roboto, "Noto Sans", system-ui, sans-serif);
    font-family: var(--hn-sans);
    font-size: 1rem;
    color: var(--hn-ink);
    -webkit-tap-highlight-color: transparent;
  }
  @supports (color: color-mix(in oklab, red, blue)) {
    :host {
      --hn-ember: color-mix(in oklab, var(--warning-color) 68%, var(--error-color));
      --hn-ember-ink: color-mix(in oklab, var(--hn-ember) 48%, var(--primary-text-color));
      --hn-paper: color-mix(in oklab, var(--primary-background-color) 95%, var(--hn-ember));
      --hn-card: color-mix(in oklab, var(--card-background-color) 97%, var(--hn-ember));
      --hn-wash: color-mix(in oklab, var(--card-background-color) 88%, var(--hn-ember));
      --hn-chip: color-mix(in oklab, var(--card-background-color) 74%, var(--hn-ember));
      --hn-glow: color-mix(in srgb, var(--hn-ember) 26%, transparent);
      --hn-bad: color-mix(in oklab, var(--error-color) 74%, var(--primary-text-color));
      --hn-bad-wash: color-mix(in oklab, var(--card-background-color) 86%, var(--error-color));
      --hn-line: color-mix(in oklab, var(--divider-color) 80%, var(--hn-ember));
      --hn-soft: color-mix(in oklab, var(--secondary-text-color) 72%, var(--primary-text-color));
    }
  }
`,L=o`
  * {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ol,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ol,
  ul {
    list-style: none;
  }
  button,
  input,
  textarea,
  select {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    min-block-size: 48px;
    min-inline-size: 48px;
    border: 0;
    background: none;
    padding: 0;
    cursor: pointer;
    text-align: start;
    touch-action: manipulation;
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 3px solid var(--hn-ember-ink);
    outline-offset: 2px;
  }
  .primary,
  .quiet {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    min-block-size: 52px;
    padding-inline: 24px;
    border-radius: 26px;
    font-size: 1.05rem;
    font-weight: 600;
    text-align: center;
  }
  .primary {
    background: var(--hn-ember-ink);
    color: var(--card-background-color);
  }
  .quiet {
    background: var(--hn-wash);
    color: var(--hn-ember-ink);
  }
  .plain {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    padding-inline: 14px;
    border-radius: 24px;
    color: var(--hn-ember-ink);
    font-weight: 600;
  }
  .bad {
    color: var(--hn-bad);
  }
  .primary.danger {
    background: var(--hn-bad);
  }
  .label {
    font-size: 0.95rem;
    font-weight: 600;
    color: var(--hn-soft);
  }
  .card {
    background: var(--hn-card);
    border-radius: var(--hn-radius);
    padding: 22px 24px;
  }
  h2 {
    font-family: var(--hn-serif);
    font-weight: 500;
    font-size: 1.45rem;
    line-height: 1.25;
    letter-spacing: -0.005em;
  }
  svg.icon {
    inline-size: 24px;
    block-size: 24px;
    fill: currentColor;
    flex: none;
  }
  .field {
    display: block;
    inline-size: 100%;
    min-block-size: 52px;
    padding: 13px 18px;
    border-radius: 18px;
    border: 2px solid var(--hn-line);
    background: var(--hn-paper);
    font-size: 1.1rem;
  }
  .field:focus {
    border-color: var(--hn-ember);
  }
  ::placeholder {
    color: var(--hn-soft);
    opacity: 1;
  }
  .failure {
    color: var(--hn-bad);
    line-height: 1.45;
  }
  .failure strong {
    display: block;
  }
  .sr {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`,Tn=o`
  dialog {
    position: fixed;
    border: 0;
    padding: 0;
    margin: auto;
    inline-size: min(680px, calc(100vw - 24px));
    max-block-size: calc(100vh - 24px);
    border-radius: 28px;
    background: var(--hn-card);
    color: var(--hn-ink);
    overflow: auto;
    overscroll-behavior: contain;
  }
  dialog::backdrop {
    background: var(--primary-background-color);
    opacity: 0.82;
  }
  .sheet {
    display: grid;
    gap: 20px;
    padding: 28px;
  }
  .sheet > header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
  }
  .sheet p {
    line-height: 1.45;
  }
  .sheet h2 {
    font-size: 1.7rem;
    overflow-wrap: anywhere;
  }
  .choices {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
    gap: 14px;
  }
  .choice {
    display: grid;
    gap: 6px;
    align-content: start;
    padding: 22px;
    border-radius: 20px;
    background: var(--hn-wash);
    line-height: 1.4;
  }
  .choice strong {
    font-family: var(--hn-serif);
    font-size: 1.3rem;
    font-weight: 500;
    color: var(--hn-ember-ink);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    justify-content: flex-end;
  }
  .words {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
    gap: 10px;
  }
  .words li {
    padding: 12px 14px;
    border-radius: 14px;
    background: var(--hn-wash);
    font-family: var(--hn-serif);
    font-size: 1.35rem;
    text-align: center;
    overflow-wrap: anywhere;
  }
  @media (max-width: 520px) {
    .sheet {
      padding: 20px;
      gap: 16px;
    }
  }
`;function R(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var En,z=class extends x{constructor(...e){super(...e),this.value=``,this.busy=!1,this.blocked=``,this.note=``}focus(){this.input?.focus()}render(){let{words:e}=this;return g`<form data-test="ask-form" class=${this.busy?`busy`:``} @submit=${this.submit}>
        <slot name="start"></slot>
        <textarea
          data-test="ask-input"
          rows="1"
          maxlength=${Kt}
          enterkeyhint="send"
          autocomplete="off"
          dir="auto"
          aria-label=${e.t(`panel.ask.label`)}
          placeholder=${e.t(`panel.ask.placeholder`)}
          .value=${this.value}
          @input=${this.typed}
          @keydown=${this.pressed}
        ></textarea>
        ${this.busy?g`<button type="button" class="go" data-test="ask-cancel" @click=${this.stop}>
              ${sn()}<span>${e.t(`panel.ask.cancel`)}</span>
            </button>`:g`<button type="submit" class="go" data-test="ask-submit" ?disabled=${!!this.blocked||!this.value.trim()}>
              ${on()}<span>${e.t(`panel.ask.submit`)}</span>
            </button>`}
      </form>
      ${this.blocked||this.note?g`<p class="note" data-test="ask-note">${this.blocked||this.note}</p>`:y}`}updated(e){e.has(`value`)&&this.grow()}typed(){this.value=this.input.value,this.dispatchEvent(new CustomEvent(`draft`,{detail:this.value}))}pressed(e){e.key!==`Enter`||e.shiftKey||e.isComposing||(e.preventDefault(),this.submit(e))}submit(e){e.preventDefault();let t=this.value.trim();!t||this.blocked||this.busy||this.dispatchEvent(new CustomEvent(`ask`,{detail:t}))}stop(){this.dispatchEvent(new CustomEvent(`stop`))}grow(){this.input.style.blockSize=`auto`,this.input.style.blockSize=`${Math.min(this.input.scrollHeight,160)}px`}};En=z,En.styles=[I,L,o`
      :host {
        display: block;
        container-type: inline-size;
      }
      form {
        display: flex;
        align-items: flex-end;
        gap: 0;
        padding: 7px;
        border-radius: 36px;
        background: var(--hn-card);
        border: 2px solid var(--hn-line);
        transition:
          border-color 0.2s ease,
          box-shadow 0.2s ease;
      }
      form:focus-within,
      form.busy {
        border-color: var(--hn-ember);
        box-shadow: 0 0 0 6px var(--hn-glow);
      }
      textarea {
        flex: 1;
        inline-size: 0;
        min-inline-size: 0;
        min-block-size: 54px;
        padding: 13px 10px;
        border: 0;
        background: none;
        resize: none;
        font-family: var(--hn-serif);
        font-size: 1.28rem;
        line-height: 1.35;
        outline: none;
      }
      .go {
        flex: none;
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: 8px;
        min-block-size: 54px;
        min-inline-size: 54px;
        padding-inline: 22px;
        border-radius: 27px;
        background: var(--hn-ember-ink);
        color: var(--card-background-color);
        font-weight: 600;
        font-size: 1.08rem;
      }
      .go:disabled {
        opacity: 1;
        background: var(--hn-wash);
        color: var(--hn-soft);
      }
      .note {
        margin-block-start: 8px;
        text-align: center;
        color: var(--hn-soft);
        line-height: 1.3;
      }
      @container (max-width: 560px) {
        textarea {
          padding-inline: 4px;
          margin-inline-start: 4px;
          font-size: 1.15rem;
        }
        .go {
          padding-inline: 0;
        }
        .go span {
          position: absolute;
          inline-size: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
      }
    `],R([S({attribute:!1})],z.prototype,`words`,void 0),R([S({attribute:!1})],z.prototype,`value`,void 0),R([S({type:Boolean})],z.prototype,`busy`,void 0),R([S({attribute:!1})],z.prototype,`blocked`,void 0),R([S({attribute:!1})],z.prototype,`note`,void 0),R([w(`textarea`)],z.prototype,`input`,void 0),P(`hearthnet-ask-box`,z);var Dn=16e3;function On(e,t,n=Dn){if(t===n||e.length===0)return e;let r=t/n,i=new Float32Array(Math.floor(e.length/r));for(let t=0;t<i.length;t++){let n=t*r;if(r>1){let a=Math.min(e.length,Math.max(Math.floor(n)+1,Math.floor(n+r))),o=0;for(let t=Math.floor(n);t<a;t++)o+=e[t]??0;i[t]=o/(a-Math.floor(n))}else{let r=Math.floor(n),a=e[r]??0;i[t]=a+((e[r+1]??a)-a)*(n-r)}}return i}function kn(e){let t=new Uint8Array(e.length*2),n=new DataView(t.buffer);e.forEach((e,t)=>n.setInt16(t*2,Math.round(Math.max(-1,Math.min(1,e))*32767),!0));let r=``;for(let e=0;e<t.length;e+=32768)r+=String.fromCharCode(...t.subarray(e,e+32768));return btoa(r)}function An(e){let t;try{t=atob(e)}catch{return/* @__PURE__ */ new Float32Array}let n=new Float32Array(t.length>>1);for(let e=0;e<n.length;e++){let r=t.charCodeAt(2*e)|t.charCodeAt(2*e+1)<<8;n[e]=(r>32767?r-65536:r)/32768}return n}var jn=e=>e.length?Math.min(1,Math.sqrt(e.reduce((e,t)=>e+t*t,0)/e.length)*4):0,Mn=1600,Nn=[.85,.7,.5,.3];function Pn(e,t,n=Mn){let r=Math.min(1,n/Math.max(e,t,1));return{width:Math.max(1,Math.round(e*r)),height:Math.max(1,Math.round(t*r))}}async function Fn(e){let t=await createImageBitmap(e).catch(()=>{throw{code:`no_picture`,message:``}}),n=document.createElement(`canvas`);Object.assign(n,Pn(t.width,t.height)),n.getContext(`2d`)?.drawImage(t,0,0,n.width,n.height),t.close();for(let e of Nn){let t=n.toDataURL(`image/jpeg`,e),r=t.slice(t.indexOf(`,`)+1);if(r.length<=95e4)return{data:r,url:t}}throw{code:`too_large`,message:``}}var In=`registerProcessor("hearthnet-recorder", class extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice());
    return true;
  }
});`,Ln=()=>!!navigator.mediaDevices?.getUserMedia&&`AudioWorkletNode`in window,Rn=class{constructor(){this.context=null,this.stream=null,this.parts=[],this.seconds=0}async start(e,t){this.stream=await navigator.mediaDevices.getUserMedia({audio:{channelCount:1,noiseSuppression:!0,echoCancellation:!0}});let n=this.context=new AudioContext,r=URL.createObjectURL(new Blob([In],{type:`text/javascript`}));try{await n.audioWorklet.addModule(r)}finally{URL.revokeObjectURL(r)}let i=new AudioWorkletNode(n,`hearthnet-recorder`,{numberOfOutputs:0});i.port.onmessage=({data:r})=>{this.seconds>=60||(this.parts.push(r),this.seconds+=r.length/n.sampleRate,e(jn(r)),this.seconds>=60&&t())},n.createMediaStreamSource(this.stream).connect(i)}stop(){let e=this.context?.sampleRate??16e3,t=new Float32Array(this.parts.reduce((e,t)=>e+t.length,0)),n=0;for(let e of this.parts)t.set(e,n),n+=e.length;return this.drop(),t.length?kn(On(t,e)):``}drop(){this.stream?.getTracks().forEach(e=>e.stop()),this.context?.close(),this.stream=null,this.context=null,this.parts=[]}},zn,B=class extends x{constructor(...e){super(...e),this.entryId=``,this.disabled=!1,this.sees=!1,this.hears=!1,this.pictures=[],this.recording=!1,this.listening=!1,this.loud=0,this.recorder=null,this.picked=async()=>{let e=[...this.picker.files??[]];this.picker.value=``;let t=[];for(let n of e.slice(0,4-this.pictures.length))try{t.push(await Fn(n))}catch(e){this.failed(T(e))}t.length&&this.dispatchEvent(new CustomEvent(`pictures`,{detail:[...this.pictures,...t]}))},this.start=async()=>{let e=this.recorder=new Rn;try{await e.start(e=>this.loud=e,()=>void this.stop()),this.recording=!0}catch{e.drop(),this.failed({code:`no_microphone`,message:``})}},this.stop=async()=>{let e=this.recorder?.stop()??``;if(this.recorder=null,this.recording=!1,this.loud=0,e){this.listening=!0;try{this.dispatchEvent(new CustomEvent(`heard`,{detail:await this.heard(e)}))}catch(e){this.failed(T(e))}finally{this.listening=!1}}}}disconnectedCallback(){super.disconnectedCallback(),this.recorder?.drop(),this.recorder=null,this.recording=!1}render(){let{words:e}=this;return g`${this.sees?g`<button
            type="button"
            data-test="add-picture"
            aria-label=${e.t(`panel.ask.picture`)}
            title=${e.t(`panel.ask.picture`)}
            ?disabled=${this.disabled||this.pictures.length>=4}
            @click=${()=>this.picker.click()}
          >
            ${_n()}
          </button>
          <input type="file" accept="image/*" multiple hidden data-test="picture-input" @change=${this.picked} />`:y}
    ${this.hears&&Ln()?g`<button
          type="button"
          class=${this.recording?`on`:``}
          style="--loud:${this.loud}"
          data-test="record"
          aria-pressed=${this.recording}
          aria-label=${e.t(this.recording?`panel.ask.record_stop`:`panel.ask.record`)}
          title=${e.t(this.recording?`panel.ask.record_stop`:`panel.ask.record`)}
          ?disabled=${this.disabled||this.listening}
          @click=${this.recording?this.stop:this.start}
        >
          ${this.recording?sn():vn()}
        </button>`:y}
    <span class="sr" role="status">${this.recording?e.t(`panel.ask.recording`):this.listening?e.t(`panel.ask.listening`):y}</span>`}heard(e){let t={audio:e,rate:Dn,language:this.words.language.slice(0,20)};return new Promise((e,n)=>{let r=Lt(this.hass.connection,this.entryId,`transcribe`,t,({event:t,data:i})=>{if(t===`done`)e(D(i.text,4e3).trim());else if(t===`error`)n(T(i));else return;r.then(N)});r.catch(n)})}failed(e){this.dispatchEvent(new CustomEvent(`failed`,{detail:e}))}};zn=B,zn.styles=[I,L,o`
      :host {
        display: flex;
      }
      button {
        display: grid;
        place-items: center;
        inline-size: 52px;
        block-size: 54px;
        border-radius: 27px;
        color: var(--hn-ember-ink);
      }
      .on {
        background: var(--hn-ember-ink);
        color: var(--card-background-color);
        box-shadow: 0 0 0 calc(3px + 12px * var(--loud)) var(--hn-glow);
      }
    `],R([S({attribute:!1})],B.prototype,`hass`,void 0),R([S({attribute:!1})],B.prototype,`entryId`,void 0),R([S({attribute:!1})],B.prototype,`words`,void 0),R([S({type:Boolean})],B.prototype,`disabled`,void 0),R([S({type:Boolean})],B.prototype,`sees`,void 0),R([S({type:Boolean})],B.prototype,`hears`,void 0),R([S({attribute:!1})],B.prototype,`pictures`,void 0),R([C()],B.prototype,`recording`,void 0),R([C()],B.prototype,`listening`,void 0),R([C()],B.prototype,`loud`,void 0),R([w(`input[type=file]`)],B.prototype,`picker`,void 0),P(`hearthnet-ask-extras`,B);function V(e,t){let n=t.named(`panel.error`,e.code)??t.named(`panel.error`,`unknown`);return g`<p class="failure" role="alert" data-test="error">
    <strong>${n}</strong>${e.message&&e.message!==n?g`<span>${e.message}</span>`:y}
  </p>`}var Bn=[`personal`,`home`,`community`],Vn=e=>A(E(e).corpora,100,e=>({name:D(e.name),access:D(e.access),documents:O(e.documents)})).filter(e=>e.name),Hn=e=>({documents:A(E(e).documents,200,e=>({document_id:D(e.document_id),corpus:D(e.corpus),title:D(e.title)||D(e.name),language:D(e.language),chunks:O(e.chunks)})).filter(e=>e.document_id),next:D(E(e).next)}),Un=e=>({title:D(E(E(e).document).title),pieces:A(E(e).pieces,50,e=>({chunk_id:O(e.chunk_id),heading:D(e.heading,300),text:D(e.text,8e3),page:typeof e.page==`number`?O(e.page):null})),more:k(E(e).more)}),Wn=e=>A(E(e).models,200,e=>({engine:D(e.engine),name:D(e.name),parameters:D(e.parameters),quantization:D(e.quantization),size_bytes:O(e.size_bytes),loaded:k(e.loaded),capabilities:Array.isArray(e.capabilities)?e.capabilities.slice(0,8).map(e=>D(e)):[]})).filter(e=>e.name),Gn,Kn=20,H=class extends x{constructor(...e){super(...e),this.entryId=``,this.heading=``,this.pieces=[],this.more=!1,this.busy=!1,this.failure=null,this.documentId=``,this.run=0,this.closed=()=>{this.run+=1,this.pieces=[],this.more=!1}}async show(e,t,n=0){this.documentId=e,this.heading=t,this.pieces=[],this.dialog.showModal(),await this.load(n)}render(){let{words:e}=this;return g`<dialog data-test="document-dialog" aria-label=${this.heading} @close=${this.closed}>
      <div class="sheet">
        <header>
          <h2><bdi>${this.heading}</bdi></h2>
          <button class="plain" aria-label=${e.t(`panel.document.close`)} @click=${()=>this.dialog.close()}>${ln()}</button>
        </header>
        ${this.pieces.map((t,n)=>g`<section data-test="piece">
            ${t.heading!==this.pieces[n-1]?.heading&&t.heading!==this.heading?g`<h3><bdi>${t.heading}</bdi></h3>`:y}
            ${t.page&&t.page!==this.pieces[n-1]?.page?g`<p class="page">${e.t(`panel.document.page`,{page:t.page})}</p>`:y}
            <p class="text" dir="auto">${t.text}</p>
          </section>`)}
        ${this.busy?g`<p role="status">${e.t(`panel.document.loading`)}</p>`:y}
        ${this.failure?V(this.failure,e):y}
        ${this.more&&!this.busy?g`<button class="quiet" data-test="document-more" @click=${()=>this.load((this.pieces[this.pieces.length-1]?.chunk_id??0)+1)}>
              ${e.t(`panel.document.more`)}
            </button>`:y}
      </div>
    </dialog>`}async load(e){let t=++this.run;this.busy=!0,this.failure=null;try{let n=e?{chunk_id:e}:{},r=Un(await M(this.hass.connection,this.entryId,`document`,{document_id:this.documentId,limit:Kn,...n}));if(t!==this.run)return;this.heading=r.title||this.heading,this.pieces=[...this.pieces,...r.pieces],this.more=r.more&&r.pieces.length>0}catch(e){t===this.run&&(this.failure=T(e))}finally{t===this.run&&(this.busy=!1)}}};Gn=H,Gn.styles=[I,L,Tn,o`
      h3 {
        font-size: 1.1rem;
      }
      .page {
        color: var(--hn-soft);
        font-size: 0.95rem;
      }
      .text {
        font-family: var(--hn-serif);
        font-size: 1.12rem;
        line-height: 1.55;
        white-space: pre-line;
        overflow-wrap: anywhere;
      }
      section {
        display: grid;
        gap: 8px;
      }
    `],R([S({attribute:!1})],H.prototype,`hass`,void 0),R([S({attribute:!1})],H.prototype,`entryId`,void 0),R([S({attribute:!1})],H.prototype,`words`,void 0),R([C()],H.prototype,`heading`,void 0),R([C()],H.prototype,`pieces`,void 0),R([C()],H.prototype,`more`,void 0),R([C()],H.prototype,`busy`,void 0),R([C()],H.prototype,`failure`,void 0),R([w(`dialog`)],H.prototype,`dialog`,void 0),P(`hearthnet-document`,H);var qn=62,Jn=74,Yn=34,Xn=12,Zn=(e,t)=>e.node_id===t.node_id&&e.provider===t.provider&&(e.model===t.model||!t.model||!e.model);function Qn(e,t){let n=t.filter(t=>t!==e&&t.allowed),r=n.every(t=>t.score<=e.score),i=e.terms.map(e=>{let t=n.flatMap(t=>t.terms.filter(t=>t.name===e.name).map(e=>e.value*e.weight)),r=t.length?t.reduce((e,t)=>e+t,0)/t.length:0;return{why:e.why,by:e.value*e.weight-r}});return i.sort((e,t)=>r?t.by-e.by:e.by-t.by),i[0]?.why??``}function $n(e,t=/* @__PURE__ */ new Map){let n=new Set(e.attempts),r=e.candidates.map((t,r)=>{let i=e.attempts.filter(e=>n.has(e)&&Zn(t,e));for(let e of i)n.delete(e);return{candidate:t,attempts:i,index:r}});for(let e of n)r.push({candidate:null,attempts:[e],index:r.length});let i=r.filter(e=>e.attempts.length===0),a=new Set(i.filter(e=>e.candidate?.allowed).slice(0,4));for(let e of i)a.size<4&&a.add(e);let o=r.filter(e=>e.attempts.length>0||a.has(e)),s=Math.max(1,...e.candidates.map(e=>e.score)),c=qn,l=o.map(({candidate:n,attempts:r,index:i})=>{let a=n??r[0],o=`${i}`,l=t.get(o)??Jn+r.length*Yn,u={key:o,name:a?.node_name??``,provider:a?.provider??``,model:a?.model??``,reason:n?Qn(n,e.candidates):``,candidate:n,bar:n?.allowed?Math.max(0,Math.min(1,n.score/s)):null,attempts:r,top:c,dotY:c+22};return c+=l+Xn,u}),u=new Map(l.flatMap(e=>e.attempts.map(t=>[t.n,e]))),d=e.attempts.flatMap((t,n)=>{let r=e.attempts[n-1],i=r&&u.get(r.n),a=u.get(t.n);return!i||!a||i===a?[]:[{d:nr(i.dotY,a.dotY),key:`${t.n}`,tip:{x:66,y:a.dotY}}]}),ee=new Set(e.attempts.slice(1).map(e=>u.get(e.n)));return{rows:l,branches:l.filter(t=>!ee.has(t)||t.attempts.some(t=>t===e.attempts[0])).map(e=>({d:tr(e.dotY),kind:er(e),key:e.key})),handovers:d,height:Math.max(c,qn),hidden:r.length-o.length}}function er(e){let t=e.attempts[0];return t?t.outcome===`ok`?`ok`:t.outcome===`failed`?`failed`:`active`:e.candidate?.allowed?`idle`:`excluded`}var tr=e=>`M22 26 V${e-22} Q22 ${e} 44 ${e} H66`;function nr(e,t){let n=t>e?16:-16;return`M66 ${e} Q48 ${e} 48 ${e+n} V${t-n} Q48 ${t} 66 ${t}`}var rr,ir=class extends x{constructor(...e){super(...e),this.open=``,this.measured=/* @__PURE__ */ new Map,this.resize=new ResizeObserver(()=>this.measure())}connectedCallback(){super.connectedCallback(),this.resize.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.resize.disconnect()}updated(){this.measure()}measure(){let e=[...this.renderRoot.querySelectorAll(`li[data-key]`)],t=new Map(e.map(e=>[e.dataset.key??``,e.offsetHeight]));(t.size!==this.measured.size||[...t].some(([e,t])=>this.measured.get(e)!==t))&&(this.measured=t)}render(){let e=$n(this.turn,this.measured),{words:t}=this,n=this.turn.attempts.map(e=>`${e.node_name}: ${this.outcome(e)}`).join(`; `);return g`<div class="route" data-test="route" style="block-size:${e.height}px">
      <svg width="100%" height=${e.height} role="img" aria-label=${t.t(`panel.route.drawing`,{summary:n})}>
        ${e.branches.map(e=>_`<path class="way ${e.kind}" d=${e.d}></path>`)}
        ${e.handovers.map(e=>_`<path class="way handover" d=${e.d}></path>`)}
        ${e.rows.map(e=>_`<circle class="dot ${ar(e)}" cx=${66} cy=${e.dotY} r="8"></circle>`)}
        <path class="home" d="M${7} ${26} L${22} ${11} L${37} ${26} V${40} H${7} Z"></path>
        <rect class="hearth" x=${17} y=${26} width="10" height="14" rx="2"></rect>
      </svg>
      <p class="start">${t.t(`panel.route.start`)}</p>
      <ol>
        ${e.rows.map(e=>this.row(e))}
      </ol>
    </div>
    ${e.hidden?g`<p class="more">${t.t(`panel.route.more`,{count:e.hidden})}</p>`:y}`}row(e){let{words:t}=this,{candidate:n}=e,r=n?.terms??[],i=n&&!n.allowed?n.excluded||t.t(`panel.route.not_allowed`):e.reason,a=this.open===e.key;return g`<li data-key=${e.key} style="inset-block-start:${e.top}px">
      <button
        class="who ${n&&!n.allowed?`out`:``}"
        data-test="candidate"
        data-node-id=${n?.node_id??e.attempts[0]?.node_id??``}
        aria-expanded=${a}
        ?disabled=${r.length===0}
        @click=${()=>this.open=a?``:e.key}
      >
        <span class="line"><bdi class="name">${e.name}</bdi><bdi class="engine">${t.engine(e.provider,e.model)}</bdi></span>
        ${e.bar===null?y:g`<span class="score">
              <svg class="bar" height="8" aria-hidden="true">${_`<rect class="track" width="100%" height="8" rx="4"></rect>
                <rect class="fill" width="${e.bar*100}%" height="8" rx="4"></rect>`}</svg>
              <span aria-label=${t.t(`panel.route.score`,{score:t.figure(n?.score??0,2)})}
                >${t.figure(n?.score??0,2)}</span
              >
            </span>`}
        <span class="reason" dir="auto">${i}</span>
      </button>
      ${e.attempts.map(e=>g`<p
          class="attempt ${e.outcome}"
          data-test="attempt"
          data-outcome=${e.outcome}
          data-node-id=${e.node_id}
        >
          <span>${this.outcome(e)}</span>${e.message?g`<bdi class="message">${e.message}</bdi>`:e.first_chunk_ms===null?y:g`<span class="message">${t.seconds(e.first_chunk_ms)}</span>`}
        </p>`)}
      ${a?g`<div class="terms" data-test="terms">
            ${r.map(e=>g`<p dir="auto"><span>${e.why||e.name}</span><small>${t.figure(e.value,2)} × ${t.figure(e.weight,2)}</small></p>`)}
          </div>`:y}
    </li>`}outcome(e){let{words:t}=this;switch(e.outcome){case`failed`:return e.after_sentences?t.n(`panel.route.stopped_after`,e.after_sentences):t.t(`panel.route.stopped`);case`ok`:return t.t(e.continues?`panel.route.finished`:`panel.route.answered`);case`answering`:return t.t(`panel.route.answering`);case`cancelled`:return t.t(`panel.route.cancelled`);default:return t.t(`panel.route.waiting`)}}};rr=ir,rr.styles=[I,L,o`
      .route {
        position: relative;
      }
      .route > svg {
        position: absolute;
        inset: 0;
        overflow: visible;
      }
      :host(:dir(rtl)) .route > svg {
        transform: scaleX(-1);
      }
      .way {
        fill: none;
        stroke: var(--hn-line);
        stroke-width: 2.5;
        stroke-linecap: round;
      }
      .way.excluded {
        stroke-dasharray: 2 7;
      }
      .way.ok,
      .way.active,
      .way.handover {
        stroke: var(--hn-ember);
        stroke-width: 5;
      }
      .way.failed {
        stroke: var(--error-color);
        stroke-width: 5;
      }
      .way.active {
        stroke-dasharray: 1 10;
        animation: flow 0.9s linear infinite;
      }
      @keyframes flow {
        to {
          stroke-dashoffset: -11;
        }
      }
      .dot {
        fill: var(--hn-card);
        stroke: var(--hn-line);
        stroke-width: 3;
      }
      .dot.ok,
      .dot.active {
        fill: var(--hn-ember);
        stroke: var(--hn-ember);
      }
      .dot.failed {
        fill: var(--hn-card);
        stroke: var(--error-color);
        stroke-width: 4;
      }
      .home {
        fill: var(--hn-ember-ink);
        stroke: var(--hn-ember-ink);
        stroke-width: 3;
        stroke-linejoin: round;
      }
      .hearth {
        fill: var(--hn-ember);
      }
      .start {
        position: absolute;
        inset-block-start: 12px;
        inset-inline-start: 52px;
        font-weight: 600;
        font-size: 1.05rem;
        line-height: 1.4;
      }
      li {
        position: absolute;
        inset-inline: 88px 0;
      }
      .who {
        display: grid;
        inline-size: 100%;
        gap: 3px;
        min-block-size: 70px;
        align-content: start;
        border-radius: 12px;
      }
      .who:disabled {
        opacity: 1;
      }
      .who.out {
        color: var(--hn-soft);
      }
      .line {
        display: flex;
        gap: 10px;
        align-items: baseline;
        min-inline-size: 0;
        padding-block-start: 8px;
      }
      .name {
        flex: none;
        max-inline-size: 62%;
        font-weight: 600;
        font-size: 1.12rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .engine {
        min-inline-size: 0;
        color: var(--hn-soft);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .score {
        display: grid;
        grid-template-columns: minmax(40px, 200px) auto;
        gap: 10px;
        align-items: center;
        font-size: 0.95rem;
        font-variant-numeric: tabular-nums;
        line-height: 1;
      }
      .bar {
        inline-size: 100%;
      }
      .track {
        fill: var(--hn-wash);
      }
      .fill {
        fill: var(--hn-ember);
      }
      :host(:dir(rtl)) .bar {
        transform: scaleX(-1);
      }
      .reason {
        color: var(--hn-soft);
        font-size: 0.95rem;
        line-height: 1.35;
        overflow-wrap: anywhere;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
      }
      .reason:empty {
        display: none;
      }
      .attempt {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        align-items: baseline;
        min-block-size: 30px;
        padding-block: 4px 2px;
        font-weight: 600;
        line-height: 1.35;
        overflow-wrap: anywhere;
        color: var(--hn-ember-ink);
      }
      .attempt.failed {
        color: var(--hn-bad);
      }
      .attempt.cancelled {
        color: var(--hn-soft);
      }
      .message {
        font-weight: 400;
        min-inline-size: 0;
      }
      .terms {
        display: grid;
        gap: 8px;
        margin-block: 6px 8px;
        padding: 14px 16px;
        border-radius: 16px;
        background: var(--hn-wash);
        line-height: 1.35;
      }
      .terms p {
        display: flex;
        justify-content: space-between;
        gap: 14px;
      }
      .terms small {
        flex: none;
        font-size: 0.9rem;
        color: var(--hn-soft);
        font-variant-numeric: tabular-nums;
      }
      .more {
        color: var(--hn-soft);
        padding-inline-start: 88px;
      }
    `],R([S({attribute:!1})],ir.prototype,`turn`,void 0),R([S({attribute:!1})],ir.prototype,`words`,void 0),R([C()],ir.prototype,`open`,void 0),R([C()],ir.prototype,`measured`,void 0);function ar(e){let t=e.attempts[e.attempts.length-1];return t?t.outcome===`ok`?`ok`:t.outcome===`failed`?`failed`:`active`:``}P(`hearthnet-route`,ir);var or,sr=class extends x{constructor(...e){super(...e),this.own=``,this.open=0}render(){let{turn:e,words:t}=this,n=e.searched.filter(e=>e.error);return g`${e.sources.length?g`<ol>${e.sources.map((e,t)=>this.source(e,t+1))}</ol>`:e.status===`done`?g`<p class="note">${t.t(`panel.sources.none`)}</p>`:y}
    ${n.map(e=>g`<p class="note bad">${t.t(`panel.sources.search_failed`,{name:e.name,error:e.error??``})}</p>`)}`}source(e,t){let{words:n}=this,r=this.open===t;return g`<li class=${r?`open`:``}>
      <button
        data-test="source"
        data-n=${t}
        aria-expanded=${r}
        aria-label=${n.t(`panel.sources.open`,{n:t,title:e.doc_title})}
        @click=${()=>this.dispatchEvent(new CustomEvent(`open-source`,{detail:r?0:t}))}
      >
        <span class="n">${t}</span>
        <span class="what">
          <bdi class="title">${e.doc_title}</bdi>
          <bdi class="from"
            >${n.t(`panel.sources.from`,{name:e.node_name})}${e.page?g` · ${n.t(`panel.document.page`,{page:e.page})}`:y}</bdi
          >
        </span>
        ${un()}
      </button>
      ${r?g`<blockquote dir="auto" data-test="source-text">${e.text}</blockquote>
            ${e.node_id===this.own&&e.doc_cid?g`<button
                  class="plain whole"
                  data-test="open-document"
                  @click=${()=>this.dispatchEvent(new CustomEvent(`open-document`,{detail:e}))}
                >
                  ${n.t(`panel.sources.whole`)}
                </button>`:y}
            ${e.licence?g`<p class="licence" dir="auto">${n.t(`panel.sources.licence`,{licence:e.licence})}</p>`:y}`:y}
    </li>`}updated(e){if(e.has(`open`)&&this.open){let e=matchMedia(`(prefers-reduced-motion: reduce)`).matches;this.renderRoot.querySelector(`li.open`)?.scrollIntoView({block:`nearest`,behavior:e?`auto`:`smooth`})}}};or=sr,or.styles=[I,L,o`
      li + li {
        border-block-start: 1px solid var(--hn-line);
      }
      button {
        display: flex;
        align-items: center;
        gap: 14px;
        inline-size: 100%;
        min-block-size: 64px;
        padding-block: 8px;
        border-radius: 12px;
      }
      .n {
        flex: none;
        display: grid;
        place-items: center;
        inline-size: 32px;
        block-size: 32px;
        border-radius: 50%;
        background: var(--hn-chip);
        color: var(--hn-ember-ink);
        font-weight: 700;
      }
      .what {
        flex: 1;
        min-inline-size: 0;
        display: grid;
        line-height: 1.35;
      }
      .title {
        font-weight: 600;
        font-size: 1.08rem;
        overflow-wrap: anywhere;
      }
      .from {
        color: var(--hn-soft);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .icon {
        color: var(--hn-soft);
        transition: transform 0.18s ease;
      }
      .open .icon {
        transform: rotate(180deg);
      }
      .open .n {
        background: var(--hn-ember-ink);
        color: var(--card-background-color);
      }
      blockquote {
        margin: 2px 0 10px;
        padding-inline-start: 18px;
        border-inline-start: 3px solid var(--hn-ember);
        font-family: var(--hn-serif);
        font-size: 1.15rem;
        line-height: 1.55;
        white-space: pre-line;
        overflow-wrap: anywhere;
        max-block-size: 50vh;
        overflow-y: auto;
      }
      button.whole {
        inline-size: auto;
        min-block-size: 48px;
      }
      .note {
        font-size: 1.05rem;
      }
      .licence,
      .note {
        padding-block: 6px 12px;
        color: var(--hn-soft);
        line-height: 1.45;
      }
      .note.bad {
        color: var(--hn-bad);
      }
    `],R([S({attribute:!1})],sr.prototype,`turn`,void 0),R([S({attribute:!1})],sr.prototype,`words`,void 0),R([S({attribute:!1})],sr.prototype,`own`,void 0),R([S({attribute:!1})],sr.prototype,`open`,void 0),P(`hearthnet-sources`,sr);var cr=4e5,lr=.15,ur=class{constructor(e){this.changed=e,this.speaking=``,this.failure=null,this.context=null,this.unsubscribe=null,this.until=0,this.run=0}async speak(e,t,n,r,i){this.stop();let a=++this.run,o=this.context=new AudioContext;this.until=0,this.speaking=n,this.failure=null,this.changed();try{let n=await Lt(e,t,`speak`,{text:r,language:i},({event:e,data:t})=>{a===this.run&&(e===`audio`?this.play(o,D(t.pcm,cr),O(t.rate,22050)):e===`error`?this.fail(T(t)):e===`done`&&this.finish(o,a))});a===this.run?this.unsubscribe=n:N(n)}catch(e){a===this.run&&this.fail(T(e))}}stop(){this.run+=1,this.unsubscribe&&N(this.unsubscribe),this.context?.close(),this.unsubscribe=this.context=null,this.speaking&&(this.speaking=``,this.changed())}play(e,t,n){let r=An(t);if(!r.length||n<8e3||n>48e3)return;let i=e.createBuffer(1,r.length,n);i.copyToChannel(r,0);let a=e.createBufferSource();a.buffer=i,a.connect(e.destination),this.until=Math.max(this.until,e.currentTime+lr),a.start(this.until),this.until+=i.duration}finish(e,t){this.unsubscribe=null,setTimeout(()=>t===this.run&&this.stop(),Math.max(0,this.until-e.currentTime)*1e3)}fail(e){this.stop(),this.failure=e,this.changed()}},dr,U=class extends x{constructor(...e){super(...e),this.entryId=``,this.steps=[],this.running=!1,this.answered=``,this.failure=null}render(){return g`<ol data-test="steps" aria-label=${this.words.t(`panel.steps.label`)}>
      ${this.steps.map(e=>g`<li class=${e.state} data-test="step" data-state=${e.state}>${this.step(e)}</li>`)}
    </ol>`}step(e){let{words:t}=this,n=e.state===`needs_confirmation`&&this.running,r=t.named(`panel.steps.tool`,e.tool)??e.tool;return g`<p class="what">
        <span class="mark" aria-hidden="true">${e.state===`done`?dn():e.state===`running`||n?y:ln()}</span>
        <span><bdi>${r}</bdi> <span class="state">${t.t(`panel.steps.state.${e.state}`)}</span></span>
      </p>
      ${n?this.question(e):e.summary?g`<p class="summary" dir="auto">${e.summary}</p>`:y}`}question(e){let{words:t}=this,n=this.answered===e.confirmId;return g`<div class="sheet" role="alertdialog" aria-label=${t.t(`panel.steps.ask`)} data-test="confirm">
      <p><strong>${t.t(`panel.steps.ask`)}</strong></p>
      <dl>${e.arguments.map(([e,t])=>g`<dt><bdi>${e}</bdi></dt><dd dir="auto">${t}</dd>`)}</dl>
      ${e.tainted?g`<p class="tainted" data-test="tainted">${fn()}${t.t(`panel.steps.tainted`)}</p>`:y}
      <div class="actions">
        <button class="quiet" data-test="confirm-no" ?disabled=${n} @click=${()=>this.confirm(e,!1)}>${t.t(`panel.steps.no`)}</button>
        <button class="primary" data-test="confirm-yes" ?disabled=${n} @click=${()=>this.confirm(e,!0)}>${t.t(`panel.steps.yes`)}</button>
      </div>
      ${this.failure?V(this.failure,t):y}
    </div>`}async confirm(e,t){this.answered=e.confirmId,this.failure=null;try{await M(this.hass.connection,this.entryId,`confirm`,{confirm_id:e.confirmId,allow:t})}catch(e){this.failure=T(e)}}};dr=U,dr.styles=[I,L,o`
      ol {
        display: grid;
        gap: 10px;
        margin-block: 12px;
        padding-inline-start: 14px;
        border-inline-start: 3px solid var(--hn-line);
      }
      .what {
        display: flex;
        gap: 10px;
        align-items: center;
        font-weight: 600;
      }
      .mark {
        flex: none;
        display: grid;
        place-items: center;
        inline-size: 24px;
        block-size: 24px;
        color: var(--hn-ember-ink);
      }
      .mark svg.icon {
        inline-size: 20px;
        block-size: 20px;
      }
      .running .mark::before,
      .needs_confirmation .mark::before {
        content: "";
        inline-size: 12px;
        block-size: 12px;
        border-radius: 50%;
        background: var(--hn-ember);
        animation: breathe 1.6s ease-in-out infinite;
      }
      @keyframes breathe {
        50% {
          opacity: 0.3;
        }
      }
      .failed .mark,
      .refused .mark {
        color: var(--hn-soft);
      }
      .state,
      .summary {
        color: var(--hn-soft);
        font-weight: 400;
      }
      .summary {
        padding-inline-start: 34px;
        line-height: 1.45;
        overflow-wrap: anywhere;
      }
      .sheet {
        display: grid;
        gap: 12px;
        margin-block-start: 8px;
        padding: 18px;
        border-radius: 18px;
        background: var(--hn-wash);
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 14px;
      }
      dt {
        color: var(--hn-soft);
      }
      dd {
        overflow-wrap: anywhere;
        white-space: pre-line;
      }
      .tainted {
        display: flex;
        gap: 10px;
        color: var(--hn-bad);
        line-height: 1.4;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 10px;
      }
    `],R([S({attribute:!1})],U.prototype,`hass`,void 0),R([S({attribute:!1})],U.prototype,`entryId`,void 0),R([S({attribute:!1})],U.prototype,`steps`,void 0),R([S({type:Boolean})],U.prototype,`running`,void 0),R([S({attribute:!1})],U.prototype,`words`,void 0),R([C()],U.prototype,`answered`,void 0),R([C()],U.prototype,`failure`,void 0),P(`hearthnet-steps`,U);var fr,pr=`new`,mr=`hearthnet.tools`,W=class extends x{constructor(...e){super(...e),this.chosen=``,this.openSource=0,this.pictures=[],this.trouble=null,this.tools=hr(mr),this.session=tn(),this.speaker=new ur(()=>this.requestUpdate()),this.aloud=``,this.toggleTools=e=>{this.tools=e.target.checked,gr(mr,this.tools)}}connectedCallback(){super.connectedCallback(),this.unwatch=this.session.watch(()=>this.heardFrom())}disconnectedCallback(){super.disconnectedCallback(),this.unwatch?.(),this.speaker.stop()}heardFrom(){let{latest:e}=this.session;e&&e.id===this.aloud&&!j(e)&&(this.aloud=``,e.status===`done`&&this.read(e)),this.requestUpdate()}get turn(){if(this.chosen!==pr)return this.session.turns.find(e=>e.id===this.chosen)??this.session.latest}render(){let{turn:e}=this;return g`<div class="scroll ${e?``:`empty`}">${e?this.reading(e):this.hero()}</div>
      <footer>
        ${this.pictures.length?this.thumbnails():y}
        ${this.trouble?V(this.trouble,this.words):y}
        <hearthnet-ask-box
          .words=${this.words}
          .value=${this.session.draft}
          .busy=${this.session.busy}
          .blocked=${this.blocked()}
          .note=${this.note()}
          @draft=${e=>this.draft(e.detail)}
          @ask=${e=>this.ask(e.detail)}
          @stop=${()=>this.session.cancel()}
          ><hearthnet-ask-extras
            slot="start"
            .hass=${this.hass}
            .entryId=${this.live.entryId}
            .words=${this.words}
            .disabled=${!!this.blocked()||this.session.busy}
            .sees=${ut(this.live.state,`img.describe`)}
            .hears=${ut(this.live.state,`stt.transcribe`)}
            .pictures=${this.pictures}
            @pictures=${e=>this.look(e.detail)}
            @heard=${e=>this.heard(e.detail)}
            @failed=${e=>this.trouble=e.detail}
          ></hearthnet-ask-extras
        ></hearthnet-ask-box>
        ${ut(this.live.state,`llm.chat`,`2`)?g`<label class="tools"
              ><input type="checkbox" data-test="tools" .checked=${this.tools} @change=${this.toggleTools} />${this.words.t(`panel.ask.tools`)}</label
            >`:y}
        <hearthnet-document .hass=${this.hass} .entryId=${this.live.entryId} .words=${this.words}></hearthnet-document>
      </footer>
      <p class="sr" role="status" aria-live="polite" data-test="status">${this.status(this.session.latest)}</p>`}hero(){let{words:e,live:t}=this,n=t.state?.mode.mode===`emergency`,r=n?`suggestions_emergency`:`suggestions`,i=n?[`water`,`power`,`meet`,`first_aid`]:[`water`,`food`,`heating`,`first_aid`];return g`<section class="hero" data-test="ask-empty">
      <h1>${e.t(n?`panel.ask.hero_emergency`:`panel.ask.hero`)}</h1>
      ${this.capacity()?g`<p class="sub">${this.capacity()}</p>`:y}
      <ul class="suggestions" aria-label=${e.t(`panel.ask.suggested`)}>
        ${i.map(t=>{let n=e.t(`panel.ask.${r}.${t}`);return g`<li>
            <button data-test="suggestion" ?disabled=${!!this.blocked()} @click=${()=>this.ask(n)}>${n}</button>
          </li>`})}
      </ul>
      ${this.earlier(void 0)}
    </section>`}capacity(){let{words:e}=this,{state:t}=this.live;if(!t||this.blocked())return``;let n=t.privacy===`community`||t.privacy===`any`,r=t.peers.filter(e=>e.connected&&(n||e.home)).length;return r>0?e.n(`panel.ask.hero_near`,r):t.library.documents>0?e.n(`panel.ask.hero_alone`,t.library.documents):t.capabilities.some(e=>e.available)?``:e.t(`panel.ask.hero_empty`)}reading(e){let{words:t}=this,n=e.sources.length>0||e.candidates.length>0||e.attempts.length>0||e.status===`done`;return g`<div class="columns ${n?``:`single`}">
      <article aria-busy=${j(e)}>
        <h1 class="question" data-test="question" dir="auto">${e.question}</h1>
        ${e.pictures.length?g`<p class="pictures">${e.pictures.map(e=>g`<img src=${e} alt=${t.t(`panel.ask.picture_of_question`)} />`)}</p>`:y}
        ${e.steps.length?g`<hearthnet-steps
              .hass=${this.hass}
              .entryId=${this.live.entryId}
              .words=${t}
              .steps=${e.steps}
              .running=${j(e)}
            ></hearthnet-steps>`:y}
        ${this.waiting(e)}
        ${e.text?At(e,t,e=>this.open(e)):y}
        ${e.truncated?g`<p class="aside-note">${t.t(`panel.ask.truncated`)}</p>`:y}
        ${this.ending(e)} ${this.earlier(e)}
      </article>
      ${n?g`<aside>
            ${e.sources.length||e.status===`done`?g`<section>
                  <h2>${t.t(`panel.sources.title`)}</h2>
                  <hearthnet-sources
                    .turn=${e}
                    .words=${t}
                    .open=${this.openSource}
                    .own=${this.live.state?.node.id??``}
                    @open-document=${e=>this.dialog.show(e.detail.doc_cid,e.detail.doc_title,Number(e.detail.chunk_id)||0)}
                    @open-source=${e=>this.openSource=e.detail}
                  ></hearthnet-sources>
                </section>`:y}
            ${e.candidates.length||e.attempts.length?g`<section>
                  <h2>${t.t(`panel.route.title`)}</h2>
                  <hearthnet-route .turn=${e} .words=${t}></hearthnet-route>
                </section>`:y}
          </aside>`:y}
    </div>`}waiting(e){return!j(e)||e.text?y:g`<p class="waiting" data-test="waiting"><span class="glow" aria-hidden="true"></span>${this.status(e)}</p>`}ending(e){let{words:t}=this;if(e.status===`answering`)return g`<p class="by" data-test="answering"><span class="spark" aria-hidden="true"></span>${this.status(e)}</p>`;if(e.status===`failed`||e.status===`cancelled`)return g`<div class="ended">
        ${e.status===`failed`&&e.failure?V(e.failure,t):g`<p class="aside-note" data-test="cancelled">${t.t(`panel.ask.cancelled`)}</p>`}
        <button class="quiet" data-test="ask-retry" ?disabled=${!!this.blocked()} @click=${()=>this.retry(e)}>
          ${cn()}${t.t(`panel.ask.retry`)}
        </button>
      </div>`;if(e.status!==`done`)return y;let n=e.answeredBy,r=xt(e),i=e.receipts.all>0&&e.receipts.valid===e.receipts.all;return g`<div class="by" data-test="answered-by" data-node-id=${n?.node_id??``}>
        <span class="spark" aria-hidden="true"></span>
        <p>
          <strong>${!n||n.home?this.byHome(n?.node_name):t.t(`panel.ask.answered_by`,{name:n.node_name})}</strong>
          ${n?g`<bdi>${t.engine(n.model||n.provider)}</bdi>`:y}
          ${e.durationMs===null?y:g`<span>${t.t(`panel.ask.in_seconds`,{seconds:t.seconds(e.durationMs)})}</span>`}
          ${r?g`<span data-test="continued">${t.n(`panel.ask.continued`,r)}</span>`:y}
          ${i?g`<span class="signed" title=${t.t(`panel.ask.signed_hint`)}>${dn()}${t.t(`panel.ask.signed`)}</span>`:e.receipts.all?g`<span class="bad" title=${t.t(`panel.ask.unsigned_hint`)}>${t.t(`panel.ask.unsigned`)}</span>`:y}
        </p>
      </div>
      ${this.judging(e)}
      ${e.confidence?g`<p class="aside-note" data-test="confidence">${t.t(`panel.ask.confidence`,{level:t.percent(e.confidence.level),n:t.figure(e.confidence.n)})}</p>`:y}
      ${e.method===`bm25`&&e.sources.length?g`<p class="aside-note">${t.t(`panel.ask.words_only`)}</p>`:y}
      ${e.grounded===!1?g`<p class="caution" data-test="not-grounded">${fn()}${t.t(`panel.ask.not_grounded`)}</p>`:y}`}judging(e){let{words:t,speaker:n}=this,r=ut(this.live.state,`tts.synthesize`)&&`AudioContext`in window,i=n.speaking===e.id;return g`<p class="judging">
        ${r?g`<button class="plain" data-test="read-aloud" ?disabled=${!!this.blocked()} @click=${()=>i?n.stop():this.read(e)}>
              ${i?sn():yn()}${t.t(i?`panel.ask.quiet`:`panel.ask.read`)}
            </button>`:y}
        ${e.traceId&&!e.opinion?g`<button class="plain" data-test="good" aria-label=${t.t(`panel.ask.good`)} title=${t.t(`panel.ask.good`)}
                ?disabled=${!!this.blocked()} @click=${()=>this.judge(e,`good`)}>${bn()}</button
              ><button class="plain" data-test="bad" aria-label=${t.t(`panel.ask.bad`)} title=${t.t(`panel.ask.bad`)}
                ?disabled=${!!this.blocked()} @click=${()=>this.judge(e,`bad`)}>${xn()}</button>`:e.opinion?g`<span class="aside-note" data-test="thanks">${t.t(`panel.ask.thanks`)}</span>`:y}
      </p>
      ${n.failure?V(n.failure,t):y}`}thumbnails(){return g`<ul class="pictures" data-test="pictures">
      ${this.pictures.map(e=>g`<li>
          <img src=${e.url} alt="" /><button
            class="plain"
            aria-label=${this.words.t(`panel.ask.picture_remove`)}
            @click=${()=>this.pictures=this.pictures.filter(t=>t!==e)}
          >
            ${ln()}
          </button>
        </li>`)}
    </ul>`}look(e){this.trouble=null,this.pictures=e}heard(e){e?(this.ask(e,!0),this.aloud=ut(this.live.state,`tts.synthesize`)?this.session.latest?.id??``:``):this.trouble={code:`nothing_heard`,message:``}}read(e){this.speaker.speak(this.hass.connection,this.live.entryId,e.id,e.text,this.words.language)}judge(e,t){this.session.judge(e,t);let n={trace_id:e.traceId,good:t===`good`};M(this.hass.connection,this.live.entryId,`feedback`,n).catch(()=>void 0)}byHome(e){let t=this.live.state?.node.name;return!e||e===t?this.words.t(`panel.ask.answered_here`):this.words.t(`panel.ask.answered_by`,{name:e})}earlier(e){let{words:t}=this,n=this.session.turns.filter(t=>t!==e).reverse();return!e&&n.length===0?y:g`<nav class="earlier">
      ${e&&!this.session.busy?g`<button class="plain" data-test="ask-new" @click=${()=>this.choose(pr)}>${wn()}${t.t(`panel.ask.new`)}</button>`:y}
      ${n.length?g`<h2>${t.t(`panel.ask.earlier`)}</h2>
            <ol>
              ${n.map(e=>g`<li>
                  <button data-test="history-item" @click=${()=>this.choose(e.id)}>
                    <span class="q" dir="auto">${e.question}</span><span class="t">${t.when(e.asked)}</span>
                  </button>
                </li>`)}
            </ol>
            <button class="plain" data-test="history-clear" @click=${this.forget}>${t.t(`panel.ask.clear`)}</button>`:y}
    </nav>`}status(e){let{words:t}=this;if(!e)return``;if(e.status===`asking`)return t.named(`panel.ask.step`,e.step)??``;if(e.status===`answering`){let n=e.attempts[e.attempts.length-1]?.node_name||t.t(`panel.ask.here_cap`);return t.t(`panel.ask.answering`,{name:n})}return t.t(e.status===`done`?`panel.ask.live_done`:`panel.ask.live_failed`)}blocked(){return this.live.connected?this.live.online?``:this.words.t(`panel.ask.blocked_node`):this.words.t(`panel.ask.blocked_ha`)}note(){let{state:e}=this.live;return e&&this.words.named(`panel.ask.privacy`,e.privacy)||``}draft(e){this.session.draft=e,this.requestUpdate()}where(){return{connection:this.hass.connection,entryId:this.live.entryId,language:this.words.language}}ask(e,t=!1){this.session.draft=``,this.trouble=null,this.speaker.stop(),this.choose(``);let{pictures:n}=this;this.pictures=[],this.session.ask(this.where(),e,{pictures:n,agent:this.tools,spoken:t})}retry(e){this.choose(``),this.session.retry(this.where(),e)}forget(){this.session.clear(),this.choose(``)}choose(e){this.chosen=e,this.openSource=0,this.renderRoot.querySelector(`.scroll`)?.scrollTo({top:0})}open(e){this.openSource=e}shouldUpdate(e){return!!(this.live&&this.words)&&e.size>=0}};fr=W,fr.styles=[I,L,jt,o`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
        flex: 1;
        container-type: inline-size;
      }
      .scroll {
        flex: 1;
        min-block-size: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: 20px clamp(18px, 4vw, 56px) 36px;
        -webkit-mask-image: linear-gradient(to top, transparent, #000 28px);
        mask-image: linear-gradient(to top, transparent, #000 28px);
      }
      .empty {
        display: grid;
      }
      .pictures {
        display: flex;
        flex-wrap: wrap;
        gap: 10px;
        margin-block-end: 10px;
      }
      .pictures img {
        max-inline-size: 220px;
        max-block-size: 160px;
        border-radius: 14px;
        display: block;
      }
      footer .pictures img {
        block-size: 84px;
      }
      .pictures li {
        display: flex;
        align-items: center;
      }
      .tools {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: 10px;
        min-block-size: 48px;
        color: var(--hn-soft);
      }
      .tools input {
        flex: none;
        inline-size: 22px;
        block-size: 22px;
        accent-color: var(--hn-ember-ink);
      }
      .judging {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px;
        margin-block-start: 6px;
      }
      footer {
        flex: none;
        inline-size: min(100%, 940px);
        margin-inline: auto;
        padding: 4px clamp(12px, 3vw, 28px) 14px;
      }
      .hero {
        margin: auto;
        inline-size: min(100%, 940px);
        display: grid;
        gap: 22px;
        padding-block: 12px;
      }
      .hero h1 {
        font-family: var(--hn-serif);
        font-weight: 400;
        font-size: clamp(2.1rem, 5.4vw, 3.6rem);
        line-height: 1.08;
        letter-spacing: -0.02em;
        text-align: center;
        text-wrap: balance;
      }
      .sub {
        text-align: center;
        font-size: 1.15rem;
        line-height: 1.45;
        color: var(--hn-soft);
        text-wrap: balance;
      }
      .suggestions {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
        gap: 12px;
        margin-block-start: 8px;
      }
      .suggestions button {
        inline-size: 100%;
        block-size: 100%;
        min-block-size: 72px;
        padding: 14px 24px;
        border-radius: 22px;
        border: 1px solid var(--hn-line);
        background: var(--hn-card);
        font-family: var(--hn-serif);
        font-size: 1.2rem;
        line-height: 1.35;
        transition: background 0.15s ease;
      }
      .suggestions button:active,
      .suggestions button:enabled:hover {
        background: var(--hn-wash);
      }
      .columns {
        display: grid;
        gap: 28px clamp(28px, 4vw, 60px);
        grid-template-columns: minmax(0, 1fr);
        max-inline-size: 1320px;
        margin-inline: auto;
      }
      .columns.single {
        max-inline-size: 860px;
      }
      article {
        display: grid;
        gap: 20px;
        align-content: start;
        min-inline-size: 0;
      }
      aside {
        display: grid;
        gap: 20px;
        align-content: start;
        min-inline-size: 0;
      }
      aside section {
        background: var(--hn-card);
        border-radius: var(--hn-radius);
        padding: 22px 24px 14px;
      }
      aside h2 {
        margin-block-end: 10px;
      }
      @container (min-width: 920px) {
        .columns:not(.single) {
          grid-template-columns: minmax(0, 1.35fr) minmax(360px, 1fr);
        }
      }
      .question {
        font-family: var(--hn-serif);
        font-weight: 400;
        font-size: clamp(1.6rem, 2.8vw, 2.2rem);
        line-height: 1.18;
        letter-spacing: -0.015em;
        text-wrap: balance;
        overflow-wrap: anywhere;
      }
      .waiting {
        display: flex;
        align-items: center;
        gap: 16px;
        min-block-size: 64px;
        font-size: 1.25rem;
        color: var(--hn-soft);
      }
      .glow {
        inline-size: 22px;
        block-size: 22px;
        border-radius: 50%;
        background: var(--hn-ember);
        box-shadow: 0 0 0 10px var(--hn-glow);
        animation: breathe 2s ease-in-out infinite;
      }
      @keyframes breathe {
        50% {
          box-shadow: 0 0 0 3px var(--hn-glow);
          opacity: 0.6;
        }
      }
      .by {
        display: flex;
        align-items: flex-start;
        gap: 12px;
        font-size: 1.08rem;
        line-height: 1.5;
        color: var(--hn-soft);
      }
      .by p {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        align-items: center;
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      .by strong {
        color: var(--hn-ember-ink);
      }
      .spark {
        flex: none;
        inline-size: 11px;
        block-size: 11px;
        margin-block-start: 0.5em;
        border-radius: 50%;
        background: var(--hn-ember);
      }
      .signed {
        display: inline-flex;
        align-items: center;
        gap: 4px;
      }
      .signed svg.icon {
        inline-size: 18px;
        block-size: 18px;
      }
      .caution {
        font-size: 1.08rem;
        display: flex;
        gap: 12px;
        padding: 14px 18px;
        border-radius: 16px;
        background: var(--hn-wash);
        line-height: 1.45;
      }
      .ended {
        display: grid;
        gap: 14px;
        justify-items: start;
        padding: 20px 22px;
        border-radius: var(--hn-radius);
        background: var(--hn-wash);
      }
      .ended .quiet {
        background: var(--hn-card);
      }
      .failure {
        font-size: 1.1rem;
      }
      .aside-note {
        color: var(--hn-soft);
        font-size: 1.08rem;
        line-height: 1.45;
      }
      .earlier {
        display: grid;
        gap: 4px;
        justify-items: start;
        margin-block-start: 12px;
      }
      .earlier h2 {
        margin-block: 14px 4px;
        font-size: 1.2rem;
        color: var(--hn-soft);
      }
      .earlier > .plain {
        margin-inline-start: -14px;
      }
      .earlier ol {
        inline-size: 100%;
      }
      .earlier li + li {
        border-block-start: 1px solid var(--hn-line);
      }
      .earlier li button {
        display: flex;
        gap: 16px;
        align-items: center;
        justify-content: space-between;
        inline-size: 100%;
        min-block-size: 56px;
        border-radius: 10px;
      }
      .q {
        min-inline-size: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: 1.08rem;
      }
      .t {
        flex: none;
        color: var(--hn-soft);
      }
      @media (max-height: 560px) {
        .hero {
          gap: 10px;
        }
        .hero h1 {
          font-size: 2.1rem;
        }
        .suggestions button {
          min-block-size: 56px;
          padding-block: 8px;
          font-size: 1.05rem;
        }
        .scroll {
          padding-block: 10px 14px;
        }
        footer {
          padding-block-end: 8px;
        }
      }
      @media (max-width: 520px) {
        :host {
          --hn-answer-size: 1.25rem;
        }
        aside section {
          padding-inline: 18px;
        }
      }
    `],R([S({attribute:!1})],W.prototype,`hass`,void 0),R([S({attribute:!1})],W.prototype,`live`,void 0),R([S({attribute:!1})],W.prototype,`words`,void 0),R([C()],W.prototype,`chosen`,void 0),R([C()],W.prototype,`openSource`,void 0),R([C()],W.prototype,`pictures`,void 0),R([C()],W.prototype,`trouble`,void 0),R([C()],W.prototype,`tools`,void 0),R([w(`hearthnet-document`)],W.prototype,`dialog`,void 0);function hr(e){try{return localStorage.getItem(e)===`1`}catch{return!1}}function gr(e,t){try{localStorage.setItem(e,t?`1`:`0`)}catch{}}P(`hearthnet-ask-view`,W);var _r=/* @__PURE__ */ new Set([`captive_portal`,`dns`,`gateway`,`no_route`]);function vr(e){let{state:t,seen:n}=e;if(!e.connected)return yr(`ha`,t&&n?`ha`:`ha_never`,n);if(e.phase===`live`&&!e.online)return yr(`node`,t?n?`node`:`node_undated`:`node_never`,n,e.failure?.message);if(!t||e.phase!==`live`)return null;let r=t.mode.since*1e3;if(t.mode.mode===`emergency`)return yr(`emergency`,`emergency`,r,t.mode.reason);if(t.mode.mode===`drill`)return yr(`drill`,`drill`,r,t.mode.reason);let{connectivity:i}=t,a=_r.has(i.cause)?i.cause:``;return i.state===`isolated`?yr(`isolated`,`isolated`,i.since*1e3,``,a):i.state===`offline`?yr(`offline`,t.peers.some(e=>e.connected)?`offline`:`offline_alone`,i.since*1e3,``,a):null}var yr=(e,t,n,r=``,i=``)=>({kind:e,key:t,when:n,detail:r,cause:i}),br,xr={ha:pn,node:pn,emergency:fn,drill:hn,isolated:mn,offline:mn},Sr=class extends x{render(){let e=vr(this.live),{words:t}=this;return g`<div role="status" aria-live=${e?.kind===`emergency`?`assertive`:`polite`}>
      ${e?g`<div class="banner ${e.kind}" data-test="banner" data-kind=${e.kind}>
            ${xr[e.kind]()}
            <p dir="auto">
              <strong>${t.t(`panel.banner.${e.key}`,{when:e.when?t.when(e.when):``})}</strong>
              ${e.detail?g`<span>${e.detail}</span>`:y}
              ${e.cause?g`<span>${t.t(`panel.banner.${e.cause}`)}</span>`:y}
            </p>
          </div>`:y}
    </div>`}};br=Sr,br.styles=[I,L,o`
      :host {
        display: block;
        flex: none;
      }
      .banner {
        display: flex;
        gap: 14px;
        align-items: center;
        margin: 0 clamp(12px, 3vw, 28px) 10px;
        padding: 13px 20px;
        border-radius: 20px;
        background: var(--hn-wash);
        color: var(--hn-ember-ink);
        font-size: 1.08rem;
        line-height: 1.4;
      }
      .banner p {
        color: var(--hn-ink);
        overflow-wrap: anywhere;
      }
      .banner strong {
        font-weight: 600;
      }
      .emergency {
        background: var(--hn-bad);
        color: var(--card-background-color);
      }
      .emergency p {
        color: inherit;
        font-size: 1.2rem;
      }
      .drill {
        border: 2px dashed var(--hn-ember);
      }
      @media (max-height: 560px) {
        .banner {
          padding-block: 7px;
          margin-block-end: 4px;
        }
      }
    `],R([S({attribute:!1})],Sr.prototype,`live`,void 0),R([S({attribute:!1})],Sr.prototype,`words`,void 0),P(`hearthnet-banner`,Sr);var Cr=`.pdf,.docx,.html,.htm,.md,.markdown,.txt,.csv,.zip`,wr=1e6;async function Tr(e,t,n,r,i,a){if(!e.fetchWithAuth)throw{code:`unavailable`,message:``};let o=new URLSearchParams({name:r.name.slice(0,300),corpus:n,...t?{entry_id:t}:{}}),s=await e.fetchWithAuth(`/api/hearthnet/upload?${o}`,{method:`POST`,body:r,signal:a}).catch(e=>{throw a.aborted?T({code:`cancelled`}):T({code:`connection_lost`,message:String(e).slice(0,200)})});if(!s.ok||!s.body){let e=E(await s.json().catch(()=>({})));throw T({code:s.status===403?`forbidden`:`unavailable`,message:D(e.message,300)})}for await(let e of Dr(s.body)){let{event:t,data:n}=E(JSON.parse(e)),r=E(n);if(t===`error`)throw T(r);if(t===`progress`&&i({step:D(r.step),done:O(r.done),total:O(r.total)}),t===`done`)return Er(r)}throw T({code:`connection_lost`})}function Er(e){let t=(Array.isArray(e.documents)?e.documents:[]).map(E),n=(Array.isArray(e.failed)?e.failed:[]).slice(0,20).map(E);return{documents:t.length+O(e.more),duplicates:t.filter(e=>e.duplicate===!0).length,unreadable:O(e.unreadable_pages),failed:n.map(e=>`${D(e.name)}: ${D(e.message,300)}`)}}async function*Dr(e){let t=e.getReader(),n=new TextDecoder,r=``;try{for(;;){let{done:e,value:i}=await t.read();r+=n.decode(i,{stream:!e});let a=r.split(`
`);r=a.pop()??``;for(let e of a)e.trim()&&(yield e);if(r.length>wr)throw T({code:`unknown`});if(e)return}}finally{await t.cancel().catch(()=>void 0)}}var Or,kr=20,Ar=`household`,jr=`emergency`,G=class extends x{constructor(...e){super(...e),this.entryId=``,this.reachable=!1,this.admin=!1,this.indexing=null,this.count=0,this.corpora=null,this.chosen=Ar,this.documents=[],this.next=``,this.sending=[],this.over=!1,this.removing=``,this.failure=null,this.stopping=new AbortController,this.run=0,this.queue=Promise.resolve(),this.open=async e=>{let t=e.target.value;try{await M(this.hass.connection,this.entryId,`set_corpus`,{name:this.chosen,access:t})}catch(e){this.failure=T(e)}await this.load()},this.picked=()=>{this.add([...this.picker.files??[]]),this.picker.value=``},this.dropped=e=>{e.preventDefault(),this.over=!1,this.reachable&&this.add([...e.dataTransfer?.files??[]])}}willUpdate(e){this.reachable&&(e.has(`entryId`)||e.has(`count`)||e.has(`reachable`)&&!this.corpora)&&this.load()}render(){let{words:e}=this,t=this.corpora?.find(e=>e.name===this.chosen);return g`<section class="card" data-test="library">
      <h2>${e.t(`panel.library.title`)}</h2>
      ${this.indexing?.total?g`<p class="hint" data-test="indexing">
            ${e.t(`panel.library.indexing`,{done:e.figure(this.indexing.done),total:e.figure(this.indexing.total)})}
          </p>`:y}
      ${this.tabs()}
      ${t||this.chosen===Ar?this.access(t):y}
      ${this.admin&&this.chosen!==jr?this.drop():y}
      <div role="status" class=${this.sending.length?``:`sr`}>${this.sending.map(e=>this.sent(e))}</div>
      ${this.failure?V(this.failure,e):y}
      ${this.documents.length?g`<ul data-test="documents">${this.documents.map(e=>this.document(e))}</ul>`:this.corpora?g`<p class="none">${e.t(this.admin?`panel.library.empty_admin`:`panel.library.empty`)}</p>`:y}
      ${this.next?g`<button class="quiet" data-test="documents-more" ?disabled=${!this.reachable} @click=${()=>this.page()}>
            ${e.t(`panel.library.more`)}
          </button>`:y}
      <hearthnet-document .hass=${this.hass} .entryId=${this.entryId} .words=${e}></hearthnet-document>
    </section>`}tabs(){let e=(this.corpora??[]).map(e=>e.name);return e.includes(Ar)||e.unshift(Ar),g`<div class="chips" role="group" aria-label=${this.words.t(`panel.library.collections`)}>
      ${e.map(e=>{let t=this.corpora?.find(t=>t.name===e)?.documents??0;return g`<button data-test="corpus" aria-pressed=${e===this.chosen} @click=${()=>this.choose(e)}>
          <bdi>${this.words.named(`panel.library.names`,e)??e}</bdi> <span>${this.words.figure(t)}</span>
        </button>`})}
    </div>`}access(e){let{words:t}=this,n=e?.access??`home`;return!this.admin||this.chosen===jr||!e||!Bn.includes(n)?g`<p class="hint">${t.named(`panel.library.access`,n)??t.t(`panel.library.access.role`,{role:n})}</p>`:g`<label class="who"
      ><span class="label">${t.t(`panel.library.who`)}</span>
      <select class="field" data-test="corpus-access" ?disabled=${!this.reachable} @change=${this.open}>
        ${Bn.map(e=>g`<option value=${e} ?selected=${e===n}>${t.t(`panel.library.access.${e}`)}</option>`)}
      </select></label
    >`}drop(){let{words:e}=this;return g`<div
      class="drop ${this.over?`over`:``}"
      data-test="drop"
      @dragover=${e=>{e.preventDefault(),this.over=!0}}
      @dragleave=${()=>this.over=!1}
      @drop=${this.dropped}
    >
      <button class="quiet" data-test="add-files" ?disabled=${!this.reachable} @click=${()=>this.picker.click()}>
        ${Sn()}${e.t(`panel.library.add`)}
      </button>
      <p class="hint">${e.t(`panel.library.add_text`)}</p>
      <input type="file" multiple hidden accept=${Cr} data-test="file-input" @change=${this.picked} />
    </div>`}sent(e){let{words:t}=this,n=e.at?.total?e.at.done/e.at.total:void 0;return g`<div class="sending" data-test="sending">
      <p><bdi>${e.name}</bdi></p>
      ${e.failure?V(e.failure,t):e.result?g`<p class="hint">${this.summary(e.result)}</p>
              ${e.result.failed.map(e=>g`<p class="bad" dir="auto">${e}</p>`)}`:g`<progress value=${n??y} max="1"></progress>
              <p class="hint">${t.t(`panel.library.step.${e.at?.step||`sending`}`)}</p>`}
    </div>`}summary(e){let{words:t}=this,n=e.documents-e.duplicates;return[n?t.n(`panel.library.added`,n):``,e.duplicates?t.n(`panel.library.known`,e.duplicates):``,e.unreadable?t.n(`panel.library.unreadable`,e.unreadable):``].filter(Boolean).join(` `)}document(e){let{words:t}=this,n=this.removing===e.document_id;return g`<li data-test="document">
      <button class="title" @click=${()=>this.dialog.show(e.document_id,e.title)}>
        <bdi>${e.title}</bdi><span class="about">${t.n(`panel.library.passages`,e.chunks)}</span>
      </button>
      ${n?g`<span class="sure"
            ><button class="plain bad" data-test="remove-sure" @click=${()=>this.forget(e)}>${t.t(`panel.library.remove_sure`)}</button>
            <button class="plain" @click=${()=>this.removing=``}>${t.t(`panel.library.keep`)}</button></span
          >`:this.admin&&e.corpus!==jr?g`<button
              class="plain"
              data-test="remove"
              ?disabled=${!this.reachable}
              aria-label=${t.t(`panel.library.remove`,{title:e.title})}
              @click=${()=>this.removing=e.document_id}
            >
              ${Cn()}
            </button>`:y}
    </li>`}async load(){let e=++this.run;try{let t=Vn(await M(this.hass.connection,this.entryId,`corpora`,{}));if(e!==this.run)return;!this.admin&&!this.corpora&&!t.some(e=>e.name===this.chosen)&&t[0]&&(this.chosen=t[0].name),this.corpora=t,this.failure=null,await this.page(!0)}catch(t){e===this.run&&(this.failure=T(t))}}async page(e=!1){let t=e?this.run:++this.run;try{let n={corpus:this.chosen,limit:kr,...e?{}:{before:this.next}},r=Hn(await M(this.hass.connection,this.entryId,`documents`,n));if(t!==this.run)return;this.documents=e?r.documents:[...this.documents,...r.documents],this.next=r.next}catch(e){t===this.run&&(this.failure=T(e))}}choose(e){this.chosen=e,this.documents=[],this.next=``,this.run+=1,this.page(!0)}add(e){let t=this.chosen,n=e.map(e=>[e,{name:e.name,at:null,result:null,failure:null}]);this.sending=[...this.sending.filter(e=>!e.result),...n.map(([,e])=>e)];for(let[e,r]of n)this.queue=this.queue.then(()=>this.send(e,r,t))}async send(e,t,n){try{if(e.size>67108864)throw{code:`too_large`,message:``};t.result=await Tr(this.hass,this.entryId,n,e,e=>{t.at=e,this.requestUpdate()},this.stopping.signal)}catch(e){t.failure=T(e)}this.requestUpdate(),await this.load()}async forget(e){this.removing=``;try{await M(this.hass.connection,this.entryId,`delete_document`,{document_id:e.document_id,corpus:e.corpus}),this.documents=this.documents.filter(t=>t!==e)}catch(e){this.failure=T(e)}await this.load()}};Or=G,Or.styles=[I,L,o`
      section.card {
        display: grid;
        gap: 16px;
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .chips button {
        padding-inline: 18px;
        border-radius: 24px;
        background: var(--hn-wash);
        overflow-wrap: anywhere;
      }
      .chips button[aria-pressed="true"] {
        background: var(--hn-chip);
        color: var(--hn-ember-ink);
        font-weight: 600;
      }
      .chips span,
      .about,
      .hint,
      .none {
        color: var(--hn-soft);
        line-height: 1.45;
      }
      .who {
        display: grid;
        gap: 6px;
      }
      .drop {
        display: grid;
        gap: 8px;
        justify-items: center;
        padding: 18px;
        border: 2px dashed var(--hn-line);
        border-radius: 18px;
        text-align: center;
      }
      .drop.over {
        border-color: var(--hn-ember);
        background: var(--hn-wash);
      }
      .sending {
        display: grid;
        gap: 6px;
        padding-block: 8px;
        overflow-wrap: anywhere;
      }
      progress {
        inline-size: 100%;
        block-size: 10px;
        accent-color: var(--hn-ember);
      }
      li {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 0 12px;
        min-block-size: 64px;
        padding-block: 6px;
      }
      li + li {
        border-block-start: 1px solid var(--hn-line);
      }
      li .title {
        flex: 1 1 170px;
        display: grid;
        align-content: center;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .title .about {
        font-weight: 400;
      }
      .sure {
        display: flex;
        flex-wrap: wrap;
      }
    `],R([S({attribute:!1})],G.prototype,`hass`,void 0),R([S({attribute:!1})],G.prototype,`entryId`,void 0),R([S({type:Boolean})],G.prototype,`reachable`,void 0),R([S({type:Boolean})],G.prototype,`admin`,void 0),R([S({attribute:!1})],G.prototype,`indexing`,void 0),R([S({attribute:!1})],G.prototype,`count`,void 0),R([S({attribute:!1})],G.prototype,`words`,void 0),R([C()],G.prototype,`corpora`,void 0),R([C()],G.prototype,`chosen`,void 0),R([C()],G.prototype,`documents`,void 0),R([C()],G.prototype,`next`,void 0),R([C()],G.prototype,`sending`,void 0),R([C()],G.prototype,`over`,void 0),R([C()],G.prototype,`removing`,void 0),R([C()],G.prototype,`failure`,void 0),R([w(`hearthnet-document`)],G.prototype,`dialog`,void 0),R([w(`input[type=file]`)],G.prototype,`picker`,void 0),P(`hearthnet-library`,G);var Mr,Nr=[`llama3.2:1b`,`llama3.2:3b`,`qwen3:4b`,`gemma3:4b`],Pr=200,Fr=`ollama`,K=class extends x{constructor(...e){super(...e),this.entryId=``,this.reachable=!1,this.admin=!1,this.engines=[],this.models=null,this.wanted=``,this.pull=null,this.removing=``,this.failure=null,this.unsubscribe=null,this.run=0,this.submit=async e=>{e.preventDefault();let t=this.wanted.trim().slice(0,Pr);if(t){this.pull={model:t,status:``,completed:0,total:0,failure:null};try{this.unsubscribe=await Lt(this.hass.connection,this.entryId,`pull_model`,{model:t},({event:e,data:t})=>{this.pull&&(e===`progress`?this.pull={...this.pull,status:D(t.status),completed:O(t.completed),total:O(t.total)}:e===`error`?this.end(T(t)):e===`done`&&this.end(null))})}catch(e){this.end(T(e))}}}}disconnectedCallback(){super.disconnectedCallback(),this.unsubscribe&&N(this.unsubscribe),this.unsubscribe=null,this.pull=null}willUpdate(e){this.reachable&&(e.has(`entryId`)||e.has(`engines`)||e.has(`reachable`)&&!this.models)&&this.load()}render(){let{words:e}=this,t=this.engines.some(e=>e.name.startsWith(Fr)&&(e.available||e.reason.includes(`runs`)));return g`<section class="card" data-test="models">
      <h2>${e.t(`panel.models.title`)}</h2>
      ${this.models?.length?g`<ul data-test="model-list">${this.models.map(e=>this.model(e))}</ul>`:this.models?g`<p class="none">${e.t(`panel.models.none`)}</p>`:y}
      ${this.engines.filter(e=>!e.available).map(t=>g`<p class="hint" data-test="engine-down"><strong>${e.engine(t.name)}</strong> <span dir="auto">${t.reason}</span></p>`)}
      ${this.admin&&t?this.fetching():y}
      ${this.admin&&!t&&this.models?g`<p class="hint">${e.t(`panel.models.no_keeper`)}</p>`:y}
      ${this.failure?V(this.failure,e):y}
    </section>`}model(e){let{words:t}=this,n=`${e.engine}/${e.name}`,r=[e.parameters,e.size_bytes?t.size(e.size_bytes):``,...[`tools`,`vision`].filter(t=>e.capabilities.includes(t)).map(e=>t.t(`panel.models.can.${e}`)),e.loaded?t.t(`panel.models.loaded`):``].filter(Boolean);return g`<li data-test="model">
      <span class="what"><bdi class="name">${e.name}</bdi><bdi class="about">${[t.engine(e.engine),...r].join(` · `)}</bdi></span>
      ${this.removing===n?g`<span class="sure"
            ><button class="plain bad" data-test="model-remove-sure" @click=${()=>this.forget(e)}>${t.t(`panel.models.remove_sure`)}</button>
            <button class="plain" @click=${()=>this.removing=``}>${t.t(`panel.models.keep`)}</button></span
          >`:this.admin&&e.engine.startsWith(Fr)?g`<button
              class="plain"
              data-test="model-remove"
              ?disabled=${!this.reachable}
              aria-label=${t.t(`panel.models.remove`,{name:e.name})}
              @click=${()=>this.removing=n}
            >
              ${Cn()}
            </button>`:y}
    </li>`}fetching(){let{words:e,pull:t}=this;if(t&&!t.failure)return g`<div class="pull" role="status" data-test="pull">
        <p>${e.t(`panel.models.fetching`,{name:t.model})}</p>
        <progress value=${t.total?t.completed/t.total:y} max="1"></progress>
        <p class="hint">
          ${t.total?`${e.size(t.completed)} / ${e.size(t.total)}`:g`<span dir="auto">${t.status}</span>`}
        </p>
      </div>`;let n=new Set(this.models?.map(e=>e.name));return g`<form data-test="pull-form" @submit=${this.submit}>
        <label
          ><span class="label">${e.t(`panel.models.fetch`)}</span>
          <input class="field" data-test="pull-name" maxlength=${Pr} autocapitalize="off" spellcheck="false" placeholder="llama3.2:3b"
            .value=${this.wanted} @input=${e=>this.wanted=e.target.value}
        /></label>
        <button class="quiet" data-test="pull-submit" ?disabled=${!this.reachable||!this.wanted.trim()}>${e.t(`panel.models.fetch_submit`)}</button>
      </form>
      <div class="chips">
        ${Nr.filter(e=>!n.has(e)).map(e=>g`<button class="plain" @click=${()=>this.wanted=e}>${e}</button>`)}
      </div>
      <p class="hint">${e.t(`panel.models.fetch_text`)}</p>
      ${t?.failure?V(t.failure,e):y}`}async load(){let e=++this.run;try{let t=Wn(await M(this.hass.connection,this.entryId,`models`,{}));if(e!==this.run)return;this.models=t,this.failure=null}catch(t){e===this.run&&(this.failure=T(t))}}end(e){this.unsubscribe&&N(this.unsubscribe),this.unsubscribe=null,this.pull=e&&this.pull?{...this.pull,failure:e}:null,e||(this.wanted=``),this.load()}async forget(e){this.removing=``;try{await M(this.hass.connection,this.entryId,`delete_model`,{engine:e.engine,model:e.name})}catch(e){this.failure=T(e)}await this.load()}};Mr=K,Mr.styles=[I,L,o`
      section.card,
      form,
      label,
      .pull {
        display: grid;
        gap: 14px;
      }
      label {
        gap: 6px;
      }
      .hint,
      .none,
      .about {
        color: var(--hn-soft);
        line-height: 1.45;
        overflow-wrap: anywhere;
      }
      li {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 0 12px;
        min-block-size: 64px;
        padding-block: 6px;
      }
      li + li {
        border-block-start: 1px solid var(--hn-line);
      }
      .what {
        flex: 1 1 170px;
        display: grid;
      }
      .name {
        font-weight: 600;
        font-size: 1.08rem;
        overflow-wrap: anywhere;
      }
      .chips,
      .sure {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      progress {
        inline-size: 100%;
        block-size: 10px;
        accent-color: var(--hn-ember);
      }
    `],R([S({attribute:!1})],K.prototype,`hass`,void 0),R([S({attribute:!1})],K.prototype,`entryId`,void 0),R([S({type:Boolean})],K.prototype,`reachable`,void 0),R([S({type:Boolean})],K.prototype,`admin`,void 0),R([S({attribute:!1})],K.prototype,`engines`,void 0),R([S({attribute:!1})],K.prototype,`words`,void 0),R([C()],K.prototype,`models`,void 0),R([C()],K.prototype,`wanted`,void 0),R([C()],K.prototype,`pull`,void 0),R([C()],K.prototype,`removing`,void 0),R([C()],K.prototype,`failure`,void 0),P(`hearthnet-models`,K);var Ir,Lr=class extends x{render(){let{hass:e,live:t,words:n}=this,r=t.online&&t.connected;return g`<div class="columns" data-test="home-view">
      <hearthnet-library
        .hass=${e}
        .entryId=${t.entryId}
        .reachable=${r}
        .admin=${t.admin}
        .indexing=${t.state?.library.indexing??null}
        .count=${t.state?.library.documents??0}
        .words=${n}
      ></hearthnet-library>
      <hearthnet-models
        .hass=${e}
        .entryId=${t.entryId}
        .reachable=${r}
        .admin=${t.admin}
        .engines=${t.state?.engines??[]}
        .words=${n}
      ></hearthnet-models>
    </div>`}};Ir=Lr,Ir.styles=[I,L,o`
      :host {
        display: block;
        flex: 1;
        min-block-size: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        container-type: inline-size;
      }
      .columns {
        display: grid;
        gap: 18px;
        align-items: start;
        padding: 8px clamp(12px, 2.5vw, 28px) 28px;
        max-inline-size: 1400px;
        margin-inline: auto;
      }
      @container (min-width: 900px) {
        .columns {
          grid-template-columns: 3fr 2fr;
        }
      }
    `],R([S({attribute:!1})],Lr.prototype,`hass`,void 0),R([S({attribute:!1})],Lr.prototype,`live`,void 0),R([S({attribute:!1})],Lr.prototype,`words`,void 0),P(`hearthnet-home-view`,Lr);var Rr,zr=2e5,Br=8e3,Vr=e=>e&&e.length<=zr?`data:image/svg+xml;charset=utf-8,${encodeURIComponent(e)}`:``,q=class extends x{constructor(...e){super(...e),this.entryId=``,this.community=``,this.invite=null,this.compare=[],this.making=!1,this.copied=``,this.failure=null,this.run=0}show(){this.reset(),this.dialog.showModal()}render(){let{words:e}=this,t=this.community?e.t(`panel.invite.title`,{name:this.community}):e.t(`panel.invite.title_plain`);return g`<dialog data-test="invite-dialog" aria-label=${t} @close=${this.reset}>
      <div class="sheet">
        <header>
          <h2>${t}</h2>
          <button class="plain" aria-label=${e.t(`panel.invite.close`)} @click=${()=>this.dialog.close()}>${ln()}</button>
        </header>
        ${this.making?g`<p role="status">${e.t(`panel.invite.making`)}</p>`:this.invite?this.made(this.invite):this.choices()}
        ${this.failure?V(this.failure,e):y}
      </div>
    </dialog>`}choices(){let{words:e}=this;return g`<p class="label">${e.t(`panel.invite.who`)}</p>
      <div class="choices">
        <button class="choice" data-test="invite-neighbour" @click=${()=>this.make(!1)}>
          <strong>${e.t(`panel.invite.neighbour`)}</strong>${e.t(`panel.invite.neighbour_text`)}
        </button>
        <button class="choice" data-test="invite-own" @click=${()=>this.make(!0)}>
          <strong>${e.t(`panel.invite.own`)}</strong>${e.t(`panel.invite.own_text`)}
        </button>
      </div>`}made(e){let{words:t}=this,n=Vr(e.qr_svg);return g`<div class="made">
        ${n?g`<img data-test="invite-qr" src=${n} alt=${t.t(`panel.invite.qr`)} width="260" height="260" />`:y}
        <div class="text">
          <p>${t.t(`panel.invite.scan`)}</p>
          <textarea class="field" readonly rows="4" data-test="invite-text" aria-label=${t.t(`panel.invite.text`)} .value=${e.text}
            @focus=${e=>e.target.select()}></textarea>
          <button class="quiet" data-test="invite-copy" @click=${this.copy}>
            ${this.copied===`yes`?dn():y}${t.t(this.copied===`yes`?`panel.invite.copied`:`panel.invite.copy`)}
          </button>
          <p class="hint" role="status">${this.copied===`no`?t.t(`panel.invite.copy_failed`):y}</p>
        </div>
      </div>
      ${this.compare.length?g`<section>
            <p><strong>${t.t(`panel.invite.words`)}</strong></p>
            <p class="hint">${t.t(`panel.invite.words_text`)}</p>
            <ol class="words" data-test="invite-words">${this.compare.map(e=>g`<li>${e}</li>`)}</ol>
          </section>`:y}
      <p class="hint"><strong data-test="invite-expires">${t.t(`panel.invite.expires`,{when:t.when(e.expires*1e3)})}</strong>
        ${t.t(`panel.invite.secret`)}</p>
      <div class="actions">
        <button class="plain" @click=${this.reset}>${t.t(`panel.invite.again`)}</button>
        <button class="primary" @click=${()=>this.dialog.close()}>${t.t(`panel.invite.close`)}</button>
      </div>`}async make(e){let t=++this.run;this.making=!0,this.failure=null;try{let{connection:n}=this.hass,r=await M(n,this.entryId,`create_invite`,e?{own:e}:{});if(t!==this.run)return;this.invite={...r,text:D(r.text,Br),qr_svg:D(r.qr_svg,200001),expires:O(r.expires)},this.making=!1;let i=await M(n,this.entryId,`inspect_invite`,{text:this.invite.text});t===this.run&&(this.compare=D(i.words).split(/[\s-]+/).filter(Boolean).slice(0,12))}catch(e){t===this.run&&!this.invite&&(this.failure=T(e))}finally{t===this.run&&(this.making=!1)}}async copy(){let e=this.invite?.text??``;try{await navigator.clipboard.writeText(e),this.copied=`yes`}catch{let e=this.renderRoot.querySelector(`textarea`);e?.focus(),e?.select(),this.copied=document.execCommand(`copy`)?`yes`:`no`}}reset(){this.run+=1,this.invite=null,this.compare=[],this.making=!1,this.copied=``,this.failure=null}};Rr=q,Rr.styles=[I,L,Tn,o`
      .made {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 22px;
      }
      img {
        inline-size: 260px;
        block-size: 260px;
        border-radius: 18px;
        background: #fff; /* a code is read dark on light, whatever the theme */
      }
      .text {
        display: grid;
        gap: 12px;
        align-content: start;
        line-height: 1.45;
      }
      textarea {
        resize: none;
        font-size: 1rem;
        word-break: break-all;
      }
      .hint {
        color: var(--hn-soft);
        line-height: 1.45;
      }
      .hint:empty {
        display: none;
      }
      .words {
        margin-block-start: 12px;
      }
      @media (max-width: 600px) {
        .made {
          grid-template-columns: minmax(0, 1fr);
        }
        img {
          margin-inline: auto;
        }
      }
    `],R([S({attribute:!1})],q.prototype,`hass`,void 0),R([S({attribute:!1})],q.prototype,`entryId`,void 0),R([S({attribute:!1})],q.prototype,`community`,void 0),R([S({attribute:!1})],q.prototype,`words`,void 0),R([C()],q.prototype,`invite`,void 0),R([C()],q.prototype,`compare`,void 0),R([C()],q.prototype,`making`,void 0),R([C()],q.prototype,`copied`,void 0),R([C()],q.prototype,`failure`,void 0),R([w(`dialog`)],q.prototype,`dialog`,void 0),P(`hearthnet-invite-dialog`,q);var Hr,Ur=8e3,J=class extends x{constructor(...e){super(...e),this.entryId=``,this.leaving=``,this.stage=`paste`,this.pasted=``,this.household=``,this.seen=null,this.joined=``,this.failure=null,this.run=0}show(e){this.reset(),this.household=e,this.dialog.showModal()}render(){let{words:e}=this;return g`<dialog data-test="join-dialog" aria-label=${e.t(`panel.join.title`)} @close=${this.reset}>
      <div class="sheet">
        <header>
          <h2>${e.t(`panel.join.title`)}</h2>
          <button class="plain" aria-label=${e.t(`panel.join.close`)} @click=${()=>this.dialog.close()}>${ln()}</button>
        </header>
        ${this.body()} ${this.failure?V(this.failure,e):y}
      </div>
    </dialog>`}body(){let{words:e}=this;switch(this.stage){case`inspecting`:return g`<p role="status">${e.t(`panel.join.inspecting`)}</p>`;case`compare`:return this.comparing();case`differ`:return g`<p class="failure" role="alert" data-test="join-differ">${e.t(`panel.join.differ_text`)}</p>
          <div class="actions">
            <button class="primary" @click=${()=>this.dialog.close()}>${e.t(`panel.join.close`)}</button>
          </div>`;case`joining`:return g`<p role="status" data-test="join-progress">${e.t(`panel.join.joining`)}</p>`;case`done`:return g`<p class="done" role="status" data-test="join-done">${dn()}${e.t(`panel.join.done`,{name:this.joined})}</p>
          <div class="actions">
            <button class="primary" @click=${()=>this.dialog.close()}>${e.t(`panel.join.close`)}</button>
          </div>`;default:return g`<label class="stack"
            ><span class="label">${e.t(`panel.join.paste`)}</span>
            <textarea
              class="field"
              rows="5"
              data-test="join-text"
              autocomplete="off"
              spellcheck="false"
              maxlength=${Ur}
              placeholder=${e.t(`panel.join.placeholder`)}
              .value=${this.pasted}
              @input=${e=>this.pasted=e.target.value}
            ></textarea
          ></label>
          <div class="actions">
            <button class="primary" data-test="join-inspect" ?disabled=${!this.pasted.trim()} @click=${this.inspect}>
              ${e.t(`panel.join.inspect`)}
            </button>
          </div>`}}comparing(){let{words:e,seen:t}=this,n=(t?.words??``).split(/[\s-]+/).filter(Boolean).slice(0,12);return g`<p class="ask"><strong>${e.t(`panel.join.compare`)}</strong>${e.t(`panel.join.compare_text`)}</p>
      <ol class="words" data-test="join-words">${n.map(e=>g`<li>${e}</li>`)}</ol>
      <dl>
        <dt>${e.t(`panel.join.community`)}</dt>
        <dd><bdi>${t?.community_short}</bdi></dd>
        <dt>${e.t(`panel.join.node`)}</dt>
        <dd><bdi>${t?.node_short}</bdi></dd>
        <dt>${e.t(`panel.join.expires`)}</dt>
        <dd>${t?e.when(t.expires*1e3):y}</dd>
      </dl>
      <label class="stack"
        ><span class="label">${e.t(`panel.join.name`)}</span>
        <input
          class="field"
          data-test="join-name"
          maxlength="64"
          .value=${this.household}
          @input=${e=>this.household=e.target.value}
      /></label>
      ${t?.own?g`<p class="failure" role="alert" data-test="join-own">${e.t(`panel.join.own`)}</p>`:y}
      ${this.leaving?g`<p>${e.t(`panel.join.replaces`,{name:this.leaving})}</p>`:y}
      <div class="actions">
        <button class="quiet bad" data-test="join-refuse" @click=${()=>this.stage=`differ`}>${e.t(`panel.join.differ`)}</button>
        <button class="primary" data-test="join-confirm" ?disabled=${n.length===0} @click=${this.join}>${e.t(`panel.join.match`)}</button>
      </div>`}async inspect(){let e=++this.run;this.stage=`inspecting`,this.failure=null;try{let t=await M(this.hass.connection,this.entryId,`inspect_invite`,{text:this.pasted.trim()});if(e!==this.run)return;this.seen={community_id:D(t.community_id),community_short:D(t.community_short),node_id:D(t.node_id),node_short:D(t.node_short),addresses:[],expires:O(t.expires),words:D(t.words),own:t.own===!0},this.stage=`compare`}catch(t){if(e!==this.run)return;this.failure=T(t),this.stage=`paste`}}async join(){let e=++this.run;this.stage=`joining`,this.failure=null;let t=this.household.trim();try{let n=await M(this.hass.connection,this.entryId,`join`,{text:this.pasted.trim(),...t?{name:t}:{},...this.seen?.own?{own:!0}:{}});if(e!==this.run)return;this.joined=D(n.community?.name)||D(n.community?.short),this.pasted=``,this.stage=`done`}catch(t){if(e!==this.run)return;this.failure=T(t),this.stage=`compare`}}reset(){this.run+=1,this.stage=`paste`,this.pasted=``,this.seen=null,this.joined=``,this.failure=null}};Hr=J,Hr.styles=[I,L,Tn,o`
      .stack {
        display: grid;
        gap: 8px;
      }
      textarea {
        resize: vertical;
        font-size: 1rem;
        word-break: break-all;
      }
      .ask {
        line-height: 1.5;
      }
      .ask strong {
        display: block;
        font-family: var(--hn-serif);
        font-weight: 500;
        font-size: 1.3rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 6px 18px;
        line-height: 1.4;
      }
      dt {
        color: var(--hn-soft);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .done {
        display: flex;
        align-items: center;
        gap: 12px;
        font-family: var(--hn-serif);
        font-size: 1.5rem;
        overflow-wrap: anywhere;
      }
      .done .icon {
        color: var(--hn-ember-ink);
      }
    `],R([S({attribute:!1})],J.prototype,`hass`,void 0),R([S({attribute:!1})],J.prototype,`entryId`,void 0),R([S({attribute:!1})],J.prototype,`leaving`,void 0),R([S({attribute:!1})],J.prototype,`words`,void 0),R([C()],J.prototype,`stage`,void 0),R([C()],J.prototype,`pasted`,void 0),R([C()],J.prototype,`household`,void 0),R([C()],J.prototype,`seen`,void 0),R([C()],J.prototype,`joined`,void 0),R([C()],J.prototype,`failure`,void 0),R([w(`dialog`)],J.prototype,`dialog`,void 0),P(`hearthnet-join-dialog`,J);var Wr,Gr=80,Kr=2e3,qr=8e3,Jr=[24,72,168,720],Yr=[`info`,`warning`,`urgent`],Y=class extends x{constructor(...e){super(...e),this.entryId=``,this.notices=[],this.reachable=!1,this.writing=!1,this.posting=!1,this.posted=!1,this.failure=null,this.severity=`info`,this.heading=``,this.body=``,this.hours=168,this.urgent=``}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer),this.posted=!1}willUpdate(e){let t=e.get(`notices`);if(!t||t.length===0)return;let n=new Set(t.map(e=>e.id)),r=this.notices.find(e=>e.severity===`urgent`&&!n.has(e.id));r&&(this.urgent=r.title)}render(){let{words:e}=this;return g`<section class="card" data-test="notices">
      <header>
        <h2>${e.t(`panel.notices.title`)}</h2>
        ${this.writing?y:g`<button class="plain" data-test="notice-write" ?disabled=${!this.reachable} @click=${this.write}>
              ${wn()}${e.t(`panel.notices.write`)}
            </button>`}
      </header>
      ${this.writing?this.form():y}
      <p class="posted" role="status" ?hidden=${!this.posted}>${this.posted?e.t(`panel.notices.posted`):y}</p>
      ${this.notices.length?g`<ol aria-live="polite">${this.notices.map(e=>this.notice(e))}</ol>`:g`<p class="none">${e.t(`panel.notices.none`)}</p>`}
      <p class="sr" role="alert">${this.urgent?e.t(`panel.notices.new_urgent`,{title:this.urgent}):y}</p>
    </section>`}notice(e){let{words:t}=this;return g`<li class=${e.severity} data-test="notice" data-severity=${e.severity}>
      <h3 dir="auto">
        ${e.severity===`info`?y:g`<span class="weight">${t.t(`panel.notices.${e.severity}`)}</span>`}
        ${e.title}
      </h3>
      ${e.body?g`<p class="body" dir="auto">${e.body}</p>`:y}
      <p class="by">
        <bdi>${t.t(`panel.notices.by`,{name:e.author_name,when:t.when(e.at*1e3)})}</bdi>
        ${e.late?g`<span>${t.t(`panel.notices.late`)}</span>`:y}
        ${e.expires?g`<span>${t.t(`panel.notices.until`,{when:t.day(e.expires*1e3)})}</span>`:y}
      </p>
    </li>`}form(){let{words:e}=this,t=Kr-this.body.length;return g`<form data-test="notice-form" @submit=${this.post}>
      <label
        ><span class="label">${e.t(`panel.notices.heading`)}</span>
        <input
          class="field"
          data-test="notice-title"
          required
          maxlength=${Gr}
          dir="auto"
          placeholder=${e.t(`panel.notices.heading_placeholder`)}
          .value=${this.heading}
          @input=${e=>this.heading=e.target.value}
      /></label>
      <label
        ><span class="label">${e.t(`panel.notices.body`)}</span>
        <textarea
          class="field"
          data-test="notice-body"
          rows="4"
          maxlength=${Kr}
          dir="auto"
          .value=${this.body}
          @input=${e=>this.body=e.target.value}
        ></textarea>
        ${t<=200?g`<span class="left">${e.t(`panel.notices.left`,{count:t})}</span>`:y}
      </label>
      <fieldset>
        <legend class="label">${e.t(`panel.notices.severity`)}</legend>
        <div class="weights">
          ${Yr.map(t=>g`<button
              type="button"
              class=${t}
              data-test="notice-${t}"
              aria-pressed=${this.severity===t}
              @click=${()=>this.severity=t}
            >
              ${e.t(`panel.notices.${t}`)}
            </button>`)}
        </div>
      </fieldset>
      <label
        ><span class="label">${e.t(`panel.notices.ttl`)}</span>
        <select class="field" data-test="notice-ttl" @change=${e=>this.hours=Number(e.target.value)}>
          ${Jr.map(t=>g`<option value=${t} ?selected=${t===this.hours}>${e.t(`panel.notices.ttl_${t}`)}</option>`)}
        </select>
      </label>
      ${this.failure?V(this.failure,e):y}
      <div class="actions">
        <button type="button" class="quiet" @click=${this.stopWriting}>${e.t(`panel.notices.cancel`)}</button>
        <button type="submit" class="primary" data-test="notice-submit" ?disabled=${this.posting||!this.reachable||!this.heading.trim()}>
          ${e.t(this.posting?`panel.notices.posting`:`panel.notices.post`)}
        </button>
      </div>
    </form>`}write(){this.writing=!0,this.posted=!1,this.failure=null,this.updateComplete.then(()=>this.renderRoot.querySelector(`input`)?.focus())}stopWriting(){this.writing=!1,this.updateComplete.then(()=>this.renderRoot.querySelector(`header button`)?.focus())}async post(e){e.preventDefault();let t=this.heading.trim();if(t&&!this.posting){this.posting=!0,this.failure=null;try{await M(this.hass.connection,this.entryId,`post_notice`,{title:t,body:this.body.trim(),severity:this.severity,ttl_hours:this.hours}),this.writing=!1,this.posted=!0,clearTimeout(this.timer),this.timer=setTimeout(()=>this.posted=!1,qr),this.updateComplete.then(()=>this.renderRoot.querySelector(`header button`)?.focus()),this.heading=``,this.body=``,this.severity=`info`,this.hours=168}catch(e){this.failure=T(e)}finally{this.posting=!1}}}};Wr=Y,Wr.styles=[I,L,o`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 4px 12px;
      }
      header .plain {
        margin-inline-end: -14px;
      }
      ol {
        display: grid;
        gap: 4px;
        margin-block-start: 6px;
      }
      li {
        padding: 12px 0 14px;
        padding-inline-start: 18px;
        border-inline-start: 4px solid var(--hn-line);
        display: grid;
        gap: 4px;
      }
      li.warning {
        border-color: var(--hn-ember);
      }
      li.urgent {
        border-color: var(--error-color);
      }
      h3 {
        font-family: var(--hn-serif);
        font-weight: 500;
        font-size: 1.3rem;
        line-height: 1.3;
        overflow-wrap: anywhere;
      }
      .weight {
        display: inline-block;
        margin-inline-end: 8px;
        font-family: var(--hn-sans);
        font-size: 0.92rem;
        font-weight: 700;
        color: var(--hn-ember-ink);
      }
      .urgent .weight {
        color: var(--hn-bad);
      }
      .body {
        font-size: 1.1rem;
        line-height: 1.5;
        white-space: pre-line;
        overflow-wrap: anywhere;
      }
      .by {
        display: flex;
        flex-wrap: wrap;
        gap: 0 14px;
        color: var(--hn-soft);
        line-height: 1.4;
      }
      .none,
      .posted {
        padding-block: 10px;
        color: var(--hn-soft);
        font-size: 1.08rem;
      }
      .posted {
        color: var(--hn-ember-ink);
        font-weight: 600;
      }
      form {
        display: grid;
        gap: 16px;
        padding-block: 12px 18px;
      }
      label {
        display: grid;
        gap: 6px;
      }
      textarea {
        resize: vertical;
      }
      .left {
        justify-self: end;
        color: var(--hn-soft);
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        min-inline-size: 0;
      }
      .weights {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-block-start: 6px;
      }
      .weights button {
        flex: 1;
        padding-inline: 14px;
        flex-basis: auto;
        border-radius: 24px;
        border: 2px solid var(--hn-line);
        text-align: center;
        font-weight: 600;
        white-space: nowrap;
      }
      .weights button[aria-pressed="true"] {
        background: var(--hn-wash);
        border-color: var(--hn-ember);
        color: var(--hn-ember-ink);
      }
      .weights button.urgent[aria-pressed="true"] {
        background: var(--hn-bad-wash);
        border-color: var(--error-color);
        color: var(--hn-bad);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 12px;
        justify-content: flex-end;
      }
    `],R([S({attribute:!1})],Y.prototype,`hass`,void 0),R([S({attribute:!1})],Y.prototype,`entryId`,void 0),R([S({attribute:!1})],Y.prototype,`notices`,void 0),R([S({type:Boolean})],Y.prototype,`reachable`,void 0),R([S({attribute:!1})],Y.prototype,`words`,void 0),R([C()],Y.prototype,`writing`,void 0),R([C()],Y.prototype,`posting`,void 0),R([C()],Y.prototype,`posted`,void 0),R([C()],Y.prototype,`failure`,void 0),R([C()],Y.prototype,`severity`,void 0),R([C()],Y.prototype,`heading`,void 0),R([C()],Y.prototype,`body`,void 0),R([C()],Y.prototype,`hours`,void 0),R([C()],Y.prototype,`urgent`,void 0),P(`hearthnet-notices`,Y);var Xr=14,Zr=14,Qr=34,$r=9.5,ei=560,ti=8,ni=152;function ri(e,t,n){let r=t.filter(e=>e.home).sort(ii),i=ai(t.filter(e=>!e.home)),a=oi(i),o=a.length>ti||n<ei&&a.length>0,s=o?2:3,c=si(`own`,e.member_name||e.name,r,s,e),l=a.map(e=>si(e.key,e.name,e.peers,s,null));o?ui(c,l,n):ci(c,l,n);let u=[c,...l],d=Math.min(...u.map(e=>e.y-e.height/2-(e.own?Qr:0)))-Zr,ee=Math.max(...u.map(e=>e.y+e.height/2+54))+Zr;for(let e of u)e.y=Math.round(e.y-d);return{width:n,height:Math.round(ee-d),houses:u,paths:l.map(e=>o?di(c,e):fi(c,e)),hidden:i.length-a.length}}var ii=(e,t)=>e.node_id<t.node_id?-1:+(e.node_id>t.node_id);function ai(e){let t=/* @__PURE__ */ new Map;for(let n of[...e].sort(ii)){let e=n.member_id||n.node_id,r=t.get(e)??{key:e,name:n.member_name||n.name,peers:[]};r.peers.push(n),t.set(e,r)}return[...t.values()].sort((e,t)=>e.key<t.key?-1:1)}function oi(e){if(e.length<=14)return e;let t=e=>+!e.peers.some(e=>e.connected),n=new Set([...e].sort((e,n)=>t(e)-t(n)||(e.key<n.key?-1:1)).slice(0,14));return e.filter(e=>n.has(e))}function si(e,t,n,r,i){let a=i!==null,o=[...i?[{nodeId:i.node_id,name:i.name,connected:!0,self:!0}]:[],...n.map(e=>({nodeId:e.node_id,name:e.name,connected:e.connected,self:!1}))],s=o.slice(0,6),c=s.length===4?2:Math.min(r,Math.max(1,s.length)),l=Math.ceil(s.length/c),u=Math.max(a?104:76,c*48+24),d=40+l*48+Xr,ee=o.some(e=>e.connected),te=n.filter(e=>e.connected&&e.latency_ms!==null).map(e=>e.latency_ms??0);return{key:e,name:t,own:a,connected:ee,latency:!a&&te.length?Math.min(...te):null,x:0,y:0,width:u,height:d,span:Math.max(u+8,Math.min(t.length,15)*$r),nodes:o.length,more:o.length-s.length,windows:s.map((e,t)=>{let n=Math.floor(t/c),r=Math.min(c,s.length-n*c);return{...e,x:(t%c-(r-1)/2)*48,y:-d/2+40+(n+.5)*48}})}}function ci(e,t,n){e.x=n/2,e.y=0;let r=t.length;if(r===0)return;let i=Math.max(...t.map(e=>Math.max(e.span,104))),a=Math.max(...t.map(e=>e.height))+54,o=Math.max(60,n/2-i/2-Zr),s=o>e.width/2+i/2+90;if(r<=2&&s){let n=Math.min(o,340);if(t.forEach((t,r)=>{t.x=e.x+(r===0?n:-n),t.y=0}),r===1){e.x-=n/2;for(let e of t)e.x-=n/2}return}let c=(e.height+54+a)/2+56,l=c,u=e=>(s?r%2?-Math.PI/2:-Math.PI/2+Math.PI/r:-Math.PI/2)+e*2*Math.PI/r;for(;l<c*5&&(t.forEach((t,n)=>{t.x=e.x+o*Math.cos(u(n)),t.y=e.y+l*Math.sin(u(n))}),!li([e,...t]));l+=20);for(let e of t)e.x=Math.round(e.x)}function li(e){return e.every((t,n)=>e.slice(n+1).every(e=>{let n=Math.abs(t.x-e.x)>=(t.span+e.span)/2+14,r=Math.abs(t.y-e.y)>=(t.height+e.height)/2+54;return n||r}))}function ui(e,t,n){e.x=Math.round(n/2),e.y=0;let r=t.length===1,i=e.height/2+54+(r?40:12),a=Math.max(1,Math.floor((n/2-24)/ni)),o=a===1?n/2-12:ni;for(let n=0;n<t.length;n+=a*2){let s=t.slice(n,n+a*2),c=Math.max(...s.map(e=>e.height));s.forEach((t,n)=>{let a=12+(Math.floor(n/2)+.5)*o;t.x=r?e.x:Math.round(e.x+(n%2==0?-a:a)),t.y=i+c-t.height/2}),i+=c+54+24}}function di(e,t){let n=e.y+e.height/2+54,r=Math.sign(t.x-e.x),i=t.y+t.height/2-6,a=r?`M${e.x} ${n} V${i-18} Q${e.x} ${i} ${e.x+r*18} ${i} H${t.x-r*(t.width/2+8)}`:`M${e.x} ${n} V${t.y-t.height/2-4}`;return{key:t.key,d:a,connected:t.connected,label:null,latency:t.latency}}function fi(e,t){let n=t.x-e.x,r=t.y-e.y,i=Math.hypot(n,r)||1,a=Math.min(26,i/10),o=e.x+n/2-r/i*a,s=e.y+r/2+n/i*a,c=pi(e,n,r),l=pi(t,-n,-r),u=(e,t,n,r)=>(1-e)**2*t+2*(1-e)*e*n+e**2*r;return{key:t.key,d:`M${X(c.x)} ${X(c.y)} Q${X(o)} ${X(s)} ${X(l.x)} ${X(l.y)}`,connected:t.connected,label:{x:X(u(.5,c.x,o,l.x)),y:X(u(.5,c.y,s,l.y))},latency:t.latency}}function pi(e,t,n){let r=e.width/2+10,i=e.height/2+(n>0?54:6),a=Math.min(t?r/Math.abs(t):1/0,n?i/Math.abs(n):1/0);return{x:e.x+t*a,y:e.y+n*a}}var X=e=>Math.round(e*10)/10,mi,hi=30,Z=class extends x{constructor(...e){super(...e),this.selected=``,this.stale=!1,this.space=0,this.resize=new ResizeObserver(([e])=>{let t=Math.floor(e?.contentRect.width??0);Math.abs(t-this.space)>4&&(this.space=t)})}connectedCallback(){super.connectedCallback(),this.resize.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.resize.disconnect()}shouldUpdate(e){return e.size>0&&!!this.node}render(){if(this.space<200)return g``;let{node:e,words:t}=this,n=ri({node_id:e.node.id,name:e.node.name,member_name:e.member.name},e.peers,this.space);return g`<svg
        width=${n.width}
        height=${n.height}
        viewBox="0 0 ${n.width} ${n.height}"
        role="group"
        aria-label=${t.t(`panel.mesh.map`)}
        data-test="village"
      >
        <defs>
          <radialGradient id="fire">
            <stop offset="0" class="fire-in"></stop>
            <stop offset="1" class="fire-out"></stop>
          </radialGradient>
        </defs>
        ${this.ground(n)}
        ${[...n.paths].sort((e,t)=>Number(e.connected)-Number(t.connected)).map(e=>this.path(e))}
        ${n.houses.map((e,t)=>this.house(e,n.paths[t-1]))}
      </svg>
      ${n.hidden?g`<p class="hidden">${t.n(`panel.mesh.hidden`,n.hidden)}</p>`:y}`}ground(e){let t=e.houses[0],n=Math.min(260,e.width/2);return _`<circle class="firelight" cx=${t?.x??0} cy=${t?.y??0} r=${n} fill="url(#fire)"></circle>`}path(e){let t=e.label,n=t&&e.connected&&e.latency!==null?this.words.latency(e.latency):``,r=n.length*8.5+18;return _`<g class="path ${e.connected?`on`:``}" data-test="edge" data-key=${e.key}>
      <path d=${e.d}></path>
      ${t&&n?_`<rect x=${t.x-r/2} y=${t.y-14} width=${r} height="28" rx="14"></rect>
            <text x=${t.x} y=${t.y} dy="0.35em">${n}</text>`:y}
    </g>`}house(e,t){let{words:n}=this,r=e.width/2,i=e.height/2,a=-i+40,o=gi(e.name,e.own?22:15),s=e.nodes>1?n.n(`panel.mesh.nodes`,e.nodes):``,c=t&&!t.label&&e.latency!==null?n.latency(e.latency):``,l=e.own?s||n.t(`panel.mesh.self`):e.connected?[s,c].filter(Boolean).join(` · `):n.t(`panel.mesh.gone`);return _`<g
      class="house ${e.own?`own`:``} ${e.connected?``:`dark`}"
      transform="translate(${e.x} ${e.y})"
      data-test="house"
      data-key=${e.key}
    >
      ${e.own?_`<path class="smoke" d="M${r-24} ${a-32} q-6 -8 0 -15 t0 -15"></path>`:y}
      <g class="building">
      <path class="chimney" d="M${r-31} ${a-26} h14 v${26} h-14 z"></path>
      <path class="wall" d="M${-r+6} ${a-4} H${r-6} V${i} H${-r+6} Z"></path>
      <path class="roof" d="M${-r-4} ${a} L0 ${-i+4} L${r+4} ${a} Z"></path>
      </g>
      <path class="step" d="M${-r-10} ${i} H${r+10}"></path>
      ${e.windows.map(e=>this.window(e))}
      <text class="name" y=${i+24}>${o}</text>
      ${l||e.more?_`<text class="under" y=${i+54-8}>${e.more?`${l} (+${e.more})`:l}</text>`:y}
    </g>`}window(e){let{words:t}=this,n=this.node.peers.find(t=>t.node_id===e.nodeId)?.latency_ms??null,r=e.self?t.t(`panel.mesh.self`):e.connected?n===null?t.t(`panel.mesh.connected`):t.t(`panel.mesh.connected_ms`,{ms:t.latency(n)}):t.t(`panel.mesh.gone`),i=hi/2,a=this.selected===e.nodeId;return _`<g
      class="window ${e.connected?`lit`:``} ${a?`chosen`:``}"
      transform="translate(${e.x} ${e.y})"
      role="button"
      tabindex="0"
      aria-pressed=${a}
      aria-label=${t.t(`panel.mesh.house`,{name:e.name,state:r})}
      data-test=${e.self?`self-node`:`peer-node`}
      data-node-id=${e.nodeId}
      data-connected=${e.connected}
      @click=${()=>this.choose(e.nodeId)}
      @keydown=${t=>{(t.key===`Enter`||t.key===` `)&&(t.preventDefault(),this.choose(e.nodeId))}}
    >
      <rect class="touch" x=${-24} y=${-24} width=${48} height=${48} rx="10"></rect>
      ${e.self?_`<path class="arch" d="M${-15} ${19} V${-2} a${i} ${i} 0 0 1 ${hi} 0 V${19} Z"></path>
            <path class="flame" transform="translate(-12.5 -10) scale(1.05)" d=${nn}></path>`:_`<rect class="glass" x=${-15} y=${-15} width=${hi} height=${hi} rx="5"></rect>
            <path class="bars" d="M0 ${-15} V${i} M${-15} 0 H${i}"></path>`}
    </g>`}choose(e){this.dispatchEvent(new CustomEvent(`choose-node`,{detail:this.selected===e?``:e}))}};mi=Z,mi.styles=[I,L,o`
      :host {
        display: block;
        min-block-size: 220px;
      }
      svg {
        display: block;
        margin-inline: auto;
        overflow: visible;
        direction: ltr;
      }
      :host,
      svg {
        pointer-events: none; /* the firelight reaches over its neighbours on the page */
      }
      :host([stale]) svg {
        opacity: 0.6;
      }
      .fire-in {
        stop-color: var(--hn-ember);
        stop-opacity: 0.22;
      }
      .fire-out {
        stop-color: var(--hn-ember);
        stop-opacity: 0;
      }
      text {
        text-anchor: middle;
        fill: var(--hn-ink);
        font-family: var(--hn-sans);
        font-size: 15px;
      }
      .name {
        font-family: var(--hn-serif);
        font-size: 19px;
      }
      .own .name {
        font-size: 22px;
      }
      .under {
        fill: var(--hn-soft);
        font-size: 15.5px;
      }
      .path path {
        fill: none;
        stroke: var(--hn-soft);
        stroke-opacity: 0.45;
        stroke-width: 3;
        stroke-linecap: round;
        stroke-dasharray: 1 10;
      }
      .path.on path {
        stroke: var(--hn-ember);
        stroke-opacity: 0.9;
        stroke-width: 4;
        stroke-dasharray: 2 9;
      }
      .path rect {
        fill: var(--hn-card);
      }
      .path text {
        font-variant-numeric: tabular-nums;
        font-weight: 600;
      }
      .wall {
        fill: var(--hn-card);
        stroke: var(--hn-soft);
        stroke-width: 2.5;
        stroke-linejoin: round;
      }
      .roof,
      .chimney {
        fill: var(--hn-soft);
        stroke: var(--hn-soft);
        stroke-width: 5;
        stroke-linejoin: round;
      }
      .own .roof,
      .own .chimney {
        fill: var(--hn-ember-ink);
        stroke: var(--hn-ember-ink);
      }
      .own .wall {
        stroke: var(--hn-ember-ink);
      }
      .step {
        stroke: var(--hn-soft);
        stroke-opacity: 0.5;
        stroke-width: 3;
        stroke-linecap: round;
      }
      .dark .building {
        opacity: 0.42;
      }
      .dark .name {
        fill: var(--hn-soft);
      }
      .smoke {
        fill: none;
        stroke: var(--hn-soft);
        stroke-opacity: 0.5;
        stroke-width: 4;
        stroke-linecap: round;
      }
      .window {
        pointer-events: auto;
        cursor: pointer;
      }
      .touch {
        fill: transparent;
      }
      .window:focus {
        outline: none;
      }
      .window:focus-visible .touch,
      .window.chosen .touch {
        stroke: var(--hn-ember-ink);
        stroke-width: 3;
      }
      .glass {
        fill: var(--hn-wash);
        stroke: var(--hn-soft);
        stroke-width: 2.5;
      }
      .bars {
        stroke: var(--hn-soft);
        stroke-width: 2;
        fill: none;
      }
      .window.lit .glass {
        fill: var(--hn-ember);
        stroke: var(--hn-ember-ink);
      }
      .window.lit .bars {
        stroke: var(--hn-ember-ink);
      }
      .window:not(.lit) .glass {
        stroke-opacity: 0.6;
      }
      .arch {
        fill: var(--hn-wash);
        stroke: var(--hn-ember-ink);
        stroke-width: 2.5;
      }
      .flame {
        fill: var(--hn-ember);
      }
      .hidden {
        text-align: center;
        color: var(--hn-soft);
        font-size: 1.05rem;
      }
    `],R([S({attribute:!1})],Z.prototype,`node`,void 0),R([S({attribute:!1})],Z.prototype,`words`,void 0),R([S({attribute:!1})],Z.prototype,`selected`,void 0),R([S({type:Boolean,reflect:!0})],Z.prototype,`stale`,void 0),R([C()],Z.prototype,`space`,void 0);function gi(e,t){let n=Array.from(e);return n.length>t?`${n.slice(0,t-1).join(``)}…`:e}P(`hearthnet-village`,Z);var _i,vi=[`normal`,`drill`,`emergency`],Q=class extends x{constructor(...e){super(...e),this.selected=``,this.working=``,this.failure=null}get admin(){return this.live.admin&&this.live.online&&this.live.connected}shouldUpdate(e){return e.size>0&&!!(this.live&&this.words)}updated(e){if(!e.has(`selected`)||!this.selected)return;let t=matchMedia(`(prefers-reduced-motion: reduce)`).matches;this.renderRoot.querySelector(`.details`)?.scrollIntoView({block:`nearest`,behavior:t?`auto`:`smooth`})}render(){let{state:e}=this.live,{words:t}=this;if(!e)return g`<div class="scroll"></div>`;let n=this.live.online&&this.live.connected;return g`<div class="scroll">
        <div class="columns ${n?``:`stale`}">
          <div class="left">
            ${this.neighbourhood(e,n)} ${this.abilities(e)}
          </div>
          <div class="right">
            ${this.nextStep(e)}
            <hearthnet-notices
              .hass=${this.hass}
              .entryId=${this.live.entryId}
              .notices=${e.notices}
              .reachable=${n}
              .words=${t}
            ></hearthnet-notices>
            ${this.condition(e)}
          </div>
        </div>
      </div>
      ${this.live.admin?g`<hearthnet-invite-dialog
              .hass=${this.hass}
              .entryId=${this.live.entryId}
              .community=${e.community.name}
              .words=${t}
            ></hearthnet-invite-dialog>
            <hearthnet-join-dialog
              .hass=${this.hass}
              .entryId=${this.live.entryId}
              .leaving=${e.community.alone?``:e.community.name}
              .words=${t}
            ></hearthnet-join-dialog>
            ${this.confirmation()}`:y}`}neighbourhood(e,t){let{words:n}=this,r=e.peers.length===0;return g`<section class="village" data-test="neighbourhood">
      <header>
        <div>
          <h1>${r?n.t(`panel.mesh.empty_title`):n.t(`panel.mesh.title`)}</h1>
          <p class="soft">${r?n.t(`panel.mesh.empty_text`):n.n(`panel.mesh.members`,e.community.members)}</p>
        </div>
        ${this.admin&&e.next_step!==`invite`?this.doors():y}
        ${e.community.readmit.length?this.readmit(e):y}
      </header>
      <hearthnet-village
        .node=${e}
        .words=${n}
        .selected=${this.selected}
        ?stale=${!t}
        @choose-node=${e=>this.selected=e.detail}
      ></hearthnet-village>
      ${this.details(e)}
    </section>`}doors(){let{words:e}=this;return g`<div class="doors">
      <button class="primary" data-test="invite-open" @click=${()=>this.inviting.show()}>${e.t(`panel.invite.open`)}</button>
      <button class="quiet" data-test="join-open" @click=${()=>this.joining.show(this.live.state?.member.name??``)}>
        ${e.t(`panel.join.open`)}
      </button>
    </div>`}readmit(e){let t=e.community.readmit.map(e=>e.name).join(`, `);return g`<p class="warn" data-test="readmit">${gn()}<span>${this.words.t(`panel.mesh.readmit`,{names:t})}</span></p>`}details(e){let{words:t}=this,n=this.selected===e.node.id,r=e.peers.find(e=>e.node_id===this.selected);if(!r&&!n)return y;let i=r?.name??e.node.name,a=r?this.peerRows(r):[[t.t(`panel.mesh.address`),e.node.address],[t.t(`panel.mesh.version`),e.node.version],[t.t(`panel.mesh.since`),e.node.started?t.when(e.node.started*1e3):``]],o=(r?.capabilities??e.capabilities).filter(bi);return g`<div class="details card" data-test="peer-details" role="region" aria-label=${t.t(`panel.mesh.details`,{name:i})}>
      <header>
        <h2 dir="auto">${i}</h2>
        <button class="plain" aria-label=${t.t(`panel.mesh.close`)} @click=${()=>this.selected=``}>${ln()}</button>
      </header>
      <p class="soft">
        <bdi>${r?r.member_name:e.member.name}</bdi> · ${r?r.home?t.t(`panel.mesh.own_home`):t.named(`panel.mesh.role`,r.role)??t.t(`panel.mesh.neighbour`):t.t(`panel.mesh.self`)}
      </p>
      <dl>
        ${a.filter(([,e])=>e).map(([e,t])=>g`<div><dt>${e}</dt><dd><bdi>${t}</bdi></dd></div>`)}
      </dl>
      <p class="label">${t.t(`panel.mesh.offers`)}</p>
      ${o.length?g`<ul class="offers">${o.map(e=>g`<li><strong>${this.capabilityName(e.capability)}</strong> <bdi>${Ci(e,t)}</bdi></li>`)}</ul>`:g`<p class="soft">${t.t(`panel.mesh.offers_nothing`)}</p>`}
    </div>`}peerRows(e){let{words:t}=this;return[[t.t(`panel.mesh.latency`),e.connected&&e.latency_ms!==null?t.latency(e.latency_ms):``],[t.t(`panel.mesh.address`),e.address],[t.t(`panel.mesh.version`),e.version],[t.t(e.connected?`panel.mesh.since`:`panel.mesh.last_seen`),e.since?t.when(e.since*1e3):``]]}abilities(e){let{words:t}=this,n=/* @__PURE__ */ new Map,r=(e,t,r,i,a)=>{if(!bi(e))return;let o=n.get(e.capability)??[];o.push({key:`${r}/${e.provider}`,node:t,own:i,reachable:a,capability:e}),n.set(e.capability,o)};for(let n of e.capabilities)r(n,t.t(`panel.ask.here_cap`),e.node.id,!0,!0);for(let t of e.peers)for(let e of t.capabilities)r(e,t.name,t.node_id,!1,t.connected);let i=[...n.entries()].sort(([e],[t])=>Si(e)-Si(t)||(e<t?-1:1));return g`<section class="card abilities" data-test="capabilities">
      <h2>${t.t(`panel.capability.title`)}</h2>
      ${i.length===0?g`<p class="soft">${t.t(`panel.capability.none`)}</p>`:y}
      <ul>
        ${i.map(([e,t])=>g`<li data-test="capability" data-capability=${e}>
            <p class="what">${this.capabilityName(e)}</p>
            <ul class="who">
              ${t.slice(0,24).map(e=>this.offer(e))}
            </ul>
          </li>`)}
      </ul>
    </section>`}offer(e){let{words:t}=this,{capability:n}=e,r=n.available&&e.reachable,i=[Ci(n,t),r?``:t.t(e.reachable?`panel.capability.unavailable`:`panel.mesh.gone`),r&&n.load>=.05?t.t(`panel.capability.busy`,{percent:t.percent(n.load)}):``,n.internet?t.t(`panel.capability.internet`):``].filter(Boolean);return g`<li class=${r?`lit`:``} title=${n.reason}>
      <bdi class="node">${e.node}</bdi>${i.length?g`<bdi class="engine">${i.join(`, `)}</bdi>`:y}
    </li>`}capabilityName(e){return this.words.named(`panel.capability.names`,e)??e}nextStep(e){let{words:t}=this,n=e.next_step;if(n===`none`||!this.live.online)return y;let r={invite:`invite`,choose_privacy:`privacy`,add_model:`model`,check_network:`network`}[n],i=n===`invite`||n===`choose_privacy`;return g`<section class="step" data-test="next-step" data-step=${n}>
      <p class="label">${t.t(`panel.step.title`)}</p>
      <h2>${t.t(`panel.step.${r}_title`)}</h2>
      <p>${t.t(`panel.step.${r}_text`)}</p>
      ${i&&!this.admin?g`<p class="soft">${t.t(`panel.step.ask_admin`)}</p>`:y}
      ${n===`add_model`&&e.engines.length?g`<ul class="engines" data-test="engines">
            ${e.engines.map(e=>g`<li><strong>${e.name}</strong> <bdi>${e.url}</bdi> <span dir="auto">${e.reason}</span></li>`)}
          </ul>`:y}
      ${n===`invite`&&this.admin?this.doors():y}
      ${n===`choose_privacy`&&this.admin?this.privacyChoice(``):y}
    </section>`}privacyChoice(e){let{words:t}=this;return g`<div class="choices">
      ${[`home`,`community`].map(n=>g`<button
          class="choice ${e===n?`on`:``}"
          data-test="privacy-${n}"
          aria-pressed=${e===n}
          ?disabled=${this.working!==``}
          @click=${()=>this.change(`privacy`,()=>M(this.hass.connection,this.live.entryId,`set_privacy`,{privacy:n}))}
        >
          <strong>${t.t(`panel.step.privacy_${n}`)}</strong>${t.t(`panel.step.privacy_${n}_text`)}
        </button>`)}
    </div>`}condition(e){let{words:t}=this,{connectivity:n,mode:r}=e,i=(e,n)=>g`<li class=${e?`lit`:``}>
      <strong>${n}</strong><span>${t.t(e?`panel.connectivity.yes`:`panel.connectivity.no`)}</span>
    </li>`;return g`<section class="card condition" data-test="condition">
      <h2>${t.t(`panel.connectivity.title`)}</h2>
      <p data-test="connectivity" data-state=${n.state}>
        ${t.t(`panel.connectivity.${n.state}`)}
        ${n.since?g`<span class="soft">${t.t(`panel.mode.since`,{when:t.when(n.since*1e3)})}</span>`:y}
      </p>
      <ul class="signs">
        ${i(n.internet,t.t(`panel.connectivity.internet`))}
        ${i(n.mesh,t.t(`panel.connectivity.mesh`))}
      </ul>
      ${e.node.warnings.map(e=>g`<p class="warn">${fn()}<span>${t.named(`panel.warnings`,e)??t.t(`panel.warnings.other`,{code:e})}</span></p>`)}
      <h2>${t.t(`panel.mode.title`)}</h2>
      <p data-test="mode" data-mode=${r.mode}>
        <strong>${t.t(`panel.mode.${r.mode}`)}</strong>
        ${r.since?g`<span class="soft">${t.t(`panel.mode.since`,{when:t.when(r.since*1e3)})}</span>`:y}
        ${r.reason?g`<span class="soft" dir="auto">${t.t(`panel.mode.reason`,{reason:r.reason})}</span>`:y}
      </p>
      ${this.admin?g`<div class="modes">
            ${vi.map(e=>g`<button
                class=${e}
                data-test="mode-${e}"
                aria-pressed=${r.mode===e}
                ?disabled=${this.working!==``}
                @click=${()=>this.wantMode(e,r.mode)}
              >
                ${t.t(`panel.mode.${e}`)}
              </button>`)}
          </div>`:y}
      ${this.admin&&e.privacy_chosen?g`<h2>${t.t(`panel.privacy_setting.title`)}</h2>
            ${this.privacyChoice(e.privacy)}`:y}
      ${this.failure?V(this.failure,t):y}
      ${this.admin&&!e.community.alone?g`<button class="plain bad leave" data-test="leave-open" @click=${()=>this.leaving.showModal()}>
            ${t.t(`panel.leave.open`,{name:e.community.name})}
          </button>`:y}
      ${this.live.admin?y:g`<p class="soft" data-test="guest">${t.t(`panel.mesh.guest`)}</p>`}
    </section>`}confirmation(){let{words:e}=this;return g`<dialog class="confirm" data-test="mode-confirm" aria-label=${e.t(`panel.mode.confirm_title`)}>
      <div class="sheet">
        <h2>${e.t(`panel.mode.confirm_title`)}</h2>
        <p>${e.t(`panel.mode.confirm_text`)}</p>
        <div class="actions">
          <button class="quiet" @click=${()=>this.confirming.close()}>${e.t(`panel.mode.cancel`)}</button>
          <button
            class="primary danger"
            data-test="mode-confirm-yes"
            @click=${()=>{this.confirming.close(),this.setMode(`emergency`)}}
          >
            ${e.t(`panel.mode.confirm`)}
          </button>
        </div>
      </div>
    </dialog>
    <dialog class="leaving" data-test="leave-confirm" aria-label=${e.t(`panel.leave.title`,{name:this.live.state?.community.name??``})}>
      <div class="sheet">
        <h2>${e.t(`panel.leave.title`,{name:this.live.state?.community.name??``})}</h2>
        <p>${e.t(`panel.leave.text`)}</p>
        <div class="actions">
          <button class="quiet" @click=${()=>this.leaving.close()}>${e.t(`panel.leave.cancel`)}</button>
          <button
            class="primary danger"
            data-test="leave-confirm-yes"
            @click=${()=>{this.leaving.close(),this.change(`leave`,()=>M(this.hass.connection,this.live.entryId,`leave`,{}))}}
          >
            ${e.t(`panel.leave.confirm`)}
          </button>
        </div>
      </div>
    </dialog>`}wantMode(e,t){e!==t&&(e===`emergency`?this.confirming.showModal():this.setMode(e))}setMode(e){this.change(`mode`,()=>M(this.hass.connection,this.live.entryId,`set_mode`,{mode:e}))}async change(e,t){if(!this.working){this.working=e,this.failure=null;try{await t()}catch(e){this.failure=T(e)}finally{this.working=``}}}};_i=Q,_i.styles=[I,L,Tn,o`
      :host {
        display: flex;
        flex-direction: column;
        flex: 1;
        min-block-size: 0;
        container-type: inline-size;
      }
      .scroll {
        flex: 1;
        min-block-size: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: 12px clamp(12px, 3vw, 40px) 32px;
      }
      .columns {
        display: flex;
        flex-direction: column;
        gap: 20px;
        max-inline-size: 1400px;
        margin-inline: auto;
      }
      .left,
      .right {
        display: contents;
      }
      .stale .abilities,
      .stale .condition {
        opacity: 0.6;
      }
      .step {
        order: 1;
      }
      .village {
        order: 2;
      }
      hearthnet-notices {
        order: 3;
      }
      .abilities {
        order: 4;
      }
      .condition {
        order: 5;
      }
      @container (min-width: 920px) {
        .columns {
          display: grid;
          grid-template-columns: minmax(0, 1.6fr) minmax(340px, 1fr);
          gap: 28px;
          align-items: start;
        }
        .left,
        .right {
          display: grid;
          gap: 20px;
          min-inline-size: 0;
        }
      }
      .village > header,
      .details > header {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: center;
        gap: 12px 24px;
      }
      h1 {
        font-family: var(--hn-serif);
        font-weight: 400;
        font-size: clamp(1.7rem, 2.8vw, 2.2rem);
        line-height: 1.15;
        letter-spacing: -0.015em;
      }
      .soft {
        color: var(--hn-soft);
        line-height: 1.45;
        font-size: 1.08rem;
      }
      .doors {
        display: flex;
        flex-wrap: wrap;
        gap: 10px;
      }
      .step {
        display: grid;
        gap: 10px;
        padding: 24px;
        border-radius: var(--hn-radius);
        background: var(--hn-wash);
        font-size: 1.1rem;
        line-height: 1.45;
      }
      .step h2 {
        font-size: 1.65rem;
      }
      .step .doors,
      .step .choices {
        margin-block-start: 6px;
      }
      .step .quiet,
      .step .choice {
        background: var(--hn-card);
      }
      .choice {
        border: 2px solid transparent;
      }
      .choice.on {
        border-color: var(--hn-ember);
      }
      .condition .choice {
        padding: 14px 18px;
      }
      .condition .choices {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 180px), 1fr));
      }
      .details {
        display: grid;
        gap: 10px;
        margin-block-start: 12px;
      }
      .details h2 {
        overflow-wrap: anywhere;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 10px 32px;
      }
      dt {
        color: var(--hn-soft);
        font-size: 0.95rem;
      }
      dd {
        font-size: 1.12rem;
        overflow-wrap: anywhere;
      }
      .offers {
        display: grid;
        gap: 6px;
        font-size: 1.08rem;
        line-height: 1.4;
        overflow-wrap: anywhere;
      }
      .offers strong {
        font-weight: 600;
      }
      .offers bdi {
        color: var(--hn-soft);
      }
      .abilities > ul {
        display: grid;
      }
      .abilities > ul > li {
        display: grid;
        grid-template-columns: minmax(140px, 0.5fr) minmax(0, 1fr);
        gap: 8px 20px;
        padding-block: 14px;
        align-items: baseline;
      }
      .abilities > ul > li + li {
        border-block-start: 1px solid var(--hn-line);
      }
      .what {
        font-size: 1.12rem;
        font-weight: 600;
      }
      .who {
        display: grid;
        gap: 8px;
      }
      .who li {
        display: flex;
        flex-wrap: wrap;
        gap: 0 10px;
        align-items: baseline;
        font-size: 1.08rem;
        line-height: 1.4;
        color: var(--hn-soft);
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      .who li::before,
      .signs li::before {
        content: "";
        align-self: center;
        inline-size: 13px;
        block-size: 13px;
        border-radius: 4px;
        border: 2px solid var(--hn-soft);
        flex: none;
      }
      .who .lit::before,
      .signs .lit::before {
        background: var(--hn-ember);
        border-color: var(--hn-ember-ink);
      }
      .who .lit .node {
        color: var(--hn-ink);
      }
      .engine {
        min-inline-size: 0;
      }
      .condition {
        display: grid;
        gap: 10px;
        font-size: 1.1rem;
        line-height: 1.45;
      }
      .condition h2:not(:first-child) {
        margin-block-start: 14px;
      }
      .condition p span {
        display: block;
      }
      .signs {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 28px;
      }
      .signs li {
        display: flex;
        gap: 10px;
      }
      .signs strong {
        font-weight: 600;
      }
      .signs span {
        color: var(--hn-soft);
      }
      .leave {
        justify-self: start;
        margin-inline-start: -14px;
        margin-block-start: 8px;
        color: var(--hn-bad);
      }
      .engines {
        display: grid;
        gap: 4px;
        font-size: 1rem;
      }
      .engines bdi,
      .engines span {
        color: var(--hn-soft);
        overflow-wrap: anywhere;
      }
      .village > header .warn {
        flex-basis: 100%;
      }
      .warn {
        font-size: 1.08rem;
        line-height: 1.45;
        display: flex;
        gap: 12px;
        color: var(--hn-ember-ink);
      }
      .warn span {
        color: var(--hn-ink);
      }
      .modes {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 4px;
        padding: 4px;
        border-radius: 30px;
        background: var(--hn-wash);
      }
      .modes button {
        min-block-size: 52px;
        border-radius: 26px;
        text-align: center;
        font-weight: 600;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .modes button[aria-pressed="true"] {
        background: var(--hn-card);
        color: var(--hn-ember-ink);
      }
      .modes .emergency[aria-pressed="true"] {
        background: var(--hn-bad);
        color: var(--card-background-color);
      }
      @media (max-width: 520px) {
        .abilities > ul > li {
          grid-template-columns: minmax(0, 1fr);
        }
        .card,
        .step {
          padding: 20px;
        }
        .doors > * {
          flex: 1 1 auto;
          padding-inline: 16px;
        }
      }
    `],R([S({attribute:!1})],Q.prototype,`hass`,void 0),R([S({attribute:!1})],Q.prototype,`live`,void 0),R([S({attribute:!1})],Q.prototype,`words`,void 0),R([C()],Q.prototype,`selected`,void 0),R([C()],Q.prototype,`working`,void 0),R([C()],Q.prototype,`failure`,void 0),R([w(`hearthnet-invite-dialog`)],Q.prototype,`inviting`,void 0),R([w(`hearthnet-join-dialog`)],Q.prototype,`joining`,void 0),R([w(`dialog.confirm`)],Q.prototype,`confirming`,void 0),R([w(`dialog.leaving`)],Q.prototype,`leaving`,void 0);var yi=/* @__PURE__ */ new Set([`rag.ingest`,`rag.list_corpora`,`rag.list_documents`,`rag.fetch`,`llm.complete`,`experimental.moe.route`]),bi=e=>!yi.has(e.capability)&&!(e.capability===`llm.chat`&&!e.version.startsWith(`1.`))&&(e.available||e.capability===`llm.chat`||e.capability===`rag.query`),xi=[`llm.chat`,`rag.query`,`stt.transcribe`,`tts.synthesize`,`trans.text`];function Si(e){let t=xi.indexOf(e);return t<0?xi.length:t}function Ci(e,t){return t.engine(e.provider,...e.models.slice(0,2))}P(`hearthnet-mesh-view`,Q);var wi={en:{panel:/* @__PURE__ */ JSON.parse(`{"name":"HearthNet","menu":"Open the menu","tabs":{"label":"Views","ask":"Ask","home":"Home","mesh":"Neighbourhood"},"node_picker":"Which node","reload":{"text":"HearthNet was updated.","action":"Load the new version"},"status":{"alone":"Just this home","near":"{count} node near","near_other":"{count} nodes near","internet_on":"Internet","internet_off":"No internet"},"wait":{"loading":"Waking the hearth…","starting":"Home Assistant is still starting HearthNet. This page goes on by itself."},"unconfigured":{"title":"HearthNet is not set up yet","text":"Add the HearthNet integration and pair it with the node in your home. This page wakes up by itself when that is done.","action":"Open the integrations","ask_admin":"Ask the person who looks after Home Assistant here to add the HearthNet integration."},"failed":{"title":"HearthNet did not answer","action":"Try now"},"banner":{"ha":"Home Assistant is not reachable. What you see is from {when}; this page reconnects by itself.","ha_never":"Home Assistant is not reachable. This page reconnects by itself.","node":"Your HearthNet node is not reachable. What you see is from {when}.","node_undated":"Your HearthNet node is not reachable. What you see is the last known state.","node_never":"Your HearthNet node is not reachable, and nothing is known from before.","emergency":"Emergency mode since {when}.","drill":"This is a drill, since {when}. Nothing is wrong.","isolated":"No internet and no neighbour since {when}. This home answers from its own library.","offline":"No internet since {when}. The neighbourhood still answers.","offline_alone":"No internet since {when}. This home answers from its own library.","captive_portal":"The network wants a sign-in before it lets you out.","dns":"Names are not being resolved.","gateway":"The router does not answer.","no_route":"This node has no way out of its network."},"ask":{"label":"Your question","placeholder":"Ask anything","submit":"Ask","cancel":"Stop","retry":"Ask again","hero":"What would you like to know?","hero_emergency":"What do you need to know?","hero_alone":"Answered from the library in this home: one guide that needs no internet.","hero_alone_other":"Answered from the library in this home: {count} guides that need no internet.","hero_near":"Answered by this home and one node near you.","hero_near_other":"Answered by this home and {count} nodes near you.","hero_empty":"There is no model, no neighbour and no library here yet.","suggested":"For example","suggestions":{"water":"How long can I store drinking water, and in what?","food":"The power is out. How long does food in the fridge stay safe?","heating":"How do I keep one room warm without power?","first_aid":"What do I do first for a bad burn?"},"suggestions_emergency":{"water":"Is the tap water safe to drink, and how do I make it safe?","power":"What should I do first when the power is out?","meet":"Where do we meet if we cannot reach each other?","first_aid":"What do I do first for a bad burn?"},"privacy":{"local":"Only this node sees your question","home":"Only this home sees your question","community":"Your community may see your question","any":"Your community and internet services may see your question"},"blocked_ha":"Waiting for Home Assistant.","blocked_node":"Waiting for the node.","step":{"":"Asking…","searching":"Looking in the libraries…","asking":"Choosing who answers…","queued":"Everyone is busy. You are in the queue…"},"answering":"{name} is answering…","here":"this home","here_cap":"This home","answered_here":"Answered in this home","answered_by":"Answered by {name}","in_seconds":"in {seconds}","at":"asked {when}","handover":"{name} goes on here","continued":"{count} interruption, nothing lost","continued_other":"{count} interruptions, nothing lost","signed":"signed","signed_hint":"The answer carries a valid signature of the node that gave it.","unsigned_hint":"A part of this answer carries no valid signature.","unsigned":"signature not valid","not_grounded":"This answer does not rest on the library. Check it before you rely on it.","cancelled":"You stopped this answer.","truncated":"The rest was too long to show.","earlier":"Asked before","back":"To the latest answer","new":"New question","clear":"Forget these questions","live_done":"The answer is complete.","live_failed":"The answer stopped.","picture":"Ask about a picture","picture_of_question":"The picture this question is about","picture_remove":"Leave this picture out","record":"Ask by voice","record_stop":"Done speaking","recording":"Listening…","listening":"Understanding what was said…","tools":"May look things up and use tools, step by step","confidence":"In at least {level} of such questions the right passage is among these sources (checked on {n} questions).","words_only":"Only words were compared: no model here understands meaning.","read":"Read aloud","quiet":"Stop reading","good":"This answer helped","bad":"This answer did not help","thanks":"Noted. It decides who is asked next time."},"sources":{"title":"Where this comes from","count":"{count} passage","count_other":"{count} passages","open":"Open passage {n}: {title}","cite":"Passage {n}","from":"from {name}","licence":"Licence: {licence}","none":"No passage matched. The answer comes from what the model knows.","searched":"Searched: {names}","search_failed":"{name} could not be searched: {error}","whole":"Open the document"},"route":{"title":"Who was asked, and why","start":"Asked here","score":"Score {score}","answered":"Answered","finished":"Finished the answer","answering":"Answering","waiting":"Asked, not answering yet","stopped_after":"Stopped after {count} sentence","stopped_after_other":"Stopped after {count} sentences","stopped":"Did not answer","cancelled":"Stopped by you","not_allowed":"Not asked","reserve":"In reserve","more":"{count} more were considered","why":"Why this order","hide":"Hide the reasons","weight":"weight {weight}","none":"Nobody could be asked.","drawing":"Route of the question: {summary}"},"mesh":{"title":"Your neighbourhood","alone":"This home","members":"{count} household","members_other":"{count} households","map":"Map of the neighbourhood","house":"{name}, {state}","connected":"connected","connected_ms":"connected, {ms}","gone":"offline","nodes":"{count} node","nodes_other":"{count} nodes","hidden":"and {count} more household","hidden_other":"and {count} more households","self":"this node","own_home":"In this home","neighbour":"Neighbour","details":"Details of {name}","close":"Close","role":{"unknown":"Not known","member":"Member","trusted":"Trusted","anchor":"Keeper"},"address":"Address","version":"Version","since":"Since","last_seen":"Last seen","latency":"Distance","offers":"Offers","offers_nothing":"Offers nothing at the moment","readmit":"{names} must be invited again: whoever let them in has been removed since.","guest":"Inviting, joining and switching the mode is up to an administrator of Home Assistant.","empty_title":"No neighbour yet","empty_text":"HearthNet already works for this home. It becomes stronger with every house that joins."},"step":{"title":"Next step","invite_title":"Bring in the first neighbour","invite_text":"Invite someone you trust, or join the community of someone who invited you.","privacy_title":"Who may see questions?","privacy_text":"Until you choose, nothing leaves this home.","privacy_home":"This home","privacy_home_text":"Only nodes of this household answer.","privacy_community":"My community","privacy_community_text":"Neighbours in your community may answer too.","model_title":"Give the hearth a voice","model_text":"Questions are answered from the library now. Start Ollama or llama.cpp on a computer in this home and the node finds it by itself.","network_title":"Look at the network","network_text":"This node reaches nobody. Check that it is plugged in or on the same Wi-Fi as its neighbours.","ask_admin":"A person who looks after Home Assistant here can do this."},"capability":{"title":"What can be done here","none":"Nothing is offered yet.","internet":"uses the internet","unavailable":"not available","busy":"{percent} busy","names":{"llm.chat":"Answers questions","llm.complete":"Completes text","rag.query":"Searches its library","rag.ingest":"Takes in documents","rag.list_corpora":"Lists its library","embed.text":"Compares meaning","rerank.text":"Sorts passages","stt.transcribe":"Understands speech","tts.synthesize":"Speaks aloud","trans.text":"Translates","ocr.image":"Reads pictures of text","img.describe":"Describes pictures","file.read":"Shares files","chat.send":"Carries messages","ocr.pdf":"Reads scanned documents"}},"provider":{"extractive":"word for word from the library","library":"library"},"invite":{"open":"Invite","title":"Invite to {name}","title_plain":"Invite","who":"Who is it for?","neighbour":"A neighbour","neighbour_text":"Another household joins your community.","own":"A device of this home","own_text":"Another node of your own household.","making":"Making the invite…","scan":"Scan this with the other HearthNet, or send the text.","qr":"QR code of the invite","text":"Invite text","copy":"Copy","copied":"Copied","copy_failed":"Press and hold the text to copy it.","expires":"Works once, until {when}.","words":"Read these words to each other","words_text":"The other side sees the same six words before joining.","secret":"Whoever has this invite can join. Give it only to the person you mean.","again":"Make another","close":"Done"},"join":{"open":"Join a community","title":"Join a community","paste":"Paste the invite you were given","placeholder":"hearthnet:…","inspect":"Look at the invite","inspecting":"Looking…","compare":"Do these words match?","compare_text":"Call the person who invited you and read the words to each other. They must be the same.","community":"Community","node":"Invited by","expires":"Valid until","name":"Your household's name there","match":"They match, join","differ":"They differ","differ_text":"Do not join. The invite may have been changed on its way. Ask for a new one in person.","joining":"Joining…","done":"You are in {name}.","own":"This invite makes this node a part of the household that made it. Its nodes then read your own documents and questions. Go on only if that household is yours.","replaces":"You leave “{name}”, which stays readable.","back":"Back","close":"Close"},"notices":{"title":"Notices","none":"Nothing on the board.","write":"Write a notice","heading":"Title","heading_placeholder":"Warm room at the school","body":"What neighbours should know","severity":"How important","info":"Good to know","warning":"Important","urgent":"Urgent","ttl":"How long it stays","ttl_24":"A day","ttl_72":"Three days","ttl_168":"A week","ttl_720":"A month","post":"Put it up","posting":"Putting it up…","posted":"Your notice is up.","cancel":"Cancel","by":"{name}, {when}","late":"arrived late","until":"until {when}","left":"{count} characters left","new_urgent":"Urgent notice: {title}"},"leave":{"open":"Leave {name}","title":"Leave “{name}”?","text":"Neighbours no longer answer this home, and it no longer answers them. To come back you need a new invite. What you have stays readable.","confirm":"Leave","cancel":"Stay"},"mode":{"title":"Mode","normal":"Normal","emergency":"Emergency","drill":"Drill","since":"since {when}","reason":"Reason: {reason}","confirm_title":"Switch to emergency mode?","confirm_text":"Automations that react to emergency mode in this home will run.","confirm":"Switch to emergency","cancel":"Stay"},"connectivity":{"title":"Connection","online":"The internet is reachable.","degraded":"The internet is unreliable.","offline":"No internet; neighbours are reachable.","isolated":"Neither internet nor neighbours.","unknown":"Not known yet.","internet":"Internet","mesh":"Neighbours","yes":"reachable","no":"not reachable"},"warnings":{"clock":"This node's clock is wrong. Set the time, or its notices carry a wrong date.","index":"The index of meanings has a problem; searching goes on by words. Its log says which.","voice_port":"Another program has the port of the voice server; voice assistants cannot use this node. Choose another port.","cloned_node":"Two machines use this node's identity. Stop one of them.","removed":"The neighbours no longer take this node as a member. Ask one of them for a new invite, or leave the community.","other":"The node reports: {code}"},"privacy_setting":{"title":"Who may see questions"},"card":{"name":"HearthNet","description":"Mode, neighbours and a question box that works without the internet.","open":"Open HearthNet","since":"since {when}","title":"Title","entry":"Node","show_ask":"Show the question box","more":"Read all","not_configured":"HearthNet is not set up.","last_known":"Last known, {when}"},"error":{"unavailable":"Nobody could answer just now.","timeout":"It took too long.","rate_limited":"Too many questions at once. Wait a moment.","capacity_exceeded":"Everyone is busy. Try again in a moment.","forbidden":"This is not allowed.","unauthorized":"Only an administrator of Home Assistant may do this.","expired":"This invite has expired. Ask for a new one.","not_found":"This was not found.","bad_request":"This could not be understood.","version_mismatch":"The two sides do not fit. One of them needs an update.","partition":"The connection to the neighbourhood is cut.","connection_lost":"The connection to Home Assistant was lost.","silence":"The answer stopped coming.","unknown_command":"HearthNet is not running in Home Assistant.","unknown":"Something went wrong.","too_large":"The file is larger than 64 MB.","no_picture":"This is no picture.","no_microphone":"The microphone cannot be used. Allow it in the browser; pages need https for it.","nothing_heard":"Nothing was understood. Try again, a little closer."},"library":{"title":"Documents","collections":"Collections","names":{"household":"Household","emergency":"Emergency guides","shared":"Shared"},"who":"Who may find these?","access":{"personal":"Only this device","home":"Only this home","community":"This home and the neighbourhood","role":"Neighbours who are {role}"},"add":"Add documents","add_text":"Drop PDF, Word, web pages, text or a ZIP of them here. They are read in this home; nothing is sent away.","empty":"Nothing is in this collection yet.","empty_admin":"Nothing is in this collection yet. Manuals, recipes, the notes for the babysitter: whatever you would look for.","more":"Show more","passages":"one passage","passages_other":"{count} passages","remove":"Remove {title}","remove_sure":"Remove it","keep":"Keep it","added":"One document was added.","added_other":"{count} documents were added.","known":"One was known already.","known_other":"{count} were known already.","unreadable":"One page is a picture nobody in reach could read.","unreadable_other":"{count} pages are pictures nobody in reach could read.","step":{"sending":"On its way…","reading":"Reading…","recognising":"Reading scanned pages…","storing":"Storing…"},"indexing":"Reading the passages for their meaning: {done} of {total}. Searching works meanwhile."},"document":{"close":"Close","page":"Page {page}","loading":"Opening…","more":"Read on"},"models":{"title":"Language models","none":"No language model is here. Questions are answered from the library, or by a neighbour's model.","loaded":"ready","can":{"tools":"uses tools","vision":"sees pictures"},"fetch":"Fetch a model","fetch_submit":"Fetch","fetch_text":"This needs the internet once; afterwards the model works without it. A 3b model needs about 2 GB of space and 4 GB of memory.","fetching":"Fetching {name}…","no_keeper":"To fetch models here, run Ollama on this machine, or turn it on in the HearthNet app.","remove":"Remove {name}","remove_sure":"Remove it","keep":"Keep it"},"steps":{"label":"What was done for this answer","ask":"May this be done?","yes":"Yes, do it","no":"No","tainted":"This was proposed after reading what others wrote. Check it before you allow it.","state":{"running":"…","done":"done","failed":"did not work","needs_confirmation":"waits for you","refused":"not allowed"},"tool":{"search_library":"Searches the libraries","read_document":"Reads a document","translate":"Translates","describe_image":"Looks at the picture","read_image":"Reads what is on the picture","mesh_status":"Looks who is near","list_notices":"Reads the notices","post_notice":"Posts a notice to everybody","set_mode":"Changes the mode of this home"}}}`)},de:{panel:/* @__PURE__ */ JSON.parse(`{"name":"HearthNet","menu":"Menü öffnen","tabs":{"label":"Ansichten","ask":"Fragen","home":"Zuhause","mesh":"Nachbarschaft"},"node_picker":"Welcher Knoten","reload":{"text":"HearthNet wurde aktualisiert.","action":"Neue Version laden"},"status":{"alone":"Nur dieses Zuhause","near":"{count} Knoten in der Nähe","near_other":"{count} Knoten in der Nähe","internet_on":"Internet","internet_off":"Kein Internet"},"wait":{"loading":"Das Feuer wird geweckt …","starting":"Home Assistant startet HearthNet noch. Diese Seite macht von selbst weiter."},"unconfigured":{"title":"HearthNet ist noch nicht eingerichtet","text":"Füge die Integration HearthNet hinzu und verbinde sie mit dem Knoten in deinem Zuhause. Diese Seite wacht von selbst auf, sobald das geschehen ist.","action":"Integrationen öffnen","ask_admin":"Bitte die Person, die Home Assistant hier betreut, die Integration HearthNet hinzuzufügen."},"failed":{"title":"HearthNet hat nicht geantwortet","action":"Jetzt versuchen"},"banner":{"ha":"Home Assistant ist nicht erreichbar. Was du siehst, ist von {when}; diese Seite verbindet sich von selbst wieder.","ha_never":"Home Assistant ist nicht erreichbar. Diese Seite verbindet sich von selbst wieder.","node":"Dein HearthNet-Knoten ist nicht erreichbar. Was du siehst, ist von {when}.","node_undated":"Dein HearthNet-Knoten ist nicht erreichbar. Was du siehst, ist der letzte bekannte Stand.","node_never":"Dein HearthNet-Knoten ist nicht erreichbar, und von früher ist nichts bekannt.","emergency":"Notfallmodus seit {when}.","drill":"Das ist eine Übung, seit {when}. Es ist nichts passiert.","isolated":"Kein Internet und kein Nachbar seit {when}. Dieses Zuhause antwortet aus der eigenen Bibliothek.","offline":"Kein Internet seit {when}. Die Nachbarschaft antwortet weiter.","offline_alone":"Kein Internet seit {when}. Dieses Zuhause antwortet aus der eigenen Bibliothek.","captive_portal":"Das Netz verlangt eine Anmeldung, bevor es dich hinauslässt.","dns":"Namen werden nicht aufgelöst.","gateway":"Der Router antwortet nicht.","no_route":"Dieser Knoten kommt nicht aus seinem Netz hinaus."},"ask":{"label":"Deine Frage","placeholder":"Frag, was du willst","submit":"Fragen","cancel":"Anhalten","retry":"Noch einmal fragen","hero":"Was möchtest du wissen?","hero_emergency":"Was musst du wissen?","hero_alone":"Antworten kommen aus der Bibliothek in diesem Zuhause: ein Ratgeber, der kein Internet braucht.","hero_alone_other":"Antworten kommen aus der Bibliothek in diesem Zuhause: {count} Ratgeber, die kein Internet brauchen.","hero_near":"Es antworten dieses Zuhause und ein Knoten in deiner Nähe.","hero_near_other":"Es antworten dieses Zuhause und {count} Knoten in deiner Nähe.","hero_empty":"Hier gibt es noch kein Modell, keinen Nachbarn und keine Bibliothek.","suggested":"Zum Beispiel","suggestions":{"water":"Wie lange kann ich Trinkwasser lagern, und worin?","food":"Der Strom ist weg. Wie lange bleibt Essen im Kühlschrank sicher?","heating":"Wie halte ich ein Zimmer ohne Strom warm?","first_aid":"Was tue ich zuerst bei einer schweren Verbrennung?"},"suggestions_emergency":{"water":"Kann ich das Leitungswasser trinken, und wie mache ich es sicher?","power":"Was tue ich zuerst, wenn der Strom weg ist?","meet":"Wo treffen wir uns, wenn wir uns nicht erreichen?","first_aid":"Was tue ich zuerst bei einer schweren Verbrennung?"},"privacy":{"local":"Nur dieser Knoten sieht deine Frage","home":"Nur dieses Zuhause sieht deine Frage","community":"Deine Gemeinschaft kann deine Frage sehen","any":"Deine Gemeinschaft und Dienste im Internet können deine Frage sehen"},"blocked_ha":"Warte auf Home Assistant.","blocked_node":"Warte auf den Knoten.","step":{"":"Frage wird gestellt …","searching":"Suche in den Bibliotheken …","asking":"Wer antwortet, wird gewählt …","queued":"Alle sind beschäftigt. Du stehst in der Schlange …"},"answering":"{name} antwortet …","here":"dieses Zuhause","here_cap":"Dieses Zuhause","answered_here":"Beantwortet in diesem Zuhause","answered_by":"Beantwortet von {name}","in_seconds":"in {seconds}","at":"gefragt {when}","handover":"Hier macht {name} weiter","continued":"{count} Unterbrechung, nichts verloren","continued_other":"{count} Unterbrechungen, nichts verloren","signed":"unterschrieben","signed_hint":"Die Antwort trägt eine gültige Unterschrift des Knotens, der sie gab.","unsigned_hint":"Ein Teil dieser Antwort trägt keine gültige Unterschrift.","unsigned":"Unterschrift ungültig","not_grounded":"Diese Antwort stützt sich nicht auf die Bibliothek. Prüfe sie, bevor du dich darauf verlässt.","cancelled":"Du hast diese Antwort angehalten.","truncated":"Der Rest war zu lang, um ihn zu zeigen.","earlier":"Früher gefragt","back":"Zur letzten Antwort","new":"Neue Frage","clear":"Diese Fragen vergessen","live_done":"Die Antwort ist vollständig.","live_failed":"Die Antwort ist abgebrochen.","picture":"Zu einem Bild fragen","picture_of_question":"Das Bild, um das es geht","picture_remove":"Dieses Bild weglassen","record":"Mit der Stimme fragen","record_stop":"Fertig gesprochen","recording":"Hört zu…","listening":"Versteht, was gesagt wurde…","tools":"Darf nachschlagen und Werkzeuge nutzen, Schritt für Schritt","confidence":"Bei mindestens {level} solcher Fragen ist die richtige Stelle unter diesen Quellen (geprüft an {n} Fragen).","words_only":"Nur Wörter wurden verglichen: kein Modell hier versteht die Bedeutung.","read":"Vorlesen","quiet":"Nicht weiterlesen","good":"Diese Antwort hat geholfen","bad":"Diese Antwort hat nicht geholfen","thanks":"Vermerkt. Es entscheidet mit, wer nächstes Mal gefragt wird."},"sources":{"title":"Woher das kommt","count":"{count} Textstelle","count_other":"{count} Textstellen","open":"Textstelle {n} öffnen: {title}","cite":"Textstelle {n}","from":"von {name}","licence":"Lizenz: {licence}","none":"Keine Textstelle passte. Die Antwort kommt aus dem Wissen des Modells.","searched":"Durchsucht: {names}","search_failed":"{name} konnte nicht durchsucht werden: {error}","whole":"Das Dokument öffnen"},"route":{"title":"Wer gefragt wurde, und warum","start":"Hier gefragt","score":"Wertung {score}","answered":"Hat geantwortet","finished":"Hat die Antwort beendet","answering":"Antwortet","waiting":"Gefragt, antwortet noch nicht","stopped_after":"Abgebrochen nach {count} Satz","stopped_after_other":"Abgebrochen nach {count} Sätzen","stopped":"Hat nicht geantwortet","cancelled":"Von dir angehalten","not_allowed":"Nicht gefragt","reserve":"In Reserve","more":"{count} weitere wurden erwogen","why":"Warum diese Reihenfolge","hide":"Gründe ausblenden","weight":"Gewicht {weight}","none":"Niemand konnte gefragt werden.","drawing":"Weg der Frage: {summary}"},"mesh":{"title":"Deine Nachbarschaft","alone":"Dieses Zuhause","members":"{count} Haushalt","members_other":"{count} Haushalte","map":"Karte der Nachbarschaft","house":"{name}, {state}","connected":"verbunden","connected_ms":"verbunden, {ms}","gone":"nicht erreichbar","nodes":"{count} Knoten","nodes_other":"{count} Knoten","hidden":"und {count} weiterer Haushalt","hidden_other":"und {count} weitere Haushalte","self":"dieser Knoten","own_home":"In diesem Zuhause","neighbour":"Nachbar","details":"Einzelheiten zu {name}","close":"Schließen","role":{"unknown":"Unbekannt","member":"Mitglied","trusted":"Vertraut","anchor":"Hüter"},"address":"Adresse","version":"Version","since":"Seit","last_seen":"Zuletzt gesehen","latency":"Entfernung","offers":"Bietet","offers_nothing":"Bietet gerade nichts","readmit":"Neu einladen: {names}. Wer sie hereingelassen hat, wurde inzwischen entfernt.","guest":"Einladen, beitreten und den Modus wechseln kann ein Administrator von Home Assistant.","empty_title":"Noch kein Nachbar","empty_text":"HearthNet funktioniert schon für dieses Zuhause. Mit jedem Haus, das dazukommt, wird es stärker."},"step":{"title":"Nächster Schritt","invite_title":"Hol den ersten Nachbarn dazu","invite_text":"Lade jemanden ein, dem du vertraust, oder tritt der Gemeinschaft von jemandem bei, der dich eingeladen hat.","privacy_title":"Wer darf Fragen sehen?","privacy_text":"Bis du wählst, verlässt nichts dieses Zuhause.","privacy_home":"Dieses Zuhause","privacy_home_text":"Nur Knoten dieses Haushalts antworten.","privacy_community":"Meine Gemeinschaft","privacy_community_text":"Auch Nachbarn in deiner Gemeinschaft dürfen antworten.","model_title":"Gib dem Herd eine Stimme","model_text":"Fragen werden jetzt aus der Bibliothek beantwortet. Starte Ollama oder llama.cpp auf einem Rechner in diesem Zuhause; der Knoten findet es von selbst.","network_title":"Sieh nach dem Netz","network_text":"Dieser Knoten erreicht niemanden. Prüfe, ob er angesteckt ist oder im selben WLAN wie seine Nachbarn.","ask_admin":"Das kann eine Person, die Home Assistant hier betreut."},"capability":{"title":"Was hier möglich ist","none":"Noch wird nichts angeboten.","internet":"nutzt das Internet","unavailable":"nicht verfügbar","busy":"zu {percent} ausgelastet","names":{"llm.chat":"Beantwortet Fragen","llm.complete":"Vervollständigt Text","rag.query":"Durchsucht die Bibliothek","rag.ingest":"Nimmt Dokumente auf","rag.list_corpora":"Listet die Bibliothek","embed.text":"Vergleicht Bedeutung","rerank.text":"Sortiert Textstellen","stt.transcribe":"Versteht Sprache","tts.synthesize":"Spricht laut","trans.text":"Übersetzt","ocr.image":"Liest Bilder von Text","img.describe":"Beschreibt Bilder","file.read":"Teilt Dateien","chat.send":"Überbringt Nachrichten","ocr.pdf":"Liest gescannte Dokumente"}},"provider":{"extractive":"wörtlich aus der Bibliothek","library":"Bibliothek"},"invite":{"open":"Einladen","title":"Einladen zu {name}","title_plain":"Einladen","who":"Für wen ist sie?","neighbour":"Für einen Nachbarn","neighbour_text":"Ein anderer Haushalt tritt deiner Gemeinschaft bei.","own":"Für ein Gerät hier","own_text":"Ein weiterer Knoten deines eigenen Haushalts.","making":"Einladung wird erstellt …","scan":"Scanne sie mit dem anderen HearthNet oder schick den Text.","qr":"QR-Code der Einladung","text":"Text der Einladung","copy":"Kopieren","copied":"Kopiert","copy_failed":"Halte den Text gedrückt, um ihn zu kopieren.","expires":"Gilt einmal, bis {when}.","words":"Lest euch diese Wörter vor","words_text":"Die andere Seite sieht vor dem Beitritt dieselben sechs Wörter.","secret":"Wer diese Einladung hat, kann beitreten. Gib sie nur der Person, die du meinst.","again":"Noch eine erstellen","close":"Fertig"},"join":{"open":"Gemeinschaft beitreten","title":"Einer Gemeinschaft beitreten","paste":"Füge die Einladung ein, die du bekommen hast","placeholder":"hearthnet:…","inspect":"Einladung ansehen","inspecting":"Wird angesehen …","compare":"Stimmen diese Wörter überein?","compare_text":"Ruf die Person an, die dich eingeladen hat, und lest euch die Wörter vor. Sie müssen gleich sein.","community":"Gemeinschaft","node":"Eingeladen von","expires":"Gültig bis","name":"Name deines Haushalts dort","match":"Sie stimmen, beitreten","differ":"Sie sind verschieden","differ_text":"Tritt nicht bei. Die Einladung wurde unterwegs vielleicht verändert. Bitte persönlich um eine neue.","joining":"Beitritt läuft …","done":"Du bist in {name}.","own":"Diese Einladung macht diesen Knoten zu einem Teil des Haushalts, der sie ausgestellt hat. Dessen Knoten lesen dann deine eigenen Dokumente und Fragen. Fahr nur fort, wenn das dein Haushalt ist.","replaces":"Du verlässt „{name}“; sie bleibt lesbar.","back":"Zurück","close":"Schließen"},"notices":{"title":"Aushänge","none":"Am Brett hängt nichts.","write":"Aushang schreiben","heading":"Titel","heading_placeholder":"Warmer Raum in der Schule","body":"Was Nachbarn wissen sollten","severity":"Wie wichtig","info":"Gut zu wissen","warning":"Wichtig","urgent":"Dringend","ttl":"Wie lange er hängt","ttl_24":"Einen Tag","ttl_72":"Drei Tage","ttl_168":"Eine Woche","ttl_720":"Einen Monat","post":"Aushängen","posting":"Wird ausgehängt …","posted":"Dein Aushang hängt.","cancel":"Abbrechen","by":"{name}, {when}","late":"kam verspätet an","until":"bis {when}","left":"noch {count} Zeichen","new_urgent":"Dringender Aushang: {title}"},"leave":{"open":"{name} verlassen","title":"„{name}“ verlassen?","text":"Nachbarn antworten diesem Zuhause dann nicht mehr, und es antwortet ihnen nicht mehr. Um zurückzukommen, brauchst du eine neue Einladung. Was du hast, bleibt lesbar.","confirm":"Verlassen","cancel":"Bleiben"},"mode":{"title":"Modus","normal":"Normal","emergency":"Notfall","drill":"Übung","since":"seit {when}","reason":"Grund: {reason}","confirm_title":"In den Notfallmodus wechseln?","confirm_text":"Automationen dieses Zuhauses, die auf den Notfallmodus reagieren, laufen dann.","confirm":"In den Notfallmodus","cancel":"So lassen"},"connectivity":{"title":"Verbindung","online":"Das Internet ist erreichbar.","degraded":"Das Internet ist unzuverlässig.","offline":"Kein Internet; Nachbarn sind erreichbar.","isolated":"Weder Internet noch Nachbarn.","unknown":"Noch nicht bekannt.","internet":"Internet","mesh":"Nachbarn","yes":"erreichbar","no":"nicht erreichbar"},"warnings":{"clock":"Die Uhr dieses Knotens geht falsch. Stell sie, sonst tragen seine Aushänge ein falsches Datum.","index":"Der Index der Bedeutungen hat ein Problem; gesucht wird weiter nach Wörtern. Das Protokoll sagt, welches.","voice_port":"Ein anderes Programm hat den Port des Sprachservers; Sprachassistenten können diesen Knoten nicht nutzen. Einen anderen Port wählen.","cloned_node":"Zwei Geräte benutzen die Identität dieses Knotens. Halte eines davon an.","removed":"Die Nachbarn nehmen diesen Knoten nicht mehr als Mitglied an. Bitte jemanden um eine neue Einladung, oder verlasse die Gemeinschaft.","other":"Der Knoten meldet: {code}"},"privacy_setting":{"title":"Wer Fragen sehen darf"},"card":{"name":"HearthNet","description":"Modus, Nachbarn und ein Fragefeld, das ohne Internet funktioniert.","open":"HearthNet öffnen","since":"seit {when}","title":"Titel","entry":"Knoten","show_ask":"Fragefeld zeigen","more":"Alles lesen","not_configured":"HearthNet ist nicht eingerichtet.","last_known":"Zuletzt bekannt, {when}"},"error":{"unavailable":"Gerade konnte niemand antworten.","timeout":"Es hat zu lange gedauert.","rate_limited":"Zu viele Fragen auf einmal. Warte einen Moment.","capacity_exceeded":"Alle sind beschäftigt. Versuch es gleich noch einmal.","forbidden":"Das ist nicht erlaubt.","unauthorized":"Das darf nur ein Administrator von Home Assistant.","expired":"Diese Einladung ist abgelaufen. Bitte um eine neue.","not_found":"Das wurde nicht gefunden.","bad_request":"Das war nicht zu verstehen.","version_mismatch":"Die beiden Seiten passen nicht zusammen. Eine braucht eine Aktualisierung.","partition":"Die Verbindung zur Nachbarschaft ist unterbrochen.","connection_lost":"Die Verbindung zu Home Assistant ging verloren.","silence":"Es kam nichts mehr.","unknown_command":"HearthNet läuft in Home Assistant nicht.","unknown":"Etwas ist schiefgegangen.","too_large":"Die Datei ist größer als 64 MB.","no_picture":"Das ist kein Bild.","no_microphone":"Das Mikrofon ist nicht zu benutzen. Im Browser erlauben; Seiten brauchen dafür https.","nothing_heard":"Es war nichts zu verstehen. Noch einmal, etwas näher."},"library":{"title":"Dokumente","collections":"Sammlungen","names":{"household":"Haushalt","emergency":"Notfall-Ratgeber","shared":"Geteilt"},"who":"Wer darf das finden?","access":{"personal":"Nur dieses Gerät","home":"Nur dieses Haus","community":"Dieses Haus und die Nachbarschaft","role":"Nachbarn mit der Rolle {role}"},"add":"Dokumente hinzufügen","add_text":"PDF, Word, Webseiten, Text oder ein ZIP davon hierher ziehen. Gelesen wird in diesem Haus; nichts wird fortgeschickt.","empty":"In dieser Sammlung ist noch nichts.","empty_admin":"In dieser Sammlung ist noch nichts. Anleitungen, Rezepte, die Notizen für den Babysitter: was man eben sucht.","more":"Mehr zeigen","passages":"eine Stelle","passages_other":"{count} Stellen","remove":"{title} entfernen","remove_sure":"Entfernen","keep":"Behalten","added":"Ein Dokument kam hinzu.","added_other":"{count} Dokumente kamen hinzu.","known":"Eines war schon bekannt.","known_other":"{count} waren schon bekannt.","unreadable":"Eine Seite ist ein Bild, das niemand in Reichweite lesen konnte.","unreadable_other":"{count} Seiten sind Bilder, die niemand in Reichweite lesen konnte.","step":{"sending":"Unterwegs…","reading":"Wird gelesen…","recognising":"Gescannte Seiten werden gelesen…","storing":"Wird abgelegt…"},"indexing":"Die Stellen werden auf ihre Bedeutung hin gelesen: {done} von {total}. Gesucht werden kann schon jetzt."},"document":{"close":"Schließen","page":"Seite {page}","loading":"Wird geöffnet…","more":"Weiterlesen"},"models":{"title":"Sprachmodelle","none":"Hier ist kein Sprachmodell. Fragen werden aus der Bibliothek beantwortet oder vom Modell eines Nachbarn.","loaded":"bereit","can":{"tools":"nutzt Werkzeuge","vision":"sieht Bilder"},"fetch":"Ein Modell holen","fetch_submit":"Holen","fetch_text":"Das braucht einmal das Internet; danach geht es ohne. Ein 3b-Modell braucht etwa 2 GB Platz und 4 GB Arbeitsspeicher.","fetching":"{name} wird geholt…","no_keeper":"Um hier Modelle zu holen, Ollama auf diesem Rechner starten oder in der HearthNet-App einschalten.","remove":"{name} entfernen","remove_sure":"Entfernen","keep":"Behalten"},"steps":{"label":"Was für diese Antwort getan wurde","ask":"Darf das getan werden?","yes":"Ja, tun","no":"Nein","tainted":"Das wurde vorgeschlagen, nachdem gelesen wurde, was andere geschrieben haben. Vor dem Erlauben prüfen.","state":{"running":"…","done":"erledigt","failed":"ging nicht","needs_confirmation":"wartet auf dich","refused":"nicht erlaubt"},"tool":{"search_library":"Durchsucht die Bibliotheken","read_document":"Liest ein Dokument","translate":"Übersetzt","describe_image":"Sieht sich das Bild an","read_image":"Liest, was auf dem Bild steht","mesh_status":"Sieht nach, wer in der Nähe ist","list_notices":"Liest die Aushänge","post_notice":"Hängt etwas für alle aus","set_mode":"Ändert den Zustand dieses Hauses"}}}`)}};function Ti(e,t){let n=e;for(let e of t){if(typeof n!=`object`)return;n=Object.prototype.hasOwnProperty.call(n,e)?n[e]:void 0}return typeof n==`string`?n:void 0}var Ei=class{constructor(e,t=e,n=void 0,r=void 0){this.language=e,this.locale=t,this.hour12=n,this.timeZone=r,this.tree=wi[e.split(`-`)[0]??`en`]??wi.en??{},this.plural=new Intl.PluralRules(this.tree===wi.de?`de`:`en`)}t(e,t={}){return Di(this.raw(e.split(`.`))??e,t)}n(e,t,n={}){let r=this.plural.select(t)===`one`?``:`_other`,i=e.split(`.`),a=i.pop()??``;return Di(this.raw([...i,a+r])??this.raw([...i,a])??e,{count:this.figure(t),...n})}named(e,t){return this.raw([...e.split(`.`),t])}engine(...e){let t=e.filter(Boolean).map(e=>this.named(`panel.provider`,e)??e);return[...new Set(t)].join(` · `)}figure(e,t=0){return e.toLocaleString(this.locale,{maximumFractionDigits:t})}percent(e){return e.toLocaleString(this.locale,{style:`percent`,maximumFractionDigits:0})}latency(e){return`${this.figure(e,+(e<10))} ms`}size(e){let t=e>=1e9?9:e>=1e6?6:3;return`${this.figure(e/10**t,+(t===9))} ${{9:`GB`,6:`MB`,3:`kB`}[t]}`}seconds(e){return`${this.figure(e/1e3,+(e<1e4))} s`}when(e,t=Date.now()){let n={hour:`numeric`,minute:`2-digit`,...this.hour12===void 0?{}:{hour12:this.hour12},...this.timeZone?{timeZone:this.timeZone}:{}},r=e=>new Date(e).toLocaleDateString(`en-CA`,this.timeZone?{timeZone:this.timeZone}:{});return r(e)===r(t)?new Date(e).toLocaleString(this.locale,n):new Date(e).toLocaleString(this.locale,{...this.date(e,t),...n})}day(e,t=Date.now()){return Math.abs(t-e)<864e5?this.when(e,t):new Date(e).toLocaleDateString(this.locale,{...this.date(e,t),...this.timeZone?{timeZone:this.timeZone}:{}})}date(e,t){return Math.abs(t-e)<5184e5?{weekday:`long`}:{day:`numeric`,month:`long`,...new Date(e).getFullYear()===new Date(t).getFullYear()?{}:{year:`numeric`}}}raw(e){return Ti(this.tree,e)??Ti(wi.en,e)}},Di=(e,t)=>e.replace(/\{(\w+)\}/g,(e,n)=>n in t?String(t[n]):e),Oi;function ki(e){let t=e?.selectedLanguage||e?.language||`en`,n=e?.locale?.time_format,r=e?.locale?.time_zone===`server`?e.config?.time_zone:void 0,i=[t,n,r].join(`|`);return Oi?.key!==i&&(Oi={key:i,words:new Ei(t,n===`system`?void 0:t,n===`12`||n!==`24`&&void 0,r)}),Oi.words}var Ai,ji=[`ask`,`home`,`mesh`],Mi=new URL(import.meta.url).searchParams.get(`v`)??``,$=class extends x{constructor(...e){super(...e),this.narrow=!1}connectedCallback(){super.connectedCallback(),this.attach()}disconnectedCallback(){super.disconnectedCallback(),this.unwatch?.(),this.unwatch=void 0,this.live=void 0}willUpdate(e){let t=e.get(`hass`);e.has(`hass`)&&t?.connection!==this.hass?.connection&&this.attach()}attach(){if(!this.isConnected||!this.hass)return;let e=Gt(this.hass.connection);e!==this.live&&(this.unwatch?.(),this.live=e,this.unwatch=e.watch(()=>this.requestUpdate()))}shouldUpdate(e){if(e.size!==1||!e.has(`hass`))return!0;let t=e.get(`hass`),n=this.hass;return!t||t.connection!==n.connection||t.language!==n.language||t.locale!==n.locale||t.user!==n.user||t.kioskMode!==n.kioskMode||t.dockedSidebar!==n.dockedSidebar}get view(){return ji.find(e=>this.route?.path.startsWith(`/${e}`))??`ask`}render(){if(!this.hass||!this.live)return g``;let e=this.live.snapshot,t=ki(this.hass);return g`<div class="page ${e.state?.mode.mode===`emergency`?`emergency`:``}" data-phase=${e.phase} data-test="panel">
      ${this.header()} ${this.reloadHint()}
      <hearthnet-banner .live=${e} .words=${t}></hearthnet-banner>
      ${e.phase===`live`&&(e.state||!e.online)?this.view===`mesh`?g`<hearthnet-mesh-view .hass=${this.hass} .live=${e} .words=${t}></hearthnet-mesh-view>`:this.view===`home`?g`<hearthnet-home-view .hass=${this.hass} .live=${e} .words=${t}></hearthnet-home-view>`:g`<hearthnet-ask-view .hass=${this.hass} .live=${e} .words=${t}></hearthnet-ask-view>`:this.interlude()}
    </div>`}header(){let e=ki(this.hass),t=this.live?.snapshot,n=t?.state?.peers.filter(e=>e.connected).length??0,r=t?.online&&t.connected?t.state:null;return g`<header>
      ${this.hass.kioskMode||!(this.narrow||this.hass.dockedSidebar===`always_hidden`)?y:g`<button class="round menu" aria-label=${e.t(`panel.menu`)} @click=${this.toggleMenu}>${an()}</button>`}
      <p class="mark">${rn()}<bdi>${t?.state?.community.name||e.t(`panel.name`)}</bdi></p>
      ${t&&t.nodes.length>1?this.picker(t.nodes,t.entryId):y}
      <nav aria-label=${e.t(`panel.tabs.label`)}>
        ${ji.map(t=>g`<a
            href="${this.base}/${t}"
            data-test="tab-${t}"
            aria-current=${this.view===t?`page`:`false`}
            @click=${e=>this.go(e,t)}
            >${e.t(`panel.tabs.${t}`)}</a
          >`)}
      </nav>
      ${r?g`<p class="status" data-test="header-status">
            <span class=${r.connectivity.internet?`lit`:``}
              >${e.t(r.connectivity.internet?`panel.status.internet_on`:`panel.status.internet_off`)}</span
            ><span class=${n?`lit`:``}>${n?e.n(`panel.status.near`,n):e.t(`panel.status.alone`)}</span>
          </p>`:g`<p class="status"></p>`}
    </header>`}picker(e,t){return g`<select
      class="field picker"
      data-test="node-picker"
      aria-label=${ki(this.hass).t(`panel.node_picker`)}
      @change=${e=>this.live?.choose(e.target.value)}
    >
      ${e.map(e=>g`<option value=${e.entry_id} ?selected=${e.entry_id===t}>${e.title}</option>`)}
    </select>`}reloadHint(){let e=this.live?.snapshot.bundle??``;if(!Mi||!e||e===Mi)return y;let t=ki(this.hass);return g`<p class="reload" data-test="reload">
      ${t.t(`panel.reload.text`)}
      <button class="plain" @click=${()=>location.reload()}>${t.t(`panel.reload.action`)}</button>
    </p>`}interlude(){let e=ki(this.hass),t=this.live?.snapshot;if(t?.phase===`unconfigured`){let t=this.hass.user?.is_admin;return g`<section class="interlude" data-test="unconfigured">
        ${rn()}
        <h1>${e.t(`panel.unconfigured.title`)}</h1>
        <p>${e.t(t?`panel.unconfigured.text`:`panel.unconfigured.ask_admin`)}</p>
        ${t?g`<a class="primary" href="/config/integrations/dashboard/add?domain=hearthnet" @click=${this.openIntegrations}
              >${e.t(`panel.unconfigured.action`)}</a
            >`:y}
      </section>`}if(t?.phase===`failed`){let n=t.failure?.message;return g`<section class="interlude" data-test="failed" role="alert">
        ${pn()}
        <h1>${e.t(`panel.failed.title`)}</h1>
        <p>${e.named(`panel.error`,t.failure?.code??``)??y}</p>
        ${n?g`<p>${n}</p>`:y}
        <button class="primary" @click=${()=>this.live?.renew()}>${cn()}${e.t(`panel.failed.action`)}</button>
      </section>`}return g`<section class="interlude loading" data-test="loading" role="status">
      ${rn()}
      <p>${e.t(t?.failure?`panel.wait.starting`:`panel.wait.loading`)}</p>
    </section>`}get base(){return this.route?.prefix||`/hearthnet`}go(e,t){e.ctrlKey||e.metaKey||e.shiftKey||e.button!==0||(e.preventDefault(),t!==this.view&&this.navigate(`${this.base}/${t}`))}openIntegrations(e){e.preventDefault(),this.navigate(`/config/integrations/dashboard/add?domain=hearthnet`)}navigate(e){history.pushState(null,``,e),window.dispatchEvent(new CustomEvent(`location-changed`,{detail:{replace:!1}}))}toggleMenu(){this.dispatchEvent(new CustomEvent(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};Ai=$,Ai.styles=[I,L,o`
      :host {
        display: block;
        block-size: 100vh;
        block-size: calc(100dvh - var(--safe-area-inset-top, 0px) - var(--safe-area-inset-bottom, 0px));
        max-block-size: 100%;
        overflow: hidden;
        container-type: inline-size;
        background: var(--hn-paper);
      }
      .page {
        position: relative;
        display: flex;
        flex-direction: column;
        block-size: 100%;
        background: radial-gradient(62% 44% at 50% 104%, var(--hn-glow), transparent); /* firelight from below */
      }
      .page.emergency {
        --hn-glow: var(--hn-bad-wash);
      }
      header {
        flex: none;
        display: flex;
        align-items: center;
        gap: 6px 18px;
        padding: 8px clamp(8px, 2vw, 24px);
        min-block-size: 72px;
      }
      .round {
        flex: none;
        display: grid;
        place-items: center;
        inline-size: 48px;
        border-radius: 24px;
      }
      .mark {
        display: flex;
        align-items: center;
        gap: 10px;
        min-inline-size: 0;
        font-family: var(--hn-serif);
        font-size: 1.4rem;
        white-space: nowrap;
      }
      .mark bdi {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .mark svg.icon {
        color: var(--hn-ember);
        inline-size: 32px;
        block-size: 32px;
      }
      nav {
        display: flex;
        gap: 4px;
        padding: 4px;
        border-radius: 30px;
        background: var(--hn-card);
        margin-inline: auto;
      }
      nav a {
        display: grid;
        place-items: center;
        min-block-size: 48px;
        min-inline-size: 92px;
        padding-inline: 22px;
        border-radius: 24px;
        color: var(--hn-soft);
        font-size: 1.08rem;
        font-weight: 600;
        text-decoration: none;
      }
      nav a[aria-current="page"] {
        background: var(--hn-wash);
        color: var(--hn-ember-ink);
      }
      .status {
        display: flex;
        justify-content: flex-end;
        gap: 18px;
        color: var(--hn-soft);
        white-space: nowrap;
      }
      .status span::before {
        content: "";
        display: inline-block;
        inline-size: 10px;
        block-size: 10px;
        margin-inline-end: 8px;
        border-radius: 50%;
        border: 2px solid var(--hn-soft);
      }
      .status .lit::before {
        background: var(--hn-ember);
        border-color: var(--hn-ember);
      }
      .picker {
        inline-size: auto;
        max-inline-size: 200px;
        min-block-size: 48px;
        padding-block: 8px;
      }
      .reload {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: center;
        gap: 4px 10px;
        color: var(--hn-soft);
      }
      .interlude {
        flex: 1;
        display: grid;
        align-content: center;
        justify-items: center;
        gap: 20px;
        padding: 24px;
        text-align: center;
        font-size: 1.2rem;
        line-height: 1.5;
      }
      .interlude > svg.icon {
        inline-size: 84px;
        block-size: 84px;
        color: var(--hn-ember);
      }
      .interlude h1 {
        font-family: var(--hn-serif);
        font-weight: 400;
        font-size: clamp(1.9rem, 4.5vw, 2.9rem);
        line-height: 1.15;
        text-wrap: balance;
      }
      .interlude p {
        max-inline-size: 34em;
        color: var(--hn-soft);
        text-wrap: balance;
      }
      .interlude a.primary {
        text-decoration: none;
      }
      .loading > svg.icon {
        animation: breathe 2.4s ease-in-out infinite;
      }
      @keyframes breathe {
        50% {
          opacity: 0.45;
        }
      }
      @container (min-width: 920px) {
        header {
          display: grid;
          grid-template-columns: auto 1fr auto auto 1fr;
        }
        header > nav {
          grid-column: 4;
        }
        header > .picker {
          grid-column: 3;
        }
        header > .menu {
          grid-column: 1;
        }
        header > .mark {
          grid-column: 2;
        }
        header > .status {
          grid-column: 5;
        }
        header > * {
          grid-row: 1;
        }
      }
      @container (max-width: 919px) {
        .status {
          display: none;
        }
        nav {
          margin-inline: auto 0;
        }
      }
      @media (max-width: 520px) {
        header {
          gap: 4px;
        }
        nav {
          gap: 0;
        }
        .mark bdi {
          display: none;
        }
        nav a {
          min-inline-size: 0;
          padding-inline: 8px;
          font-size: 0.97rem;
        }
        .picker {
          max-inline-size: 110px;
          padding-inline: 8px;
        }
      }
      @media (max-height: 560px) {
        header {
          min-block-size: 56px;
          padding-block: 2px;
        }
        .interlude > svg.icon {
          inline-size: 56px;
          block-size: 56px;
        }
      }
    `],R([S({attribute:!1})],$.prototype,`hass`,void 0),R([S({type:Boolean,reflect:!0})],$.prototype,`narrow`,void 0),R([S({attribute:!1})],$.prototype,`route`,void 0),R([S({attribute:!1})],$.prototype,`panel`,void 0),R([C()],$.prototype,`live`,void 0),P(`hearthnet-panel`,$);export{$ as HearthnetPanel};
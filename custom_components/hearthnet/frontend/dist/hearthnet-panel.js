/*! HearthNet, Apache-2.0. Contains Lit by Google LLC, BSD-3-Clause: licenses.txt */
var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=/* @__PURE__ */ new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:ee,getOwnPropertySymbols:te,getPrototypeOf:ne}=Object,re=globalThis,ie=re.trustedTypes,ae=ie?ie.emptyScript:``,oe=re.reactiveElementPolyfillSupport,se=(e,t)=>e,ce={toAttribute(e,t){switch(t){case Boolean:e=e?ae:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},le=(e,t)=>!l(e,t),ue={attribute:!0,type:String,converter:ce,reflect:!1,useDefault:!1,hasChanged:le};Symbol.metadata??=Symbol(`metadata`),re.litPropertyMetadata??=/* @__PURE__ */ new WeakMap;var de=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=ue){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??ue}static _$Ei(){if(this.hasOwnProperty(se(`elementProperties`)))return;let e=ne(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(se(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(se(`properties`))){let e=this.properties,t=[...ee(e),...te(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=/* @__PURE__ */ new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=/* @__PURE__ */ new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=/* @__PURE__ */ new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=/* @__PURE__ */ new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?ce:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?ce:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??le)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=/* @__PURE__ */ new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=/* @__PURE__ */ new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=/* @__PURE__ */ new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};de.elementStyles=[],de.shadowRootOptions={mode:`open`},de[se(`elementProperties`)]=/* @__PURE__ */ new Map,de[se(`finalized`)]=/* @__PURE__ */ new Map,oe?.({ReactiveElement:de}),(re.reactiveElementVersions??=[]).push(`2.1.2`);var fe=globalThis,pe=e=>e,me=fe.trustedTypes,he=me?me.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,ge=`$lit$`,f=`lit$${Math.random().toFixed(9).slice(2)}$`,_e=`?`+f,ve=`<${_e}>`,ye=document,be=()=>ye.createComment(``),xe=e=>e===null||typeof e!=`object`&&typeof e!=`function`,Se=Array.isArray,Ce=e=>Se(e)||typeof e?.[Symbol.iterator]==`function`,we=`[ 	
\f\r]`,Te=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Ee=/-->/g,De=/>/g,p=RegExp(`>|${we}(?:([^\\s"'>=/]+)(${we}*=${we}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),Oe=/'/g,ke=/"/g,Ae=/^(?:script|style|textarea|title)$/i,je=e=>(t,...n)=>({_$litType$:e,strings:t,values:n}),m=je(1),h=je(2),Me=Symbol.for(`lit-noChange`),g=Symbol.for(`lit-nothing`),Ne=/* @__PURE__ */ new WeakMap,_=ye.createTreeWalker(ye,129);function Pe(e,t){if(!Se(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return he===void 0?t:he.createHTML(t)}var Fe=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=Te;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===Te?c[1]===`!--`?o=Ee:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=p):(Ae.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=p):o=De:o===p?c[0]===`>`?(o=i??Te,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?p:c[3]===`"`?ke:Oe):o===ke||o===Oe?o=p:o===Ee||o===De?o=Te:(o=p,i=void 0);let d=o===p&&e[t+1].startsWith(`/>`)?` `:``;a+=o===Te?n+ve:l>=0?(r.push(s),n.slice(0,l)+ge+n.slice(l)+f+d):n+f+(l===-2?t:d)}return[Pe(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},Ie=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=Fe(t,n);if(this.el=e.createElement(l,r),_.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=_.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(ge)){let t=u[o++],n=i.getAttribute(e).split(f),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Ve:r[1]===`?`?He:r[1]===`@`?Ue:Be}),i.removeAttribute(e)}else e.startsWith(f)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(Ae.test(i.tagName)){let e=i.textContent.split(f),t=e.length-1;if(t>0){i.textContent=me?me.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],be()),_.nextNode(),c.push({type:2,index:++a});i.append(e[t],be())}}}else if(i.nodeType===8){if(i.data===_e)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(f,e+1))!==-1;)c.push({type:7,index:a}),e+=f.length-1}}a++}}static createElement(e,t){let n=ye.createElement(`template`);return n.innerHTML=e,n}};function Le(e,t,n=e,r){if(t===Me)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=xe(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=Le(e,i._$AS(e,t.values),i,r)),t}var Re=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??ye).importNode(t,!0);_.currentNode=r;let i=_.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new ze(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new We(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=_.nextNode(),a++)}return _.currentNode=ye,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},ze=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=g,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=Le(this,e,t),xe(e)?e===g||e==null||e===``?(this._$AH!==g&&this._$AR(),this._$AH=g):e!==this._$AH&&e!==Me&&this._(e):e._$litType$===void 0?e.nodeType===void 0?Ce(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==g&&xe(this._$AH)?this._$AA.nextSibling.data=e:this.T(ye.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=Ie.createElement(Pe(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Re(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=Ne.get(e.strings);return t===void 0&&Ne.set(e.strings,t=new Ie(e)),t}k(t){Se(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(be()),this.O(be()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=pe(e).nextSibling;pe(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},Be=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=g,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(/* @__PURE__ */ new String),this.strings=n):this._$AH=g}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=Le(this,e,t,0),a=!xe(e)||e!==this._$AH&&e!==Me,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=Le(this,r[n+o],t,o),s===Me&&(s=this._$AH[o]),a||=!xe(s)||s!==this._$AH[o],s===g?e=g:e!==g&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===g?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Ve=class extends Be{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===g?void 0:e}},He=class extends Be{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==g)}},Ue=class extends Be{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=Le(this,e,t,0)??g)===Me)return;let n=this._$AH,r=e===g&&n!==g||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==g&&(n===g||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},We=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){Le(this,e)}},Ge=fe.litHtmlPolyfillSupport;Ge?.(Ie,ze),(fe.litHtmlVersions??=[]).push(`3.3.3`);var Ke=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new ze(t.insertBefore(be(),e),e,void 0,n??{})}return i._$AI(e),i},qe=globalThis,v=class extends de{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ke(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return Me}};v._$litElement$=!0,v.finalized=!0,qe.litElementHydrateSupport?.({LitElement:v});var Je=qe.litElementPolyfillSupport;Je?.({LitElement:v}),(qe.litElementVersions??=[]).push(`4.2.2`);var Ye={attribute:!0,type:String,converter:ce,reflect:!1,hasChanged:le},Xe=(e=Ye,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=/* @__PURE__ */ new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function y(e){return(t,n)=>typeof n==`object`?Xe(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function b(e){return y({...e,state:!0,attribute:!1})}var Ze=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function x(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Ze(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Ze(n,r,{get(){return a(this)}})}}var Qe=``,$e=/ ?\[(?:\d{0,2}(?:\s*,\s*\d{0,2})*)?$/,et=/\*\*([^*\n]+)\*\*|`([^`\n]+)`|\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\]|\uE000/g;function tt(e,t,n=[],r=!1){let i=[],a=``,o=0;for(let{offset:t,name:r}of[...n].sort((e,t)=>e.offset-t.offset))t<=0||t>e.length||(a+=nt(e.slice(o,t))+Qe,i.push(r),o=t);a+=nt(e.slice(o)),r&&(a=a.slice(0,-40)+a.slice(-40).replace($e,``));let s=[],c=null;for(let e of a.split(`
`)){let n=rt(e);if(!n.text&&!e.includes(Qe)){c=null;continue}let r=it(n.text,t,i);n.kind===`heading`?(s.push({kind:`heading`,items:[r]}),c=null):c&&c.kind===n.kind?n.kind===`paragraph`?c.items[0]?.push({kind:`text`,text:` `},...r):c.items.push(r):(c={kind:n.kind,items:[r]},s.push(c))}return s}var nt=e=>e.replace(/\uE000/g,``).replace(/\r\n?/g,`
`);function rt(e){let t=e.trim(),n=/^#{1,6}\s+(.*)$/.exec(t);if(n)return{kind:`heading`,text:n[1]??``};let r=/^(?:[-*•])\s+(.*)$/.exec(t);if(r)return{kind:`bullets`,text:r[1]??``};let i=/^\d{1,2}[.)]\s+(.*)$/.exec(t);return i?{kind:`numbers`,text:i[1]??``}:{kind:`paragraph`,text:t}}function it(e,t,n){let r=[],i=0,a=e=>{e&&r.push({kind:`text`,text:e})};for(let o of e.matchAll(et)){let s=o.index??0;if(o[3]!==void 0){let n=o[3].split(`,`).map(e=>Number(e.trim()));if(!n.every(e=>e>=1&&e<=t))continue;a(e.slice(i,s).trimEnd());for(let e of n)r.push({kind:`cite`,n:e})}else a(e.slice(i,s)),o[1]===void 0?o[2]===void 0?r.push({kind:`handover`,name:n.shift()??``}):r.push({kind:`code`,text:o[2]}):r.push({kind:`strong`,text:o[1]});i=s+o[0].length}return a(e.slice(i)),r}var at={1:`connection_lost`,3:`connection_lost`};function S(e){if(typeof e==`number`)return{code:at[e]??`unknown`,message:``};if(typeof e==`object`&&e){let{code:t,error:n,message:r}=e,i=typeof n==`string`?n:typeof t==`string`?t:``;return{code:(typeof t==`number`?at[t]:void 0)??(i.slice(0,64)||`unknown`),message:typeof r==`string`?r.slice(0,500):``}}return{code:`unknown`,message:``}}var ot=6e3,C=e=>typeof e==`object`&&e&&!Array.isArray(e)?e:{},w=(e,t=200)=>typeof e==`string`?e.slice(0,t):``,T=(e,t=0)=>typeof e==`number`&&Number.isFinite(e)?e:t,E=e=>e===!0;function D(e,t,n){return Array.isArray(e)?e.slice(0,t).map(e=>n(C(e))):[]}var st=(e,t)=>Array.isArray(e)?e.slice(0,t).map(e=>w(e)).filter(Boolean):[],ct=(e,t,n)=>t.includes(e)?e:n,lt=e=>({capability:w(e.capability),version:w(e.version),provider:w(e.provider),models:st(e.models,20),available:E(e.available),reason:w(e.reason,400),load:T(e.load),internet:E(e.internet)}),ut=e=>({node_id:w(e.node_id),short:w(e.short),name:w(e.name)||w(e.short),member_id:w(e.member_id),member_name:w(e.member_name)||w(e.name),role:w(e.role),home:E(e.home),connected:E(e.connected),latency_ms:typeof e.latency_ms==`number`?T(e.latency_ms):null,address:w(e.address),version:w(e.version),since:T(e.since),capabilities:D(e.capabilities,40,lt)}),dt=e=>({id:w(e.id),title:w(e.title),body:w(e.body,2e3),severity:ct(e.severity,[`info`,`warning`,`urgent`],`info`),author_node:w(e.author_node),author_name:w(e.author_name),member_id:w(e.member_id),at:T(e.at),expires:T(e.expires),late:E(e.late)}),ft=e=>(Array.isArray(e)?e.slice(0,20):[]).map(e=>{let t=C(e),n=w(e)||w(t.member_id)||w(t.id);return{member_id:n,name:w(t.name)||w(t.short)||(n.slice(0,12).match(/.{1,4}/g)??[]).join(`-`)}}).filter(e=>e.member_id);function O(e,t,n=`1`){if(!e)return!1;let r=e=>e.some(e=>e.capability===t&&e.available&&e.version.split(`.`)[0]===n),i=e.privacy===`community`||e.privacy===`any`,a=t=>t.connected&&(e.privacy===`home`?t.home:i);return r(e.capabilities)||e.peers.some(e=>a(e)&&r(e.capabilities))}function pt(e){if(typeof e!=`object`||!e)return null;let t=C(e),n=C(t.node),r=C(t.member),i=C(t.community),a=C(t.connectivity),o=C(t.mode),s=C(t.library),c=t.last_answer?C(t.last_answer):null;return{node:{id:w(n.id),short:w(n.short),name:w(n.name),version:w(n.version),address:w(n.address),started:T(n.started),warnings:st(n.warnings,8)},member:{id:w(r.id),short:w(r.short),name:w(r.name),role:w(r.role)},community:{id:w(i.id),short:w(i.short),name:w(i.name),members:T(i.members,1),alone:E(i.alone),readmit:ft(i.readmit)},privacy:w(t.privacy),privacy_chosen:E(t.privacy_chosen),connectivity:{state:ct(a.state,[`online`,`degraded`,`offline`,`isolated`,`unknown`],`unknown`),cause:w(a.cause),since:T(a.since),internet:E(a.internet),mesh:E(a.mesh)},mode:{mode:ct(o.mode,[`normal`,`emergency`,`drill`],`normal`),since:T(o.since),by:w(o.by),reason:w(o.reason,400)},peers:D(t.peers,200,ut),capabilities:D(t.capabilities,40,lt),last_answer:c&&{node_id:w(c.node_id),node_name:w(c.node_name),at:T(c.at),model:w(c.model)},engines:D(t.engines,12,e=>({name:w(e.name),url:w(e.url),available:E(e.available),reason:w(e.reason,400)})),library:{documents:T(s.documents),chunks:T(s.chunks),pictures:T(s.pictures),model:w(s.model),indexing:s.indexing?{done:T(C(s.indexing).done),total:T(C(s.indexing).total)}:null},notices:D(t.notices,20,dt),next_step:ct(t.next_step,[`none`,`invite`,`choose_privacy`,`add_model`,`check_network`],`none`)}}var mt=e=>D(e,20,e=>({rank:T(e.rank),score:T(e.score),text:w(e.text,ot),doc_title:w(e.doc_title),doc_cid:w(e.doc_cid),chunk_id:w(e.chunk_id),node_id:w(e.node_id),node_name:w(e.node_name),corpus:w(e.corpus),language:w(e.language),licence:w(e.licence),page:typeof e.page==`number`?T(e.page):null})),ht=e=>D(e,50,e=>({node_id:w(e.node_id),name:w(e.name),count:T(e.count),error:w(e.error,400)})),gt=e=>({name:w(e.name),value:T(e.value),weight:T(e.weight),why:w(e.why,300)}),_t=e=>D(e,50,e=>({node_id:w(e.node_id),node_name:w(e.node_name),provider:w(e.provider),model:w(e.model),score:T(e.score),allowed:E(e.allowed),excluded:w(e.excluded,300),terms:D(e.terms,20,gt)})),vt=[`running`,`done`,`failed`,`needs_confirmation`,`refused`],yt=[`title`,`name`,`body`];function bt(e){let t=C(e);return{n:T(t.n),tool:w(t.tool,64),arguments:Object.entries(C(t.arguments)).sort(([e],[t])=>xt(e)-xt(t)).slice(0,8).map(([e,t])=>[e.slice(0,64),typeof t==`string`?t.slice(0,2e3):(JSON.stringify(t)??``).slice(0,2e3)]),state:vt.find(e=>e===t.state)??`running`,summary:w(t.summary,500),tainted:E(t.tainted),confirmId:w(t.confirm_id,64)}}var xt=e=>(yt.indexOf(e)+yt.length+1)%(yt.length+1),St=e=>{let t=e.replace(/[_\s]+/g,` `).trim();return t.charAt(0).toUpperCase()+t.slice(1)};function Ct(e,t){return e.some(e=>e.n===t.n)?e.map(e=>e.n===t.n?t:e):[...e,t].slice(-12)}var wt=48e3,Tt=(e,t,n,r={})=>({id:e,question:t,asked:n,pictures:r.pictures??[],spoken:r.spoken??!1,steps:[],method:``,confidence:null,traceId:``,opinion:``,status:`asking`,step:``,text:``,truncated:!1,sources:[],searched:[],candidates:[],attempts:[],answeredBy:null,grounded:null,durationMs:null,receipts:{valid:0,all:0},failure:null}),k=e=>e.status===`asking`||e.status===`answering`,Et=e=>e.attempts.filter(e=>e.outcome===`failed`).length;function Dt(e,t,n){if(!k(e))return e;let r=t,i=e.attempts.map(e=>e.outcome===`waiting`||e.outcome===`answering`?{...e,outcome:r,message:e.message||(n?.message??``)}:e);return{...e,status:t,failure:n,attempts:i,step:``}}function Ot(e,{event:t,data:n}){if(!k(e))return e;let r=C(n);switch(t){case`progress`:{let t=r.step;return t===`searching`||t===`asking`||t===`queued`?{...e,step:t}:e}case`sources`:return{...e,sources:mt(r.sources),searched:ht(r.searched),method:w(r.method,40)||e.method};case`step`:return{...e,steps:Ct(e.steps,bt(r))};case`route`:return{...e,candidates:_t(r.candidates)};case`attempt`:return{...e,attempts:kt(e,r)};case`delta`:return jt(e,typeof r.text==`string`?r.text:``);case`attempt_failed`:return{...e,attempts:Mt(e.attempts,r)};case`done`:return Nt(e,r);case`error`:return Dt(e,`failed`,S(r));default:return e}}function kt(e,t){let n={n:T(t.n,e.attempts.length+1),node_id:w(t.node_id),node_name:w(t.node_name),provider:w(t.provider),model:w(t.model),continues:E(t.continues),outcome:`waiting`,message:``,after_sentences:0,first_chunk_ms:null,offset:e.text.length},r=e.attempts[e.attempts.length-1];if(!r||E(t.hedge)||r.outcome!==`waiting`&&r.outcome!==`answering`)return[...e.attempts,n].slice(-12);let i=e.attempts.slice(0,-1);return At(r,n)?[...i,{...n,continues:r.continues,offset:r.offset}]:[...i,{...r,outcome:`ok`},n].slice(-12)}var At=(e,t)=>e.node_id===t.node_id&&e.provider===t.provider&&e.model===t.model;function jt(e,t){if(!t)return e;let n=e.text+t,r=e.attempts[e.attempts.length-1],i=r?.outcome===`waiting`?[...e.attempts.slice(0,-1),{...r,outcome:`answering`}]:e.attempts;return{...e,status:`answering`,step:``,text:n.slice(0,wt),truncated:e.truncated||n.length>48e3,attempts:i}}function Mt(e,t){let n=T(t.n);return e.map(e=>e.n===n?{...e,outcome:`failed`,message:w(t.message,500),after_sentences:T(t.after_sentences)}:e)}function Nt(e,t){let n=C(t.trace),r=C(t.answered_by),i=typeof t.text==`string`&&t.text?t.text:e.text,a=D(t.receipts,12,e=>E(e.valid)),o=mt(t.sources),s=_t(n.candidates);return{...e,status:`done`,step:``,text:i.slice(0,wt),truncated:i.length>wt,sources:o.length?o:e.sources,candidates:s.length?s:e.candidates,attempts:Ft(e.attempts,n.attempts),answeredBy:r.node_id?{node_id:w(r.node_id),node_name:w(r.node_name),provider:w(r.provider),model:w(r.model),home:E(r.home)}:null,traceId:w(n.id,64),confidence:Pt(t.confidence),grounded:typeof t.grounded==`boolean`?t.grounded:null,durationMs:typeof n.duration_ms==`number`?T(n.duration_ms):null,receipts:{valid:a.filter(Boolean).length,all:a.length}}}function Pt(e){let t=C(e),n=T(t.level);return n>0&&n<1?{level:n,n:T(t.n)}:null}function Ft(e,t){let n=D(t,12,e=>e),r=new Map(n.map(e=>[T(e.n),e])),i=n.find(e=>e.outcome===`ok`&&e.node_id),a=i&&[...e].reverse().find(e=>e.node_id===i.node_id&&e.provider===w(i.provider)),o=a?a.n-T(i.n):0,s=e.map(e=>{let t=r.get(e.n-o)??{},n=t.outcome;return{...e,outcome:n===`ok`||n===`failed`||n===`cancelled`?n:e.outcome===`failed`?`failed`:`ok`,message:e.message||w(t.message,500),first_chunk_ms:typeof t.first_chunk_ms==`number`?T(t.first_chunk_ms):e.first_chunk_ms}});return s.filter((e,t)=>e.outcome!==`ok`||r.has(e.n-o)||!s.slice(t+1).some(t=>At(e,t)))}function It(e,t,n){let r=e.attempts.filter(e=>e.continues&&e.offset>0).map(e=>({offset:e.offset,name:e.node_name})),i=k(e),a=tt(e.text,e.sources.length,r,i),o=e=>{switch(e.kind){case`strong`:return m`<strong>${e.text}</strong>`;case`code`:return m`<code>${e.text}</code>`;case`cite`:return m`<button
          class="cite"
          data-test="citation"
          data-n=${e.n}
          aria-label=${t.t(`panel.sources.cite`,{n:e.n})}
          @click=${()=>n(e.n)}
        >${e.n}</button>`;case`handover`:return m`<span class="handover" data-test="handover">${t.t(`panel.ask.handover`,{name:e.name})}</span>`;default:return e.text}},s=(e,t)=>e.items.map((n,r)=>t&&r===e.items.length-1?[n.map(o),m`<span class="ember-dot" aria-hidden="true"></span>`]:n.map(o));return m`<div class="answer-text" data-test="answer" data-status=${e.status} dir="auto">
    ${a.map((e,t)=>{let n=s(e,i&&t===a.length-1);return e.kind===`bullets`?m`<ul>${n.map(e=>m`<li>${e}</li>`)}</ul>`:e.kind===`numbers`?m`<ol>${n.map(e=>m`<li>${e}</li>`)}</ol>`:e.kind===`heading`?m`<h3>${n[0]}</h3>`:m`<p>${n[0]}</p>`})}
  </div>`}var Lt=o`
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
`,Rt=e=>e?{entry_id:e}:{},zt={resubscribe:!1},Bt=e=>e.sendMessagePromise({type:`hearthnet/nodes`}),Vt=(e,t,n)=>e.subscribeMessage(n,{type:`hearthnet/subscribe`,...Rt(t)},zt),Ht=(e,t,n,r)=>e.subscribeMessage(r,{type:`hearthnet/ask`,...Rt(t),...n},zt),A=(e,t,n,r)=>e.sendMessagePromise({type:`hearthnet/request`,...Rt(t),method:n,params:r}),Ut=(e,t,n,r,i)=>e.subscribeMessage(i,{type:`hearthnet/stream`,...Rt(t),method:n,params:r},zt);function j(e){try{Promise.resolve(e()).catch(()=>void 0)}catch{}}var Wt=(e,t,n,r)=>new Promise((i,a)=>{let o=Ut(e,t,n,r,({event:e,data:t})=>{if(e===`done`)i(t);else if(e===`error`)a(S(t));else return;o.then(j)});o.catch(a)}),Gt=4e3,Kt=2e3,qt=15e4,Jt=class{constructor(e=30,t=null){this.limit=e,this.store=t,this.draft=``,this.watchers=/* @__PURE__ */ new Set,this.unsubscribe=null,this.connection=null,this.run=0,this.count=0,this.conversation=Yt(),this.onDisconnected=()=>{this.unsubscribe=null,this.end(`failed`,{code:`connection_lost`,message:``})},this.turns=(t?.load()??[]).slice(-e)}get latest(){return this.turns[this.turns.length-1]}get busy(){return this.latest!==void 0&&k(this.latest)}watch(e){return this.watchers.add(e),()=>this.watchers.delete(e)}async ask(e,t,n={}){let r=t.trim().slice(0,Gt);if(!r)return;this.cancel();let i=++this.run,a=this.history();this.count+=1;let o=Tt(`${this.conversation}-${this.count}`,r,Date.now(),{pictures:n.pictures?.map(e=>e.url)??[],spoken:n.spoken??!1}),s=n.pictures?.map(e=>e.data)??[];this.turns=[...this.turns,o].slice(-this.limit),this.connection=e.connection,e.connection.addEventListener(`disconnected`,this.onDisconnected),this.expectNews(),this.changed();try{let t=await Ht(e.connection,e.entryId,{question:r,language:e.language,conversation:this.conversation,history:a,...s.length?{images:s}:{},...n.agent?{agent:!0}:{}},e=>{i===this.run&&(this.expectNews(),this.replace(Ot(this.current(o),e)))});i!==this.run||!this.busy?j(t):this.unsubscribe=t}catch(e){i===this.run&&this.end(`failed`,S(e))}}cancel(){this.busy&&this.end(`cancelled`,null)}async retry(e,t){!k(t)&&!t.text&&(this.turns=this.turns.filter(e=>e.id!==t.id)),await this.ask(e,t.question)}judge(e,t){this.turns=this.turns.map(n=>n.id===e.id?{...n,opinion:t}:n),this.changed(),this.store?.save(this.turns)}clear(){this.cancel(),this.turns=[],this.conversation=Yt(),this.changed(),this.store?.save([])}history(){return this.turns.filter(e=>e.status===`done`&&e.text).slice(-3).flatMap(e=>[{role:`user`,content:e.question.slice(0,Kt)},{role:`assistant`,content:e.text.slice(0,Kt)}])}current(e){return this.turns.find(t=>t.id===e.id)??e}replace(e){this.turns=this.turns.map(t=>t.id===e.id?e:t),k(e)||this.settle(),this.changed()}end(e,t){let n=this.latest;n&&this.replace(Dt(n,e,t))}settle(){this.run+=1,clearTimeout(this.timer),this.connection?.removeEventListener(`disconnected`,this.onDisconnected),this.connection=null;let e=this.unsubscribe;this.unsubscribe=null,e&&j(e),this.store?.save(this.turns)}expectNews(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.end(`failed`,{code:`silence`,message:``}),qt)}changed(){for(let e of[...this.watchers])e()}};function Yt(){let e=crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(9));return Array.from(e,e=>e.toString(16).padStart(2,`0`)).join(``)}var Xt=`hearthnet.turns.1`,Zt={load(){try{let e=JSON.parse(sessionStorage.getItem(Xt)??`[]`);return Array.isArray(e)?e.filter(Qt).map(e=>Dt(e,`failed`,{code:`connection_lost`,message:``})):[]}catch{return[]}},save(e){try{let t=e.slice(-30).map(e=>({...e,pictures:[]})),n=JSON.stringify(t);for(;n.length>15e5&&t.length>1;)t=t.slice(Math.ceil(t.length/2)),n=JSON.stringify(t);sessionStorage.setItem(Xt,n)}catch{}}};function Qt(e){let t=Tt(``,``,0);return typeof e==`object`&&!!e&&Object.keys(t).every(n=>{let r=e[n];return t[n]===null||typeof r==typeof t[n]&&Array.isArray(r)===Array.isArray(t[n])})}var $t;function en(){return $t??=new Jt(30,Zt)}function M(e,t){customElements.get(e)||customElements.define(e,t)}var N=e=>m`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${h`<path d=${e}></path>`}</svg>`,tn=`M12.6 1.8c.5 3.2 2.3 4.7 3.8 6.6 1.3 1.6 2.3 3.3 2.3 5.6a6.7 6.7 0 0 1-13.4 0c0-2.5 1.1-4.3 2.6-5.9.2 1.5.8 2.5 1.7 3.1-.2-3.7.7-7 3-9.4zM12.2 12.3c-1.5 1.2-2.5 2.4-2.5 4.1a2.350 2.350 0 0 0 4.7 0c0-1.7-1-2.9-2.2-4.1z`,nn=()=>N(tn),rn=()=>N(`M3 6h18v2H3zM3 11h18v2H3zM3 16h18v2H3z`),an=()=>N(`M11 20V7.8l-5.2 5.2L4.4 11.6 12 4l7.6 7.6-1.4 1.4L13 7.8V20z`),on=()=>N(`M7 7h10v10H7z`),sn=()=>N(`M12 5V1L7 6l5 5V7a5 5 0 1 1-4.9 6H5.1A7 7 0 1 0 12 5z`),P=()=>N(`M18.3 7.1 16.9 5.7 12 10.6 7.1 5.7 5.7 7.1l4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z`),cn=()=>N(`M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z`),ln=()=>N(`M9 16.2 4.8 12l-1.4 1.4L9 19 21 7l-1.4-1.4z`),un=()=>N(`M12 3 1.5 21h21L12 3zm0 4 7 12H5l7-12zm-1 4v4h2v-4h-2zm0 5v2h2v-2h-2z`),dn=()=>N(`M2.8 4.2 1.4 5.6l4.3 4.3A7 7 0 0 0 5 13v1l3 3v4h8v-2.6l3.4 3.4 1.4-1.4zM9 3v3h2V3zm4 0v5.2l5 5V11a2 2 0 0 0-2-2V3z`),fn=()=>N(`M19.4 10A7.5 7.5 0 0 0 8.6 5.2L10 6.7A5.5 5.5 0 0 1 17.5 11v.5H19a3 3 0 0 1 1.8 5.4l1.4 1.4A5 5 0 0 0 19.4 10zM3 5.3 5.8 8H5.4A6 6 0 0 0 6 20h11.7l2 2L21 20.7 4.3 4zM7.7 10l8 8H6a4 4 0 1 1 0-8z`),pn=()=>N(`M12 22a2 2 0 0 0 2-2h-4a2 2 0 0 0 2 2zm6-6v-5c0-3.1-1.6-5.6-4.5-6.3V4a1.5 1.5 0 0 0-3 0v.7C7.6 5.4 6 7.9 6 11v5l-2 2v1h16v-1z`),mn=()=>N(`M12.7 10A6 6 0 1 0 12.7 14H17v4h4v-4h2v-4zM7 14a2 2 0 1 1 0-4 2 2 0 0 1 0 4z`),hn=()=>N(`M9 4 7.500 6H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-3.500L15 4zm3 4.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zm0 2a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z`),gn=()=>N(`M12 14a3 3 0 0 0 3-3V5a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zm5-3a5 5 0 0 1-10 0H5a7 7 0 0 0 6 6.900V21h2v-3.100A7 7 0 0 0 19 11z`),_n=()=>N(`M4 9v6h4l5 5V4L8 9zm12.500 3A4.500 4.500 0 0 0 14 8v8a4.500 4.500 0 0 0 2.500-4zM14 3.200v2.100a7 7 0 0 1 0 13.400v2.100a9 9 0 0 0 0-17.600z`),vn=()=>N(`M2 21h4V9H2zm20-11a2 2 0 0 0-2-2h-6.300l1-4.600v-.3a1.500 1.500 0 0 0-.4-1L13 1 6.600 7.400A2 2 0 0 0 6 8.800V19a2 2 0 0 0 2 2h9a2 2 0 0 0 1.800-1.200l3-7.100c.1-.2.2-.4.2-.7z`),yn=()=>N(`M22 3h-4v12h4zM2 14a2 2 0 0 0 2 2h6.300l-1 4.600v.3c0 .4.200.800.400 1L11 23l6.400-6.400c.4-.4.600-.9.600-1.400V5a2 2 0 0 0-2-2H7a2 2 0 0 0-1.800 1.200l-3 7.100c-.1.200-.2.400-.2.700z`),bn=()=>N(`M11 16V7.8L7.4 11.4 6 10l6-6 6 6-1.4 1.4L13 7.800V16zM4 18h16v2H4z`),xn=()=>N(`M6 19a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V7H6zM19 4h-3.500l-1-1h-5l-1 1H5v2h14z`),Sn=()=>N(`M4 4a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h16a1 1 0 0 0 1-1V5a1 1 0 0 0-1-1zm1 2h4v3H5zm6 0h8v3h-8zM5 11h4v3H5zm6 0h8v3h-8zM5 16h4v2H5zm6 0h8v2h-8z`),Cn=()=>N(`M10 3a7 7 0 1 0 4.300 12.500l5.300 5.300 1.400-1.400-5.300-5.300A7 7 0 0 0 10 3zm0 2a5 5 0 1 1 0 10 5 5 0 0 1 0-10z`),wn=()=>N(`M5 4a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V6a2 2 0 0 0-2-2zm3.500 3.500a1.750 1.750 0 1 1 0 3.500 1.750 1.750 0 0 1 0-3.500zM5.500 17.500l4-5.500 2.500 3 3-4 3.500 6.500z`),Tn=()=>N(`M3 17.3V21h3.8L17.8 9.9 14.1 6.2zM20.7 7a1 1 0 0 0 0-1.4l-2.3-2.3a1 1 0 0 0-1.4 0l-1.8 1.8 3.7 3.7z`),F=o`
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
`,I=o`
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
`,En=o`
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
`;function L(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var Dn,R=class extends v{constructor(...e){super(...e),this.value=``,this.busy=!1,this.blocked=``,this.note=``,this.hint=``}focus(){this.input?.focus()}render(){let{words:e}=this;return m`<form data-test="ask-form" class=${this.busy?`busy`:``} @submit=${this.submit}>
        <slot name="start"></slot>
        <textarea
          data-test="ask-input"
          rows="1"
          maxlength=${Gt}
          enterkeyhint="send"
          autocomplete="off"
          dir="auto"
          aria-label=${e.t(`panel.ask.label`)}
          placeholder=${this.hint||e.t(`panel.ask.placeholder`)}
          .value=${this.value}
          @input=${this.typed}
          @keydown=${this.pressed}
        ></textarea>
        ${this.busy?m`<button type="button" class="go" data-test="ask-cancel" @click=${this.stop}>
              ${on()}<span>${e.t(`panel.ask.cancel`)}</span>
            </button>`:m`<button type="submit" class="go" data-test="ask-submit" ?disabled=${!!this.blocked||!this.value.trim()}>
              ${an()}<span>${e.t(`panel.ask.submit`)}</span>
            </button>`}
      </form>
      ${this.blocked||this.note?m`<p class="note" data-test="ask-note">${this.blocked||this.note}</p>`:g}`}updated(e){e.has(`value`)&&this.grow()}typed(){this.value=this.input.value,this.dispatchEvent(new CustomEvent(`draft`,{detail:this.value}))}pressed(e){e.key!==`Enter`||e.shiftKey||e.isComposing||(e.preventDefault(),this.submit(e))}submit(e){e.preventDefault();let t=this.value.trim();!t||this.blocked||this.busy||this.dispatchEvent(new CustomEvent(`ask`,{detail:t}))}stop(){this.dispatchEvent(new CustomEvent(`stop`))}grow(){this.input.style.blockSize=`auto`,this.input.style.blockSize=`${Math.min(this.input.scrollHeight,160)}px`}};Dn=R,Dn.styles=[F,I,o`
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
    `],L([y({attribute:!1})],R.prototype,`words`,void 0),L([y({attribute:!1})],R.prototype,`value`,void 0),L([y({type:Boolean})],R.prototype,`busy`,void 0),L([y({attribute:!1})],R.prototype,`blocked`,void 0),L([y({attribute:!1})],R.prototype,`note`,void 0),L([y({attribute:!1})],R.prototype,`hint`,void 0),L([x(`textarea`)],R.prototype,`input`,void 0),M(`hearthnet-ask-box`,R);var On=16e3;function kn(e,t,n=On){if(t===n||e.length===0)return e;let r=t/n,i=new Float32Array(Math.floor(e.length/r));for(let t=0;t<i.length;t++){let n=t*r;if(r>1){let a=Math.min(e.length,Math.max(Math.floor(n)+1,Math.floor(n+r))),o=0;for(let t=Math.floor(n);t<a;t++)o+=e[t]??0;i[t]=o/(a-Math.floor(n))}else{let r=Math.floor(n),a=e[r]??0;i[t]=a+((e[r+1]??a)-a)*(n-r)}}return i}function An(e){let t=new Uint8Array(e.length*2),n=new DataView(t.buffer);e.forEach((e,t)=>n.setInt16(t*2,Math.round(Math.max(-1,Math.min(1,e))*32767),!0));let r=``;for(let e=0;e<t.length;e+=32768)r+=String.fromCharCode(...t.subarray(e,e+32768));return btoa(r)}function jn(e){let t;try{t=atob(e)}catch{return/* @__PURE__ */ new Float32Array}let n=new Float32Array(t.length>>1);for(let e=0;e<n.length;e++){let r=t.charCodeAt(2*e)|t.charCodeAt(2*e+1)<<8;n[e]=(r>32767?r-65536:r)/32768}return n}var Mn=e=>e.length?Math.min(1,Math.sqrt(e.reduce((e,t)=>e+t*t,0)/e.length)*4):0,Nn=1600,Pn=[.85,.7,.5,.3],Fn=/^\/9j\/[A-Za-z0-9+/]+={0,2}$/,In=e=>typeof e==`string`&&e.length<=4e5&&Fn.test(e)?`data:image/jpeg;base64,${e}`:``;function Ln(e,t,n=Nn){let r=Math.min(1,n/Math.max(e,t,1));return{width:Math.max(1,Math.round(e*r)),height:Math.max(1,Math.round(t*r))}}async function Rn(e){let t=await createImageBitmap(e).catch(()=>{throw{code:`no_picture`,message:``}}),n=document.createElement(`canvas`);Object.assign(n,Ln(t.width,t.height)),n.getContext(`2d`)?.drawImage(t,0,0,n.width,n.height),t.close();for(let e of Pn){let t=n.toDataURL(`image/jpeg`,e),r=t.slice(t.indexOf(`,`)+1);if(r.length<=95e4)return{data:r,url:t}}throw{code:`too_large`,message:``}}var zn=`registerProcessor("hearthnet-recorder", class extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice());
    return true;
  }
});`,Bn=()=>!!navigator.mediaDevices?.getUserMedia&&`AudioWorkletNode`in window,Vn=class{constructor(){this.context=null,this.stream=null,this.parts=[],this.seconds=0}async start(e,t){this.stream=await navigator.mediaDevices.getUserMedia({audio:{channelCount:1,noiseSuppression:!0,echoCancellation:!0}});let n=this.context=new AudioContext,r=URL.createObjectURL(new Blob([zn],{type:`text/javascript`}));try{await n.audioWorklet.addModule(r)}finally{URL.revokeObjectURL(r)}let i=new AudioWorkletNode(n,`hearthnet-recorder`,{numberOfOutputs:0});i.port.onmessage=({data:r})=>{this.seconds>=60||(this.parts.push(r),this.seconds+=r.length/n.sampleRate,e(Mn(r)),this.seconds>=60&&t())},n.createMediaStreamSource(this.stream).connect(i)}stop(){let e=this.context?.sampleRate??16e3,t=new Float32Array(this.parts.reduce((e,t)=>e+t.length,0)),n=0;for(let e of this.parts)t.set(e,n),n+=e.length;return this.drop(),t.length?An(kn(t,e)):``}drop(){this.stream?.getTracks().forEach(e=>e.stop()),this.context?.close(),this.stream=null,this.context=null,this.parts=[]}},Hn=33554432;async function Un(e){if(e.size>Hn)throw{code:`long_sound`,message:``};let t=await new OfflineAudioContext(1,1,On).decodeAudioData(await e.arrayBuffer()).catch(()=>{throw{code:`no_sound`,message:``}});if(t.duration>60)throw{code:`long_sound`,message:``};return An(Wn(Array.from({length:t.numberOfChannels},(e,n)=>t.getChannelData(n))))}function Wn(e){let[t,...n]=e;return!t||n.length===0?t??/* @__PURE__ */ new Float32Array:t.map((t,r)=>n.reduce((e,t)=>e+(t[r]??0),t)/e.length)}var Gn,Kn=(e,t)=>[...e?[`image/*`]:[],...t?[`audio/*`]:[]].join(`,`),z=class extends v{constructor(...e){super(...e),this.entryId=``,this.disabled=!1,this.sees=!1,this.hears=!1,this.pictures=[],this.recording=!1,this.listening=!1,this.loud=0,this.recorder=null,this.picked=async()=>{let e=[...this.picker.files??[]];this.picker.value=``;let t=[],n=e.find(e=>this.hears&&!e.type.startsWith(`image/`));n&&this.understand(Un(n));for(let r of e.filter(e=>this.sees&&e!==n).slice(0,4-this.pictures.length))try{t.push(await Rn(r))}catch(e){this.failed(S(e))}t.length&&this.dispatchEvent(new CustomEvent(`pictures`,{detail:[...this.pictures,...t]}))},this.start=async()=>{let e=this.recorder=new Vn;try{await e.start(e=>this.loud=e,()=>void this.stop()),this.recording=!0}catch{e.drop(),this.failed({code:`no_microphone`,message:``})}},this.stop=async()=>{let e=this.recorder?.stop()??``;this.recorder=null,this.recording=!1,this.loud=0,e&&await this.understand(Promise.resolve(e))}}disconnectedCallback(){super.disconnectedCallback(),this.recorder?.drop(),this.recorder=null,this.recording=!1,this.dispatchEvent(new CustomEvent(`ears`,{detail:``}))}render(){let{words:e}=this,t=e.t(this.hears?this.sees?`panel.ask.picture_or_sound`:`panel.ask.sound`:`panel.ask.picture`),n=!this.hears&&this.pictures.length>=4;return m`${this.sees||this.hears?m`<button
            type="button"
            data-test="add-file"
            aria-label=${t}
            title=${t}
            ?disabled=${this.disabled||this.recording||this.listening||n}
            @click=${()=>this.picker.click()}
          >
            ${this.sees?hn():bn()}
          </button>
          <input type="file" accept=${Kn(this.sees,this.hears)} multiple hidden data-test="ask-file" @change=${this.picked} />`:g}
    ${this.hears&&Bn()?m`<button
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
          ${this.recording?on():gn()}
        </button>`:g}
    <span class="sr" role="status">${this.doing()}</span>`}updated(e){(e.has(`recording`)||e.has(`listening`))&&this.dispatchEvent(new CustomEvent(`ears`,{detail:this.doing()}))}doing(){return this.recording?this.words.t(`panel.ask.recording`):this.listening?this.words.t(`panel.ask.listening`):``}async understand(e){this.listening=!0;try{this.dispatchEvent(new CustomEvent(`heard`,{detail:await this.heard(await e)}))}catch(e){this.failed(S(e))}finally{this.listening=!1}}async heard(e){let t={audio:e,rate:On,language:this.words.language.slice(0,20)};return w((await Wt(this.hass.connection,this.entryId,`transcribe`,t)).text,4e3).trim()}failed(e){this.dispatchEvent(new CustomEvent(`failed`,{detail:e}))}};Gn=z,Gn.styles=[F,I,o`
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
    `],L([y({attribute:!1})],z.prototype,`hass`,void 0),L([y({attribute:!1})],z.prototype,`entryId`,void 0),L([y({attribute:!1})],z.prototype,`words`,void 0),L([y({type:Boolean})],z.prototype,`disabled`,void 0),L([y({type:Boolean})],z.prototype,`sees`,void 0),L([y({type:Boolean})],z.prototype,`hears`,void 0),L([y({attribute:!1})],z.prototype,`pictures`,void 0),L([b()],z.prototype,`recording`,void 0),L([b()],z.prototype,`listening`,void 0),L([b()],z.prototype,`loud`,void 0),L([x(`input[type=file]`)],z.prototype,`picker`,void 0),M(`hearthnet-ask-extras`,z);function B(e,t){let n=t.named(`panel.error`,e.code)??t.named(`panel.error`,`unknown`);return m`<p class="failure" role="alert" data-test="error">
    <strong>${n}</strong>${e.message&&e.message!==n?m`<span>${e.message}</span>`:g}
  </p>`}var qn=[`personal`,`home`,`community`],Jn=e=>D(C(e).corpora,100,e=>({name:w(e.name),access:w(e.access),documents:T(e.documents)})).filter(e=>e.name),Yn=e=>({documents:D(C(e).documents,200,e=>({document_id:w(e.document_id),corpus:w(e.corpus),title:w(e.title)||w(e.name),language:w(e.language),chunks:T(e.chunks),picture:E(e.picture)})).filter(e=>e.document_id),next:w(C(e).next)}),Xn=e=>({pictures:D(C(e).pictures,24,e=>({document_id:w(e.document_id),title:w(e.title),text:w(e.text,500),preview:In(e.preview)})).filter(e=>e.document_id),note:w(C(e).note,400)}),Zn=e=>({title:w(C(C(e).document).title),picture:In(C(C(e).document).picture),pieces:D(C(e).pieces,50,e=>({chunk_id:T(e.chunk_id),heading:w(e.heading,300),text:w(e.text,8e3),page:typeof e.page==`number`?T(e.page):null})),more:E(C(e).more)}),Qn=e=>D(C(e).models,200,e=>({engine:w(e.engine),name:w(e.name),parameters:w(e.parameters),quantization:w(e.quantization),size_bytes:T(e.size_bytes),loaded:E(e.loaded),capabilities:Array.isArray(e.capabilities)?e.capabilities.slice(0,8).map(e=>w(e)):[]})).filter(e=>e.name),$n=(e,t)=>m`<ul class="grid" data-test="picture-grid">
    ${e.map(e=>m`<li>
        <button data-test="found-picture" @click=${()=>t(e)}>
          ${e.preview?m`<img src=${e.preview} alt=${e.text} loading="lazy" decoding="async" />`:m`<span class="no">${wn()}</span>`}
          <bdi>${e.title}</bdi>
        </button>
      </li>`)}
  </ul>`,er=o`
  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(132px, 44%), 1fr));
    gap: 12px;
  }
  .grid li {
    display: block;
    min-block-size: 0;
    padding: 0;
    border: 0;
  }
  .grid button {
    display: grid;
    gap: 6px;
    align-content: start;
    inline-size: 100%;
    padding: 0;
    border-radius: 16px;
    text-align: start;
    line-height: 1.35;
  }
  .grid img,
  .grid .no {
    inline-size: 100%;
    aspect-ratio: 4 / 3;
    object-fit: cover;
    border-radius: 14px;
    background: var(--hn-wash);
  }
  .grid .no {
    display: grid;
    place-items: center;
    color: var(--hn-soft);
  }
  .grid bdi {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
    font-size: 0.98rem;
  }
`,tr,nr=1e3,rr=12,V=class extends v{constructor(...e){super(...e),this.entryId=``,this.reachable=!1,this.like=``,this.count=0,this.query=``,this.busy=!1,this.found=null,this.note=``,this.failure=null,this.run=0,this.typed=e=>{this.query=e.target.value,this.query||this.forget()},this.submit=e=>{e.preventDefault();let t=this.query.trim().slice(0,nr);t&&this.reachable&&this.find({query:t})}}willUpdate(e){(e.has(`entryId`)||e.has(`like`))&&(this.forget(),this.like&&this.find({document_id:this.like}))}render(){let{words:e}=this;return m`${this.like?g:this.form()}
      <div aria-busy=${this.busy}>
        <p role="status" class=${this.busy||this.found?.length===0?`hint`:`sr`} data-test="picture-status">${this.status()}</p>
        ${this.found?.length?$n(this.found,e=>this.dispatchEvent(new CustomEvent(`open`,{detail:e}))):g}
        ${this.note&&this.found&&!this.blind?m`<p class="hint note" data-test="picture-note">${e.t(`panel.pictures.not_by_look`,{note:this.note})}</p>`:g}
        ${this.failure?B(this.failure,e):g}
      </div>`}form(){let{words:e}=this;return m`<form role="search" data-test="picture-form" @submit=${this.submit}>
      <input class="field" type="search" data-test="picture-query" enterkeyhint="search" autocomplete="off" dir="auto" maxlength=${nr}
        aria-label=${e.t(`panel.pictures.find`)} placeholder=${e.t(`panel.pictures.find`)}
        .value=${this.query} @input=${this.typed} />
      <button class="quiet" data-test="picture-submit" aria-label=${e.t(`panel.pictures.submit`)} title=${e.t(`panel.pictures.submit`)}
        ?disabled=${!this.reachable||!this.query.trim()}>${Cn()}</button>
    </form>
    ${this.found||this.busy||this.failure?g:m`<p class="hint">${e.n(`panel.pictures.count`,this.count)}</p>`}`}get blind(){return!!(this.like&&this.note&&!this.found?.length)}status(){let{words:e,found:t}=this;return this.busy?e.t(`panel.pictures.busy`):t?t.length?e.n(`panel.pictures.found`,t.length):this.blind?e.t(`panel.pictures.not_by_look`,{note:this.note}):e.t(this.like?`panel.pictures.none_like`:`panel.pictures.none`):``}async find(e){let t=++this.run;this.busy=!0,this.failure=null,this.found=null;try{let n=Xn(await A(this.hass.connection,this.entryId,`find_pictures`,{...e,k:rr}));if(t!==this.run)return;this.found=n.pictures.filter(e=>e.document_id!==this.like),this.note=n.note}catch(e){t===this.run&&(this.failure=S(e))}finally{t===this.run&&(this.busy=!1)}}forget(){this.run+=1,this.busy=!1,this.found=null,this.note=``,this.failure=null}};tr=V,tr.styles=[F,I,er,o`
      :host {
        display: grid;
        gap: 10px;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 8px;
      }
      form .quiet {
        inline-size: 56px;
        padding: 0;
      }
      .hint {
        color: var(--hn-soft);
        line-height: 1.45;
      }
      .note {
        margin-block-start: 8px;
        font-size: 0.95rem;
      }
      .grid {
        margin-block-start: 4px;
      }
    `],L([y({attribute:!1})],V.prototype,`hass`,void 0),L([y({attribute:!1})],V.prototype,`entryId`,void 0),L([y({attribute:!1})],V.prototype,`words`,void 0),L([y({type:Boolean})],V.prototype,`reachable`,void 0),L([y({attribute:!1})],V.prototype,`like`,void 0),L([y({attribute:!1})],V.prototype,`count`,void 0),L([b()],V.prototype,`query`,void 0),L([b()],V.prototype,`busy`,void 0),L([b()],V.prototype,`found`,void 0),L([b()],V.prototype,`note`,void 0),L([b()],V.prototype,`failure`,void 0),M(`hearthnet-pictures`,V);function ir(e,t,n){let r=e.some(e=>e.said.some(e=>!e.exact));return m`<table role="table" data-test="taken">
      <thead class="sr" role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">${t.t(`panel.taking.field`)}</th>
          <th scope="col" role="columnheader">${t.t(`panel.taking.value`)}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${e.map(e=>m`<tr role="row" data-test="taken-row">
            <th scope="row" role="rowheader"><bdi>${e.name}</bdi></th>
            <td role="cell">
              ${e.said.length?e.said.map(r=>ar(r,e,t,n)):m`<p class="missing">${t.t(`panel.taking.missing`)}</p>`}
            </td>
          </tr>`)}
      </tbody>
    </table>
    ${r?m`<p class="hint" data-test="doubtful">${t.t(`panel.taking.doubtful`)}</p>`:g}`}function ar(e,t,n,r){let i=e.places.filter(e=>e.chunkId!==null);return m`<div class="said">
    <div>
      <p class="value" dir="auto">${or(e,t,n)}</p>
      ${e.exact?g:m`<p class="doubt" data-test="inexact">${un()}${n.t(`panel.taking.inexact`)}</p>`}
    </div>
    ${i.length?m`<div class="where">
          ${i.map(i=>{let a=i.page?n.t(`panel.document.page`,{page:i.page}):n.t(`panel.taking.passage`);return m`<button class="plain" data-test="place" aria-label=${n.t(e.exact?`panel.taking.open`:`panel.taking.open_from`,{name:t.name,at:a})} @click=${()=>r(i)}>
              ${e.exact?a:n.t(`panel.taking.from`,{at:a})}
            </button>`})}
        </div>`:g}
  </div>`}function or({value:e},{kind:t},n){return typeof e==`boolean`?n.t(e?`panel.taking.yes`:`panel.taking.no`):typeof e==`number`?n.exactly(e):t===`date`?n.calendar(e):e}var sr=o`
  table {
    inline-size: 100%;
    border-collapse: collapse;
    line-height: 1.4;
  }
  tbody tr + tr {
    border-block-start: 1px solid var(--hn-line);
  }
  th[scope="row"] {
    inline-size: 34%;
    padding-block: 13px;
    padding-inline-end: 14px;
    text-align: start;
    vertical-align: top;
    font-weight: 400;
    color: var(--hn-soft);
    overflow-wrap: anywhere;
  }
  td {
    padding: 0;
    vertical-align: top;
  }
  .said,
  .missing {
    min-block-size: 48px;
    padding-block: 13px;
  }
  .said {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 12px;
    align-items: start;
    padding-block: 0;
  }
  .said > div:first-child {
    padding-block: 11px;
  }
  .value {
    font-family: var(--hn-serif);
    font-size: 1.15rem;
    white-space: pre-line;
    overflow-wrap: anywhere;
  }
  .where {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    max-inline-size: 200px;
    margin-inline-end: -14px;
  }
  .missing {
    color: var(--hn-soft);
    font-style: italic;
  }
  .doubt {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--hn-bad);
  }
  .doubt svg.icon {
    inline-size: 20px;
    block-size: 20px;
  }
  @container (max-width: 480px) {
    tbody,
    tbody tr,
    tbody th,
    td {
      display: block;
    }
    th[scope="row"] {
      inline-size: auto;
      padding-block: 12px 0;
    }
    .missing {
      min-block-size: 0;
      padding-block: 2px 14px;
    }
    .said {
      grid-template-columns: minmax(0, 1fr);
    }
    .said > div:first-child {
      padding-block: 2px 0;
    }
    .where {
      justify-content: flex-start;
      max-inline-size: none;
      margin-inline: -14px 0;
    }
  }
`,cr=[`text`,`number`,`date`,`yes_no`,`list`],lr=2e3,ur=2e3,dr=2e3,fr={text:{type:[`string`,`null`]},number:{type:[`number`,`null`]},date:{type:[`string`,`null`],format:`date`,description:`YYYY-MM-DD`},yes_no:{type:[`boolean`,`null`]},list:{type:`array`,items:{type:`string`}}};function pr(e){let t=/* @__PURE__ */ new Map;for(let{name:n,kind:r}of e){let e=[...n.replace(/[\p{C}\s]+/gu,` `).trim()].slice(0,60).join(``).trim();e&&!t.has(e)&&t.set(e,{name:e,kind:r})}return[...t.values()].slice(0,20)}function mr(e,t){return{title:e,type:`object`,properties:Object.fromEntries(t.map(({name:e,kind:t})=>[e,fr[t]])),required:t.map(({name:e})=>e),additionalProperties:!1}}function hr(e,t){let n=C(e),r=new Map(Object.entries(C(n.data))),i=/* @__PURE__ */ new Map;D(n.sources,ur,e=>{let t={chunkId:typeof e.chunk_id==`number`?e.chunk_id:null,page:typeof e.page==`number`?T(e.page):null},n=w(e.path),r=i.get(n);i.set(n,{places:[...r?.places??[],t],exact:E(e.exact)&&(r?.exact??!0)})});let a=(e,t)=>{let n=typeof e==`string`?e.slice(0,dr):e;if(n===``||typeof n!=`string`&&typeof n!=`number`&&typeof n!=`boolean`)return[];let r=i.get(t);return[{value:n,places:r?.places??[],exact:r?.exact??!1}]};return{rows:t.map(({name:e,kind:t})=>{let n=r.get(e),i=Array.isArray(n)?n.slice(0,100):null;return{name:e,kind:t,said:i?i.flatMap((t,n)=>a(t,`$.${e}[${n}]`)):a(n,`$.${e}`)}}),model:w(n.model),stored:w(n.stored)}}var gr,_r={bill:[[`from`,`text`],[`amount`,`number`],[`due`,`date`],[`account`,`text`]],device:[[`model`,`text`],[`bought`,`date`],[`care`,`list`]],contract:[[`with`,`text`],[`ends`,`date`],[`notice`,`text`],[`renews`,`yes_no`]]},vr=`household`,yr=`emergency`,br=/^[a-z0-9_-]{1,40}$/,xr={name:``,kind:`text`},H=class extends v{constructor(...e){super(...e),this.entryId=``,this.admin=!1,this.documentId=``,this.rows=[xr],this.hint=``,this.keepIn=``,this.corpora=[vr],this.run=null,this.taken=null,this.failure=null,this.unsubscribe=null,this.submit=e=>{e.preventDefault();let t=pr(this.rows);if(!t.length||this.run)return;this.failure=null,this.run={step:`reading`,done:0,total:0};let n={document_id:this.documentId,schema:mr(this.words.t(`panel.taking.data`),t),...this.hint.trim()?{instructions:this.hint.trim()}:{},...this.admin&&this.keepIn?{corpus:this.keepIn}:{}},r=Ut(this.hass.connection,this.entryId,`extract`,n,({event:e,data:n})=>{this.unsubscribe===r&&(e===`progress`?this.run={step:w(n.step),done:T(n.done),total:T(n.total)}:e===`done`?this.end(hr(n,t),null):e===`error`&&this.end(null,S(n)))});this.unsubscribe=r,r.catch(e=>{this.unsubscribe===r&&this.end(null,S(e))})},this.stop=()=>{this.unsubscribe?.then(j,()=>void 0),this.unsubscribe=null,this.run=null},this.add=async()=>{this.rows=[...this.rows,xr],await this.updateComplete,this.nameAt(this.rows.length-1)?.focus()}}disconnectedCallback(){super.disconnectedCallback(),this.stop()}willUpdate(e){e.has(`documentId`)&&(this.stop(),this.taken=null,this.failure=null,this.keepIn=``,this.documentId&&this.admin&&this.load())}updated(e){e.has(`failure`)&&this.failure&&this.renderRoot.querySelector(`.failure`)?.scrollIntoView({block:`center`}),e.has(`taken`)&&this.taken&&this.renderRoot.querySelector(`h3`)?.focus()}render(){return this.run?this.running(this.run):this.taken?this.found(this.taken):this.form()}form(){let{words:e}=this,t=pr(this.rows);return m`<form data-test="take-form" @submit=${this.submit}>
      <p class="hint">${e.t(`panel.taking.text`)}</p>
      ${t.length?g:m`<div class="chips" role="group" aria-label=${e.t(`panel.taking.examples`)}>
            ${Object.keys(_r).map(t=>m`<button type="button" class="chip" data-test="take-example" @click=${()=>this.example(t)}>
                ${e.t(`panel.taking.example.${t}.title`)}
              </button>`)}
          </div>`}
      <ul>
        ${this.rows.map((e,t)=>this.row(e,t))}
      </ul>
      ${this.rows.length<20?m`<button type="button" class="plain add" data-test="take-add" @click=${this.add}>${e.t(`panel.taking.add`)}</button>`:g}
      <label
        ><span class="label">${e.t(`panel.taking.hint`)}</span>
        <input class="field" data-test="take-hint" maxlength=${lr} autocomplete="off" dir="auto" placeholder=${e.t(`panel.taking.hint_example`)}
          .value=${this.hint} @input=${e=>this.hint=e.target.value}
      /></label>
      ${this.admin?m`<label
            ><span class="label">${e.t(`panel.taking.keep`)}</span>
            <select class="field" data-test="take-keep" @change=${e=>this.keepIn=e.target.value}>
              <option value="" ?selected=${!this.keepIn}>${e.t(`panel.taking.keep_not`)}</option>
              ${this.corpora.map(e=>m`<option value=${e} ?selected=${e===this.keepIn}>${this.named(e)}</option>`)}
            </select></label
          >`:g}
      ${this.failure?B(this.failure,e):g}
      <div class="actions">
        <button class="primary" data-test="take-submit" ?disabled=${!t.length}>${e.t(`panel.taking.submit`)}</button>
      </div>
    </form>`}row(e,t){let{words:n}=this,r=e=>{this.rows=this.rows.map((n,r)=>r===t?{...n,...e}:n)};return m`<li data-test="take-row">
      <input class="field name" data-test="take-name" maxlength=${60} autocomplete="off" dir="auto"
        aria-label=${n.t(`panel.taking.name`,{n:t+1})} placeholder=${n.t(`panel.taking.name_example`)}
        .value=${e.name} @input=${e=>r({name:e.target.value})} />
      <select class="field" data-test="take-kind" aria-label=${n.t(`panel.taking.kind`,{n:t+1})}
        @change=${e=>r({kind:e.target.value})}>
        ${cr.map(t=>m`<option value=${t} ?selected=${t===e.kind}>${n.t(`panel.taking.kinds.${t}`)}</option>`)}
      </select>
      <button type="button" class="plain" data-test="take-remove" ?disabled=${this.rows.length===1&&!e.name}
        aria-label=${n.t(`panel.taking.remove`,{name:e.name||t+1})} @click=${()=>this.leaveOut(t)}>${P()}</button>
    </li>`}running({step:e,done:t,total:n}){let{words:r}=this;return m`<div class="running" data-test="taking">
      <p role="status">${r.named(`panel.taking.step`,e)??r.t(`panel.taking.step.reading`)}</p>
      <progress value=${t&&n?t/n:g} max="1" aria-label=${r.t(`panel.taking.title`)}></progress>
      <div class="actions"><button class="quiet" data-test="take-stop" @click=${this.stop}>${on()}${r.t(`panel.taking.stop`)}</button></div>
    </div>`}found(e){let{words:t}=this,n=e.rows.filter(e=>e.said.length).length;return m`<div class="found">
      <h3 tabindex="-1">${t.n(`panel.taking.found`,e.rows.length,{some:t.figure(n)})}</h3>
      ${ir(e.rows,t,e=>this.open(e))}
      ${e.stored?m`<p class="kept" data-test="kept">
            ${ln()}<span>${t.t(`panel.taking.kept`,{name:this.named(this.keepIn)})}</span>
            <button class="plain" data-test="open-kept" @click=${()=>this.tell(`open-kept`,e.stored)}>${t.t(`panel.taking.open_kept`)}</button>
          </p>`:g}
      ${e.model?m`<p class="hint">${t.t(`panel.taking.by`)} <bdi>${t.engine(e.model)}</bdi></p>`:g}
      <div class="actions">
        <button class="quiet" data-test="take-again" @click=${()=>this.taken=null}>${t.t(`panel.taking.again`)}</button>
      </div>
    </div>`}end(e,t){this.stop(),this.taken=e,this.failure=t}async load(){let e=await A(this.hass.connection,this.entryId,`corpora`,{}).then(Jn,()=>[]);this.corpora=[.../* @__PURE__ */ new Set([vr,...e.map(e=>e.name)])].filter(e=>e!==yr&&br.test(e))}example(e){this.rows=(_r[e]??[]).map(([t,n])=>({name:this.words.t(`panel.taking.example.${e}.${t}`),kind:n}))}async leaveOut(e){let t=this.rows.filter((t,n)=>n!==e);this.rows=t.length?t:[xr],await this.updateComplete,this.nameAt(Math.min(e,this.rows.length-1))?.focus()}nameAt(e){return[...this.renderRoot.querySelectorAll(`input.name`)][e]}named(e){return this.words.named(`panel.library.names`,e)??e}open(e){this.tell(`open-place`,e)}tell(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t}))}};gr=H,gr.styles=[F,I,sr,o`
      :host {
        display: block;
        container-type: inline-size;
      }
      form,
      .running,
      .found {
        display: grid;
        gap: 16px;
        line-height: 1.45;
      }
      ul {
        display: grid;
        gap: 10px;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 150px) auto;
        gap: 8px;
        align-items: center;
      }
      li .plain {
        inline-size: 48px;
        padding: 0;
        justify-content: center;
      }
      label {
        display: grid;
        gap: 6px;
      }
      .add {
        justify-self: start;
        margin-inline-start: -14px;
      }
      .chips,
      .actions,
      .kept {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      .actions {
        justify-content: flex-end;
      }
      .chip {
        padding-inline: 18px;
        border-radius: 24px;
        background: var(--hn-wash);
      }
      .hint {
        color: var(--hn-soft);
      }
      progress {
        inline-size: 100%;
        block-size: 10px;
        accent-color: var(--hn-ember);
      }
      h3 {
        font-size: 1.1rem;
        outline: none;
      }
      @container (max-width: 480px) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
          padding-block-end: 10px;
        }
        li + li {
          border-block-start: 1px solid var(--hn-line);
          padding-block-start: 16px;
        }
        li .name {
          grid-column: 1 / -1;
        }
      }
    `],L([y({attribute:!1})],H.prototype,`hass`,void 0),L([y({attribute:!1})],H.prototype,`entryId`,void 0),L([y({attribute:!1})],H.prototype,`words`,void 0),L([y({type:Boolean})],H.prototype,`admin`,void 0),L([y({attribute:!1})],H.prototype,`documentId`,void 0),L([b()],H.prototype,`rows`,void 0),L([b()],H.prototype,`hint`,void 0),L([b()],H.prototype,`keepIn`,void 0),L([b()],H.prototype,`corpora`,void 0),L([b()],H.prototype,`run`,void 0),L([b()],H.prototype,`taken`,void 0),L([b()],H.prototype,`failure`,void 0),M(`hearthnet-take-data`,H);var Sr,Cr=20,U=class extends v{constructor(...e){super(...e),this.entryId=``,this.reachable=!1,this.admin=!1,this.reads=!1,this.heading=``,this.pieces=[],this.more=!1,this.busy=!1,this.failure=null,this.documentId=``,this.picture=``,this.alike=!1,this.taking=!1,this.sought=0,this.run=0,this.closed=()=>{this.run+=1,this.documentId=``,this.pieces=[],this.more=!1}}async show(e,t,n=0){this.documentId=e,this.heading=t,this.picture=``,this.alike=!1,this.taking=!1,this.dialog.open||this.dialog.showModal(),await this.openAt(n)}async openAt(e,t=0){this.sought=t,this.pieces=[],this.more=!1,this.dialog.scrollTop=0,await this.load(e)}render(){let{words:e}=this;return m`<dialog data-test="document-dialog" aria-label=${this.heading} @close=${this.closed}>
      <div class="sheet">
        <header>
          <h2><bdi>${this.heading}</bdi></h2>
          <button class="plain" aria-label=${e.t(`panel.document.close`)} @click=${()=>this.dialog.close()}>${P()}</button>
        </header>
        ${this.picture?m`<img class="picture" data-test="picture" src=${this.picture} alt=${e.t(`panel.pictures.alt`,{title:this.heading})} ?hidden=${this.taking} />`:g}
        ${this.toolbar()}
        ${this.alike&&!this.taking?m`<section class="alike" aria-label=${e.t(`panel.pictures.alike`)}>
              <hearthnet-pictures .hass=${this.hass} .entryId=${this.entryId} .words=${e} .reachable=${this.reachable} .like=${this.documentId}
                @open=${e=>this.show(e.detail.document_id,e.detail.title)}></hearthnet-pictures>
            </section>`:g}
        <hearthnet-take-data ?hidden=${!this.taking} .hass=${this.hass} .entryId=${this.entryId} .words=${e} .admin=${this.admin}
          .documentId=${this.documentId}
          @open-place=${e=>this.leap(e.detail)}
          @open-kept=${t=>this.show(t.detail,e.t(`panel.taking.data`))}
        ></hearthnet-take-data>
        ${this.taking?g:this.text()}
      </div>
    </dialog>`}toolbar(){let{words:e}=this;if(this.taking||this.sought){let t=this.taking?`panel.taking.back`:`panel.taking.back_to_data`;return m`<p class="tools">
        <button class="plain" data-test="take-back" @click=${()=>this.turn(!this.taking)}>${cn()}${e.t(t)}</button>
      </p>`}return!this.reads&&!this.picture?g:m`<p class="tools">
      ${this.reads?m`<button class="quiet" data-test="take-data" ?disabled=${!this.reachable} @click=${()=>this.turn(!0)}>
            ${Sn()}${e.t(`panel.taking.title`)}
          </button>`:g}
      ${this.picture?m`<button class="quiet" data-test="alike" aria-expanded=${this.alike} ?disabled=${!this.reachable} @click=${()=>this.alike=!this.alike}>
            ${Cn()}${e.t(`panel.pictures.alike`)}
          </button>`:g}
    </p>`}text(){let{words:e}=this;return m`${this.pieces.map((t,n)=>m`<section data-test="piece" class=${t.chunk_id===this.sought?`sought`:``}>
            ${t.heading!==this.pieces[n-1]?.heading&&t.heading!==this.heading?m`<h3><bdi>${t.heading}</bdi></h3>`:g}
            ${t.page&&t.page!==this.pieces[n-1]?.page?m`<p class="page">${e.t(`panel.document.page`,{page:t.page})}</p>`:g}
            <p class="text" dir="auto">${t.text}</p>
          </section>`)}
        ${this.busy?m`<p role="status">${e.t(`panel.document.loading`)}</p>`:g}
        ${this.failure?B(this.failure,e):g}
        ${this.more&&!this.busy?m`<button class="quiet" data-test="document-more" @click=${()=>this.load((this.pieces[this.pieces.length-1]?.chunk_id??0)+1)}>
              ${e.t(`panel.document.more`)}
            </button>`:g}`}async turn(e){this.taking=e,!e&&this.sought&&this.openAt(0),this.dialog.scrollTop=0,await this.updateComplete,this.renderRoot.querySelector(`.tools button`)?.focus()}async leap({chunkId:e}){e!==null&&(this.taking=!1,this.openAt(e,e),await this.updateComplete,this.renderRoot.querySelector(`.tools button`)?.focus())}async load(e){let t=++this.run;this.busy=!0,this.failure=null;try{let n=e?{chunk_id:e}:{},r=Zn(await A(this.hass.connection,this.entryId,`document`,{document_id:this.documentId,limit:Cr,...n}));if(t!==this.run)return;this.heading=r.title||this.heading,this.picture=r.picture||this.picture,this.pieces=[...this.pieces,...r.pieces],this.more=r.more&&r.pieces.length>0}catch(e){t===this.run&&(this.failure=S(e))}finally{t===this.run&&(this.busy=!1)}}};Sr=U,Sr.styles=[F,I,En,o`
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
      .picture {
        inline-size: 100%;
        max-block-size: 60vh;
        object-fit: contain;
        border-radius: 18px;
        background: var(--hn-wash);
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 10px;
      }
      .tools .plain {
        margin-inline-start: -14px;
      }
      .tools .plain svg.icon {
        transform: rotate(90deg);
      }
      :host(:dir(rtl)) .tools .plain svg.icon {
        transform: rotate(-90deg);
      }
      .sought {
        padding-inline-start: 18px;
        border-inline-start: 3px solid var(--hn-ember);
      }
    `],L([y({attribute:!1})],U.prototype,`hass`,void 0),L([y({attribute:!1})],U.prototype,`entryId`,void 0),L([y({attribute:!1})],U.prototype,`words`,void 0),L([y({type:Boolean})],U.prototype,`reachable`,void 0),L([y({type:Boolean})],U.prototype,`admin`,void 0),L([y({type:Boolean})],U.prototype,`reads`,void 0),L([b()],U.prototype,`heading`,void 0),L([b()],U.prototype,`pieces`,void 0),L([b()],U.prototype,`more`,void 0),L([b()],U.prototype,`busy`,void 0),L([b()],U.prototype,`failure`,void 0),L([b()],U.prototype,`documentId`,void 0),L([b()],U.prototype,`picture`,void 0),L([b()],U.prototype,`alike`,void 0),L([b()],U.prototype,`taking`,void 0),L([b()],U.prototype,`sought`,void 0),L([x(`dialog`)],U.prototype,`dialog`,void 0),M(`hearthnet-document`,U);var wr=62,Tr=74,Er=34,Dr=12,Or=(e,t)=>e.node_id===t.node_id&&e.provider===t.provider&&(e.model===t.model||!t.model||!e.model);function kr(e,t){let n=t.filter(t=>t!==e&&t.allowed),r=n.every(t=>t.score<=e.score),i=e.terms.map(e=>{let t=n.flatMap(t=>t.terms.filter(t=>t.name===e.name).map(e=>e.value*e.weight)),r=t.length?t.reduce((e,t)=>e+t,0)/t.length:0;return{why:e.why,by:e.value*e.weight-r}});return i.sort((e,t)=>r?t.by-e.by:e.by-t.by),i[0]?.why??``}function Ar(e,t=/* @__PURE__ */ new Map){let n=new Set(e.attempts),r=e.candidates.map((t,r)=>{let i=e.attempts.filter(e=>n.has(e)&&Or(t,e));for(let e of i)n.delete(e);return{candidate:t,attempts:i,index:r}});for(let e of n)r.push({candidate:null,attempts:[e],index:r.length});let i=r.filter(e=>e.attempts.length===0),a=new Set(i.filter(e=>e.candidate?.allowed).slice(0,4));for(let e of i)a.size<4&&a.add(e);let o=r.filter(e=>e.attempts.length>0||a.has(e)),s=Math.max(1,...e.candidates.map(e=>e.score)),c=wr,l=o.map(({candidate:n,attempts:r,index:i})=>{let a=n??r[0],o=`${i}`,l=t.get(o)??Tr+r.length*Er,u={key:o,name:a?.node_name??``,provider:a?.provider??``,model:a?.model??``,reason:n?kr(n,e.candidates):``,candidate:n,bar:n?.allowed?Math.max(0,Math.min(1,n.score/s)):null,attempts:r,top:c,dotY:c+22};return c+=l+Dr,u}),u=new Map(l.flatMap(e=>e.attempts.map(t=>[t.n,e]))),d=e.attempts.flatMap((t,n)=>{let r=e.attempts[n-1],i=r&&u.get(r.n),a=u.get(t.n);return!i||!a||i===a?[]:[{d:Nr(i.dotY,a.dotY),key:`${t.n}`,tip:{x:66,y:a.dotY}}]}),ee=new Set(e.attempts.slice(1).map(e=>u.get(e.n)));return{rows:l,branches:l.filter(t=>!ee.has(t)||t.attempts.some(t=>t===e.attempts[0])).map(e=>({d:Mr(e.dotY),kind:jr(e),key:e.key})),handovers:d,height:Math.max(c,wr),hidden:r.length-o.length}}function jr(e){let t=e.attempts[0];return t?t.outcome===`ok`?`ok`:t.outcome===`failed`?`failed`:`active`:e.candidate?.allowed?`idle`:`excluded`}var Mr=e=>`M22 26 V${e-22} Q22 ${e} 44 ${e} H66`;function Nr(e,t){let n=t>e?16:-16;return`M66 ${e} Q48 ${e} 48 ${e+n} V${t-n} Q48 ${t} 66 ${t}`}var Pr,Fr=class extends v{constructor(...e){super(...e),this.open=``,this.measured=/* @__PURE__ */ new Map,this.resize=new ResizeObserver(()=>this.measure())}connectedCallback(){super.connectedCallback(),this.resize.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.resize.disconnect()}updated(){this.measure()}measure(){let e=[...this.renderRoot.querySelectorAll(`li[data-key]`)],t=new Map(e.map(e=>[e.dataset.key??``,e.offsetHeight]));(t.size!==this.measured.size||[...t].some(([e,t])=>this.measured.get(e)!==t))&&(this.measured=t)}render(){let e=Ar(this.turn,this.measured),{words:t}=this,n=this.turn.attempts.map(e=>`${e.node_name}: ${this.outcome(e)}`).join(`; `);return m`<div class="route" data-test="route" style="block-size:${e.height}px">
      <svg width="100%" height=${e.height} role="img" aria-label=${t.t(`panel.route.drawing`,{summary:n})}>
        ${e.branches.map(e=>h`<path class="way ${e.kind}" d=${e.d}></path>`)}
        ${e.handovers.map(e=>h`<path class="way handover" d=${e.d}></path>`)}
        ${e.rows.map(e=>h`<circle class="dot ${Ir(e)}" cx=${66} cy=${e.dotY} r="8"></circle>`)}
        <path class="home" d="M${7} ${26} L${22} ${11} L${37} ${26} V${40} H${7} Z"></path>
        <rect class="hearth" x=${17} y=${26} width="10" height="14" rx="2"></rect>
      </svg>
      <p class="start">${t.t(`panel.route.start`)}</p>
      <ol>
        ${e.rows.map(e=>this.row(e))}
      </ol>
    </div>
    ${e.hidden?m`<p class="more">${t.t(`panel.route.more`,{count:e.hidden})}</p>`:g}`}row(e){let{words:t}=this,{candidate:n}=e,r=n?.terms??[],i=n&&!n.allowed?n.excluded||t.t(`panel.route.not_allowed`):e.reason,a=this.open===e.key;return m`<li data-key=${e.key} style="inset-block-start:${e.top}px">
      <button
        class="who ${n&&!n.allowed?`out`:``}"
        data-test="candidate"
        data-node-id=${n?.node_id??e.attempts[0]?.node_id??``}
        aria-expanded=${a}
        ?disabled=${r.length===0}
        @click=${()=>this.open=a?``:e.key}
      >
        <span class="line"><bdi class="name">${e.name}</bdi><bdi class="engine">${t.engine(e.provider,e.model)}</bdi></span>
        ${e.bar===null?g:m`<span class="score">
              <svg class="bar" height="8" aria-hidden="true">${h`<rect class="track" width="100%" height="8" rx="4"></rect>
                <rect class="fill" width="${e.bar*100}%" height="8" rx="4"></rect>`}</svg>
              <span aria-label=${t.t(`panel.route.score`,{score:t.figure(n?.score??0,2)})}
                >${t.figure(n?.score??0,2)}</span
              >
            </span>`}
        <span class="reason" dir="auto">${i}</span>
      </button>
      ${e.attempts.map(e=>m`<p
          class="attempt ${e.outcome}"
          data-test="attempt"
          data-outcome=${e.outcome}
          data-node-id=${e.node_id}
        >
          <span>${this.outcome(e)}</span>${e.message?m`<bdi class="message">${e.message}</bdi>`:e.first_chunk_ms===null?g:m`<span class="message">${t.seconds(e.first_chunk_ms)}</span>`}
        </p>`)}
      ${a?m`<div class="terms" data-test="terms">
            ${r.map(e=>m`<p dir="auto"><span>${e.why||e.name}</span><small>${t.figure(e.value,2)} × ${t.figure(e.weight,2)}</small></p>`)}
          </div>`:g}
    </li>`}outcome(e){let{words:t}=this;switch(e.outcome){case`failed`:return e.after_sentences?t.n(`panel.route.stopped_after`,e.after_sentences):t.t(`panel.route.stopped`);case`ok`:return t.t(e.continues?`panel.route.finished`:`panel.route.answered`);case`answering`:return t.t(`panel.route.answering`);case`cancelled`:return t.t(`panel.route.cancelled`);default:return t.t(`panel.route.waiting`)}}};Pr=Fr,Pr.styles=[F,I,o`
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
    `],L([y({attribute:!1})],Fr.prototype,`turn`,void 0),L([y({attribute:!1})],Fr.prototype,`words`,void 0),L([b()],Fr.prototype,`open`,void 0),L([b()],Fr.prototype,`measured`,void 0);function Ir(e){let t=e.attempts[e.attempts.length-1];return t?t.outcome===`ok`?`ok`:t.outcome===`failed`?`failed`:`active`:``}M(`hearthnet-route`,Fr);var Lr,Rr=class extends v{constructor(...e){super(...e),this.own=``,this.open=0}render(){let{turn:e,words:t}=this,n=e.searched.filter(e=>e.error);return m`${e.sources.length?m`<ol>${e.sources.map((e,t)=>this.source(e,t+1))}</ol>`:e.status===`done`?m`<p class="note">${t.t(`panel.sources.none`)}</p>`:g}
    ${n.map(e=>m`<p class="note bad">${t.t(`panel.sources.search_failed`,{name:e.name,error:e.error??``})}</p>`)}`}source(e,t){let{words:n}=this,r=this.open===t;return m`<li class=${r?`open`:``}>
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
            >${n.t(`panel.sources.from`,{name:e.node_name})}${e.page?m` · ${n.t(`panel.document.page`,{page:e.page})}`:g}</bdi
          >
        </span>
        ${cn()}
      </button>
      ${r?m`<blockquote dir="auto" data-test="source-text">${e.text}</blockquote>
            ${e.node_id===this.own&&e.doc_cid?m`<button
                  class="plain whole"
                  data-test="open-document"
                  @click=${()=>this.dispatchEvent(new CustomEvent(`open-document`,{detail:e}))}
                >
                  ${n.t(`panel.sources.whole`)}
                </button>`:g}
            ${e.licence?m`<p class="licence" dir="auto">${n.t(`panel.sources.licence`,{licence:e.licence})}</p>`:g}`:g}
    </li>`}updated(e){if(e.has(`open`)&&this.open){let e=matchMedia(`(prefers-reduced-motion: reduce)`).matches;this.renderRoot.querySelector(`li.open`)?.scrollIntoView({block:`nearest`,behavior:e?`auto`:`smooth`})}}};Lr=Rr,Lr.styles=[F,I,o`
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
    `],L([y({attribute:!1})],Rr.prototype,`turn`,void 0),L([y({attribute:!1})],Rr.prototype,`words`,void 0),L([y({attribute:!1})],Rr.prototype,`own`,void 0),L([y({attribute:!1})],Rr.prototype,`open`,void 0),M(`hearthnet-sources`,Rr);var zr=4e5,Br=.15,Vr=class{constructor(e){this.changed=e,this.speaking=``,this.failure=null,this.context=null,this.unsubscribe=null,this.until=0,this.run=0}async speak(e,t,n,r,i){this.stop();let a=++this.run,o=this.context=new AudioContext;this.until=0,this.speaking=n,this.failure=null,this.changed();try{let n=await Ut(e,t,`speak`,{text:r,language:i},({event:e,data:t})=>{a===this.run&&(e===`audio`?this.play(o,w(t.pcm,zr),T(t.rate,22050)):e===`error`?this.fail(S(t)):e===`done`&&this.finish(o,a))});a===this.run?this.unsubscribe=n:j(n)}catch(e){a===this.run&&this.fail(S(e))}}stop(){this.run+=1,this.unsubscribe&&j(this.unsubscribe),this.context?.close(),this.unsubscribe=this.context=null,this.speaking&&(this.speaking=``,this.changed())}play(e,t,n){let r=jn(t);if(!r.length||n<8e3||n>48e3)return;let i=e.createBuffer(1,r.length,n);i.copyToChannel(r,0);let a=e.createBufferSource();a.buffer=i,a.connect(e.destination),this.until=Math.max(this.until,e.currentTime+Br),a.start(this.until),this.until+=i.duration}finish(e,t){this.unsubscribe=null,setTimeout(()=>t===this.run&&this.stop(),Math.max(0,this.until-e.currentTime)*1e3)}fail(e){this.stop(),this.failure=e,this.changed()}},Hr,W=class extends v{constructor(...e){super(...e),this.entryId=``,this.steps=[],this.running=!1,this.answered=``,this.failure=null}render(){return m`<ol data-test="steps" aria-label=${this.words.t(`panel.steps.label`)}>
      ${this.steps.map(e=>m`<li class=${e.state} data-test="step" data-state=${e.state}>${this.step(e)}</li>`)}
    </ol>`}step(e){let{words:t}=this,n=e.state===`needs_confirmation`&&this.running,r=t.named(`panel.steps.tool`,e.tool)??e.tool;return m`<p class="what">
        <span class="mark" aria-hidden="true">${e.state===`done`?ln():e.state===`running`||n?g:P()}</span>
        <span><bdi>${r}</bdi> <span class="state">${t.t(`panel.steps.state.${e.state}`)}</span></span>
      </p>
      ${n?this.question(e):e.summary?m`<p class="summary" dir="auto">${e.summary}</p>`:g}`}question(e){let{words:t}=this,n=this.answered===e.confirmId;return m`<div class="sheet" role="alertdialog" aria-label=${t.t(`panel.steps.ask`)} data-test="confirm">
      <p><strong>${t.t(`panel.steps.ask`)}</strong></p>
      <dl>${e.arguments.map(([e,n])=>m`<dt><bdi>${t.named(`panel.steps.argument`,e)??St(e)}</bdi></dt><dd dir="auto">${n}</dd>`)}</dl>
      ${e.tainted?m`<p class="tainted" data-test="tainted">${un()}${t.t(`panel.steps.tainted`)}</p>`:g}
      <div class="actions">
        <button class="quiet" data-test="confirm-no" ?disabled=${n} @click=${()=>this.confirm(e,!1)}>${t.t(`panel.steps.no`)}</button>
        <button class="primary" data-test="confirm-yes" ?disabled=${n} @click=${()=>this.confirm(e,!0)}>${t.t(`panel.steps.yes`)}</button>
      </div>
      ${this.failure?B(this.failure,t):g}
    </div>`}async confirm(e,t){this.answered=e.confirmId,this.failure=null;try{await A(this.hass.connection,this.entryId,`confirm`,{confirm_id:e.confirmId,allow:t})}catch(e){this.failure=S(e)}}};Hr=W,Hr.styles=[F,I,o`
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
    `],L([y({attribute:!1})],W.prototype,`hass`,void 0),L([y({attribute:!1})],W.prototype,`entryId`,void 0),L([y({attribute:!1})],W.prototype,`steps`,void 0),L([y({type:Boolean})],W.prototype,`running`,void 0),L([y({attribute:!1})],W.prototype,`words`,void 0),L([b()],W.prototype,`answered`,void 0),L([b()],W.prototype,`failure`,void 0),M(`hearthnet-steps`,W);var Ur,Wr=`new`,Gr=`hearthnet.tools`,G=class extends v{constructor(...e){super(...e),this.chosen=``,this.openSource=0,this.pictures=[],this.trouble=null,this.ears=``,this.tools=Kr(Gr),this.session=en(),this.speaker=new Vr(()=>this.requestUpdate()),this.aloud=``,this.toggleTools=e=>{this.tools=e.target.checked,qr(Gr,this.tools)}}connectedCallback(){super.connectedCallback(),this.unwatch=this.session.watch(()=>this.heardFrom())}disconnectedCallback(){super.disconnectedCallback(),this.unwatch?.(),this.speaker.stop()}heardFrom(){let{latest:e}=this.session;e&&e.id===this.aloud&&!k(e)&&(this.aloud=``,e.status===`done`&&this.read(e)),this.requestUpdate()}get turn(){if(this.chosen!==Wr)return this.session.turns.find(e=>e.id===this.chosen)??this.session.latest}render(){let{turn:e}=this;return m`<div class="scroll ${e?``:`empty`}">${e?this.reading(e):this.hero()}</div>
      <footer>
        ${this.pictures.length?this.thumbnails():g}
        ${this.trouble?B(this.trouble,this.words):g}
        <hearthnet-ask-box
          .words=${this.words}
          .value=${this.session.draft}
          .busy=${this.session.busy}
          .blocked=${this.blocked()}
          .note=${this.note()}
          .hint=${this.ears}
          @draft=${e=>this.draft(e.detail)}
          @ask=${e=>this.ask(e.detail)}
          @stop=${()=>this.session.cancel()}
          ><hearthnet-ask-extras
            slot="start"
            .hass=${this.hass}
            .entryId=${this.live.entryId}
            .words=${this.words}
            .disabled=${!!this.blocked()||this.session.busy}
            .sees=${O(this.live.state,`img.describe`)}
            .hears=${O(this.live.state,`stt.transcribe`)}
            .pictures=${this.pictures}
            @pictures=${e=>this.look(e.detail)}
            @ears=${e=>this.ears=e.detail}
            @heard=${e=>this.heard(e.detail)}
            @failed=${e=>this.trouble=e.detail}
          ></hearthnet-ask-extras
        ></hearthnet-ask-box>
        ${O(this.live.state,`llm.chat`,`2`)?m`<label class="tools"
              ><input type="checkbox" data-test="tools" .checked=${this.tools} @change=${this.toggleTools} />${this.words.t(`panel.ask.tools`)}</label
            >`:g}
        <hearthnet-document .hass=${this.hass} .entryId=${this.live.entryId} .words=${this.words}
          .reachable=${!this.blocked()} .admin=${this.live.admin} .reads=${O(this.live.state,`llm.chat`,`2`)}></hearthnet-document>
      </footer>
      <p class="sr" role="status" aria-live="polite" data-test="status">${this.status(this.session.latest)}</p>`}hero(){let{words:e,live:t}=this,n=t.state?.mode.mode===`emergency`,r=n?`suggestions_emergency`:`suggestions`,i=n?[`water`,`power`,`meet`,`first_aid`]:[`water`,`food`,`heating`,`first_aid`];return m`<section class="hero" data-test="ask-empty">
      <h1>${e.t(n?`panel.ask.hero_emergency`:`panel.ask.hero`)}</h1>
      ${this.capacity()?m`<p class="sub">${this.capacity()}</p>`:g}
      <ul class="suggestions" aria-label=${e.t(`panel.ask.suggested`)}>
        ${i.map(t=>{let n=e.t(`panel.ask.${r}.${t}`);return m`<li>
            <button data-test="suggestion" ?disabled=${!!this.blocked()} @click=${()=>this.ask(n)}>${n}</button>
          </li>`})}
      </ul>
      ${this.earlier(void 0)}
    </section>`}capacity(){let{words:e}=this,{state:t}=this.live;if(!t||this.blocked())return``;let n=t.privacy===`community`||t.privacy===`any`,r=t.peers.filter(e=>e.connected&&(n||e.home)).length;return r>0?e.n(`panel.ask.hero_near`,r):t.library.documents>0?e.n(`panel.ask.hero_alone`,t.library.documents):t.capabilities.some(e=>e.available)?``:e.t(`panel.ask.hero_empty`)}reading(e){let{words:t}=this,n=e.sources.length>0||e.candidates.length>0||e.attempts.length>0||e.status===`done`;return m`<div class="columns ${n?``:`single`}">
      <article aria-busy=${k(e)}>
        <h1 class="question" data-test="question" dir="auto">${e.question}</h1>
        ${e.pictures.length?m`<p class="pictures">${e.pictures.map(e=>m`<img src=${e} alt=${t.t(`panel.ask.picture_of_question`)} />`)}</p>`:g}
        ${e.steps.length?m`<hearthnet-steps
              .hass=${this.hass}
              .entryId=${this.live.entryId}
              .words=${t}
              .steps=${e.steps}
              .running=${k(e)}
            ></hearthnet-steps>`:g}
        ${this.waiting(e)}
        ${e.text?It(e,t,e=>this.open(e)):g}
        ${e.truncated?m`<p class="aside-note">${t.t(`panel.ask.truncated`)}</p>`:g}
        ${this.ending(e)} ${this.earlier(e)}
      </article>
      ${n?m`<aside>
            ${e.sources.length||e.status===`done`?m`<section>
                  <h2>${t.t(`panel.sources.title`)}</h2>
                  <hearthnet-sources
                    .turn=${e}
                    .words=${t}
                    .open=${this.openSource}
                    .own=${this.live.state?.node.id??``}
                    @open-document=${e=>this.dialog.show(e.detail.doc_cid,e.detail.doc_title,Number(e.detail.chunk_id)||0)}
                    @open-source=${e=>this.openSource=e.detail}
                  ></hearthnet-sources>
                </section>`:g}
            ${e.candidates.length||e.attempts.length?m`<section>
                  <h2>${t.t(`panel.route.title`)}</h2>
                  <hearthnet-route .turn=${e} .words=${t}></hearthnet-route>
                </section>`:g}
          </aside>`:g}
    </div>`}waiting(e){return!k(e)||e.text?g:m`<p class="waiting" data-test="waiting"><span class="glow" aria-hidden="true"></span>${this.status(e)}</p>`}ending(e){let{words:t}=this;if(e.status===`answering`)return m`<p class="by" data-test="answering"><span class="spark" aria-hidden="true"></span>${this.status(e)}</p>`;if(e.status===`failed`||e.status===`cancelled`)return m`<div class="ended">
        ${e.status===`failed`&&e.failure?B(e.failure,t):m`<p class="aside-note" data-test="cancelled">${t.t(`panel.ask.cancelled`)}</p>`}
        <button class="quiet" data-test="ask-retry" ?disabled=${!!this.blocked()} @click=${()=>this.retry(e)}>
          ${sn()}${t.t(`panel.ask.retry`)}
        </button>
      </div>`;if(e.status!==`done`)return g;let n=e.answeredBy,r=Et(e),i=e.receipts.all>0&&e.receipts.valid===e.receipts.all;return m`<div class="by" data-test="answered-by" data-node-id=${n?.node_id??``}>
        <span class="spark" aria-hidden="true"></span>
        <p>
          <strong>${!n||n.home?this.byHome(n?.node_name):t.t(`panel.ask.answered_by`,{name:n.node_name})}</strong>
          ${n?m`<bdi>${t.engine(n.model||n.provider)}</bdi>`:g}
          ${e.durationMs===null?g:m`<span>${t.t(`panel.ask.in_seconds`,{seconds:t.seconds(e.durationMs)})}</span>`}
          ${r?m`<span data-test="continued">${t.n(`panel.ask.continued`,r)}</span>`:g}
          ${i?m`<span class="signed" title=${t.t(`panel.ask.signed_hint`)}>${ln()}${t.t(`panel.ask.signed`)}</span>`:e.receipts.all?m`<span class="bad" title=${t.t(`panel.ask.unsigned_hint`)}>${t.t(`panel.ask.unsigned`)}</span>`:g}
        </p>
      </div>
      ${this.judging(e)}
      ${e.confidence?m`<p class="aside-note" data-test="confidence">${t.t(`panel.ask.confidence`,{level:t.percent(e.confidence.level),n:t.figure(e.confidence.n)})}</p>`:g}
      ${e.method===`bm25`&&e.sources.length?m`<p class="aside-note">${t.t(`panel.ask.words_only`)}</p>`:g}
      ${e.grounded===!1?m`<p class="caution" data-test="not-grounded">${un()}${t.t(`panel.ask.not_grounded`)}</p>`:g}`}judging(e){let{words:t,speaker:n}=this,r=O(this.live.state,`tts.synthesize`)&&`AudioContext`in window,i=n.speaking===e.id;return m`<p class="judging">
        ${r?m`<button class="plain" data-test="read-aloud" ?disabled=${!!this.blocked()} @click=${()=>i?n.stop():this.read(e)}>
              ${i?on():_n()}${t.t(i?`panel.ask.quiet`:`panel.ask.read`)}
            </button>`:g}
        ${e.traceId&&!e.opinion?m`<button class="plain" data-test="good" aria-label=${t.t(`panel.ask.good`)} title=${t.t(`panel.ask.good`)}
                ?disabled=${!!this.blocked()} @click=${()=>this.judge(e,`good`)}>${vn()}</button
              ><button class="plain" data-test="bad" aria-label=${t.t(`panel.ask.bad`)} title=${t.t(`panel.ask.bad`)}
                ?disabled=${!!this.blocked()} @click=${()=>this.judge(e,`bad`)}>${yn()}</button>`:e.opinion?m`<span class="aside-note" data-test="thanks">${t.t(`panel.ask.thanks`)}</span>`:g}
      </p>
      ${n.failure?B(n.failure,t):g}`}thumbnails(){return m`<ul class="pictures" data-test="pictures">
      ${this.pictures.map(e=>m`<li>
          <img src=${e.url} alt="" /><button
            class="plain"
            aria-label=${this.words.t(`panel.ask.picture_remove`)}
            @click=${()=>this.pictures=this.pictures.filter(t=>t!==e)}
          >
            ${P()}
          </button>
        </li>`)}
    </ul>`}look(e){this.trouble=null,this.pictures=e}heard(e){e?(this.ask(e,!0),this.aloud=O(this.live.state,`tts.synthesize`)?this.session.latest?.id??``:``):this.trouble={code:`nothing_heard`,message:``}}read(e){this.speaker.speak(this.hass.connection,this.live.entryId,e.id,e.text,this.words.language)}judge(e,t){this.session.judge(e,t);let n={trace_id:e.traceId,good:t===`good`};A(this.hass.connection,this.live.entryId,`feedback`,n).catch(()=>void 0)}byHome(e){let t=this.live.state?.node.name;return!e||e===t?this.words.t(`panel.ask.answered_here`):this.words.t(`panel.ask.answered_by`,{name:e})}earlier(e){let{words:t}=this,n=this.session.turns.filter(t=>t!==e).reverse();return!e&&n.length===0?g:m`<nav class="earlier">
      ${e&&!this.session.busy?m`<button class="plain" data-test="ask-new" @click=${()=>this.choose(Wr)}>${Tn()}${t.t(`panel.ask.new`)}</button>`:g}
      ${n.length?m`<h2>${t.t(`panel.ask.earlier`)}</h2>
            <ol>
              ${n.map(e=>m`<li>
                  <button data-test="history-item" @click=${()=>this.choose(e.id)}>
                    <span class="q" dir="auto">${e.question}</span><span class="t">${t.when(e.asked)}</span>
                  </button>
                </li>`)}
            </ol>
            <button class="plain" data-test="history-clear" @click=${this.forget}>${t.t(`panel.ask.clear`)}</button>`:g}
    </nav>`}status(e){let{words:t}=this;if(!e)return``;if(e.status===`asking`)return t.named(`panel.ask.step`,e.step)??``;if(e.status===`answering`){let n=e.attempts[e.attempts.length-1]?.node_name||t.t(`panel.ask.here_cap`);return t.t(`panel.ask.answering`,{name:n})}return t.t(e.status===`done`?`panel.ask.live_done`:`panel.ask.live_failed`)}blocked(){return this.live.connected?this.live.online?``:this.words.t(`panel.ask.blocked_node`):this.words.t(`panel.ask.blocked_ha`)}note(){let{state:e}=this.live;return e&&this.words.named(`panel.ask.privacy`,e.privacy)||``}draft(e){this.session.draft=e,this.requestUpdate()}where(){return{connection:this.hass.connection,entryId:this.live.entryId,language:this.words.language}}ask(e,t=!1){this.session.draft=``,this.trouble=null,this.speaker.stop(),this.choose(``);let{pictures:n}=this;this.pictures=[],this.session.ask(this.where(),e,{pictures:n,agent:this.tools,spoken:t})}retry(e){this.choose(``),this.session.retry(this.where(),e)}forget(){this.session.clear(),this.choose(``)}choose(e){this.chosen=e,this.openSource=0,this.renderRoot.querySelector(`.scroll`)?.scrollTo({top:0})}open(e){this.openSource=e}shouldUpdate(e){return!!(this.live&&this.words)&&e.size>=0}};Ur=G,Ur.styles=[F,I,Lt,o`
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
    `],L([y({attribute:!1})],G.prototype,`hass`,void 0),L([y({attribute:!1})],G.prototype,`live`,void 0),L([y({attribute:!1})],G.prototype,`words`,void 0),L([b()],G.prototype,`chosen`,void 0),L([b()],G.prototype,`openSource`,void 0),L([b()],G.prototype,`pictures`,void 0),L([b()],G.prototype,`trouble`,void 0),L([b()],G.prototype,`ears`,void 0),L([b()],G.prototype,`tools`,void 0),L([x(`hearthnet-document`)],G.prototype,`dialog`,void 0);function Kr(e){try{return localStorage.getItem(e)===`1`}catch{return!1}}function qr(e,t){try{localStorage.setItem(e,t?`1`:`0`)}catch{}}M(`hearthnet-ask-view`,G);var Jr=/* @__PURE__ */ new Set([`captive_portal`,`dns`,`gateway`,`no_route`]);function Yr(e){let{state:t,seen:n}=e;if(!e.connected)return Xr(`ha`,t&&n?`ha`:`ha_never`,n);if(e.phase===`live`&&!e.online)return Xr(`node`,t?n?`node`:`node_undated`:`node_never`,n,e.failure?.message);if(!t||e.phase!==`live`)return null;let r=t.mode.since*1e3;if(t.mode.mode===`emergency`)return Xr(`emergency`,`emergency`,r,t.mode.reason);if(t.mode.mode===`drill`)return Xr(`drill`,`drill`,r,t.mode.reason);let{connectivity:i}=t,a=Jr.has(i.cause)?i.cause:``;return i.state===`isolated`?Xr(`isolated`,`isolated`,i.since*1e3,``,a):i.state===`offline`?Xr(`offline`,t.peers.some(e=>e.connected)?`offline`:`offline_alone`,i.since*1e3,``,a):null}var Xr=(e,t,n,r=``,i=``)=>({kind:e,key:t,when:n,detail:r,cause:i}),Zr,Qr={ha:dn,node:dn,emergency:un,drill:pn,isolated:fn,offline:fn},$r=class extends v{render(){let e=Yr(this.live),{words:t}=this;return m`<div role="status" aria-live=${e?.kind===`emergency`?`assertive`:`polite`}>
      ${e?m`<div class="banner ${e.kind}" data-test="banner" data-kind=${e.kind}>
            ${Qr[e.kind]()}
            <p dir="auto">
              <strong>${t.t(`panel.banner.${e.key}`,{when:e.when?t.when(e.when):``})}</strong>
              ${e.detail?m`<span>${e.detail}</span>`:g}
              ${e.cause?m`<span>${t.t(`panel.banner.${e.cause}`)}</span>`:g}
            </p>
          </div>`:g}
    </div>`}};Zr=$r,Zr.styles=[F,I,o`
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
    `],L([y({attribute:!1})],$r.prototype,`live`,void 0),L([y({attribute:!1})],$r.prototype,`words`,void 0),M(`hearthnet-banner`,$r);var ei=`.pdf,.docx,.html,.htm,.md,.markdown,.txt,.csv,.zip,.jpg,.jpeg,.png,.webp`,ti=1e6;async function ni(e,t,n,r,i,a){if(!e.fetchWithAuth)throw{code:`unavailable`,message:``};let o=new URLSearchParams({name:r.name.slice(0,300),corpus:n,...t?{entry_id:t}:{}}),s=await e.fetchWithAuth(`/api/hearthnet/upload?${o}`,{method:`POST`,body:r,signal:a}).catch(e=>{throw a.aborted?S({code:`cancelled`}):S({code:`connection_lost`,message:String(e).slice(0,200)})});if(!s.ok||!s.body){let e=C(await s.json().catch(()=>({})));throw S({code:s.status===403?`forbidden`:`unavailable`,message:w(e.message,300)})}for await(let e of ii(s.body)){let{event:t,data:n}=C(JSON.parse(e)),r=C(n);if(t===`error`)throw S(r);if(t===`progress`&&i({step:w(r.step),done:T(r.done),total:T(r.total)}),t===`done`)return ri(r)}throw S({code:`connection_lost`})}function ri(e){let t=(Array.isArray(e.documents)?e.documents:[]).map(C),n=(Array.isArray(e.failed)?e.failed:[]).slice(0,20).map(C);return{documents:t.length+T(e.more),duplicates:t.filter(e=>e.duplicate===!0).length,unreadable:T(e.unreadable_pages),failed:n.map(e=>`${w(e.name)}: ${w(e.message,300)}`)}}async function*ii(e){let t=e.getReader(),n=new TextDecoder,r=``;try{for(;;){let{done:e,value:i}=await t.read();r+=n.decode(i,{stream:!e});let a=r.split(`
`);r=a.pop()??``;for(let e of a)e.trim()&&(yield e);if(r.length>ti)throw S({code:`unknown`});if(e)return}}finally{await t.cancel().catch(()=>void 0)}}var ai,oi=20,si=`household`,ci=`emergency`,K=class extends v{constructor(...e){super(...e),this.entryId=``,this.reachable=!1,this.admin=!1,this.indexing=null,this.count=0,this.pictures=0,this.reads=!1,this.corpora=null,this.chosen=si,this.documents=[],this.next=``,this.sending=[],this.over=!1,this.removing=``,this.failure=null,this.stopping=new AbortController,this.run=0,this.queue=Promise.resolve(),this.open=async e=>{let t=e.target.value;try{await A(this.hass.connection,this.entryId,`set_corpus`,{name:this.chosen,access:t})}catch(e){this.failure=S(e)}await this.load()},this.picked=()=>{this.add([...this.picker.files??[]]),this.picker.value=``},this.dropped=e=>{e.preventDefault(),this.over=!1,this.reachable&&this.add([...e.dataTransfer?.files??[]])}}willUpdate(e){this.reachable&&(e.has(`entryId`)||e.has(`count`)||e.has(`reachable`)&&!this.corpora)&&this.load()}render(){let{words:e}=this,t=this.corpora?.find(e=>e.name===this.chosen);return m`<section class="card" data-test="library">
      <h2>${e.t(`panel.library.title`)}</h2>
      ${this.indexing?.total?m`<p class="hint" data-test="indexing">
            ${e.t(`panel.library.indexing`,{done:e.figure(this.indexing.done),total:e.figure(this.indexing.total)})}
          </p>`:g}
      ${this.pictures?m`<hearthnet-pictures .hass=${this.hass} .entryId=${this.entryId} .words=${e} .reachable=${this.reachable} .count=${this.pictures}
            @open=${e=>this.dialog.show(e.detail.document_id,e.detail.title)}></hearthnet-pictures>`:g}
      ${this.tabs()}
      ${t||this.chosen===si?this.access(t):g}
      ${this.admin&&this.chosen!==ci?this.drop():g}
      <div role="status" class=${this.sending.length?``:`sr`}>${this.sending.map(e=>this.sent(e))}</div>
      ${this.failure?B(this.failure,e):g}
      ${this.documents.length?m`<ul data-test="documents">${this.documents.map(e=>this.document(e))}</ul>`:this.corpora?m`<p class="none">${e.t(this.admin?`panel.library.empty_admin`:`panel.library.empty`)}</p>`:g}
      ${this.next?m`<button class="quiet" data-test="documents-more" ?disabled=${!this.reachable} @click=${()=>this.page()}>
            ${e.t(`panel.library.more`)}
          </button>`:g}
      <hearthnet-document .hass=${this.hass} .entryId=${this.entryId} .words=${e}
        .reachable=${this.reachable} .admin=${this.admin} .reads=${this.reads}></hearthnet-document>
    </section>`}tabs(){let e=(this.corpora??[]).map(e=>e.name);return e.includes(si)||e.unshift(si),m`<div class="chips" role="group" aria-label=${this.words.t(`panel.library.collections`)}>
      ${e.map(e=>{let t=this.corpora?.find(t=>t.name===e)?.documents??0;return m`<button data-test="corpus" aria-pressed=${e===this.chosen} @click=${()=>this.choose(e)}>
          <bdi>${this.words.named(`panel.library.names`,e)??e}</bdi> <span>${this.words.figure(t)}</span>
        </button>`})}
    </div>`}access(e){let{words:t}=this,n=e?.access??`home`;return!this.admin||this.chosen===ci||!e||!qn.includes(n)?m`<p class="hint">${t.named(`panel.library.access`,n)??t.t(`panel.library.access.role`,{role:n})}</p>`:m`<label class="who"
      ><span class="label">${t.t(`panel.library.who`)}</span>
      <select class="field" data-test="corpus-access" ?disabled=${!this.reachable} @change=${this.open}>
        ${qn.map(e=>m`<option value=${e} ?selected=${e===n}>${t.t(`panel.library.access.${e}`)}</option>`)}
      </select></label
    >`}drop(){let{words:e}=this;return m`<div
      class="drop ${this.over?`over`:``}"
      data-test="drop"
      @dragover=${e=>{e.preventDefault(),this.over=!0}}
      @dragleave=${()=>this.over=!1}
      @drop=${this.dropped}
    >
      <button class="quiet" data-test="add-files" ?disabled=${!this.reachable} @click=${()=>this.picker.click()}>
        ${bn()}${e.t(`panel.library.add`)}
      </button>
      <p class="hint">${e.t(`panel.library.add_text`)}</p>
      <input type="file" multiple hidden accept=${ei} data-test="file-input" @change=${this.picked} />
    </div>`}sent(e){let{words:t}=this,n=e.at?.total?e.at.done/e.at.total:void 0;return m`<div class="sending" data-test="sending">
      <p><bdi>${e.name}</bdi></p>
      ${e.failure?B(e.failure,t):e.result?m`<p class="hint">${this.summary(e.result)}</p>
              ${e.result.failed.map(e=>m`<p class="bad" dir="auto">${e}</p>`)}`:m`<progress value=${n??g} max="1"></progress>
              <p class="hint">${t.named(`panel.library.step`,e.at?.step||`sending`)??t.t(`panel.library.step.reading`)}</p>`}
    </div>`}summary(e){let{words:t}=this,n=e.documents-e.duplicates;return[n?t.n(`panel.library.added`,n):``,e.duplicates?t.n(`panel.library.known`,e.duplicates):``,e.unreadable?t.n(`panel.library.unreadable`,e.unreadable):``].filter(Boolean).join(` `)}document(e){let{words:t}=this,n=this.removing===e.document_id;return m`<li data-test="document">
      <button class="title" @click=${()=>this.dialog.show(e.document_id,e.title)}>
        <bdi>${e.title}</bdi><span class="about">${e.picture?m`${wn()}${t.t(`panel.library.picture`)}`:t.n(`panel.library.passages`,e.chunks)}</span>
      </button>
      ${n?m`<span class="sure"
            ><button class="plain bad" data-test="remove-sure" @click=${()=>this.forget(e)}>${t.t(`panel.library.remove_sure`)}</button>
            <button class="plain" @click=${()=>this.removing=``}>${t.t(`panel.library.keep`)}</button></span
          >`:this.admin&&e.corpus!==ci?m`<button
              class="plain"
              data-test="remove"
              ?disabled=${!this.reachable}
              aria-label=${t.t(`panel.library.remove`,{title:e.title})}
              @click=${()=>this.removing=e.document_id}
            >
              ${xn()}
            </button>`:g}
    </li>`}async load(){let e=++this.run;try{let t=Jn(await A(this.hass.connection,this.entryId,`corpora`,{}));if(e!==this.run)return;!this.admin&&!this.corpora&&!t.some(e=>e.name===this.chosen)&&t[0]&&(this.chosen=t[0].name),this.corpora=t,this.failure=null,await this.page(!0)}catch(t){e===this.run&&(this.failure=S(t))}}async page(e=!1){let t=e?this.run:++this.run;try{let n={corpus:this.chosen,limit:oi,...e?{}:{before:this.next}},r=Yn(await A(this.hass.connection,this.entryId,`documents`,n));if(t!==this.run)return;this.documents=e?r.documents:[...this.documents,...r.documents],this.next=r.next}catch(e){t===this.run&&(this.failure=S(e))}}choose(e){this.chosen=e,this.documents=[],this.next=``,this.run+=1,this.page(!0)}add(e){let t=this.chosen,n=e.map(e=>[e,{name:e.name,at:null,result:null,failure:null}]);this.sending=[...this.sending.filter(e=>!e.result),...n.map(([,e])=>e)];for(let[e,r]of n)this.queue=this.queue.then(()=>this.send(e,r,t))}async send(e,t,n){try{if(e.size>67108864)throw{code:`too_large`,message:``};t.result=await ni(this.hass,this.entryId,n,e,e=>{t.at=e,this.requestUpdate()},this.stopping.signal)}catch(e){t.failure=S(e)}this.requestUpdate(),await this.load()}async forget(e){this.removing=``;try{await A(this.hass.connection,this.entryId,`delete_document`,{document_id:e.document_id,corpus:e.corpus}),this.documents=this.documents.filter(t=>t!==e)}catch(e){this.failure=S(e)}await this.load()}};ai=K,ai.styles=[F,I,o`
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
        display: flex;
        align-items: center;
        gap: 6px;
        font-weight: 400;
      }
      .about svg.icon {
        inline-size: 20px;
        block-size: 20px;
      }
      .sure {
        display: flex;
        flex-wrap: wrap;
      }
    `],L([y({attribute:!1})],K.prototype,`hass`,void 0),L([y({attribute:!1})],K.prototype,`entryId`,void 0),L([y({type:Boolean})],K.prototype,`reachable`,void 0),L([y({type:Boolean})],K.prototype,`admin`,void 0),L([y({attribute:!1})],K.prototype,`indexing`,void 0),L([y({attribute:!1})],K.prototype,`count`,void 0),L([y({attribute:!1})],K.prototype,`pictures`,void 0),L([y({type:Boolean})],K.prototype,`reads`,void 0),L([y({attribute:!1})],K.prototype,`words`,void 0),L([b()],K.prototype,`corpora`,void 0),L([b()],K.prototype,`chosen`,void 0),L([b()],K.prototype,`documents`,void 0),L([b()],K.prototype,`next`,void 0),L([b()],K.prototype,`sending`,void 0),L([b()],K.prototype,`over`,void 0),L([b()],K.prototype,`removing`,void 0),L([b()],K.prototype,`failure`,void 0),L([x(`hearthnet-document`)],K.prototype,`dialog`,void 0),L([x(`input[type=file]`)],K.prototype,`picker`,void 0),M(`hearthnet-library`,K);var li,ui=[`llama3.2:1b`,`llama3.2:3b`,`qwen3:4b`,`gemma3:4b`],di=200,fi=`ollama`,q=class extends v{constructor(...e){super(...e),this.entryId=``,this.reachable=!1,this.admin=!1,this.engines=[],this.models=null,this.wanted=``,this.pull=null,this.removing=``,this.failure=null,this.unsubscribe=null,this.run=0,this.submit=async e=>{e.preventDefault();let t=this.wanted.trim().slice(0,di);if(t){this.pull={model:t,status:``,completed:0,total:0,failure:null};try{this.unsubscribe=await Ut(this.hass.connection,this.entryId,`pull_model`,{model:t},({event:e,data:t})=>{this.pull&&(e===`progress`?this.pull={...this.pull,status:w(t.status),completed:T(t.completed),total:T(t.total)}:e===`error`?this.end(S(t)):e===`done`&&this.end(null))})}catch(e){this.end(S(e))}}}}disconnectedCallback(){super.disconnectedCallback(),this.unsubscribe&&j(this.unsubscribe),this.unsubscribe=null,this.pull=null}willUpdate(e){this.reachable&&(e.has(`entryId`)||e.has(`engines`)||e.has(`reachable`)&&!this.models)&&this.load()}render(){let{words:e}=this,t=this.engines.some(e=>e.name.startsWith(fi)&&(e.available||e.reason.includes(`runs`)));return m`<section class="card" data-test="models">
      <h2>${e.t(`panel.models.title`)}</h2>
      ${this.models?.length?m`<ul data-test="model-list">${this.models.map(e=>this.model(e))}</ul>`:this.models?m`<p class="none">${e.t(`panel.models.none`)}</p>`:g}
      ${this.engines.filter(e=>!e.available).map(t=>m`<p class="hint" data-test="engine-down"><strong>${e.engine(t.name)}</strong> <span dir="auto">${t.reason}</span></p>`)}
      ${this.admin&&t?this.fetching():g}
      ${this.admin&&!t&&this.models?m`<p class="hint">${e.t(`panel.models.no_keeper`)}</p>`:g}
      ${this.failure?B(this.failure,e):g}
    </section>`}model(e){let{words:t}=this,n=`${e.engine}/${e.name}`,r=[e.parameters,e.size_bytes?t.size(e.size_bytes):``,...[`tools`,`vision`].filter(t=>e.capabilities.includes(t)).map(e=>t.t(`panel.models.can.${e}`)),e.loaded?t.t(`panel.models.loaded`):``].filter(Boolean);return m`<li data-test="model">
      <span class="what"><bdi class="name">${e.name}</bdi><bdi class="about">${[t.engine(e.engine),...r].join(` · `)}</bdi></span>
      ${this.removing===n?m`<span class="sure"
            ><button class="plain bad" data-test="model-remove-sure" @click=${()=>this.forget(e)}>${t.t(`panel.models.remove_sure`)}</button>
            <button class="plain" @click=${()=>this.removing=``}>${t.t(`panel.models.keep`)}</button></span
          >`:this.admin&&e.engine.startsWith(fi)?m`<button
              class="plain"
              data-test="model-remove"
              ?disabled=${!this.reachable}
              aria-label=${t.t(`panel.models.remove`,{name:e.name})}
              @click=${()=>this.removing=n}
            >
              ${xn()}
            </button>`:g}
    </li>`}fetching(){let{words:e,pull:t}=this;if(t&&!t.failure)return m`<div class="pull" role="status" data-test="pull">
        <p>${e.t(`panel.models.fetching`,{name:t.model})}</p>
        <progress value=${t.total?t.completed/t.total:g} max="1"></progress>
        <p class="hint">
          ${t.total?`${e.size(t.completed)} / ${e.size(t.total)}`:m`<span dir="auto">${t.status}</span>`}
        </p>
      </div>`;let n=new Set(this.models?.map(e=>e.name));return m`<form data-test="pull-form" @submit=${this.submit}>
        <label
          ><span class="label">${e.t(`panel.models.fetch`)}</span>
          <input class="field" data-test="pull-name" maxlength=${di} autocapitalize="off" spellcheck="false" placeholder="llama3.2:3b"
            .value=${this.wanted} @input=${e=>this.wanted=e.target.value}
        /></label>
        <button class="quiet" data-test="pull-submit" ?disabled=${!this.reachable||!this.wanted.trim()}>${e.t(`panel.models.fetch_submit`)}</button>
      </form>
      <div class="chips">
        ${ui.filter(e=>!n.has(e)).map(e=>m`<button class="plain" @click=${()=>this.wanted=e}>${e}</button>`)}
      </div>
      <p class="hint">${e.t(`panel.models.fetch_text`)}</p>
      ${t?.failure?B(t.failure,e):g}`}async load(){let e=++this.run;try{let t=Qn(await A(this.hass.connection,this.entryId,`models`,{}));if(e!==this.run)return;this.models=t,this.failure=null}catch(t){e===this.run&&(this.failure=S(t))}}end(e){this.unsubscribe&&j(this.unsubscribe),this.unsubscribe=null,this.pull=e&&this.pull?{...this.pull,failure:e}:null,e||(this.wanted=``),this.load()}async forget(e){this.removing=``;try{await A(this.hass.connection,this.entryId,`delete_model`,{engine:e.engine,model:e.name})}catch(e){this.failure=S(e)}await this.load()}};li=q,li.styles=[F,I,o`
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
    `],L([y({attribute:!1})],q.prototype,`hass`,void 0),L([y({attribute:!1})],q.prototype,`entryId`,void 0),L([y({type:Boolean})],q.prototype,`reachable`,void 0),L([y({type:Boolean})],q.prototype,`admin`,void 0),L([y({attribute:!1})],q.prototype,`engines`,void 0),L([y({attribute:!1})],q.prototype,`words`,void 0),L([b()],q.prototype,`models`,void 0),L([b()],q.prototype,`wanted`,void 0),L([b()],q.prototype,`pull`,void 0),L([b()],q.prototype,`removing`,void 0),L([b()],q.prototype,`failure`,void 0),M(`hearthnet-models`,q);var pi,mi=class extends v{render(){let{hass:e,live:t,words:n}=this,r=t.online&&t.connected;return m`<div class="columns" data-test="home-view">
      <hearthnet-library
        .hass=${e}
        .entryId=${t.entryId}
        .reachable=${r}
        .admin=${t.admin}
        .indexing=${t.state?.library.indexing??null}
        .count=${t.state?.library.documents??0}
        .pictures=${t.state?.library.pictures??0}
        .reads=${O(t.state,`llm.chat`,`2`)}
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
    </div>`}};pi=mi,pi.styles=[F,I,o`
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
    `],L([y({attribute:!1})],mi.prototype,`hass`,void 0),L([y({attribute:!1})],mi.prototype,`live`,void 0),L([y({attribute:!1})],mi.prototype,`words`,void 0),M(`hearthnet-home-view`,mi);var hi=[1e3,2e3,5e3,1e4,3e4],gi=15e3,_i=6e5,vi=class{constructor(e,t,n){this.connection=e,this.wanted=t,this.seen=n,this.watchers=/* @__PURE__ */ new Set,this.unsubscribe=null,this.run=0,this.failures=0,this.written=0,this.onReady=()=>{this.failures=0,this.update({connected:!0}),this.renew()},this.onDisconnected=()=>{this.unsubscribe=null,this.drop(),this.update({connected:!1})},this.snapshot={phase:`loading`,connected:e.connected!==!1,online:!1,state:null,seen:null,failure:null,admin:!1,bundle:``,nodes:[],entryId:t}}watch(e){this.watchers.add(e),this.watchers.size===1&&this.start();let t=!0;return()=>{t&&(t=!1,this.watchers.delete(e),this.watchers.size===0&&this.stop())}}choose(e){e!==this.snapshot.entryId&&(this.wanted=e,this.written=0,this.update({phase:`loading`,online:!1,state:null,seen:null,failure:null,entryId:e}),this.renew())}renew(){this.drop(),this.watchers.size>0&&this.connect()}start(){this.connection.addEventListener(`ready`,this.onReady),this.connection.addEventListener(`disconnected`,this.onDisconnected),this.update({connected:this.connection.connected!==!1}),this.connect()}stop(){this.connection.removeEventListener(`ready`,this.onReady),this.connection.removeEventListener(`disconnected`,this.onDisconnected),this.drop()}drop(){this.run+=1,clearTimeout(this.timer);let e=this.unsubscribe;this.unsubscribe=null,e&&j(e)}async connect(){let e=++this.run;try{let t=await Bt(this.connection);if(e!==this.run)return;let n=Array.isArray(t)?t.slice(0,50):[],r=this.pick(n);if(!r){this.update({phase:`unconfigured`,nodes:n,failure:null}),this.later(gi);return}this.update({nodes:n,entryId:r});let i=await Vt(this.connection,r,t=>{e===this.run&&this.receive(t)});if(e!==this.run){j(i);return}this.unsubscribe=i,this.failures=0,this.later(_i)}catch(t){if(e!==this.run)return;let n=S(t),r=hi[Math.min(this.failures,hi.length-1)]??3e4;this.failures+=1;let i=this.failures<3&&!this.snapshot.state;this.update({phase:this.snapshot.state?`live`:i?`loading`:`failed`,online:!1,failure:n}),this.later(r)}}pick(e){return(e.find(e=>e.entry_id===(this.wanted||this.snapshot.entryId))??e.find(e=>e.loaded)??e[0])?.entry_id??``}receive(e){if(e?.kind!==`state`)return;this.later(_i);let t=pt(e.state)??this.snapshot.state,n=this.snapshot.entryId,r=this.snapshot.seen;e.online&&t?(r=Date.now(),r-this.written>=3e4&&(this.written=r,this.seen.write(n,r))):r=T(e.seen)*1e3||r||this.seen.read(n),this.update({phase:t?`live`:e.online?`loading`:`live`,online:e.online===!0,connected:!0,state:t,seen:r,failure:e.online?null:{code:`node_offline`,message:w(e.error,500)},admin:e.admin??this.snapshot.admin,bundle:w(e.bundle)||this.snapshot.bundle})}later(e){clearTimeout(this.timer),this.timer=setTimeout(()=>this.renew(),e)}update(e){this.snapshot={...this.snapshot,...e};for(let e of[...this.watchers])e()}},yi=`hearthnet.seen.`,bi={read(e){try{return Number(localStorage.getItem(yi+e))||null}catch{return null}},write(e,t){try{localStorage.setItem(yi+e,String(t))}catch{}}},xi=/* @__PURE__ */ new WeakMap;function Si(e,t=``){let n=xi.get(e);n||xi.set(e,n=/* @__PURE__ */ new Map);let r=n.get(t);return r||n.set(t,r=new vi(e,t,bi)),r}var Ci,wi=2e5,Ti=8e3,Ei=e=>e&&e.length<=wi?`data:image/svg+xml;charset=utf-8,${encodeURIComponent(e)}`:``,J=class extends v{constructor(...e){super(...e),this.entryId=``,this.community=``,this.invite=null,this.compare=[],this.making=!1,this.copied=``,this.failure=null,this.run=0}show(){this.reset(),this.dialog.showModal()}render(){let{words:e}=this,t=this.community?e.t(`panel.invite.title`,{name:this.community}):e.t(`panel.invite.title_plain`);return m`<dialog data-test="invite-dialog" aria-label=${t} @close=${this.reset}>
      <div class="sheet">
        <header>
          <h2>${t}</h2>
          <button class="plain" aria-label=${e.t(`panel.invite.close`)} @click=${()=>this.dialog.close()}>${P()}</button>
        </header>
        ${this.making?m`<p role="status">${e.t(`panel.invite.making`)}</p>`:this.invite?this.made(this.invite):this.choices()}
        ${this.failure?B(this.failure,e):g}
      </div>
    </dialog>`}choices(){let{words:e}=this;return m`<p class="label">${e.t(`panel.invite.who`)}</p>
      <div class="choices">
        <button class="choice" data-test="invite-neighbour" @click=${()=>this.make(!1)}>
          <strong>${e.t(`panel.invite.neighbour`)}</strong>${e.t(`panel.invite.neighbour_text`)}
        </button>
        <button class="choice" data-test="invite-own" @click=${()=>this.make(!0)}>
          <strong>${e.t(`panel.invite.own`)}</strong>${e.t(`panel.invite.own_text`)}
        </button>
      </div>`}made(e){let{words:t}=this,n=Ei(e.qr_svg);return m`<div class="made">
        ${n?m`<img data-test="invite-qr" src=${n} alt=${t.t(`panel.invite.qr`)} width="260" height="260" />`:g}
        <div class="text">
          <p>${t.t(`panel.invite.scan`)}</p>
          <textarea class="field" readonly rows="4" data-test="invite-text" aria-label=${t.t(`panel.invite.text`)} .value=${e.text}
            @focus=${e=>e.target.select()}></textarea>
          <button class="quiet" data-test="invite-copy" @click=${this.copy}>
            ${this.copied===`yes`?ln():g}${t.t(this.copied===`yes`?`panel.invite.copied`:`panel.invite.copy`)}
          </button>
          <p class="hint" role="status">${this.copied===`no`?t.t(`panel.invite.copy_failed`):g}</p>
        </div>
      </div>
      ${this.compare.length?m`<section>
            <p><strong>${t.t(`panel.invite.words`)}</strong></p>
            <p class="hint">${t.t(`panel.invite.words_text`)}</p>
            <ol class="words" data-test="invite-words">${this.compare.map(e=>m`<li>${e}</li>`)}</ol>
          </section>`:g}
      <p class="hint"><strong data-test="invite-expires">${t.t(`panel.invite.expires`,{when:t.when(e.expires*1e3)})}</strong>
        ${t.t(`panel.invite.secret`)}</p>
      <div class="actions">
        <button class="plain" @click=${this.reset}>${t.t(`panel.invite.again`)}</button>
        <button class="primary" @click=${()=>this.dialog.close()}>${t.t(`panel.invite.close`)}</button>
      </div>`}async make(e){let t=++this.run;this.making=!0,this.failure=null;try{let{connection:n}=this.hass,r=await A(n,this.entryId,`create_invite`,e?{own:e}:{});if(t!==this.run)return;this.invite={...r,text:w(r.text,Ti),qr_svg:w(r.qr_svg,200001),expires:T(r.expires)},this.making=!1;let i=await A(n,this.entryId,`inspect_invite`,{text:this.invite.text});t===this.run&&(this.compare=w(i.words).split(/[\s-]+/).filter(Boolean).slice(0,12))}catch(e){t===this.run&&!this.invite&&(this.failure=S(e))}finally{t===this.run&&(this.making=!1)}}async copy(){let e=this.invite?.text??``;try{await navigator.clipboard.writeText(e),this.copied=`yes`}catch{let e=this.renderRoot.querySelector(`textarea`);e?.focus(),e?.select(),this.copied=document.execCommand(`copy`)?`yes`:`no`}}reset(){this.run+=1,this.invite=null,this.compare=[],this.making=!1,this.copied=``,this.failure=null}};Ci=J,Ci.styles=[F,I,En,o`
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
    `],L([y({attribute:!1})],J.prototype,`hass`,void 0),L([y({attribute:!1})],J.prototype,`entryId`,void 0),L([y({attribute:!1})],J.prototype,`community`,void 0),L([y({attribute:!1})],J.prototype,`words`,void 0),L([b()],J.prototype,`invite`,void 0),L([b()],J.prototype,`compare`,void 0),L([b()],J.prototype,`making`,void 0),L([b()],J.prototype,`copied`,void 0),L([b()],J.prototype,`failure`,void 0),L([x(`dialog`)],J.prototype,`dialog`,void 0),M(`hearthnet-invite-dialog`,J);var Di,Oi=8e3,Y=class extends v{constructor(...e){super(...e),this.entryId=``,this.leaving=``,this.stage=`paste`,this.pasted=``,this.household=``,this.seen=null,this.joined=``,this.failure=null,this.run=0}show(e){this.reset(),this.household=e,this.dialog.showModal()}render(){let{words:e}=this;return m`<dialog data-test="join-dialog" aria-label=${e.t(`panel.join.title`)} @close=${this.reset}>
      <div class="sheet">
        <header>
          <h2>${e.t(`panel.join.title`)}</h2>
          <button class="plain" aria-label=${e.t(`panel.join.close`)} @click=${()=>this.dialog.close()}>${P()}</button>
        </header>
        ${this.body()} ${this.failure?B(this.failure,e):g}
      </div>
    </dialog>`}body(){let{words:e}=this;switch(this.stage){case`inspecting`:return m`<p role="status">${e.t(`panel.join.inspecting`)}</p>`;case`compare`:return this.comparing();case`differ`:return m`<p class="failure" role="alert" data-test="join-differ">${e.t(`panel.join.differ_text`)}</p>
          <div class="actions">
            <button class="primary" @click=${()=>this.dialog.close()}>${e.t(`panel.join.close`)}</button>
          </div>`;case`joining`:return m`<p role="status" data-test="join-progress">${e.t(`panel.join.joining`)}</p>`;case`done`:return m`<p class="done" role="status" data-test="join-done">${ln()}${e.t(`panel.join.done`,{name:this.joined})}</p>
          <div class="actions">
            <button class="primary" @click=${()=>this.dialog.close()}>${e.t(`panel.join.close`)}</button>
          </div>`;default:return m`<label class="stack"
            ><span class="label">${e.t(`panel.join.paste`)}</span>
            <textarea
              class="field"
              rows="5"
              data-test="join-text"
              autocomplete="off"
              spellcheck="false"
              maxlength=${Oi}
              placeholder=${e.t(`panel.join.placeholder`)}
              .value=${this.pasted}
              @input=${e=>this.pasted=e.target.value}
            ></textarea
          ></label>
          <div class="actions">
            <button class="primary" data-test="join-inspect" ?disabled=${!this.pasted.trim()} @click=${this.inspect}>
              ${e.t(`panel.join.inspect`)}
            </button>
          </div>`}}comparing(){let{words:e,seen:t}=this,n=(t?.words??``).split(/[\s-]+/).filter(Boolean).slice(0,12);return m`<p class="ask"><strong>${e.t(`panel.join.compare`)}</strong>${e.t(`panel.join.compare_text`)}</p>
      <ol class="words" data-test="join-words">${n.map(e=>m`<li>${e}</li>`)}</ol>
      <dl>
        <dt>${e.t(`panel.join.community`)}</dt>
        <dd><bdi>${t?.community_short}</bdi></dd>
        <dt>${e.t(`panel.join.node`)}</dt>
        <dd><bdi>${t?.node_short}</bdi></dd>
        <dt>${e.t(`panel.join.expires`)}</dt>
        <dd>${t?e.when(t.expires*1e3):g}</dd>
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
      ${t?.own?m`<p class="failure" role="alert" data-test="join-own">${e.t(`panel.join.own`)}</p>`:g}
      ${this.leaving?m`<p>${e.t(`panel.join.replaces`,{name:this.leaving})}</p>`:g}
      <div class="actions">
        <button class="quiet bad" data-test="join-refuse" @click=${()=>this.stage=`differ`}>${e.t(`panel.join.differ`)}</button>
        <button class="primary" data-test="join-confirm" ?disabled=${n.length===0} @click=${this.join}>${e.t(`panel.join.match`)}</button>
      </div>`}async inspect(){let e=++this.run;this.stage=`inspecting`,this.failure=null;try{let t=await A(this.hass.connection,this.entryId,`inspect_invite`,{text:this.pasted.trim()});if(e!==this.run)return;this.seen={community_id:w(t.community_id),community_short:w(t.community_short),node_id:w(t.node_id),node_short:w(t.node_short),addresses:[],expires:T(t.expires),words:w(t.words),own:t.own===!0},this.stage=`compare`}catch(t){if(e!==this.run)return;this.failure=S(t),this.stage=`paste`}}async join(){let e=++this.run;this.stage=`joining`,this.failure=null;let t=this.household.trim();try{let n=await A(this.hass.connection,this.entryId,`join`,{text:this.pasted.trim(),...t?{name:t}:{},...this.seen?.own?{own:!0}:{}});if(e!==this.run)return;this.joined=w(n.community?.name)||w(n.community?.short),this.pasted=``,this.stage=`done`}catch(t){if(e!==this.run)return;this.failure=S(t),this.stage=`compare`}}reset(){this.run+=1,this.stage=`paste`,this.pasted=``,this.seen=null,this.joined=``,this.failure=null}};Di=Y,Di.styles=[F,I,En,o`
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
    `],L([y({attribute:!1})],Y.prototype,`hass`,void 0),L([y({attribute:!1})],Y.prototype,`entryId`,void 0),L([y({attribute:!1})],Y.prototype,`leaving`,void 0),L([y({attribute:!1})],Y.prototype,`words`,void 0),L([b()],Y.prototype,`stage`,void 0),L([b()],Y.prototype,`pasted`,void 0),L([b()],Y.prototype,`household`,void 0),L([b()],Y.prototype,`seen`,void 0),L([b()],Y.prototype,`joined`,void 0),L([b()],Y.prototype,`failure`,void 0),L([x(`dialog`)],Y.prototype,`dialog`,void 0),M(`hearthnet-join-dialog`,Y);var ki,Ai=80,ji=2e3,Mi=8e3,Ni=8e3,Pi=[24,72,168,720],Fi=[`info`,`warning`,`urgent`],X=class extends v{constructor(...e){super(...e),this.entryId=``,this.notices=[],this.reachable=!1,this.translates=!1,this.me=``,this.writing=!1,this.posting=!1,this.posted=!1,this.failure=null,this.severity=`info`,this.heading=``,this.body=``,this.hours=168,this.urgent=``,this.translated=/* @__PURE__ */ new Map}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer),this.posted=!1}willUpdate(e){let t=e.get(`notices`);if(!t||t.length===0)return;let n=new Set(t.map(e=>e.id)),r=this.notices.find(e=>e.severity===`urgent`&&!n.has(e.id));r&&(this.urgent=r.title)}render(){let{words:e}=this;return m`<section class="card" data-test="notices">
      <header>
        <h2>${e.t(`panel.notices.title`)}</h2>
        ${this.writing?g:m`<button class="plain" data-test="notice-write" ?disabled=${!this.reachable} @click=${this.write}>
              ${Tn()}${e.t(`panel.notices.write`)}
            </button>`}
      </header>
      ${this.writing?this.form():g}
      <p class="posted" role="status" ?hidden=${!this.posted}>${this.posted?e.t(`panel.notices.posted`):g}</p>
      ${this.notices.length?m`<ol aria-live="polite">${this.notices.map(e=>this.notice(e))}</ol>`:m`<p class="none">${e.t(`panel.notices.none`)}</p>`}
      <p class="sr" role="alert">${this.urgent?e.t(`panel.notices.new_urgent`,{title:this.urgent}):g}</p>
    </section>`}notice(e){let{words:t}=this;return m`<li class=${e.severity} data-test="notice" data-severity=${e.severity}>
      <h3 dir="auto">
        ${e.severity===`info`?g:m`<span class="weight">${t.t(`panel.notices.${e.severity}`)}</span>`}
        ${e.title}
      </h3>
      ${e.body?m`<p class="body" dir="auto">${e.body}</p>`:g} ${this.translation(e)}
      <p class="by">
        <bdi>${t.t(`panel.notices.by`,{name:e.author_name,when:t.when(e.at*1e3)})}</bdi>
        ${e.late?m`<span>${t.t(`panel.notices.late`)}</span>`:g}
        ${e.expires?m`<span>${t.t(`panel.notices.until`,{when:t.day(e.expires*1e3)})}</span>`:g}
      </p>
    </li>`}translation(e){let{words:t}=this,n=this.translated.get(e.id);return n&&!(`code`in n)?m`<div class="translated" role="status" data-test="translated">
        <p class="by">${t.t(`panel.notices.translated`)}</p>
        <p dir="auto"><strong>${n.title}</strong></p>
        ${n.body?m`<p class="body" dir="auto">${n.body}</p>`:g}
      </div>`:!this.translates||e.author_node===this.me?g:m`${n?B(n,t):g}
    <button
      class="plain translate"
      data-test="translate"
      aria-label=${t.t(`panel.notices.translate_this`,{title:e.title})}
      ?disabled=${!this.reachable||n===null}
      @click=${()=>this.put(e)}
    >
      ${t.t(n===null?`panel.notices.translating`:`panel.notices.translate`)}
    </button>`}async put(e){let t=async e=>{let t={text:e,to:this.words.language.slice(0,2)};return e&&w((await Wt(this.hass.connection,this.entryId,`call`,{capability:`trans.text`,body:t})).text,Mi)};this.keep(e.id,null);try{let[n,r]=await Promise.all([t(e.title),t(e.body)]);this.keep(e.id,{title:n,body:r})}catch(t){this.keep(e.id,S(t))}}keep(e,t){this.translated=new Map(this.translated).set(e,t)}form(){let{words:e}=this,t=ji-this.body.length;return m`<form data-test="notice-form" @submit=${this.post}>
      <label
        ><span class="label">${e.t(`panel.notices.heading`)}</span>
        <input
          class="field"
          data-test="notice-title"
          required
          maxlength=${Ai}
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
          maxlength=${ji}
          dir="auto"
          .value=${this.body}
          @input=${e=>this.body=e.target.value}
        ></textarea>
        ${t<=200?m`<span class="left">${e.t(`panel.notices.left`,{count:t})}</span>`:g}
      </label>
      <fieldset>
        <legend class="label">${e.t(`panel.notices.severity`)}</legend>
        <div class="weights">
          ${Fi.map(t=>m`<button
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
          ${Pi.map(t=>m`<option value=${t} ?selected=${t===this.hours}>${e.t(`panel.notices.ttl_${t}`)}</option>`)}
        </select>
      </label>
      ${this.failure?B(this.failure,e):g}
      <div class="actions">
        <button type="button" class="quiet" @click=${this.stopWriting}>${e.t(`panel.notices.cancel`)}</button>
        <button type="submit" class="primary" data-test="notice-submit" ?disabled=${this.posting||!this.reachable||!this.heading.trim()}>
          ${e.t(this.posting?`panel.notices.posting`:`panel.notices.post`)}
        </button>
      </div>
    </form>`}write(){this.writing=!0,this.posted=!1,this.failure=null,this.updateComplete.then(()=>this.renderRoot.querySelector(`input`)?.focus())}stopWriting(){this.writing=!1,this.updateComplete.then(()=>this.renderRoot.querySelector(`header button`)?.focus())}async post(e){e.preventDefault();let t=this.heading.trim();if(t&&!this.posting){this.posting=!0,this.failure=null;try{await A(this.hass.connection,this.entryId,`post_notice`,{title:t,body:this.body.trim(),severity:this.severity,ttl_hours:this.hours}),this.writing=!1,this.posted=!0,clearTimeout(this.timer),this.timer=setTimeout(()=>this.posted=!1,Ni),this.updateComplete.then(()=>this.renderRoot.querySelector(`header button`)?.focus()),this.heading=``,this.body=``,this.severity=`info`,this.hours=168}catch(e){this.failure=S(e)}finally{this.posting=!1}}}};ki=X,ki.styles=[F,I,o`
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
      .translate {
        justify-self: start;
        margin-inline-start: -14px;
      }
      .translated {
        display: grid;
        gap: 4px;
        padding-inline-start: 14px;
        border-inline-start: 2px solid var(--hn-line);
        font-size: 1.1rem;
        line-height: 1.5;
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
    `],L([y({attribute:!1})],X.prototype,`hass`,void 0),L([y({attribute:!1})],X.prototype,`entryId`,void 0),L([y({attribute:!1})],X.prototype,`notices`,void 0),L([y({type:Boolean})],X.prototype,`reachable`,void 0),L([y({attribute:!1})],X.prototype,`words`,void 0),L([y({type:Boolean})],X.prototype,`translates`,void 0),L([y({attribute:!1})],X.prototype,`me`,void 0),L([b()],X.prototype,`writing`,void 0),L([b()],X.prototype,`posting`,void 0),L([b()],X.prototype,`posted`,void 0),L([b()],X.prototype,`failure`,void 0),L([b()],X.prototype,`severity`,void 0),L([b()],X.prototype,`heading`,void 0),L([b()],X.prototype,`body`,void 0),L([b()],X.prototype,`hours`,void 0),L([b()],X.prototype,`urgent`,void 0),L([b()],X.prototype,`translated`,void 0),M(`hearthnet-notices`,X);var Ii=14,Li=14,Ri=34,zi=9.5,Bi=560,Vi=8,Hi=152;function Ui(e,t,n){let r=t.filter(e=>e.home).sort(Wi),i=Gi(t.filter(e=>!e.home)),a=Ki(i),o=a.length>Vi||n<Bi&&a.length>0,s=o?2:3,c=qi(`own`,e.member_name||e.name,r,s,e),l=a.map(e=>qi(e.key,e.name,e.peers,s,null));o?Xi(c,l,n):Ji(c,l,n);let u=[c,...l],d=Math.min(...u.map(e=>e.y-e.height/2-(e.own?Ri:0)))-Li,ee=Math.max(...u.map(e=>e.y+e.height/2+54))+Li;for(let e of u)e.y=Math.round(e.y-d);return{width:n,height:Math.round(ee-d),houses:u,paths:l.map(e=>o?Zi(c,e):Qi(c,e)),hidden:i.length-a.length}}var Wi=(e,t)=>e.node_id<t.node_id?-1:+(e.node_id>t.node_id);function Gi(e){let t=/* @__PURE__ */ new Map;for(let n of[...e].sort(Wi)){let e=n.member_id||n.node_id,r=t.get(e)??{key:e,name:n.member_name||n.name,peers:[]};r.peers.push(n),t.set(e,r)}return[...t.values()].sort((e,t)=>e.key<t.key?-1:1)}function Ki(e){if(e.length<=14)return e;let t=e=>+!e.peers.some(e=>e.connected),n=new Set([...e].sort((e,n)=>t(e)-t(n)||(e.key<n.key?-1:1)).slice(0,14));return e.filter(e=>n.has(e))}function qi(e,t,n,r,i){let a=i!==null,o=[...i?[{nodeId:i.node_id,name:i.name,connected:!0,self:!0}]:[],...n.map(e=>({nodeId:e.node_id,name:e.name,connected:e.connected,self:!1}))],s=o.slice(0,6),c=s.length===4?2:Math.min(r,Math.max(1,s.length)),l=Math.ceil(s.length/c),u=Math.max(a?104:76,c*48+24),d=40+l*48+Ii,ee=o.some(e=>e.connected),te=n.filter(e=>e.connected&&e.latency_ms!==null).map(e=>e.latency_ms??0);return{key:e,name:t,own:a,connected:ee,latency:!a&&te.length?Math.min(...te):null,x:0,y:0,width:u,height:d,span:Math.max(u+8,Math.min(t.length,15)*zi),nodes:o.length,more:o.length-s.length,windows:s.map((e,t)=>{let n=Math.floor(t/c),r=Math.min(c,s.length-n*c);return{...e,x:(t%c-(r-1)/2)*48,y:-d/2+40+(n+.5)*48}})}}function Ji(e,t,n){e.x=n/2,e.y=0;let r=t.length;if(r===0)return;let i=Math.max(...t.map(e=>Math.max(e.span,104))),a=Math.max(...t.map(e=>e.height))+54,o=Math.max(60,n/2-i/2-Li),s=o>e.width/2+i/2+90;if(r<=2&&s){let n=Math.min(o,340);if(t.forEach((t,r)=>{t.x=e.x+(r===0?n:-n),t.y=0}),r===1){e.x-=n/2;for(let e of t)e.x-=n/2}return}let c=(e.height+54+a)/2+56,l=c,u=e=>(s?r%2?-Math.PI/2:-Math.PI/2+Math.PI/r:-Math.PI/2)+e*2*Math.PI/r;for(;l<c*5&&(t.forEach((t,n)=>{t.x=e.x+o*Math.cos(u(n)),t.y=e.y+l*Math.sin(u(n))}),!Yi([e,...t]));l+=20);for(let e of t)e.x=Math.round(e.x)}function Yi(e){return e.every((t,n)=>e.slice(n+1).every(e=>{let n=Math.abs(t.x-e.x)>=(t.span+e.span)/2+14,r=Math.abs(t.y-e.y)>=(t.height+e.height)/2+54;return n||r}))}function Xi(e,t,n){e.x=Math.round(n/2),e.y=0;let r=t.length===1,i=e.height/2+54+(r?40:12),a=Math.max(1,Math.floor((n/2-24)/Hi)),o=a===1?n/2-12:Hi;for(let n=0;n<t.length;n+=a*2){let s=t.slice(n,n+a*2),c=Math.max(...s.map(e=>e.height));s.forEach((t,n)=>{let a=12+(Math.floor(n/2)+.5)*o;t.x=r?e.x:Math.round(e.x+(n%2==0?-a:a)),t.y=i+c-t.height/2}),i+=c+54+24}}function Zi(e,t){let n=e.y+e.height/2+54,r=Math.sign(t.x-e.x),i=t.y+t.height/2-6,a=r?`M${e.x} ${n} V${i-18} Q${e.x} ${i} ${e.x+r*18} ${i} H${t.x-r*(t.width/2+8)}`:`M${e.x} ${n} V${t.y-t.height/2-4}`;return{key:t.key,d:a,connected:t.connected,label:null,latency:t.latency}}function Qi(e,t){let n=t.x-e.x,r=t.y-e.y,i=Math.hypot(n,r)||1,a=Math.min(26,i/10),o=e.x+n/2-r/i*a,s=e.y+r/2+n/i*a,c=$i(e,n,r),l=$i(t,-n,-r),u=(e,t,n,r)=>(1-e)**2*t+2*(1-e)*e*n+e**2*r;return{key:t.key,d:`M${Z(c.x)} ${Z(c.y)} Q${Z(o)} ${Z(s)} ${Z(l.x)} ${Z(l.y)}`,connected:t.connected,label:{x:Z(u(.5,c.x,o,l.x)),y:Z(u(.5,c.y,s,l.y))},latency:t.latency}}function $i(e,t,n){let r=e.width/2+10,i=e.height/2+(n>0?54:6),a=Math.min(t?r/Math.abs(t):1/0,n?i/Math.abs(n):1/0);return{x:e.x+t*a,y:e.y+n*a}}var Z=e=>Math.round(e*10)/10,ea,ta=30,na=class extends v{constructor(...e){super(...e),this.selected=``,this.stale=!1,this.space=0,this.resize=new ResizeObserver(([e])=>{let t=Math.floor(e?.contentRect.width??0);Math.abs(t-this.space)>4&&(this.space=t)})}connectedCallback(){super.connectedCallback(),this.resize.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.resize.disconnect()}shouldUpdate(e){return e.size>0&&!!this.node}render(){if(this.space<200)return m``;let{node:e,words:t}=this,n=Ui({node_id:e.node.id,name:e.node.name,member_name:e.member.name},e.peers,this.space);return m`<svg
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
      ${n.hidden?m`<p class="hidden">${t.n(`panel.mesh.hidden`,n.hidden)}</p>`:g}`}ground(e){let t=e.houses[0],n=Math.min(260,e.width/2);return h`<circle class="firelight" cx=${t?.x??0} cy=${t?.y??0} r=${n} fill="url(#fire)"></circle>`}path(e){let t=e.label,n=t&&e.connected&&e.latency!==null?this.words.latency(e.latency):``,r=n.length*8.5+18;return h`<g class="path ${e.connected?`on`:``}" data-test="edge" data-key=${e.key}>
      <path d=${e.d}></path>
      ${t&&n?h`<rect x=${t.x-r/2} y=${t.y-14} width=${r} height="28" rx="14"></rect>
            <text x=${t.x} y=${t.y} dy="0.35em">${n}</text>`:g}
    </g>`}house(e,t){let{words:n}=this,r=e.width/2,i=e.height/2,a=-i+40,o=ra(e.name,e.own?22:15),s=e.nodes>1?n.n(`panel.mesh.nodes`,e.nodes):``,c=t&&!t.label&&e.latency!==null?n.latency(e.latency):``,l=e.own?s||n.t(`panel.mesh.self`):e.connected?[s,c].filter(Boolean).join(` · `):n.t(`panel.mesh.gone`);return h`<g
      class="house ${e.own?`own`:``} ${e.connected?``:`dark`}"
      transform="translate(${e.x} ${e.y})"
      data-test="house"
      data-key=${e.key}
    >
      ${e.own?h`<path class="smoke" d="M${r-24} ${a-32} q-6 -8 0 -15 t0 -15"></path>`:g}
      <g class="building">
      <path class="chimney" d="M${r-31} ${a-26} h14 v${26} h-14 z"></path>
      <path class="wall" d="M${-r+6} ${a-4} H${r-6} V${i} H${-r+6} Z"></path>
      <path class="roof" d="M${-r-4} ${a} L0 ${-i+4} L${r+4} ${a} Z"></path>
      </g>
      <path class="step" d="M${-r-10} ${i} H${r+10}"></path>
      ${e.windows.map(e=>this.window(e))}
      <text class="name" y=${i+24}>${o}</text>
      ${l||e.more?h`<text class="under" y=${i+54-8}>${e.more?`${l} (+${e.more})`:l}</text>`:g}
    </g>`}window(e){let{words:t}=this,n=this.node.peers.find(t=>t.node_id===e.nodeId)?.latency_ms??null,r=e.self?t.t(`panel.mesh.self`):e.connected?n===null?t.t(`panel.mesh.connected`):t.t(`panel.mesh.connected_ms`,{ms:t.latency(n)}):t.t(`panel.mesh.gone`),i=ta/2,a=this.selected===e.nodeId;return h`<g
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
      ${e.self?h`<path class="arch" d="M${-15} ${19} V${-2} a${i} ${i} 0 0 1 ${ta} 0 V${19} Z"></path>
            <path class="flame" transform="translate(-12.5 -10) scale(1.05)" d=${tn}></path>`:h`<rect class="glass" x=${-15} y=${-15} width=${ta} height=${ta} rx="5"></rect>
            <path class="bars" d="M0 ${-15} V${i} M${-15} 0 H${i}"></path>`}
    </g>`}choose(e){this.dispatchEvent(new CustomEvent(`choose-node`,{detail:this.selected===e?``:e}))}};ea=na,ea.styles=[F,I,o`
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
    `],L([y({attribute:!1})],na.prototype,`node`,void 0),L([y({attribute:!1})],na.prototype,`words`,void 0),L([y({attribute:!1})],na.prototype,`selected`,void 0),L([y({type:Boolean,reflect:!0})],na.prototype,`stale`,void 0),L([b()],na.prototype,`space`,void 0);function ra(e,t){let n=Array.from(e);return n.length>t?`${n.slice(0,t-1).join(``)}…`:e}M(`hearthnet-village`,na);var ia,aa=[`normal`,`drill`,`emergency`],Q=class extends v{constructor(...e){super(...e),this.selected=``,this.working=``,this.failure=null}get admin(){return this.live.admin&&this.live.online&&this.live.connected}shouldUpdate(e){return e.size>0&&!!(this.live&&this.words)}updated(e){if(!e.has(`selected`)||!this.selected)return;let t=matchMedia(`(prefers-reduced-motion: reduce)`).matches;this.renderRoot.querySelector(`.details`)?.scrollIntoView({block:`nearest`,behavior:t?`auto`:`smooth`})}render(){let{state:e}=this.live,{words:t}=this;if(!e)return m`<div class="scroll"></div>`;let n=this.live.online&&this.live.connected;return m`<div class="scroll">
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
              .translates=${O(e,`trans.text`)}
              .me=${e.node.id}
              .reachable=${n}
              .words=${t}
            ></hearthnet-notices>
            ${this.condition(e)}
          </div>
        </div>
      </div>
      ${this.live.admin?m`<hearthnet-invite-dialog
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
            ${this.confirmation()}`:g}`}neighbourhood(e,t){let{words:n}=this,r=e.peers.length===0;return m`<section class="village" data-test="neighbourhood">
      <header>
        <div>
          <h1>${r?n.t(`panel.mesh.empty_title`):n.t(`panel.mesh.title`)}</h1>
          <p class="soft">${r?n.t(`panel.mesh.empty_text`):n.n(`panel.mesh.members`,e.community.members)}</p>
        </div>
        ${this.admin&&e.next_step!==`invite`?this.doors():g}
        ${e.community.readmit.length?this.readmit(e):g}
      </header>
      <hearthnet-village
        .node=${e}
        .words=${n}
        .selected=${this.selected}
        ?stale=${!t}
        @choose-node=${e=>this.selected=e.detail}
      ></hearthnet-village>
      ${this.details(e)}
    </section>`}doors(){let{words:e}=this;return m`<div class="doors">
      <button class="primary" data-test="invite-open" @click=${()=>this.inviting.show()}>${e.t(`panel.invite.open`)}</button>
      <button class="quiet" data-test="join-open" @click=${()=>this.joining.show(this.live.state?.member.name??``)}>
        ${e.t(`panel.join.open`)}
      </button>
    </div>`}readmit(e){let t=e.community.readmit.map(e=>e.name).join(`, `);return m`<p class="warn" data-test="readmit">${mn()}<span>${this.words.t(`panel.mesh.readmit`,{names:t})}</span></p>`}details(e){let{words:t}=this,n=this.selected===e.node.id,r=e.peers.find(e=>e.node_id===this.selected);if(!r&&!n)return g;let i=r?.name??e.node.name,a=r?this.peerRows(r):[[t.t(`panel.mesh.address`),e.node.address],[t.t(`panel.mesh.version`),e.node.version],[t.t(`panel.mesh.since`),e.node.started?t.when(e.node.started*1e3):``]],o=(r?.capabilities??e.capabilities).filter(sa);return m`<div class="details card" data-test="peer-details" role="region" aria-label=${t.t(`panel.mesh.details`,{name:i})}>
      <header>
        <h2 dir="auto">${i}</h2>
        <button class="plain" aria-label=${t.t(`panel.mesh.close`)} @click=${()=>this.selected=``}>${P()}</button>
      </header>
      <p class="soft">
        <bdi>${r?r.member_name:e.member.name}</bdi> · ${r?r.home?t.t(`panel.mesh.own_home`):t.named(`panel.mesh.role`,r.role)??t.t(`panel.mesh.neighbour`):t.t(`panel.mesh.self`)}
      </p>
      <dl>
        ${a.filter(([,e])=>e).map(([e,t])=>m`<div><dt>${e}</dt><dd><bdi>${t}</bdi></dd></div>`)}
      </dl>
      <p class="label">${t.t(`panel.mesh.offers`)}</p>
      ${o.length?m`<ul class="offers">${o.map(e=>m`<li><strong>${this.capabilityName(e.capability)}</strong> <bdi>${ua(e,t)}</bdi></li>`)}</ul>`:m`<p class="soft">${t.t(`panel.mesh.offers_nothing`)}</p>`}
    </div>`}peerRows(e){let{words:t}=this;return[[t.t(`panel.mesh.latency`),e.connected&&e.latency_ms!==null?t.latency(e.latency_ms):``],[t.t(`panel.mesh.address`),e.address],[t.t(`panel.mesh.version`),e.version],[t.t(e.connected?`panel.mesh.since`:`panel.mesh.last_seen`),e.since?t.when(e.since*1e3):``]]}abilities(e){let{words:t}=this,n=/* @__PURE__ */ new Map,r=(e,t,r,i,a)=>{if(!sa(e))return;let o=n.get(e.capability)??[];o.push({key:`${r}/${e.provider}`,node:t,own:i,reachable:a,capability:e}),n.set(e.capability,o)};for(let n of e.capabilities)r(n,t.t(`panel.ask.here_cap`),e.node.id,!0,!0);for(let t of e.peers)for(let e of t.capabilities)r(e,t.name,t.node_id,!1,t.connected);let i=[...n.entries()].sort(([e],[t])=>la(e)-la(t)||(e<t?-1:1));return m`<section class="card abilities" data-test="capabilities">
      <h2>${t.t(`panel.capability.title`)}</h2>
      ${i.length===0?m`<p class="soft">${t.t(`panel.capability.none`)}</p>`:g}
      <ul>
        ${i.map(([e,t])=>m`<li data-test="capability" data-capability=${e}>
            <p class="what">${this.capabilityName(e)}</p>
            <ul class="who">
              ${t.slice(0,24).map(e=>this.offer(e))}
            </ul>
          </li>`)}
      </ul>
    </section>`}offer(e){let{words:t}=this,{capability:n}=e,r=n.available&&e.reachable,i=[ua(n,t),r?``:t.t(e.reachable?`panel.capability.unavailable`:`panel.mesh.gone`),r&&n.load>=.05?t.t(`panel.capability.busy`,{percent:t.percent(n.load)}):``,n.internet?t.t(`panel.capability.internet`):``].filter(Boolean);return m`<li class=${r?`lit`:``} title=${n.reason}>
      <bdi class="node">${e.node}</bdi>${i.length?m`<bdi class="engine">${i.join(`, `)}</bdi>`:g}
    </li>`}capabilityName(e){return this.words.named(`panel.capability.names`,e)??e}nextStep(e){let{words:t}=this,n=e.next_step;if(n===`none`||!this.live.online)return g;let r={invite:`invite`,choose_privacy:`privacy`,add_model:`model`,check_network:`network`}[n],i=n===`invite`||n===`choose_privacy`;return m`<section class="step" data-test="next-step" data-step=${n}>
      <p class="label">${t.t(`panel.step.title`)}</p>
      <h2>${t.t(`panel.step.${r}_title`)}</h2>
      <p>${t.t(`panel.step.${r}_text`)}</p>
      ${i&&!this.admin?m`<p class="soft">${t.t(`panel.step.ask_admin`)}</p>`:g}
      ${n===`add_model`&&e.engines.length?m`<ul class="engines" data-test="engines">
            ${e.engines.map(e=>m`<li><strong>${e.name}</strong> <bdi>${e.url}</bdi> <span dir="auto">${e.reason}</span></li>`)}
          </ul>`:g}
      ${n===`invite`&&this.admin?this.doors():g}
      ${n===`choose_privacy`&&this.admin?this.privacyChoice(``):g}
    </section>`}privacyChoice(e){let{words:t}=this;return m`<div class="choices">
      ${[`home`,`community`].map(n=>m`<button
          class="choice ${e===n?`on`:``}"
          data-test="privacy-${n}"
          aria-pressed=${e===n}
          ?disabled=${this.working!==``}
          @click=${()=>this.change(`privacy`,()=>A(this.hass.connection,this.live.entryId,`set_privacy`,{privacy:n}))}
        >
          <strong>${t.t(`panel.step.privacy_${n}`)}</strong>${t.t(`panel.step.privacy_${n}_text`)}
        </button>`)}
    </div>`}condition(e){let{words:t}=this,{connectivity:n,mode:r}=e,i=(e,n)=>m`<li class=${e?`lit`:``}>
      <strong>${n}</strong><span>${t.t(e?`panel.connectivity.yes`:`panel.connectivity.no`)}</span>
    </li>`;return m`<section class="card condition" data-test="condition">
      <h2>${t.t(`panel.connectivity.title`)}</h2>
      <p data-test="connectivity" data-state=${n.state}>
        ${t.t(`panel.connectivity.${n.state}`)}
        ${n.since?m`<span class="soft">${t.t(`panel.mode.since`,{when:t.when(n.since*1e3)})}</span>`:g}
      </p>
      <ul class="signs">
        ${i(n.internet,t.t(`panel.connectivity.internet`))}
        ${i(n.mesh,t.t(`panel.connectivity.mesh`))}
      </ul>
      ${e.node.warnings.map(e=>m`<p class="warn">${un()}<span>${t.named(`panel.warnings`,e)??t.t(`panel.warnings.other`,{code:e})}</span></p>`)}
      <h2>${t.t(`panel.mode.title`)}</h2>
      <p data-test="mode" data-mode=${r.mode}>
        <strong>${t.t(`panel.mode.${r.mode}`)}</strong>
        ${r.since?m`<span class="soft">${t.t(`panel.mode.since`,{when:t.when(r.since*1e3)})}</span>`:g}
        ${r.reason?m`<span class="soft" dir="auto">${t.t(`panel.mode.reason`,{reason:r.reason})}</span>`:g}
      </p>
      ${this.admin?m`<div class="modes">
            ${aa.map(e=>m`<button
                class=${e}
                data-test="mode-${e}"
                aria-pressed=${r.mode===e}
                ?disabled=${this.working!==``}
                @click=${()=>this.wantMode(e,r.mode)}
              >
                ${t.t(`panel.mode.${e}`)}
              </button>`)}
          </div>`:g}
      ${this.admin&&e.privacy_chosen?m`<h2>${t.t(`panel.privacy_setting.title`)}</h2>
            ${this.privacyChoice(e.privacy)}`:g}
      ${this.failure?B(this.failure,t):g}
      ${this.admin&&!e.community.alone?m`<button class="plain bad leave" data-test="leave-open" @click=${()=>this.leaving.showModal()}>
            ${t.t(`panel.leave.open`,{name:e.community.name})}
          </button>`:g}
      ${this.live.admin?g:m`<p class="soft" data-test="guest">${t.t(`panel.mesh.guest`)}</p>`}
    </section>`}confirmation(){let{words:e}=this;return m`<dialog class="confirm" data-test="mode-confirm" aria-label=${e.t(`panel.mode.confirm_title`)}>
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
            @click=${()=>{this.leaving.close(),this.change(`leave`,()=>A(this.hass.connection,this.live.entryId,`leave`,{}))}}
          >
            ${e.t(`panel.leave.confirm`)}
          </button>
        </div>
      </div>
    </dialog>`}wantMode(e,t){e!==t&&(e===`emergency`?this.confirming.showModal():this.setMode(e))}setMode(e){this.change(`mode`,()=>A(this.hass.connection,this.live.entryId,`set_mode`,{mode:e}))}async change(e,t){if(!this.working){this.working=e,this.failure=null;try{await t()}catch(e){this.failure=S(e)}finally{this.working=``}}}};ia=Q,ia.styles=[F,I,En,o`
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
    `],L([y({attribute:!1})],Q.prototype,`hass`,void 0),L([y({attribute:!1})],Q.prototype,`live`,void 0),L([y({attribute:!1})],Q.prototype,`words`,void 0),L([b()],Q.prototype,`selected`,void 0),L([b()],Q.prototype,`working`,void 0),L([b()],Q.prototype,`failure`,void 0),L([x(`hearthnet-invite-dialog`)],Q.prototype,`inviting`,void 0),L([x(`hearthnet-join-dialog`)],Q.prototype,`joining`,void 0),L([x(`dialog.confirm`)],Q.prototype,`confirming`,void 0),L([x(`dialog.leaving`)],Q.prototype,`leaving`,void 0);var oa=/* @__PURE__ */ new Set([`rag.ingest`,`rag.list_corpora`,`rag.list_documents`,`rag.fetch`,`llm.complete`,`experimental.moe.route`]),sa=e=>!oa.has(e.capability)&&!(e.capability===`llm.chat`&&!e.version.startsWith(`1.`))&&(e.available||e.capability===`llm.chat`||e.capability===`rag.query`),ca=[`llm.chat`,`rag.query`,`stt.transcribe`,`tts.synthesize`,`trans.text`];function la(e){let t=ca.indexOf(e);return t<0?ca.length:t}function ua(e,t){return t.engine(e.provider,...e.models.slice(0,2))}M(`hearthnet-mesh-view`,Q);var da={en:{panel:/* @__PURE__ */ JSON.parse(`{"name":"HearthNet","menu":"Open the menu","tabs":{"label":"Views","ask":"Ask","home":"Home","mesh":"Neighbourhood"},"node_picker":"Which node","reload":{"text":"HearthNet was updated.","action":"Load the new version"},"status":{"alone":"Just this home","near":"{count} node near","near_other":"{count} nodes near","internet_on":"Internet","internet_off":"No internet"},"wait":{"loading":"Waking the hearth…","starting":"Home Assistant is still starting HearthNet. This page goes on by itself."},"unconfigured":{"title":"HearthNet is not set up yet","text":"Add the HearthNet integration and pair it with the node in your home. This page wakes up by itself when that is done.","action":"Open the integrations","ask_admin":"Ask the person who looks after Home Assistant here to add the HearthNet integration."},"failed":{"title":"HearthNet did not answer","action":"Try now"},"banner":{"ha":"Home Assistant is not reachable. What you see is from {when}; this page reconnects by itself.","ha_never":"Home Assistant is not reachable. This page reconnects by itself.","node":"Your HearthNet node is not reachable. What you see is from {when}.","node_undated":"Your HearthNet node is not reachable. What you see is the last known state.","node_never":"Your HearthNet node is not reachable, and nothing is known from before.","emergency":"Emergency mode since {when}.","drill":"This is a drill, since {when}. Nothing is wrong.","isolated":"No internet and no neighbour since {when}. This home answers from its own library.","offline":"No internet since {when}. The neighbourhood still answers.","offline_alone":"No internet since {when}. This home answers from its own library.","captive_portal":"The network wants a sign-in before it lets you out.","dns":"Names are not being resolved.","gateway":"The router does not answer.","no_route":"This node has no way out of its network."},"ask":{"label":"Your question","placeholder":"Ask anything","submit":"Ask","cancel":"Stop","retry":"Ask again","hero":"What would you like to know?","hero_emergency":"What do you need to know?","hero_alone":"Answered from the library in this home: one guide that needs no internet.","hero_alone_other":"Answered from the library in this home: {count} guides that need no internet.","hero_near":"Answered by this home and one node near you.","hero_near_other":"Answered by this home and {count} nodes near you.","hero_empty":"There is no model, no neighbour and no library here yet.","suggested":"For example","suggestions":{"water":"How long can I store drinking water, and in what?","food":"The power is out. How long does food in the fridge stay safe?","heating":"How do I keep one room warm without power?","first_aid":"What do I do first for a bad burn?"},"suggestions_emergency":{"water":"Is the tap water safe to drink, and how do I make it safe?","power":"What should I do first when the power is out?","meet":"Where do we meet if we cannot reach each other?","first_aid":"What do I do first for a bad burn?"},"privacy":{"local":"Only this node sees your question","home":"Only this home sees your question","community":"Your community may see your question","any":"Your community and internet services may see your question"},"blocked_ha":"Waiting for Home Assistant.","blocked_node":"Waiting for the node.","step":{"":"Asking…","searching":"Looking in the libraries…","asking":"Choosing who answers…","queued":"Everyone is busy. You are in the queue…"},"answering":"{name} is answering…","here":"this home","here_cap":"This home","answered_here":"Answered in this home","answered_by":"Answered by {name}","in_seconds":"in {seconds}","at":"asked {when}","handover":"{name} goes on here","continued":"{count} interruption, nothing lost","continued_other":"{count} interruptions, nothing lost","signed":"signed","signed_hint":"The answer carries a valid signature of the node that gave it.","unsigned_hint":"A part of this answer carries no valid signature.","unsigned":"signature not valid","not_grounded":"This answer does not rest on the library. Check it before you rely on it.","cancelled":"You stopped this answer.","truncated":"The rest was too long to show.","earlier":"Asked before","back":"To the latest answer","new":"New question","clear":"Forget these questions","live_done":"The answer is complete.","live_failed":"The answer stopped.","picture":"Ask about a picture","picture_or_sound":"Ask about a picture, or with a recording","sound":"Ask with a recording","picture_of_question":"The picture this question is about","picture_remove":"Leave this picture out","record":"Ask by voice","record_stop":"Done speaking","recording":"Listening…","listening":"Understanding what was said…","tools":"May look things up and use tools, step by step","confidence":"In at least {level} of such questions the right passage is among these sources (checked on {n} questions).","words_only":"Only words were compared: no model here understands meaning.","read":"Read aloud","quiet":"Stop reading","good":"This answer helped","bad":"This answer did not help","thanks":"Noted. It decides who is asked next time."},"sources":{"title":"Where this comes from","count":"{count} passage","count_other":"{count} passages","open":"Open passage {n}: {title}","cite":"Passage {n}","from":"from {name}","licence":"Licence: {licence}","none":"No passage matched. The answer comes from what the model knows.","searched":"Searched: {names}","search_failed":"{name} could not be searched: {error}","whole":"Open the document"},"route":{"title":"Who was asked, and why","start":"Asked here","score":"Score {score}","answered":"Answered","finished":"Finished the answer","answering":"Answering","waiting":"Asked, not answering yet","stopped_after":"Stopped after {count} sentence","stopped_after_other":"Stopped after {count} sentences","stopped":"Did not answer","cancelled":"Stopped by you","not_allowed":"Not asked","reserve":"In reserve","more":"{count} more were considered","why":"Why this order","hide":"Hide the reasons","weight":"weight {weight}","none":"Nobody could be asked.","drawing":"Route of the question: {summary}"},"mesh":{"title":"Your neighbourhood","alone":"This home","members":"{count} household","members_other":"{count} households","map":"Map of the neighbourhood","house":"{name}, {state}","connected":"connected","connected_ms":"connected, {ms}","gone":"offline","nodes":"{count} node","nodes_other":"{count} nodes","hidden":"and {count} more household","hidden_other":"and {count} more households","self":"this node","own_home":"In this home","neighbour":"Neighbour","details":"Details of {name}","close":"Close","role":{"unknown":"Not known","member":"Member","trusted":"Trusted","anchor":"Keeper"},"address":"Address","version":"Version","since":"Since","last_seen":"Last seen","latency":"Distance","offers":"Offers","offers_nothing":"Offers nothing at the moment","readmit":"{names} must be invited again: whoever let them in has been removed since.","guest":"Inviting, joining and switching the mode is up to an administrator of Home Assistant.","empty_title":"No neighbour yet","empty_text":"HearthNet already works for this home. It becomes stronger with every house that joins."},"step":{"title":"Next step","invite_title":"Bring in the first neighbour","invite_text":"Invite someone you trust, or join the community of someone who invited you.","privacy_title":"Who may see questions?","privacy_text":"Until you choose, nothing leaves this home.","privacy_home":"This home","privacy_home_text":"Only nodes of this household answer.","privacy_community":"My community","privacy_community_text":"Neighbours in your community may answer too.","model_title":"Give the hearth a voice","model_text":"Questions are answered from the library now. Start Ollama or llama.cpp on a computer in this home and the node finds it by itself.","network_title":"Look at the network","network_text":"This node reaches nobody. Check that it is plugged in or on the same Wi-Fi as its neighbours.","ask_admin":"A person who looks after Home Assistant here can do this."},"capability":{"title":"What can be done here","none":"Nothing is offered yet.","internet":"uses the internet","unavailable":"not available","busy":"{percent} busy","names":{"llm.chat":"Answers questions","llm.complete":"Completes text","rag.query":"Searches its library","rag.ingest":"Takes in documents","rag.list_corpora":"Lists its library","embed.text":"Compares meaning","embed.image":"Compares how pictures look","rerank.text":"Sorts passages","stt.transcribe":"Understands speech","tts.synthesize":"Speaks aloud","trans.text":"Translates","ocr.image":"Reads pictures of text","img.describe":"Describes pictures","file.read":"Shares files","chat.send":"Carries messages","ocr.pdf":"Reads scanned documents"}},"provider":{"extractive":"word for word from the library","library":"library"},"invite":{"open":"Invite","title":"Invite to {name}","title_plain":"Invite","who":"Who is it for?","neighbour":"A neighbour","neighbour_text":"Another household joins your community.","own":"A device of this home","own_text":"Another node of your own household.","making":"Making the invite…","scan":"Scan this with the other HearthNet, or send the text.","qr":"QR code of the invite","text":"Invite text","copy":"Copy","copied":"Copied","copy_failed":"Press and hold the text to copy it.","expires":"Works once, until {when}.","words":"Read these words to each other","words_text":"The other side sees the same six words before joining.","secret":"Whoever has this invite can join. Give it only to the person you mean.","again":"Make another","close":"Done"},"join":{"open":"Join a community","title":"Join a community","paste":"Paste the invite you were given","placeholder":"hearthnet:…","inspect":"Look at the invite","inspecting":"Looking…","compare":"Do these words match?","compare_text":"Call the person who invited you and read the words to each other. They must be the same.","community":"Community","node":"Invited by","expires":"Valid until","name":"Your household's name there","match":"They match, join","differ":"They differ","differ_text":"Do not join. The invite may have been changed on its way. Ask for a new one in person.","joining":"Joining…","done":"You are in {name}.","own":"This invite makes this node a part of the household that made it. Its nodes then read your own documents and questions. Go on only if that household is yours.","replaces":"You leave “{name}”, which stays readable.","back":"Back","close":"Close"},"notices":{"title":"Notices","none":"Nothing on the board.","write":"Write a notice","heading":"Title","heading_placeholder":"Warm room at the school","body":"What neighbours should know","severity":"How important","info":"Good to know","warning":"Important","urgent":"Urgent","ttl":"How long it stays","ttl_24":"A day","ttl_72":"Three days","ttl_168":"A week","ttl_720":"A month","post":"Put it up","posting":"Putting it up…","posted":"Your notice is up.","cancel":"Cancel","by":"{name}, {when}","late":"arrived late","until":"until {when}","left":"{count} characters left","translate":"Translate","translate_this":"Translate “{title}”","translating":"Translating…","translated":"Translated by a machine","new_urgent":"Urgent notice: {title}"},"leave":{"open":"Leave {name}","title":"Leave “{name}”?","text":"Neighbours no longer answer this home, and it no longer answers them. To come back you need a new invite. What you have stays readable.","confirm":"Leave","cancel":"Stay"},"mode":{"title":"Mode","normal":"Normal","emergency":"Emergency","drill":"Drill","since":"since {when}","reason":"Reason: {reason}","confirm_title":"Switch to emergency mode?","confirm_text":"Automations that react to emergency mode in this home will run.","confirm":"Switch to emergency","cancel":"Stay"},"connectivity":{"title":"Connection","online":"The internet is reachable.","degraded":"The internet is unreliable.","offline":"No internet; neighbours are reachable.","isolated":"Neither internet nor neighbours.","unknown":"Not known yet.","internet":"Internet","mesh":"Neighbours","yes":"reachable","no":"not reachable"},"warnings":{"clock":"This node's clock is wrong. Set the time, or its notices carry a wrong date.","index":"The index of meanings has a problem; searching goes on by words. Its log says which.","voice_port":"Another program has the port of the voice server; voice assistants cannot use this node. Choose another port.","cloned_node":"Two machines use this node's identity. Stop one of them.","removed":"The neighbours no longer take this node as a member. Ask one of them for a new invite, or leave the community.","other":"The node reports: {code}"},"privacy_setting":{"title":"Who may see questions"},"card":{"name":"HearthNet","description":"Mode, neighbours and a question box that works without the internet.","open":"Open HearthNet","since":"since {when}","title":"Title","entry":"Node","show_ask":"Show the question box","more":"Read all","not_configured":"HearthNet is not set up.","last_known":"Last known, {when}"},"error":{"unavailable":"Nobody could answer just now.","timeout":"It took too long.","rate_limited":"Too many questions at once. Wait a moment.","capacity_exceeded":"Everyone is busy. Try again in a moment.","forbidden":"This is not allowed.","unauthorized":"Only an administrator of Home Assistant may do this.","expired":"This invite has expired. Ask for a new one.","not_found":"This was not found.","bad_request":"This could not be understood.","version_mismatch":"The two sides do not fit. One of them needs an update.","partition":"The connection to the neighbourhood is cut.","connection_lost":"The connection to Home Assistant was lost.","silence":"The answer stopped coming.","unknown_command":"HearthNet is not running in Home Assistant.","unknown":"Something went wrong.","too_large":"The file is larger than 64 MB.","no_picture":"This is no picture.","no_sound":"This is no sound recording the browser can read.","long_sound":"A recording may last a minute at most.","no_microphone":"The microphone cannot be used. Allow it in the browser; pages need https for it.","nothing_heard":"Nothing was understood. Try again, a little closer."},"library":{"title":"Documents","collections":"Collections","names":{"household":"Household","emergency":"Emergency guides","shared":"Shared"},"who":"Who may find these?","access":{"personal":"Only this device","home":"Only this home","community":"This home and the neighbourhood","role":"Neighbours who are {role}"},"add":"Add documents","add_text":"Drop PDF, Word, web pages, text, pictures or a ZIP of them here. They are read in this home; nothing is sent away.","empty":"Nothing is in this collection yet.","empty_admin":"Nothing is in this collection yet. Manuals, recipes, the notes for the babysitter: whatever you would look for.","more":"Show more","passages":"one passage","passages_other":"{count} passages","remove":"Remove {title}","remove_sure":"Remove it","keep":"Keep it","added":"One document was added.","added_other":"{count} documents were added.","known":"One was known already.","known_other":"{count} were known already.","unreadable":"Nobody in this home could tell what is on one picture or scanned page.","unreadable_other":"Nobody in this home could tell what is on {count} pictures or scanned pages.","step":{"sending":"On its way…","reading":"Reading…","recognising":"Reading scanned pages…","storing":"Storing…","looking":"Looking at the picture…"},"indexing":"Reading the passages for their meaning: {done} of {total}. Searching works meanwhile.","picture":"Picture"},"document":{"close":"Close","page":"Page {page}","loading":"Opening…","more":"Read on"},"taking":{"title":"Take data out","data":"Data","text":"Name what you want to know. A language model reads the document and writes down what it says about each. What only this home may find is read only in this home.","examples":"For example","example":{"bill":{"title":"A bill","from":"From whom","amount":"Amount","due":"To be paid by","account":"To which account"},"device":{"title":"A device","model":"Model","bought":"Bought on","care":"Regular care"},"contract":{"title":"A contract","with":"With whom","ends":"Ends on","notice":"Notice period","renews":"Renews by itself"}},"name":"Field {n}: what you want to know","name_example":"Such as: amount","kind":"Field {n}: its kind","kinds":{"text":"Text","number":"Number","date":"Date","yes_no":"Yes or no","list":"List"},"remove":"Remove {name}","add":"One more field","hint":"A hint (optional)","hint_example":"Such as: only the heating, not the water","keep":"Keep what is found","keep_not":"Only show it","submit":"Take it out","stop":"Stop","step":{"reading":"Opening the document…","extracting":"A model is reading it. A long document takes some minutes.","storing":"Keeping it…"},"found":"{some} of {count} field found","found_other":"{some} of {count} fields found","field":"Field","value":"What the document says","missing":"Not in the document","yes":"Yes","no":"No","inexact":"not word for word","doubtful":"“Not word for word” was counted, translated or guessed by the model. Look there before you rely on it.","passage":"The passage","from":"{at} and after","open":"{name}: open the place it stands ({at})","open_from":"{name}: open what was read for it ({at} and after)","kept":"Kept in “{name}”. Searches and questions find it.","open_kept":"Open it","by":"Taken out by","again":"Other fields","back":"Back to the document","back_to_data":"Back to the data"},"pictures":{"find":"Find a picture","submit":"Search the pictures","count":"One picture is here: describe it, or write what stands on it.","count_other":"{count} pictures are here: describe one, or write what stands on it.","busy":"Looking through the pictures…","found":"One picture found","found_other":"{count} pictures found","none":"No picture found. Try other words.","not_by_look":"Not compared by how they look: {note}","none_like":"No other picture looks like this one.","alike":"Pictures like this one","alt":"The picture “{title}”"},"models":{"title":"Language models","none":"No language model is here. Questions are answered from the library, or by a neighbour's model.","loaded":"ready","can":{"tools":"uses tools","vision":"sees pictures"},"fetch":"Fetch a model","fetch_submit":"Fetch","fetch_text":"This needs the internet once; afterwards the model works without it. A 3b model needs about 2 GB of space and 4 GB of memory.","fetching":"Fetching {name}…","no_keeper":"To fetch models here, run Ollama on this machine, or turn it on in the HearthNet app.","remove":"Remove {name}","remove_sure":"Remove it","keep":"Keep it"},"steps":{"label":"What was done for this answer","ask":"May this be done?","yes":"Yes, do it","no":"No","tainted":"This was proposed after reading what others wrote. Check it before you allow it.","state":{"running":"…","done":"done","failed":"did not work","needs_confirmation":"waits for you","refused":"not allowed"},"tool":{"search_library":"Searches the libraries","read_document":"Reads a document","translate":"Translates","describe_image":"Looks at the picture","read_image":"Reads what is on the picture","mesh_status":"Looks who is near","list_notices":"Reads the notices","post_notice":"Posts a notice to everybody","set_mode":"Changes the mode of this home"},"argument":{"title":"Title","body":"Text","severity":"How important","ttl_hours":"Stays up (hours)","mode":"Mode","reason":"Reason","text":"Text","to":"Into","query":"Looked for","question":"Question","name":"Name","area":"Room","floor":"Floor","domain":"Kind of device","device_class":"Kind of device","brightness":"Brightness","temperature":"Temperature","color":"Colour","position":"Position","item":"Entry","message":"Message"}}}`)},de:{panel:/* @__PURE__ */ JSON.parse(`{"name":"HearthNet","menu":"Menü öffnen","tabs":{"label":"Ansichten","ask":"Fragen","home":"Zuhause","mesh":"Nachbarschaft"},"node_picker":"Welcher Knoten","reload":{"text":"HearthNet wurde aktualisiert.","action":"Neue Version laden"},"status":{"alone":"Nur dieses Zuhause","near":"{count} Knoten in der Nähe","near_other":"{count} Knoten in der Nähe","internet_on":"Internet","internet_off":"Kein Internet"},"wait":{"loading":"Das Feuer wird geweckt …","starting":"Home Assistant startet HearthNet noch. Diese Seite macht von selbst weiter."},"unconfigured":{"title":"HearthNet ist noch nicht eingerichtet","text":"Füge die Integration HearthNet hinzu und verbinde sie mit dem Knoten in deinem Zuhause. Diese Seite wacht von selbst auf, sobald das geschehen ist.","action":"Integrationen öffnen","ask_admin":"Bitte die Person, die Home Assistant hier betreut, die Integration HearthNet hinzuzufügen."},"failed":{"title":"HearthNet hat nicht geantwortet","action":"Jetzt versuchen"},"banner":{"ha":"Home Assistant ist nicht erreichbar. Was du siehst, ist von {when}; diese Seite verbindet sich von selbst wieder.","ha_never":"Home Assistant ist nicht erreichbar. Diese Seite verbindet sich von selbst wieder.","node":"Dein HearthNet-Knoten ist nicht erreichbar. Was du siehst, ist von {when}.","node_undated":"Dein HearthNet-Knoten ist nicht erreichbar. Was du siehst, ist der letzte bekannte Stand.","node_never":"Dein HearthNet-Knoten ist nicht erreichbar, und von früher ist nichts bekannt.","emergency":"Notfallmodus seit {when}.","drill":"Das ist eine Übung, seit {when}. Es ist nichts passiert.","isolated":"Kein Internet und kein Nachbar seit {when}. Dieses Zuhause antwortet aus der eigenen Bibliothek.","offline":"Kein Internet seit {when}. Die Nachbarschaft antwortet weiter.","offline_alone":"Kein Internet seit {when}. Dieses Zuhause antwortet aus der eigenen Bibliothek.","captive_portal":"Das Netz verlangt eine Anmeldung, bevor es dich hinauslässt.","dns":"Namen werden nicht aufgelöst.","gateway":"Der Router antwortet nicht.","no_route":"Dieser Knoten kommt nicht aus seinem Netz hinaus."},"ask":{"label":"Deine Frage","placeholder":"Frag, was du willst","submit":"Fragen","cancel":"Anhalten","retry":"Noch einmal fragen","hero":"Was möchtest du wissen?","hero_emergency":"Was musst du wissen?","hero_alone":"Antworten kommen aus der Bibliothek in diesem Zuhause: ein Ratgeber, der kein Internet braucht.","hero_alone_other":"Antworten kommen aus der Bibliothek in diesem Zuhause: {count} Ratgeber, die kein Internet brauchen.","hero_near":"Es antworten dieses Zuhause und ein Knoten in deiner Nähe.","hero_near_other":"Es antworten dieses Zuhause und {count} Knoten in deiner Nähe.","hero_empty":"Hier gibt es noch kein Modell, keinen Nachbarn und keine Bibliothek.","suggested":"Zum Beispiel","suggestions":{"water":"Wie lange kann ich Trinkwasser lagern, und worin?","food":"Der Strom ist weg. Wie lange bleibt Essen im Kühlschrank sicher?","heating":"Wie halte ich ein Zimmer ohne Strom warm?","first_aid":"Was tue ich zuerst bei einer schweren Verbrennung?"},"suggestions_emergency":{"water":"Kann ich das Leitungswasser trinken, und wie mache ich es sicher?","power":"Was tue ich zuerst, wenn der Strom weg ist?","meet":"Wo treffen wir uns, wenn wir uns nicht erreichen?","first_aid":"Was tue ich zuerst bei einer schweren Verbrennung?"},"privacy":{"local":"Nur dieser Knoten sieht deine Frage","home":"Nur dieses Zuhause sieht deine Frage","community":"Deine Gemeinschaft kann deine Frage sehen","any":"Deine Gemeinschaft und Dienste im Internet können deine Frage sehen"},"blocked_ha":"Warte auf Home Assistant.","blocked_node":"Warte auf den Knoten.","step":{"":"Frage wird gestellt …","searching":"Suche in den Bibliotheken …","asking":"Wer antwortet, wird gewählt …","queued":"Alle sind beschäftigt. Du stehst in der Schlange …"},"answering":"{name} antwortet …","here":"dieses Zuhause","here_cap":"Dieses Zuhause","answered_here":"Beantwortet in diesem Zuhause","answered_by":"Beantwortet von {name}","in_seconds":"in {seconds}","at":"gefragt {when}","handover":"Hier macht {name} weiter","continued":"{count} Unterbrechung, nichts verloren","continued_other":"{count} Unterbrechungen, nichts verloren","signed":"unterschrieben","signed_hint":"Die Antwort trägt eine gültige Unterschrift des Knotens, der sie gab.","unsigned_hint":"Ein Teil dieser Antwort trägt keine gültige Unterschrift.","unsigned":"Unterschrift ungültig","not_grounded":"Diese Antwort stützt sich nicht auf die Bibliothek. Prüfe sie, bevor du dich darauf verlässt.","cancelled":"Du hast diese Antwort angehalten.","truncated":"Der Rest war zu lang, um ihn zu zeigen.","earlier":"Früher gefragt","back":"Zur letzten Antwort","new":"Neue Frage","clear":"Diese Fragen vergessen","live_done":"Die Antwort ist vollständig.","live_failed":"Die Antwort ist abgebrochen.","picture":"Zu einem Bild fragen","picture_or_sound":"Zu einem Bild fragen, oder mit einer Aufnahme","sound":"Mit einer Aufnahme fragen","picture_of_question":"Das Bild, um das es geht","picture_remove":"Dieses Bild weglassen","record":"Mit der Stimme fragen","record_stop":"Fertig gesprochen","recording":"Hört zu…","listening":"Versteht, was gesagt wurde…","tools":"Darf nachschlagen und Werkzeuge nutzen, Schritt für Schritt","confidence":"Bei mindestens {level} solcher Fragen ist die richtige Stelle unter diesen Quellen (geprüft an {n} Fragen).","words_only":"Nur Wörter wurden verglichen: kein Modell hier versteht die Bedeutung.","read":"Vorlesen","quiet":"Nicht weiterlesen","good":"Diese Antwort hat geholfen","bad":"Diese Antwort hat nicht geholfen","thanks":"Vermerkt. Es entscheidet mit, wer nächstes Mal gefragt wird."},"sources":{"title":"Woher das kommt","count":"{count} Textstelle","count_other":"{count} Textstellen","open":"Textstelle {n} öffnen: {title}","cite":"Textstelle {n}","from":"von {name}","licence":"Lizenz: {licence}","none":"Keine Textstelle passte. Die Antwort kommt aus dem Wissen des Modells.","searched":"Durchsucht: {names}","search_failed":"{name} konnte nicht durchsucht werden: {error}","whole":"Das Dokument öffnen"},"route":{"title":"Wer gefragt wurde, und warum","start":"Hier gefragt","score":"Wertung {score}","answered":"Hat geantwortet","finished":"Hat die Antwort beendet","answering":"Antwortet","waiting":"Gefragt, antwortet noch nicht","stopped_after":"Abgebrochen nach {count} Satz","stopped_after_other":"Abgebrochen nach {count} Sätzen","stopped":"Hat nicht geantwortet","cancelled":"Von dir angehalten","not_allowed":"Nicht gefragt","reserve":"In Reserve","more":"{count} weitere wurden erwogen","why":"Warum diese Reihenfolge","hide":"Gründe ausblenden","weight":"Gewicht {weight}","none":"Niemand konnte gefragt werden.","drawing":"Weg der Frage: {summary}"},"mesh":{"title":"Deine Nachbarschaft","alone":"Dieses Zuhause","members":"{count} Haushalt","members_other":"{count} Haushalte","map":"Karte der Nachbarschaft","house":"{name}, {state}","connected":"verbunden","connected_ms":"verbunden, {ms}","gone":"nicht erreichbar","nodes":"{count} Knoten","nodes_other":"{count} Knoten","hidden":"und {count} weiterer Haushalt","hidden_other":"und {count} weitere Haushalte","self":"dieser Knoten","own_home":"In diesem Zuhause","neighbour":"Nachbar","details":"Einzelheiten zu {name}","close":"Schließen","role":{"unknown":"Unbekannt","member":"Mitglied","trusted":"Vertraut","anchor":"Hüter"},"address":"Adresse","version":"Version","since":"Seit","last_seen":"Zuletzt gesehen","latency":"Entfernung","offers":"Bietet","offers_nothing":"Bietet gerade nichts","readmit":"Neu einladen: {names}. Wer sie hereingelassen hat, wurde inzwischen entfernt.","guest":"Einladen, beitreten und den Modus wechseln kann ein Administrator von Home Assistant.","empty_title":"Noch kein Nachbar","empty_text":"HearthNet funktioniert schon für dieses Zuhause. Mit jedem Haus, das dazukommt, wird es stärker."},"step":{"title":"Nächster Schritt","invite_title":"Hol den ersten Nachbarn dazu","invite_text":"Lade jemanden ein, dem du vertraust, oder tritt der Gemeinschaft von jemandem bei, der dich eingeladen hat.","privacy_title":"Wer darf Fragen sehen?","privacy_text":"Bis du wählst, verlässt nichts dieses Zuhause.","privacy_home":"Dieses Zuhause","privacy_home_text":"Nur Knoten dieses Haushalts antworten.","privacy_community":"Meine Gemeinschaft","privacy_community_text":"Auch Nachbarn in deiner Gemeinschaft dürfen antworten.","model_title":"Gib dem Herd eine Stimme","model_text":"Fragen werden jetzt aus der Bibliothek beantwortet. Starte Ollama oder llama.cpp auf einem Rechner in diesem Zuhause; der Knoten findet es von selbst.","network_title":"Sieh nach dem Netz","network_text":"Dieser Knoten erreicht niemanden. Prüfe, ob er angesteckt ist oder im selben WLAN wie seine Nachbarn.","ask_admin":"Das kann eine Person, die Home Assistant hier betreut."},"capability":{"title":"Was hier möglich ist","none":"Noch wird nichts angeboten.","internet":"nutzt das Internet","unavailable":"nicht verfügbar","busy":"zu {percent} ausgelastet","names":{"llm.chat":"Beantwortet Fragen","llm.complete":"Vervollständigt Text","rag.query":"Durchsucht die Bibliothek","rag.ingest":"Nimmt Dokumente auf","rag.list_corpora":"Listet die Bibliothek","embed.text":"Vergleicht Bedeutung","embed.image":"Vergleicht, wie Bilder aussehen","rerank.text":"Sortiert Textstellen","stt.transcribe":"Versteht Sprache","tts.synthesize":"Spricht laut","trans.text":"Übersetzt","ocr.image":"Liest Bilder von Text","img.describe":"Beschreibt Bilder","file.read":"Teilt Dateien","chat.send":"Überbringt Nachrichten","ocr.pdf":"Liest gescannte Dokumente"}},"provider":{"extractive":"wörtlich aus der Bibliothek","library":"Bibliothek"},"invite":{"open":"Einladen","title":"Einladen zu {name}","title_plain":"Einladen","who":"Für wen ist sie?","neighbour":"Für einen Nachbarn","neighbour_text":"Ein anderer Haushalt tritt deiner Gemeinschaft bei.","own":"Für ein Gerät hier","own_text":"Ein weiterer Knoten deines eigenen Haushalts.","making":"Einladung wird erstellt …","scan":"Scanne sie mit dem anderen HearthNet oder schick den Text.","qr":"QR-Code der Einladung","text":"Text der Einladung","copy":"Kopieren","copied":"Kopiert","copy_failed":"Halte den Text gedrückt, um ihn zu kopieren.","expires":"Gilt einmal, bis {when}.","words":"Lest euch diese Wörter vor","words_text":"Die andere Seite sieht vor dem Beitritt dieselben sechs Wörter.","secret":"Wer diese Einladung hat, kann beitreten. Gib sie nur der Person, die du meinst.","again":"Noch eine erstellen","close":"Fertig"},"join":{"open":"Gemeinschaft beitreten","title":"Einer Gemeinschaft beitreten","paste":"Füge die Einladung ein, die du bekommen hast","placeholder":"hearthnet:…","inspect":"Einladung ansehen","inspecting":"Wird angesehen …","compare":"Stimmen diese Wörter überein?","compare_text":"Ruf die Person an, die dich eingeladen hat, und lest euch die Wörter vor. Sie müssen gleich sein.","community":"Gemeinschaft","node":"Eingeladen von","expires":"Gültig bis","name":"Name deines Haushalts dort","match":"Sie stimmen, beitreten","differ":"Sie sind verschieden","differ_text":"Tritt nicht bei. Die Einladung wurde unterwegs vielleicht verändert. Bitte persönlich um eine neue.","joining":"Beitritt läuft …","done":"Du bist in {name}.","own":"Diese Einladung macht diesen Knoten zu einem Teil des Haushalts, der sie ausgestellt hat. Dessen Knoten lesen dann deine eigenen Dokumente und Fragen. Fahr nur fort, wenn das dein Haushalt ist.","replaces":"Du verlässt „{name}“; sie bleibt lesbar.","back":"Zurück","close":"Schließen"},"notices":{"title":"Aushänge","none":"Am Brett hängt nichts.","write":"Aushang schreiben","heading":"Titel","heading_placeholder":"Warmer Raum in der Schule","body":"Was Nachbarn wissen sollten","severity":"Wie wichtig","info":"Gut zu wissen","warning":"Wichtig","urgent":"Dringend","ttl":"Wie lange er hängt","ttl_24":"Einen Tag","ttl_72":"Drei Tage","ttl_168":"Eine Woche","ttl_720":"Einen Monat","post":"Aushängen","posting":"Wird ausgehängt …","posted":"Dein Aushang hängt.","cancel":"Abbrechen","by":"{name}, {when}","late":"kam verspätet an","until":"bis {when}","left":"noch {count} Zeichen","translate":"Übersetzen","translate_this":"„{title}“ übersetzen","translating":"Wird übersetzt…","translated":"Maschinell übersetzt","new_urgent":"Dringender Aushang: {title}"},"leave":{"open":"{name} verlassen","title":"„{name}“ verlassen?","text":"Nachbarn antworten diesem Zuhause dann nicht mehr, und es antwortet ihnen nicht mehr. Um zurückzukommen, brauchst du eine neue Einladung. Was du hast, bleibt lesbar.","confirm":"Verlassen","cancel":"Bleiben"},"mode":{"title":"Modus","normal":"Normal","emergency":"Notfall","drill":"Übung","since":"seit {when}","reason":"Grund: {reason}","confirm_title":"In den Notfallmodus wechseln?","confirm_text":"Automationen dieses Zuhauses, die auf den Notfallmodus reagieren, laufen dann.","confirm":"In den Notfallmodus","cancel":"So lassen"},"connectivity":{"title":"Verbindung","online":"Das Internet ist erreichbar.","degraded":"Das Internet ist unzuverlässig.","offline":"Kein Internet; Nachbarn sind erreichbar.","isolated":"Weder Internet noch Nachbarn.","unknown":"Noch nicht bekannt.","internet":"Internet","mesh":"Nachbarn","yes":"erreichbar","no":"nicht erreichbar"},"warnings":{"clock":"Die Uhr dieses Knotens geht falsch. Stell sie, sonst tragen seine Aushänge ein falsches Datum.","index":"Der Index der Bedeutungen hat ein Problem; gesucht wird weiter nach Wörtern. Das Protokoll sagt, welches.","voice_port":"Ein anderes Programm hat den Port des Sprachservers; Sprachassistenten können diesen Knoten nicht nutzen. Einen anderen Port wählen.","cloned_node":"Zwei Geräte benutzen die Identität dieses Knotens. Halte eines davon an.","removed":"Die Nachbarn nehmen diesen Knoten nicht mehr als Mitglied an. Bitte jemanden um eine neue Einladung, oder verlasse die Gemeinschaft.","other":"Der Knoten meldet: {code}"},"privacy_setting":{"title":"Wer Fragen sehen darf"},"card":{"name":"HearthNet","description":"Modus, Nachbarn und ein Fragefeld, das ohne Internet funktioniert.","open":"HearthNet öffnen","since":"seit {when}","title":"Titel","entry":"Knoten","show_ask":"Fragefeld zeigen","more":"Alles lesen","not_configured":"HearthNet ist nicht eingerichtet.","last_known":"Zuletzt bekannt, {when}"},"error":{"unavailable":"Gerade konnte niemand antworten.","timeout":"Es hat zu lange gedauert.","rate_limited":"Zu viele Fragen auf einmal. Warte einen Moment.","capacity_exceeded":"Alle sind beschäftigt. Versuch es gleich noch einmal.","forbidden":"Das ist nicht erlaubt.","unauthorized":"Das darf nur ein Administrator von Home Assistant.","expired":"Diese Einladung ist abgelaufen. Bitte um eine neue.","not_found":"Das wurde nicht gefunden.","bad_request":"Das war nicht zu verstehen.","version_mismatch":"Die beiden Seiten passen nicht zusammen. Eine braucht eine Aktualisierung.","partition":"Die Verbindung zur Nachbarschaft ist unterbrochen.","connection_lost":"Die Verbindung zu Home Assistant ging verloren.","silence":"Es kam nichts mehr.","unknown_command":"HearthNet läuft in Home Assistant nicht.","unknown":"Etwas ist schiefgegangen.","too_large":"Die Datei ist größer als 64 MB.","no_picture":"Das ist kein Bild.","no_sound":"Das ist keine Tonaufnahme, die der Browser lesen kann.","long_sound":"Eine Aufnahme darf höchstens eine Minute dauern.","no_microphone":"Das Mikrofon ist nicht zu benutzen. Im Browser erlauben; Seiten brauchen dafür https.","nothing_heard":"Es war nichts zu verstehen. Noch einmal, etwas näher."},"library":{"title":"Dokumente","collections":"Sammlungen","names":{"household":"Haushalt","emergency":"Notfall-Ratgeber","shared":"Geteilt"},"who":"Wer darf das finden?","access":{"personal":"Nur dieses Gerät","home":"Nur dieses Haus","community":"Dieses Haus und die Nachbarschaft","role":"Nachbarn mit der Rolle {role}"},"add":"Dokumente hinzufügen","add_text":"PDF, Word, Webseiten, Text, Bilder oder ein ZIP davon hierher ziehen. Gelesen wird in diesem Haus; nichts wird fortgeschickt.","empty":"In dieser Sammlung ist noch nichts.","empty_admin":"In dieser Sammlung ist noch nichts. Anleitungen, Rezepte, die Notizen für den Babysitter: was man eben sucht.","more":"Mehr zeigen","passages":"eine Stelle","passages_other":"{count} Stellen","remove":"{title} entfernen","remove_sure":"Entfernen","keep":"Behalten","added":"Ein Dokument kam hinzu.","added_other":"{count} Dokumente kamen hinzu.","known":"Eines war schon bekannt.","known_other":"{count} waren schon bekannt.","unreadable":"Was auf einem Bild oder einer gescannten Seite ist, konnte hier im Haus niemand sagen.","unreadable_other":"Was auf {count} Bildern oder gescannten Seiten ist, konnte hier im Haus niemand sagen.","step":{"sending":"Unterwegs…","reading":"Wird gelesen…","recognising":"Gescannte Seiten werden gelesen…","storing":"Wird abgelegt…","looking":"Das Bild wird angesehen…"},"indexing":"Die Stellen werden auf ihre Bedeutung hin gelesen: {done} von {total}. Gesucht werden kann schon jetzt.","picture":"Bild"},"document":{"close":"Schließen","page":"Seite {page}","loading":"Wird geöffnet…","more":"Weiterlesen"},"taking":{"title":"Daten herausziehen","data":"Daten","text":"Nenne, was du wissen willst. Ein Sprachmodell liest das Dokument und schreibt auf, was darin dazu steht. Was nur dieses Haus finden darf, wird nur in diesem Haus gelesen.","examples":"Zum Beispiel","example":{"bill":{"title":"Eine Rechnung","from":"Von wem","amount":"Betrag","due":"Zu zahlen bis","account":"Auf welches Konto"},"device":{"title":"Ein Gerät","model":"Modell","bought":"Gekauft am","care":"Regelmäßige Pflege"},"contract":{"title":"Ein Vertrag","with":"Mit wem","ends":"Endet am","notice":"Kündigungsfrist","renews":"Verlängert sich von selbst"}},"name":"Feld {n}: was du wissen willst","name_example":"Zum Beispiel: Betrag","kind":"Feld {n}: welche Art","kinds":{"text":"Text","number":"Zahl","date":"Datum","yes_no":"Ja oder nein","list":"Liste"},"remove":"{name} entfernen","add":"Noch ein Feld","hint":"Ein Hinweis (freiwillig)","hint_example":"Zum Beispiel: nur die Heizung, nicht das Wasser","keep":"Das Gefundene aufheben","keep_not":"Nur zeigen","submit":"Herausziehen","stop":"Anhalten","step":{"reading":"Das Dokument wird geöffnet…","extracting":"Ein Modell liest es. Ein langes Dokument braucht einige Minuten.","storing":"Wird aufgehoben…"},"found":"{some} von {count} Feld gefunden","found_other":"{some} von {count} Feldern gefunden","field":"Feld","value":"Was im Dokument steht","missing":"Steht nicht im Dokument","yes":"Ja","no":"Nein","inexact":"nicht wörtlich","doubtful":"„Nicht wörtlich“ hat das Modell gezählt, übersetzt oder vermutet. Sieh dort nach, bevor du dich darauf verlässt.","passage":"Die Stelle","from":"Ab: {at}","open":"{name}: die Stelle öffnen, wo es steht ({at})","open_from":"{name}: öffnen, was dafür gelesen wurde (ab: {at})","kept":"Aufgehoben in „{name}“. Suche und Fragen finden es.","open_kept":"Öffnen","by":"Herausgezogen von","again":"Andere Felder","back":"Zurück zum Dokument","back_to_data":"Zurück zu den Daten"},"pictures":{"find":"Ein Bild finden","submit":"Die Bilder durchsuchen","count":"Ein Bild ist hier: Beschreibe es, oder schreib, was darauf steht.","count_other":"{count} Bilder sind hier: Beschreibe eines, oder schreib, was darauf steht.","busy":"Die Bilder werden durchgesehen…","found":"Ein Bild gefunden","found_other":"{count} Bilder gefunden","none":"Kein Bild gefunden. Versuch es mit anderen Worten.","not_by_look":"Nicht nach dem Aussehen verglichen: {note}","none_like":"Kein anderes Bild sieht diesem ähnlich.","alike":"Bilder wie dieses","alt":"Das Bild „{title}“"},"models":{"title":"Sprachmodelle","none":"Hier ist kein Sprachmodell. Fragen werden aus der Bibliothek beantwortet oder vom Modell eines Nachbarn.","loaded":"bereit","can":{"tools":"nutzt Werkzeuge","vision":"sieht Bilder"},"fetch":"Ein Modell holen","fetch_submit":"Holen","fetch_text":"Das braucht einmal das Internet; danach geht es ohne. Ein 3b-Modell braucht etwa 2 GB Platz und 4 GB Arbeitsspeicher.","fetching":"{name} wird geholt…","no_keeper":"Um hier Modelle zu holen, Ollama auf diesem Rechner starten oder in der HearthNet-App einschalten.","remove":"{name} entfernen","remove_sure":"Entfernen","keep":"Behalten"},"steps":{"label":"Was für diese Antwort getan wurde","ask":"Darf das getan werden?","yes":"Ja, tun","no":"Nein","tainted":"Das wurde vorgeschlagen, nachdem gelesen wurde, was andere geschrieben haben. Vor dem Erlauben prüfen.","state":{"running":"…","done":"erledigt","failed":"ging nicht","needs_confirmation":"wartet auf dich","refused":"nicht erlaubt"},"tool":{"search_library":"Durchsucht die Bibliotheken","read_document":"Liest ein Dokument","translate":"Übersetzt","describe_image":"Sieht sich das Bild an","read_image":"Liest, was auf dem Bild steht","mesh_status":"Sieht nach, wer in der Nähe ist","list_notices":"Liest die Aushänge","post_notice":"Hängt etwas für alle aus","set_mode":"Ändert den Zustand dieses Hauses"},"argument":{"title":"Titel","body":"Text","severity":"Wie wichtig","ttl_hours":"Hängt (Stunden)","mode":"Modus","reason":"Grund","text":"Text","to":"In welche Sprache","query":"Gesucht","question":"Frage","name":"Name","area":"Raum","floor":"Stockwerk","domain":"Art des Geräts","device_class":"Art des Geräts","brightness":"Helligkeit","temperature":"Temperatur","color":"Farbe","position":"Stellung","item":"Eintrag","message":"Nachricht"}}}`)}};function fa(e,t){let n=e;for(let e of t){if(typeof n!=`object`)return;n=Object.prototype.hasOwnProperty.call(n,e)?n[e]:void 0}return typeof n==`string`?n:void 0}var pa=class{constructor(e,t=e,n=void 0,r=void 0){this.language=e,this.locale=t,this.hour12=n,this.timeZone=r,this.tree=da[e.split(`-`)[0]??`en`]??da.en??{},this.plural=new Intl.PluralRules(this.tree===da.de?`de`:`en`)}t(e,t={}){return ma(this.raw(e.split(`.`))??e,t)}n(e,t,n={}){let r=this.plural.select(t)===`one`?``:`_other`,i=e.split(`.`),a=i.pop()??``;return ma(this.raw([...i,a+r])??this.raw([...i,a])??e,{count:this.figure(t),...n})}named(e,t){return this.raw([...e.split(`.`),t])}engine(...e){let t=e.filter(Boolean).map(e=>this.named(`panel.provider`,e)??e);return[...new Set(t)].join(` · `)}figure(e,t=0){return e.toLocaleString(this.locale,{maximumFractionDigits:t})}exactly(e){return e.toLocaleString(this.locale,{useGrouping:!1,maximumFractionDigits:12})}calendar(e){let t=/^\d{4}-\d\d-\d\d$/.test(e)?Date.parse(`${e}T00:00Z`):NaN;return Number.isNaN(t)?e:new Date(t).toLocaleDateString(this.locale,{dateStyle:`long`,timeZone:`UTC`})}percent(e){return e.toLocaleString(this.locale,{style:`percent`,maximumFractionDigits:0})}latency(e){return`${this.figure(e,+(e<10))} ms`}size(e){let t=e>=1e9?9:e>=1e6?6:3;return`${this.figure(e/10**t,+(t===9))} ${{9:`GB`,6:`MB`,3:`kB`}[t]}`}seconds(e){return`${this.figure(e/1e3,+(e<1e4))} s`}when(e,t=Date.now()){let n={hour:`numeric`,minute:`2-digit`,...this.hour12===void 0?{}:{hour12:this.hour12},...this.timeZone?{timeZone:this.timeZone}:{}},r=e=>new Date(e).toLocaleDateString(`en-CA`,this.timeZone?{timeZone:this.timeZone}:{});return r(e)===r(t)?new Date(e).toLocaleString(this.locale,n):new Date(e).toLocaleString(this.locale,{...this.date(e,t),...n})}day(e,t=Date.now()){return Math.abs(t-e)<864e5?this.when(e,t):new Date(e).toLocaleDateString(this.locale,{...this.date(e,t),...this.timeZone?{timeZone:this.timeZone}:{}})}date(e,t){return Math.abs(t-e)<5184e5?{weekday:`long`}:{day:`numeric`,month:`long`,...new Date(e).getFullYear()===new Date(t).getFullYear()?{}:{year:`numeric`}}}raw(e){return fa(this.tree,e)??fa(da.en,e)}},ma=(e,t)=>e.replace(/\{(\w+)\}/g,(e,n)=>n in t?String(t[n]):e),ha;function ga(e){let t=e?.selectedLanguage||e?.language||`en`,n=e?.locale?.time_format,r=e?.locale?.time_zone===`server`?e.config?.time_zone:void 0,i=[t,n,r].join(`|`);return ha?.key!==i&&(ha={key:i,words:new pa(t,n===`system`?void 0:t,n===`12`||n!==`24`&&void 0,r)}),ha.words}var _a,va=[`ask`,`home`,`mesh`],ya=new URL(import.meta.url).searchParams.get(`v`)??``,$=class extends v{constructor(...e){super(...e),this.narrow=!1}connectedCallback(){super.connectedCallback(),this.attach()}disconnectedCallback(){super.disconnectedCallback(),this.unwatch?.(),this.unwatch=void 0,this.live=void 0}willUpdate(e){let t=e.get(`hass`);e.has(`hass`)&&t?.connection!==this.hass?.connection&&this.attach()}attach(){if(!this.isConnected||!this.hass)return;let e=Si(this.hass.connection);e!==this.live&&(this.unwatch?.(),this.live=e,this.unwatch=e.watch(()=>this.requestUpdate()))}shouldUpdate(e){if(e.size!==1||!e.has(`hass`))return!0;let t=e.get(`hass`),n=this.hass;return!t||t.connection!==n.connection||t.language!==n.language||t.locale!==n.locale||t.user!==n.user||t.kioskMode!==n.kioskMode||t.dockedSidebar!==n.dockedSidebar}get view(){return va.find(e=>this.route?.path.startsWith(`/${e}`))??`ask`}render(){if(!this.hass||!this.live)return m``;let e=this.live.snapshot,t=ga(this.hass);return m`<div class="page ${e.state?.mode.mode===`emergency`?`emergency`:``}" data-phase=${e.phase} data-test="panel">
      ${this.header()} ${this.reloadHint()}
      <hearthnet-banner .live=${e} .words=${t}></hearthnet-banner>
      ${e.phase===`live`&&(e.state||!e.online)?this.view===`mesh`?m`<hearthnet-mesh-view .hass=${this.hass} .live=${e} .words=${t}></hearthnet-mesh-view>`:this.view===`home`?m`<hearthnet-home-view .hass=${this.hass} .live=${e} .words=${t}></hearthnet-home-view>`:m`<hearthnet-ask-view .hass=${this.hass} .live=${e} .words=${t}></hearthnet-ask-view>`:this.interlude()}
    </div>`}header(){let e=ga(this.hass),t=this.live?.snapshot,n=t?.state?.peers.filter(e=>e.connected).length??0,r=t?.online&&t.connected?t.state:null;return m`<header>
      ${this.hass.kioskMode||!(this.narrow||this.hass.dockedSidebar===`always_hidden`)?g:m`<button class="round menu" aria-label=${e.t(`panel.menu`)} @click=${this.toggleMenu}>${rn()}</button>`}
      <p class="mark">${nn()}<bdi>${t?.state?.community.name||e.t(`panel.name`)}</bdi></p>
      ${t&&t.nodes.length>1?this.picker(t.nodes,t.entryId):g}
      <nav aria-label=${e.t(`panel.tabs.label`)}>
        ${va.map(t=>m`<a
            href="${this.base}/${t}"
            data-test="tab-${t}"
            aria-current=${this.view===t?`page`:`false`}
            @click=${e=>this.go(e,t)}
            >${e.t(`panel.tabs.${t}`)}</a
          >`)}
      </nav>
      ${r?m`<p class="status" data-test="header-status">
            <span class=${r.connectivity.internet?`lit`:``}
              >${e.t(r.connectivity.internet?`panel.status.internet_on`:`panel.status.internet_off`)}</span
            ><span class=${n?`lit`:``}>${n?e.n(`panel.status.near`,n):e.t(`panel.status.alone`)}</span>
          </p>`:m`<p class="status"></p>`}
    </header>`}picker(e,t){return m`<select
      class="field picker"
      data-test="node-picker"
      aria-label=${ga(this.hass).t(`panel.node_picker`)}
      @change=${e=>this.live?.choose(e.target.value)}
    >
      ${e.map(e=>m`<option value=${e.entry_id} ?selected=${e.entry_id===t}>${e.title}</option>`)}
    </select>`}reloadHint(){let e=this.live?.snapshot.bundle??``;if(!ya||!e||e===ya)return g;let t=ga(this.hass);return m`<p class="reload" data-test="reload">
      ${t.t(`panel.reload.text`)}
      <button class="plain" @click=${()=>location.reload()}>${t.t(`panel.reload.action`)}</button>
    </p>`}interlude(){let e=ga(this.hass),t=this.live?.snapshot;if(t?.phase===`unconfigured`){let t=this.hass.user?.is_admin;return m`<section class="interlude" data-test="unconfigured">
        ${nn()}
        <h1>${e.t(`panel.unconfigured.title`)}</h1>
        <p>${e.t(t?`panel.unconfigured.text`:`panel.unconfigured.ask_admin`)}</p>
        ${t?m`<a class="primary" href="/config/integrations/dashboard/add?domain=hearthnet" @click=${this.openIntegrations}
              >${e.t(`panel.unconfigured.action`)}</a
            >`:g}
      </section>`}if(t?.phase===`failed`){let n=t.failure?.message;return m`<section class="interlude" data-test="failed" role="alert">
        ${dn()}
        <h1>${e.t(`panel.failed.title`)}</h1>
        <p>${e.named(`panel.error`,t.failure?.code??``)??g}</p>
        ${n?m`<p>${n}</p>`:g}
        <button class="primary" @click=${()=>this.live?.renew()}>${sn()}${e.t(`panel.failed.action`)}</button>
      </section>`}return m`<section class="interlude loading" data-test="loading" role="status">
      ${nn()}
      <p>${e.t(t?.failure?`panel.wait.starting`:`panel.wait.loading`)}</p>
    </section>`}get base(){return this.route?.prefix||`/hearthnet`}go(e,t){e.ctrlKey||e.metaKey||e.shiftKey||e.button!==0||(e.preventDefault(),t!==this.view&&this.navigate(`${this.base}/${t}`))}openIntegrations(e){e.preventDefault(),this.navigate(`/config/integrations/dashboard/add?domain=hearthnet`)}navigate(e){history.pushState(null,``,e),window.dispatchEvent(new CustomEvent(`location-changed`,{detail:{replace:!1}}))}toggleMenu(){this.dispatchEvent(new CustomEvent(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};_a=$,_a.styles=[F,I,o`
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
    `],L([y({attribute:!1})],$.prototype,`hass`,void 0),L([y({type:Boolean,reflect:!0})],$.prototype,`narrow`,void 0),L([y({attribute:!1})],$.prototype,`route`,void 0),L([y({attribute:!1})],$.prototype,`panel`,void 0),L([b()],$.prototype,`live`,void 0),M(`hearthnet-panel`,$);export{$ as HearthnetPanel};
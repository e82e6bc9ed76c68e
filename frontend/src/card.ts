/** `hearthnet-card`: mode, neighbours and a question box for any dashboard. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { beginning } from "./answer-text";
import "./ask-box";
import { AskSession } from "./ask-session";
import { bannerOf } from "./banner";
import { define } from "./define";
import { failureText } from "./failure-text";
import type { HomeAssistant, Unsubscribe } from "./ha-types";
import * as icons from "./icons";
import { type Live, type LiveState, liveStateFor } from "./live-state";
import { common, tokens } from "./styles";
import { MAX_ANSWER, type Turn, running } from "./turn";
import { Words, wordsFor } from "./words";

const SENTENCES = 3;

export interface CardConfig {
  type: string;
  title?: string;
  entry_id?: string;
  show_ask?: boolean;
}

export class HearthnetCard extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @state() private config: CardConfig = { type: "custom:hearthnet-card" };
  @state() private live: LiveState | undefined;
  /** The id of the answer that is shown whole. */
  @state() private whole = "";
  private session = new AskSession(1);
  private unwatch: Unsubscribe[] = [];

  static getStubConfig(): Partial<CardConfig> {
    return { show_ask: true };
  }

  static getConfigForm(): unknown {
    const words = (): Words => new Words(document.documentElement.lang || "en");
    return {
      schema: [
        { name: "title", selector: { text: {} } },
        { name: "entry_id", selector: { config_entry: { integration: "hearthnet" } } },
        { name: "show_ask", default: true, selector: { boolean: {} } },
      ],
      computeLabel: (field: { name: string }) =>
        words().t(`panel.card.${field.name === "entry_id" ? "entry" : field.name}`),
    };
  }

  setConfig(config: CardConfig): void {
    if (!config || typeof config !== "object") throw new Error("The card needs a configuration.");
    if (config.title !== undefined && typeof config.title !== "string") throw new Error("title must be text.");
    if (config.entry_id !== undefined && typeof config.entry_id !== "string") throw new Error("entry_id must be text.");
    if (config.show_ask !== undefined && typeof config.show_ask !== "boolean") throw new Error("show_ask must be true or false.");
    this.config = config;
    this.attach();
  }

  getCardSize(): number {
    return this.config.show_ask === false ? 3 : 5;
  }

  getGridOptions(): Record<string, number | string> {
    return { columns: 12, min_columns: 6, rows: "auto", min_rows: this.config.show_ask === false ? 2 : 4 };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.attach();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.detach();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("hass") as HomeAssistant | undefined;
    if (changed.has("hass") && before?.connection !== this.hass?.connection) this.attach();
  }

  /** Home Assistant replaces `hass` with every change in the house; almost none concern this card. */
  protected override shouldUpdate(changed: PropertyValues): boolean {
    if (changed.size !== 1 || !changed.has("hass")) return true;
    const before = changed.get("hass") as HomeAssistant | undefined;
    return (
      !before ||
      before.connection !== this.hass.connection ||
      before.language !== this.hass.language ||
      before.locale !== this.hass.locale
    );
  }

  private attach(): void {
    if (!this.isConnected || !this.hass) return;
    const live = liveStateFor(this.hass.connection, this.config.entry_id ?? "");
    if (live === this.live) return;
    this.detach();
    this.live = live;
    this.unwatch = [live.watch(() => this.requestUpdate()), this.session.watch(() => this.requestUpdate())];
  }

  private detach(): void {
    for (const unwatch of this.unwatch) unwatch();
    this.unwatch = [];
    this.live = undefined;
  }

  protected override render(): TemplateResult {
    const body = this.live && this.hass ? this.body(this.live.snapshot, wordsFor(this.hass)) : nothing;
    return html`<ha-card><div class="hearth" data-test="card">${body}</div></ha-card>`;
  }

  private body(live: Live, words: Words): TemplateResult {
    if (live.phase === "unconfigured") return html`<p class="calm" data-test="card-unconfigured">${words.t("panel.card.not_configured")}</p>`;
    if (live.phase === "failed" && live.failure) return failureText(live.failure, words);
    if (live.phase === "loading") return html`<p class="calm" role="status">${words.t("panel.wait.loading")}</p>`;
    const { state } = live;
    const banner = bannerOf(live);
    const mode = state?.mode.mode ?? "normal";
    const near = state?.peers.filter((peer) => peer.connected).length ?? 0;
    const stale = !live.online || !live.connected;
    const internet = state?.connectivity.internet ?? false;
    return html`<div class="head ${mode} ${stale ? "stale" : ""}">
        ${stale ? icons.unplugged() : mode === "emergency" ? icons.warning() : icons.flame()}
        <div>
          <h2 dir="auto">${this.config.title || state?.community.name || words.t("panel.name")}</h2>
          ${state
            ? html`<p class="mode" data-test="card-mode" data-mode=${mode}>
                <strong>${words.t(`panel.mode.${mode}`)}</strong>
                ${state.mode.since ? html`<span data-test="card-since">${words.t("panel.card.since", { when: words.when(state.mode.since * 1000) })}</span>` : nothing}
              </p>`
            : nothing}
        </div>
        <button class="plain open" data-test="card-open" aria-label=${words.t("panel.card.open")} @click=${this.open}>${icons.chevron()}</button>
      </div>
      ${state
        ? html`<ul class="facts">
            <li class=${internet && !stale ? "lit" : ""} data-test="card-connectivity" data-state=${state.connectivity.state}>
              ${words.t(internet ? "panel.status.internet_on" : "panel.status.internet_off")}
            </li>
            <li class=${near && !stale ? "lit" : ""} data-test="card-peers" data-count=${near}>
              ${near ? words.n("panel.status.near", near) : words.t("panel.status.alone")}
            </li>
          </ul>`
        : nothing}
      ${banner
        ? html`<p class="banner ${banner.kind}" role="status" data-test="card-banner" data-kind=${banner.kind}>
            ${words.t(`panel.banner.${banner.key}`, { when: banner.when ? words.when(banner.when) : "" })}
          </p>`
        : nothing}
      ${this.config.show_ask === false ? nothing : this.asking(live, words)}`;
  }

  private asking(live: Live, words: Words): TemplateResult {
    const turn = this.session.latest;
    const blocked = !live.connected ? "panel.ask.blocked_ha" : live.online ? "" : "panel.ask.blocked_node";
    return html`${turn ? this.answer(turn, words) : nothing}
      <hearthnet-ask-box
        .words=${words}
        .value=${this.session.draft}
        .busy=${this.session.busy}
        .blocked=${blocked ? words.t(blocked) : ""}
        @draft=${(event: CustomEvent<string>) => {
          this.session.draft = event.detail;
          this.requestUpdate();
        }}
        @ask=${(event: CustomEvent<string>) => this.ask(event.detail, live, words)}
        @stop=${() => this.session.cancel()}
      ></hearthnet-ask-box>`;
  }

  private answer(turn: Turn, words: Words): TemplateResult {
    const all = beginning(turn.text, Infinity, MAX_ANSWER);
    const short = this.whole === turn.id ? all : beginning(turn.text, SENTENCES);
    const name = turn.answeredBy?.node_name;
    return html`<section class="answer" aria-busy=${running(turn)} data-test="card-answer" data-status=${turn.status}>
      <p class="q" dir="auto">${turn.question}</p>
      ${short
        ? html`<p class="a" dir="auto">${short}</p>
            ${short === all || running(turn)
              ? nothing
              : html`<button class="plain more" data-test="card-more" @click=${() => (this.whole = turn.id)}>${words.t("panel.card.more")}</button>`}`
        : running(turn)
          ? html`<p class="calm">${words.named("panel.ask.step", turn.step) ?? ""}</p>`
          : nothing}
      ${turn.status === "failed" && turn.failure
        ? html`${failureText(turn.failure, words)}
            <button class="quiet" data-test="card-retry" @click=${() => this.live && this.ask(turn.question, this.live.snapshot, words)}>
              ${icons.again()}${words.t("panel.ask.retry")}
            </button>`
        : nothing}
      ${turn.status === "done" && name ? html`<p class="by" data-test="card-answered-by">${words.t("panel.ask.answered_by", { name })}</p>` : nothing}
      <p class="sr" role="status">${turn.status === "done" ? short : ""}</p>
    </section>`;
  }

  private ask(question: string, live: Live, words: Words): void {
    this.session.draft = "";
    void this.session.ask({ connection: this.hass.connection, entryId: live.entryId, language: words.language }, question);
  }

  private open(): void {
    history.pushState(null, "", "/hearthnet");
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
  }

  static override styles = [
    tokens,
    common,
    css`
      :host {
        display: block;
        block-size: 100%;
      }
      ha-card {
        display: block;
        block-size: 100%;
        overflow: hidden;
        background: var(--ha-card-background, var(--card-background-color));
        border-radius: var(--ha-card-border-radius, 12px);
      }
      .hearth {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        align-content: start;
        block-size: 100%;
        padding: 18px 20px;
        background: radial-gradient(120% 90% at 50% 118%, var(--hn-glow), transparent);
      }
      .head {
        display: flex;
        align-items: center;
        gap: 14px;
      }
      .head > svg.icon {
        inline-size: 42px;
        block-size: 42px;
        color: var(--hn-ember);
      }
      .head.emergency > svg.icon {
        color: var(--hn-bad);
      }
      .head.stale > svg.icon {
        color: var(--hn-soft);
      }
      .head > div {
        flex: 1;
        min-inline-size: 0;
      }
      h2 {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .mode {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        color: var(--hn-soft);
        font-size: 1.05rem;
        line-height: 1.35;
      }
      .mode strong {
        font-weight: 600;
        color: var(--hn-ember-ink);
      }
      .emergency .mode strong {
        color: var(--hn-bad);
      }
      .open {
        padding-inline: 12px;
        margin-inline-end: -10px;
      }
      .open svg.icon {
        transform: rotate(-90deg);
      }
      .open:dir(rtl) svg.icon {
        transform: rotate(90deg);
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 24px;
        font-size: 1.08rem;
        color: var(--hn-soft);
      }
      .facts li::before {
        content: "";
        display: inline-block;
        inline-size: 12px;
        block-size: 12px;
        margin-inline-end: 9px;
        border-radius: 4px;
        border: 2px solid var(--hn-soft);
      }
      .facts .lit {
        color: var(--hn-ink);
      }
      .facts .lit::before {
        background: var(--hn-ember);
        border-color: var(--hn-ember-ink);
      }
      .banner {
        padding: 10px 16px;
        border-radius: 14px;
        background: var(--hn-wash);
        line-height: 1.4;
      }
      .banner.emergency {
        background: var(--hn-bad);
        color: var(--card-background-color);
      }
      .calm {
        color: var(--hn-soft);
        line-height: 1.45;
        font-size: 1.08rem;
      }
      .answer {
        display: grid;
        gap: 8px;
      }
      .q {
        color: var(--hn-soft);
        line-height: 1.4;
        overflow-wrap: anywhere;
      }
      .a {
        font-family: var(--hn-serif);
        font-size: 1.28rem;
        line-height: 1.45;
        overflow-wrap: anywhere;
      }
      .more {
        justify-self: start;
        margin-inline-start: -14px;
      }
      .by {
        color: var(--hn-ember-ink);
        font-weight: 600;
      }
      hearthnet-ask-box {
        margin-block-start: auto;
      }
    `,
  ];
}

define("hearthnet-card", HearthnetCard);

interface CustomCard {
  type: string;
  name: string;
  description: string;
  preview: boolean;
}

const page = window as unknown as { customCards?: CustomCard[] };
page.customCards = page.customCards ?? [];
if (!page.customCards.some((card) => card.type === "hearthnet-card")) {
  const words = new Words(document.documentElement.lang || navigator.language || "en");
  page.customCards.push({
    type: "hearthnet-card",
    name: words.t("panel.card.name"),
    description: words.t("panel.card.description"),
    preview: true,
  });
}

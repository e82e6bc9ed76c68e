/** Ask: one question at a time, its answer large enough to read across the room, and where it came from. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import { answerBody, answerStyles } from "./answer-body";
import "./ask-box";
import "./ask-extras";
import { type AskSession, panelSession } from "./ask-session";
import { request } from "./commands";
import { define } from "./define";
import "./document-dialog";
import type { DocumentDialog } from "./document-dialog";
import type { Failure } from "./failure";
import { failureText } from "./failure-text";
import type { Source } from "./api-types";
import type { HomeAssistant, Unsubscribe } from "./ha-types";
import * as icons from "./icons";
import type { Live } from "./live-state";
import type { Picture } from "./picture";
import { inReach } from "./reading";
import "./route-trace";
import "./source-list";
import { Speaker } from "./speaker";
import "./step-list";
import { common, tokens } from "./styles";
import { type Turn, failedAttempts, running } from "./turn";
import type { Words } from "./words";

const NEW = "new";
const TOOLS = "hearthnet.tools";

export class AskView extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) live!: Live;
  @property({ attribute: false }) words!: Words;
  /** The turn being read: an id, `new`, or empty for the latest. */
  @state() private chosen = "";
  @state() private openSource = 0;
  @state() private pictures: Picture[] = [];
  @state() private trouble: Failure | null = null;
  /** What the microphone is doing, for the empty box. */
  @state() private ears = "";
  @state() private tools = remembered(TOOLS);
  @query("hearthnet-document") private dialog!: DocumentDialog;
  private readonly session: AskSession = panelSession();
  private readonly speaker = new Speaker(() => this.requestUpdate());
  /** The spoken question whose answer is to be spoken when it is whole. */
  private aloud = "";
  private unwatch: Unsubscribe | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = this.session.watch(() => this.heardFrom());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
    this.speaker.stop();
  }

  private heardFrom(): void {
    const { latest } = this.session;
    if (latest && latest.id === this.aloud && !running(latest)) {
      this.aloud = "";
      if (latest.status === "done") this.read(latest);
    }
    this.requestUpdate();
  }

  private get turn(): Turn | undefined {
    if (this.chosen === NEW) return undefined;
    return this.session.turns.find((turn) => turn.id === this.chosen) ?? this.session.latest;
  }

  protected override render(): TemplateResult {
    const { turn } = this;
    return html`<div class="scroll ${turn ? "" : "empty"}">${turn ? this.reading(turn) : this.hero()}</div>
      <footer>
        ${this.pictures.length ? this.thumbnails() : nothing}
        ${this.trouble ? failureText(this.trouble, this.words) : nothing}
        <hearthnet-ask-box
          .words=${this.words}
          .value=${this.session.draft}
          .busy=${this.session.busy}
          .blocked=${this.blocked()}
          .note=${this.note()}
          .hint=${this.ears}
          @draft=${(event: CustomEvent<string>) => this.draft(event.detail)}
          @ask=${(event: CustomEvent<string>) => this.ask(event.detail)}
          @stop=${() => this.session.cancel()}
          ><hearthnet-ask-extras
            slot="start"
            .hass=${this.hass}
            .entryId=${this.live.entryId}
            .words=${this.words}
            .disabled=${Boolean(this.blocked()) || this.session.busy}
            .sees=${inReach(this.live.state, "img.describe")}
            .hears=${inReach(this.live.state, "stt.transcribe")}
            .pictures=${this.pictures}
            @pictures=${(event: CustomEvent<Picture[]>) => this.look(event.detail)}
            @ears=${(event: CustomEvent<string>) => (this.ears = event.detail)}
            @heard=${(event: CustomEvent<string>) => this.heard(event.detail)}
            @failed=${(event: CustomEvent<Failure>) => (this.trouble = event.detail)}
          ></hearthnet-ask-extras
        ></hearthnet-ask-box>
        ${inReach(this.live.state, "llm.chat", "2")
          ? html`<label class="tools"
              ><input type="checkbox" data-test="tools" .checked=${this.tools} @change=${this.toggleTools} />${this.words.t("panel.ask.tools")}</label
            >`
          : nothing}
        <hearthnet-document .hass=${this.hass} .entryId=${this.live.entryId} .words=${this.words}
          .reachable=${!this.blocked()} .admin=${this.live.admin} .reads=${inReach(this.live.state, "llm.chat", "2")}></hearthnet-document>
      </footer>
      <p class="sr" role="status" aria-live="polite" data-test="status">${this.status(this.session.latest)}</p>`;
  }

  private hero(): TemplateResult {
    const { words, live } = this;
    const emergency = live.state?.mode.mode === "emergency";
    const group = emergency ? "suggestions_emergency" : "suggestions";
    const names = emergency ? ["water", "power", "meet", "first_aid"] : ["water", "food", "heating", "first_aid"];
    return html`<section class="hero" data-test="ask-empty">
      <h1>${words.t(emergency ? "panel.ask.hero_emergency" : "panel.ask.hero")}</h1>
      ${this.capacity() ? html`<p class="sub">${this.capacity()}</p>` : nothing}
      <ul class="suggestions" aria-label=${words.t("panel.ask.suggested")}>
        ${names.map((name) => {
          const question = words.t(`panel.ask.${group}.${name}`);
          return html`<li>
            <button data-test="suggestion" ?disabled=${Boolean(this.blocked())} @click=${() => this.ask(question)}>${question}</button>
          </li>`;
        })}
      </ul>
      ${this.earlier(undefined)}
    </section>`;
  }

  private capacity(): string {
    const { words } = this;
    const { state } = this.live;
    if (!state || this.blocked()) return "";
    const far = state.privacy === "community" || state.privacy === "any";
    const near = state.peers.filter((peer) => peer.connected && (far || peer.home)).length;
    if (near > 0) return words.n("panel.ask.hero_near", near);
    if (state.library.documents > 0) return words.n("panel.ask.hero_alone", state.library.documents);
    return state.capabilities.some((one) => one.available) ? "" : words.t("panel.ask.hero_empty");
  }

  private reading(turn: Turn): TemplateResult {
    const { words } = this;
    const aside = turn.sources.length > 0 || turn.candidates.length > 0 || turn.attempts.length > 0 || turn.status === "done";
    return html`<div class="columns ${aside ? "" : "single"}">
      <article aria-busy=${running(turn)}>
        <h1 class="question" data-test="question" dir="auto">${turn.question}</h1>
        ${turn.pictures.length
          ? html`<p class="pictures">${turn.pictures.map((url) => html`<img src=${url} alt=${words.t("panel.ask.picture_of_question")} />`)}</p>`
          : nothing}
        ${turn.steps.length
          ? html`<hearthnet-steps
              .hass=${this.hass}
              .entryId=${this.live.entryId}
              .words=${words}
              .steps=${turn.steps}
              .running=${running(turn)}
            ></hearthnet-steps>`
          : nothing}
        ${this.waiting(turn)}
        ${turn.text ? answerBody(turn, words, (n) => this.open(n)) : nothing}
        ${turn.truncated ? html`<p class="aside-note">${words.t("panel.ask.truncated")}</p>` : nothing}
        ${this.ending(turn)} ${this.earlier(turn)}
      </article>
      ${aside
        ? html`<aside>
            ${turn.sources.length || turn.status === "done"
              ? html`<section>
                  <h2>${words.t("panel.sources.title")}</h2>
                  <hearthnet-sources
                    .turn=${turn}
                    .words=${words}
                    .open=${this.openSource}
                    .own=${this.live.state?.node.id ?? ""}
                    @open-document=${(event: CustomEvent<Source>) => this.dialog.show(event.detail.doc_cid, event.detail.doc_title, Number(event.detail.chunk_id) || 0)}
                    @open-source=${(event: CustomEvent<number>) => (this.openSource = event.detail)}
                  ></hearthnet-sources>
                </section>`
              : nothing}
            ${turn.candidates.length || turn.attempts.length
              ? html`<section>
                  <h2>${words.t("panel.route.title")}</h2>
                  <hearthnet-route .turn=${turn} .words=${words}></hearthnet-route>
                </section>`
              : nothing}
          </aside>`
        : nothing}
    </div>`;
  }

  private waiting(turn: Turn): TemplateResult | typeof nothing {
    if (!running(turn) || turn.text) return nothing;
    return html`<p class="waiting" data-test="waiting"><span class="glow" aria-hidden="true"></span>${this.status(turn)}</p>`;
  }

  private ending(turn: Turn): TemplateResult | typeof nothing {
    const { words } = this;
    if (turn.status === "answering") {
      return html`<p class="by" data-test="answering"><span class="spark" aria-hidden="true"></span>${this.status(turn)}</p>`;
    }
    if (turn.status === "failed" || turn.status === "cancelled") {
      return html`<div class="ended">
        ${turn.status === "failed" && turn.failure
          ? failureText(turn.failure, words)
          : html`<p class="aside-note" data-test="cancelled">${words.t("panel.ask.cancelled")}</p>`}
        <button class="quiet" data-test="ask-retry" ?disabled=${Boolean(this.blocked())} @click=${() => this.retry(turn)}>
          ${icons.again()}${words.t("panel.ask.retry")}
        </button>
      </div>`;
    }
    if (turn.status !== "done") return nothing;
    const by = turn.answeredBy;
    const failed = failedAttempts(turn);
    const signed = turn.receipts.all > 0 && turn.receipts.valid === turn.receipts.all;
    return html`<div class="by" data-test="answered-by" data-node-id=${by?.node_id ?? ""}>
        <span class="spark" aria-hidden="true"></span>
        <p>
          <strong>${!by || by.home ? this.byHome(by?.node_name) : words.t("panel.ask.answered_by", { name: by.node_name })}</strong>
          ${by ? html`<bdi>${words.engine(by.model || by.provider)}</bdi>` : nothing}
          ${turn.durationMs !== null ? html`<span>${words.t("panel.ask.in_seconds", { seconds: words.seconds(turn.durationMs) })}</span>` : nothing}
          ${failed ? html`<span data-test="continued">${words.n("panel.ask.continued", failed)}</span>` : nothing}
          ${signed
            ? html`<span class="signed" title=${words.t("panel.ask.signed_hint")}>${icons.check()}${words.t("panel.ask.signed")}</span>`
            : turn.receipts.all
              ? html`<span class="bad" title=${words.t("panel.ask.unsigned_hint")}>${words.t("panel.ask.unsigned")}</span>`
              : nothing}
        </p>
      </div>
      ${this.judging(turn)}
      ${turn.confidence
        ? html`<p class="aside-note" data-test="confidence">${words.t("panel.ask.confidence", { level: words.percent(turn.confidence.level), n: words.figure(turn.confidence.n) })}</p>`
        : nothing}
      ${turn.method === "bm25" && turn.sources.length ? html`<p class="aside-note">${words.t("panel.ask.words_only")}</p>` : nothing}
      ${turn.grounded === false ? html`<p class="caution" data-test="not-grounded">${icons.warning()}${words.t("panel.ask.not_grounded")}</p>` : nothing}`;
  }

  private judging(turn: Turn): TemplateResult {
    const { words, speaker } = this;
    const speaks = inReach(this.live.state, "tts.synthesize") && "AudioContext" in window;
    const speaking = speaker.speaking === turn.id;
    return html`<p class="judging">
        ${speaks
          ? html`<button class="plain" data-test="read-aloud" ?disabled=${Boolean(this.blocked())} @click=${() => (speaking ? speaker.stop() : this.read(turn))}>
              ${speaking ? icons.stop() : icons.sound()}${words.t(speaking ? "panel.ask.quiet" : "panel.ask.read")}
            </button>`
          : nothing}
        ${turn.traceId && !turn.opinion
          ? html`<button class="plain" data-test="good" aria-label=${words.t("panel.ask.good")} title=${words.t("panel.ask.good")}
                ?disabled=${Boolean(this.blocked())} @click=${() => this.judge(turn, "good")}>${icons.good()}</button
              ><button class="plain" data-test="bad" aria-label=${words.t("panel.ask.bad")} title=${words.t("panel.ask.bad")}
                ?disabled=${Boolean(this.blocked())} @click=${() => this.judge(turn, "bad")}>${icons.bad()}</button>`
          : turn.opinion
            ? html`<span class="aside-note" data-test="thanks">${words.t("panel.ask.thanks")}</span>`
            : nothing}
      </p>
      ${speaker.failure ? failureText(speaker.failure, words) : nothing}`;
  }

  private thumbnails(): TemplateResult {
    return html`<ul class="pictures" data-test="pictures">
      ${this.pictures.map(
        (one) => html`<li>
          <img src=${one.url} alt="" /><button
            class="plain"
            aria-label=${this.words.t("panel.ask.picture_remove")}
            @click=${() => (this.pictures = this.pictures.filter((other) => other !== one))}
          >
            ${icons.close()}
          </button>
        </li>`,
      )}
    </ul>`;
  }

  private look(pictures: Picture[]): void {
    this.trouble = null;
    this.pictures = pictures;
  }

  private heard(words: string): void {
    if (!words) {
      this.trouble = { code: "nothing_heard", message: "" };
      return;
    }
    this.ask(words, true);
    this.aloud = inReach(this.live.state, "tts.synthesize") ? (this.session.latest?.id ?? "") : "";
  }

  private read(turn: Turn): void {
    void this.speaker.speak(this.hass.connection, this.live.entryId, turn.id, turn.text, this.words.language);
  }

  private judge(turn: Turn, opinion: "good" | "bad"): void {
    this.session.judge(turn, opinion);
    const params = { trace_id: turn.traceId, good: opinion === "good" };
    request(this.hass.connection, this.live.entryId, "feedback", params).catch(() => undefined); // an opinion lost is no trouble
  }

  private readonly toggleTools = (event: Event): void => {
    this.tools = (event.target as HTMLInputElement).checked;
    remember(TOOLS, this.tools);
  };

  /** A node of this household by its name, unless it is the one we are talking to. */
  private byHome(name: string | undefined): string {
    const own = this.live.state?.node.name;
    return !name || name === own
      ? this.words.t("panel.ask.answered_here")
      : this.words.t("panel.ask.answered_by", { name });
  }

  private earlier(shown: Turn | undefined): TemplateResult | typeof nothing {
    const { words } = this;
    const others = this.session.turns.filter((turn) => turn !== shown).reverse();
    if (!shown && others.length === 0) return nothing;
    return html`<nav class="earlier">
      ${shown && !this.session.busy
        ? html`<button class="plain" data-test="ask-new" @click=${() => this.choose(NEW)}>${icons.pencil()}${words.t("panel.ask.new")}</button>`
        : nothing}
      ${others.length
        ? html`<h2>${words.t("panel.ask.earlier")}</h2>
            <ol>
              ${others.map(
                (turn) => html`<li>
                  <button data-test="history-item" @click=${() => this.choose(turn.id)}>
                    <span class="q" dir="auto">${turn.question}</span><span class="t">${words.when(turn.asked)}</span>
                  </button>
                </li>`,
              )}
            </ol>
            <button class="plain" data-test="history-clear" @click=${this.forget}>${words.t("panel.ask.clear")}</button>`
        : nothing}
    </nav>`;
  }

  private status(turn: Turn | undefined): string {
    const { words } = this;
    if (!turn) return "";
    if (turn.status === "asking") return words.named("panel.ask.step", turn.step) ?? "";
    if (turn.status === "answering") {
      const name = turn.attempts[turn.attempts.length - 1]?.node_name || words.t("panel.ask.here_cap");
      return words.t("panel.ask.answering", { name });
    }
    return words.t(turn.status === "done" ? "panel.ask.live_done" : "panel.ask.live_failed");
  }

  private blocked(): string {
    if (!this.live.connected) return this.words.t("panel.ask.blocked_ha");
    return this.live.online ? "" : this.words.t("panel.ask.blocked_node");
  }

  private note(): string {
    const { state } = this.live;
    return (state && this.words.named("panel.ask.privacy", state.privacy)) || "";
  }

  private draft(text: string): void {
    this.session.draft = text;
    this.requestUpdate();
  }

  private where(): { connection: HomeAssistant["connection"]; entryId: string; language: string } {
    return { connection: this.hass.connection, entryId: this.live.entryId, language: this.words.language };
  }

  private ask(question: string, spoken = false): void {
    this.session.draft = "";
    this.trouble = null;
    this.speaker.stop();
    this.choose("");
    const { pictures } = this;
    this.pictures = [];
    void this.session.ask(this.where(), question, { pictures, agent: this.tools, spoken });
  }

  private retry(turn: Turn): void {
    this.choose("");
    void this.session.retry(this.where(), turn);
  }

  private forget(): void {
    this.session.clear();
    this.choose("");
  }

  private choose(id: string): void {
    this.chosen = id;
    this.openSource = 0;
    this.renderRoot.querySelector(".scroll")?.scrollTo({ top: 0 });
  }

  private open(n: number): void {
    this.openSource = n;
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    return Boolean(this.live && this.words) && changed.size >= 0;
  }

  static override styles = [
    tokens,
    common,
    answerStyles,
    css`
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
    `,
  ];
}

function remembered(name: string): boolean {
  try {
    return localStorage.getItem(name) === "1";
  } catch {
    return false; // blocked storage: off until it is turned on
  }
}

function remember(name: string, on: boolean): void {
  try {
    localStorage.setItem(name, on ? "1" : "0");
  } catch {
    // lasts as long as the page
  }
}

define("hearthnet-ask-view", AskView);

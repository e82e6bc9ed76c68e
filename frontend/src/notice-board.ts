/** Notices of the community, and writing one. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import type { Notice, Severity } from "./api-types";
import { finished, request } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant } from "./ha-types";
import * as icons from "./icons";
import { text } from "./reading";
import { common, tokens } from "./styles";
import type { Words } from "./words";

const MAX_TITLE = 80;
const MAX_BODY = 2_000;
const MAX_TRANSLATED = 8_000;
/** How long "your notice is up" stays. */
const POSTED_MS = 8_000;
const HOURS = [24, 72, 168, 720] as const;
const SEVERITIES = ["info", "warning", "urgent"] as const;

type Translated = { title: string; body: string } | Failure;

export class NoticeBoard extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ attribute: false }) notices: Notice[] = [];
  @property({ type: Boolean }) reachable = false;
  @property({ attribute: false }) words!: Words;
  /** Somebody in reach translates. */
  @property({ type: Boolean }) translates = false;
  /** Whose notices need no translation. */
  @property({ attribute: false }) me = "";
  @state() private writing = false;
  @state() private posting = false;
  @state() private posted = false;
  @state() private failure: Failure | null = null;
  @state() private severity: Severity = "info";
  @state() private heading = "";
  @state() private body = "";
  @state() private hours: number = 168;
  @state() private urgent = "";
  /** By a notice's id; null while it is being translated. */
  @state() private translated: ReadonlyMap<string, Translated | null> = new Map();
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.posted = false;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("notices") as Notice[] | undefined;
    if (!before || before.length === 0) return;
    const known = new Set(before.map((notice) => notice.id));
    const fresh = this.notices.find((notice) => notice.severity === "urgent" && !known.has(notice.id));
    if (fresh) this.urgent = fresh.title;
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<section class="card" data-test="notices">
      <header>
        <h2>${words.t("panel.notices.title")}</h2>
        ${this.writing
          ? nothing
          : html`<button class="plain" data-test="notice-write" ?disabled=${!this.reachable} @click=${this.write}>
              ${icons.pencil()}${words.t("panel.notices.write")}
            </button>`}
      </header>
      ${this.writing ? this.form() : nothing}
      <p class="posted" role="status" ?hidden=${!this.posted}>${this.posted ? words.t("panel.notices.posted") : nothing}</p>
      ${this.notices.length
        ? html`<ol aria-live="polite">${this.notices.map((notice) => this.notice(notice))}</ol>`
        : html`<p class="none">${words.t("panel.notices.none")}</p>`}
      <p class="sr" role="alert">${this.urgent ? words.t("panel.notices.new_urgent", { title: this.urgent }) : nothing}</p>
    </section>`;
  }

  private notice(notice: Notice): TemplateResult {
    const { words } = this;
    return html`<li class=${notice.severity} data-test="notice" data-severity=${notice.severity}>
      <h3 dir="auto">
        ${notice.severity === "info" ? nothing : html`<span class="weight">${words.t(`panel.notices.${notice.severity}`)}</span>`}
        ${notice.title}
      </h3>
      ${notice.body ? html`<p class="body" dir="auto">${notice.body}</p>` : nothing} ${this.translation(notice)}
      <p class="by">
        <bdi>${words.t("panel.notices.by", { name: notice.author_name, when: words.when(notice.at * 1000) })}</bdi>
        ${notice.late ? html`<span>${words.t("panel.notices.late")}</span>` : nothing}
        ${notice.expires ? html`<span>${words.t("panel.notices.until", { when: words.day(notice.expires * 1000) })}</span>` : nothing}
      </p>
    </li>`;
  }

  private translation(notice: Notice): TemplateResult | typeof nothing {
    const { words } = this;
    const known = this.translated.get(notice.id);
    if (known && !("code" in known))
      return html`<div class="translated" role="status" data-test="translated">
        <p class="by">${words.t("panel.notices.translated")}</p>
        <p dir="auto"><strong>${known.title}</strong></p>
        ${known.body ? html`<p class="body" dir="auto">${known.body}</p>` : nothing}
      </div>`;
    if (!this.translates || notice.author_node === this.me) return nothing;
    return html`${known ? failureText(known, words) : nothing}
    <button
      class="plain translate"
      data-test="translate"
      aria-label=${words.t("panel.notices.translate_this", { title: notice.title })}
      ?disabled=${!this.reachable || known === null}
      @click=${() => this.put(notice)}
    >
      ${words.t(known === null ? "panel.notices.translating" : "panel.notices.translate")}
    </button>`;
  }

  private async put(notice: Notice): Promise<void> {
    const into = async (said: string): Promise<string> => {
      const body = { text: said, to: this.words.language.slice(0, 2) };
      return said && text((await finished(this.hass.connection, this.entryId, "call", { capability: "trans.text", body })).text, MAX_TRANSLATED);
    };
    this.keep(notice.id, null);
    try {
      const [title, body] = await Promise.all([into(notice.title), into(notice.body)]);
      this.keep(notice.id, { title, body });
    } catch (reason) {
      this.keep(notice.id, toFailure(reason));
    }
  }

  private keep(id: string, what: Translated | null): void {
    this.translated = new Map(this.translated).set(id, what);
  }

  private form(): TemplateResult {
    const { words } = this;
    const left = MAX_BODY - this.body.length;
    return html`<form data-test="notice-form" @submit=${this.post}>
      <label
        ><span class="label">${words.t("panel.notices.heading")}</span>
        <input
          class="field"
          data-test="notice-title"
          required
          maxlength=${MAX_TITLE}
          dir="auto"
          placeholder=${words.t("panel.notices.heading_placeholder")}
          .value=${this.heading}
          @input=${(event: Event) => (this.heading = (event.target as HTMLInputElement).value)}
      /></label>
      <label
        ><span class="label">${words.t("panel.notices.body")}</span>
        <textarea
          class="field"
          data-test="notice-body"
          rows="4"
          maxlength=${MAX_BODY}
          dir="auto"
          .value=${this.body}
          @input=${(event: Event) => (this.body = (event.target as HTMLTextAreaElement).value)}
        ></textarea>
        ${left <= 200 ? html`<span class="left">${words.t("panel.notices.left", { count: left })}</span>` : nothing}
      </label>
      <fieldset>
        <legend class="label">${words.t("panel.notices.severity")}</legend>
        <div class="weights">
          ${SEVERITIES.map(
            (severity) => html`<button
              type="button"
              class=${severity}
              data-test="notice-${severity}"
              aria-pressed=${this.severity === severity}
              @click=${() => (this.severity = severity)}
            >
              ${words.t(`panel.notices.${severity}`)}
            </button>`,
          )}
        </div>
      </fieldset>
      <label
        ><span class="label">${words.t("panel.notices.ttl")}</span>
        <select class="field" data-test="notice-ttl" @change=${(event: Event) => (this.hours = Number((event.target as HTMLSelectElement).value))}>
          ${HOURS.map((hours) => html`<option value=${hours} ?selected=${hours === this.hours}>${words.t(`panel.notices.ttl_${hours}`)}</option>`)}
        </select>
      </label>
      ${this.failure ? failureText(this.failure, words) : nothing}
      <div class="actions">
        <button type="button" class="quiet" @click=${this.stopWriting}>${words.t("panel.notices.cancel")}</button>
        <button type="submit" class="primary" data-test="notice-submit" ?disabled=${this.posting || !this.reachable || !this.heading.trim()}>
          ${words.t(this.posting ? "panel.notices.posting" : "panel.notices.post")}
        </button>
      </div>
    </form>`;
  }

  private write(): void {
    this.writing = true;
    this.posted = false;
    this.failure = null;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>("input")?.focus());
  }

  private stopWriting(): void {
    this.writing = false;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("header button")?.focus());
  }

  private async post(event: Event): Promise<void> {
    event.preventDefault();
    const title = this.heading.trim();
    if (!title || this.posting) return;
    this.posting = true;
    this.failure = null;
    try {
      await request(this.hass.connection, this.entryId, "post_notice", {
        title,
        body: this.body.trim(),
        severity: this.severity,
        ttl_hours: this.hours,
      });
      this.writing = false;
      this.posted = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => (this.posted = false), POSTED_MS);
      void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("header button")?.focus());
      this.heading = "";
      this.body = "";
      this.severity = "info";
      this.hours = 168;
    } catch (reason) {
      this.failure = toFailure(reason);
    } finally {
      this.posting = false;
    }
  }

  static override styles = [
    tokens,
    common,
    css`
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
    `,
  ];
}

define("hearthnet-notices", NoticeBoard);

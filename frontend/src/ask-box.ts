/** The question box: emits `ask` with the question, `stop` while an answer arrives. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, query } from "lit/decorators.js";
import { MAX_QUESTION } from "./ask-session";
import { define } from "./define";
import * as icons from "./icons";
import { common, tokens } from "./styles";
import type { Words } from "./words";

export class AskBox extends LitElement {
  @property({ attribute: false }) words!: Words;
  @property({ attribute: false }) value = "";
  @property({ type: Boolean }) busy = false;
  /** Why nothing can be asked now; empty when it can. */
  @property({ attribute: false }) blocked = "";
  @property({ attribute: false }) note = "";
  /** What the empty box says instead of its invitation. */
  @property({ attribute: false }) hint = "";
  @query("textarea") private input!: HTMLTextAreaElement;

  override focus(): void {
    this.input?.focus();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<form data-test="ask-form" class=${this.busy ? "busy" : ""} @submit=${this.submit}>
        <slot name="start"></slot>
        <textarea
          data-test="ask-input"
          rows="1"
          maxlength=${MAX_QUESTION}
          enterkeyhint="send"
          autocomplete="off"
          dir="auto"
          aria-label=${words.t("panel.ask.label")}
          placeholder=${this.hint || words.t("panel.ask.placeholder")}
          .value=${this.value}
          @input=${this.typed}
          @keydown=${this.pressed}
        ></textarea>
        ${this.busy
          ? html`<button type="button" class="go" data-test="ask-cancel" @click=${this.stop}>
              ${icons.stop()}<span>${words.t("panel.ask.cancel")}</span>
            </button>`
          : html`<button type="submit" class="go" data-test="ask-submit" ?disabled=${Boolean(this.blocked) || !this.value.trim()}>
              ${icons.send()}<span>${words.t("panel.ask.submit")}</span>
            </button>`}
      </form>
      ${this.blocked || this.note ? html`<p class="note" data-test="ask-note">${this.blocked || this.note}</p>` : nothing}`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("value")) this.grow();
  }

  private typed(): void {
    this.value = this.input.value;
    this.dispatchEvent(new CustomEvent("draft", { detail: this.value }));
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.submit(event);
  }

  private submit(event: Event): void {
    event.preventDefault();
    const question = this.value.trim();
    if (!question || this.blocked || this.busy) return;
    this.dispatchEvent(new CustomEvent("ask", { detail: question }));
  }

  private stop(): void {
    this.dispatchEvent(new CustomEvent("stop"));
  }

  private grow(): void {
    this.input.style.blockSize = "auto";
    this.input.style.blockSize = `${Math.min(this.input.scrollHeight, 160)}px`;
  }

  static override styles = [
    tokens,
    common,
    css`
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
    `,
  ];
}

define("hearthnet-ask-box", AskBox);

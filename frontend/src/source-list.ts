/** The passages an answer rests on; one is open at a time. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property } from "lit/decorators.js";
import type { Source } from "./api-types";
import { define } from "./define";
import * as icons from "./icons";
import { common, tokens } from "./styles";
import type { Turn } from "./turn";
import type { Words } from "./words";

export class SourceList extends LitElement {
  @property({ attribute: false }) turn!: Turn;
  @property({ attribute: false }) words!: Words;
  /** The id of this home's node: its documents can be opened. */
  @property({ attribute: false }) own = "";
  /** The open passage's number, 0 when none is. */
  @property({ attribute: false }) open = 0;

  protected override render(): TemplateResult {
    const { turn, words } = this;
    const failed = turn.searched.filter((one) => one.error);
    return html`${turn.sources.length
      ? html`<ol>${turn.sources.map((source, index) => this.source(source, index + 1))}</ol>`
      : turn.status === "done"
        ? html`<p class="note">${words.t("panel.sources.none")}</p>`
        : nothing}
    ${failed.map((one) => html`<p class="note bad">${words.t("panel.sources.search_failed", { name: one.name, error: one.error ?? "" })}</p>`)}`;
  }

  private source(source: Source, n: number): TemplateResult {
    const { words } = this;
    const open = this.open === n;
    return html`<li class=${open ? "open" : ""}>
      <button
        data-test="source"
        data-n=${n}
        aria-expanded=${open}
        aria-label=${words.t("panel.sources.open", { n, title: source.doc_title })}
        @click=${() => this.dispatchEvent(new CustomEvent("open-source", { detail: open ? 0 : n }))}
      >
        <span class="n">${n}</span>
        <span class="what">
          <bdi class="title">${source.doc_title}</bdi>
          <bdi class="from"
            >${words.t("panel.sources.from", { name: source.node_name })}${source.page
              ? html` · ${words.t("panel.document.page", { page: source.page })}`
              : nothing}</bdi
          >
        </span>
        ${icons.chevron()}
      </button>
      ${open
        ? html`<blockquote dir="auto" data-test="source-text">${source.text}</blockquote>
            ${source.node_id === this.own && source.doc_cid
              ? html`<button
                  class="plain whole"
                  data-test="open-document"
                  @click=${() => this.dispatchEvent(new CustomEvent("open-document", { detail: source }))}
                >
                  ${words.t("panel.sources.whole")}
                </button>`
              : nothing}
            ${source.licence ? html`<p class="licence" dir="auto">${words.t("panel.sources.licence", { licence: source.licence })}</p>` : nothing}`
        : nothing}
    </li>`;
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("open") && this.open) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.renderRoot.querySelector("li.open")?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    }
  }

  static override styles = [
    tokens,
    common,
    css`
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
    `,
  ];
}

define("hearthnet-sources", SourceList);

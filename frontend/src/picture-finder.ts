/** Pictures of the library, found by what is on them or by how they look. Emits `open` with the one that was chosen. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { request } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant } from "./ha-types";
import { type FoundPicture, readPictures } from "./home-types";
import * as icons from "./icons";
import { pictureGrid, pictureGridStyles } from "./picture-grid";
import { common, tokens } from "./styles";
import type { Words } from "./words";

const MAX_QUERY = 1_000;
const MOST = 12;

export class PictureFinder extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ attribute: false }) words!: Words;
  @property({ type: Boolean }) reachable = false;
  /** Pictures like this document; a search field stands here when it is empty. */
  @property({ attribute: false }) like = "";
  /** How many there are to look through. */
  @property({ attribute: false }) count = 0;
  @state() private query = "";
  @state() private busy = false;
  @state() private found: FoundPicture[] | null = null;
  @state() private note = "";
  @state() private failure: Failure | null = null;
  private run = 0;

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("entryId") || changed.has("like")) {
      this.forget();
      if (this.like) void this.find({ document_id: this.like });
    }
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`${this.like ? nothing : this.form()}
      <div aria-busy=${this.busy}>
        <p role="status" class=${this.busy || this.found?.length === 0 ? "hint" : "sr"} data-test="picture-status">${this.status()}</p>
        ${this.found?.length
          ? pictureGrid(this.found, (one) => this.dispatchEvent(new CustomEvent("open", { detail: one })))
          : nothing}
        ${this.note && this.found && !this.blind
          ? html`<p class="hint note" data-test="picture-note">${words.t("panel.pictures.not_by_look", { note: this.note })}</p>`
          : nothing}
        ${this.failure ? failureText(this.failure, words) : nothing}
      </div>`;
  }

  private form(): TemplateResult {
    const { words } = this;
    return html`<form role="search" data-test="picture-form" @submit=${this.submit}>
      <input class="field" type="search" data-test="picture-query" enterkeyhint="search" autocomplete="off" dir="auto" maxlength=${MAX_QUERY}
        aria-label=${words.t("panel.pictures.find")} placeholder=${words.t("panel.pictures.find")}
        .value=${this.query} @input=${this.typed} />
      <button class="quiet" data-test="picture-submit" aria-label=${words.t("panel.pictures.submit")} title=${words.t("panel.pictures.submit")}
        ?disabled=${!this.reachable || !this.query.trim()}>${icons.search()}</button>
    </form>
    ${this.found || this.busy || this.failure ? nothing : html`<p class="hint">${words.n("panel.pictures.count", this.count)}</p>`}`;
  }

  /** Nobody could look: that is not to say that there is none like it. */
  private get blind(): boolean {
    return Boolean(this.like && this.note && !this.found?.length);
  }

  private status(): string {
    const { words, found } = this;
    if (this.busy) return words.t("panel.pictures.busy");
    if (!found) return "";
    if (found.length) return words.n("panel.pictures.found", found.length);
    if (this.blind) return words.t("panel.pictures.not_by_look", { note: this.note });
    return words.t(this.like ? "panel.pictures.none_like" : "panel.pictures.none");
  }

  private readonly typed = (event: Event): void => {
    this.query = (event.target as HTMLInputElement).value;
    if (!this.query) this.forget(); // the field's own cross
  };

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    const query = this.query.trim().slice(0, MAX_QUERY);
    if (query && this.reachable) void this.find({ query });
  };

  private async find(what: { query: string } | { document_id: string }): Promise<void> {
    const run = ++this.run;
    this.busy = true;
    this.failure = null;
    this.found = null;
    try {
      const read = readPictures(await request(this.hass.connection, this.entryId, "find_pictures", { ...what, k: MOST }));
      if (run !== this.run) return;
      this.found = read.pictures.filter((one) => one.document_id !== this.like);
      this.note = read.note;
    } catch (reason) {
      if (run === this.run) this.failure = toFailure(reason);
    } finally {
      if (run === this.run) this.busy = false;
    }
  }

  private forget(): void {
    this.run += 1;
    this.busy = false;
    this.found = null;
    this.note = "";
    this.failure = null;
  }

  static override styles = [
    tokens,
    common,
    pictureGridStyles,
    css`
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
    `,
  ];
}

define("hearthnet-pictures", PictureFinder);

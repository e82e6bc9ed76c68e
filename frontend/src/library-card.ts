/** The documents of this home: added by dropping them here, seen by whom one says, opened and removed. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import { request } from "./commands";
import { define } from "./define";
import "./document-dialog";
import type { DocumentDialog } from "./document-dialog";
import { type Failure, toFailure } from "./failure";
import { failureText } from "./failure-text";
import type { HomeAssistant } from "./ha-types";
import { ACCESS, type Corpus, type FoundPicture, type StoredDocument, readCorpora, readDocuments } from "./home-types";
import * as icons from "./icons";
import "./picture-finder";
import { common, tokens } from "./styles";
import { ACCEPTED, MAX_FILE, type UploadProgress, type Uploaded, upload } from "./upload";
import type { Words } from "./words";

const PAGE = 20;
const DEFAULT = "household";
const SHIPPED = "emergency";

interface Sending {
  name: string;
  at: UploadProgress | null;
  result: Uploaded | null;
  failure: Failure | null;
}

export class LibraryCard extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ type: Boolean }) reachable = false;
  @property({ type: Boolean }) admin = false;
  /** How far the passages have been read for their meaning; nothing when they all are. */
  @property({ attribute: false }) indexing: { done: number; total: number } | null = null;
  /** Changes when the library does. */
  @property({ attribute: false }) count = 0;
  /** How many pictures are among them. */
  @property({ attribute: false }) pictures = 0;
  /** Whether somebody in reach can take data out of a document. */
  @property({ type: Boolean }) reads = false;
  @property({ attribute: false }) words!: Words;
  @state() private corpora: Corpus[] | null = null;
  @state() private chosen = DEFAULT;
  @state() private documents: StoredDocument[] = [];
  @state() private next = "";
  @state() private sending: Sending[] = [];
  @state() private over = false;
  @state() private removing = "";
  @state() private failure: Failure | null = null;
  @query("hearthnet-document") private dialog!: DocumentDialog;
  @query("input[type=file]") private picker!: HTMLInputElement;
  private readonly stopping = new AbortController();
  private run = 0;
  private queue: Promise<void> = Promise.resolve();

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.reachable) return;
    if (changed.has("entryId") || changed.has("count") || (changed.has("reachable") && !this.corpora)) void this.load();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const corpus = this.corpora?.find((one) => one.name === this.chosen);
    return html`<section class="card" data-test="library">
      <h2>${words.t("panel.library.title")}</h2>
      ${this.indexing?.total
        ? html`<p class="hint" data-test="indexing">
            ${words.t("panel.library.indexing", { done: words.figure(this.indexing.done), total: words.figure(this.indexing.total) })}
          </p>`
        : nothing}
      ${this.pictures
        ? html`<hearthnet-pictures .hass=${this.hass} .entryId=${this.entryId} .words=${words} .reachable=${this.reachable} .count=${this.pictures}
            @open=${(event: CustomEvent<FoundPicture>) => this.dialog.show(event.detail.document_id, event.detail.title)}></hearthnet-pictures>`
        : nothing}
      ${this.tabs()}
      ${corpus || this.chosen === DEFAULT ? this.access(corpus) : nothing}
      ${this.admin && this.chosen !== SHIPPED ? this.drop() : nothing}
      <div role="status" class=${this.sending.length ? "" : "sr"}>${this.sending.map((one) => this.sent(one))}</div>
      ${this.failure ? failureText(this.failure, words) : nothing}
      ${this.documents.length
        ? html`<ul data-test="documents">${this.documents.map((one) => this.document(one))}</ul>`
        : this.corpora
          ? html`<p class="none">${words.t(this.admin ? "panel.library.empty_admin" : "panel.library.empty")}</p>`
          : nothing}
      ${this.next
        ? html`<button class="quiet" data-test="documents-more" ?disabled=${!this.reachable} @click=${() => this.page()}>
            ${words.t("panel.library.more")}
          </button>`
        : nothing}
      <hearthnet-document .hass=${this.hass} .entryId=${this.entryId} .words=${words}
        .reachable=${this.reachable} .admin=${this.admin} .reads=${this.reads}></hearthnet-document>
    </section>`;
  }

  private tabs(): TemplateResult {
    const names = (this.corpora ?? []).map((one) => one.name);
    if (!names.includes(DEFAULT)) names.unshift(DEFAULT);
    return html`<div class="chips" role="group" aria-label=${this.words.t("panel.library.collections")}>
      ${names.map((name) => {
        const count = this.corpora?.find((one) => one.name === name)?.documents ?? 0;
        return html`<button data-test="corpus" aria-pressed=${name === this.chosen} @click=${() => this.choose(name)}>
          <bdi>${this.words.named("panel.library.names", name) ?? name}</bdi> <span>${this.words.figure(count)}</span>
        </button>`;
      })}
    </div>`;
  }

  private access(corpus: Corpus | undefined): TemplateResult {
    const { words } = this;
    const now = corpus?.access ?? "home";
    const fixed = !this.admin || this.chosen === SHIPPED || !corpus || !(ACCESS as readonly string[]).includes(now);
    if (fixed) return html`<p class="hint">${words.named("panel.library.access", now) ?? words.t("panel.library.access.role", { role: now })}</p>`;
    return html`<label class="who"
      ><span class="label">${words.t("panel.library.who")}</span>
      <select class="field" data-test="corpus-access" ?disabled=${!this.reachable} @change=${this.open}>
        ${ACCESS.map((one) => html`<option value=${one} ?selected=${one === now}>${words.t(`panel.library.access.${one}`)}</option>`)}
      </select></label
    >`;
  }

  private drop(): TemplateResult {
    const { words } = this;
    return html`<div
      class="drop ${this.over ? "over" : ""}"
      data-test="drop"
      @dragover=${(event: DragEvent) => {
        event.preventDefault();
        this.over = true;
      }}
      @dragleave=${() => (this.over = false)}
      @drop=${this.dropped}
    >
      <button class="quiet" data-test="add-files" ?disabled=${!this.reachable} @click=${() => this.picker.click()}>
        ${icons.upload()}${words.t("panel.library.add")}
      </button>
      <p class="hint">${words.t("panel.library.add_text")}</p>
      <input type="file" multiple hidden accept=${ACCEPTED} data-test="file-input" @change=${this.picked} />
    </div>`;
  }

  private sent(one: Sending): TemplateResult {
    const { words } = this;
    const share = one.at?.total ? one.at.done / one.at.total : undefined;
    return html`<div class="sending" data-test="sending">
      <p><bdi>${one.name}</bdi></p>
      ${one.failure
        ? failureText(one.failure, words)
        : one.result
          ? html`<p class="hint">${this.summary(one.result)}</p>
              ${one.result.failed.map((line) => html`<p class="bad" dir="auto">${line}</p>`)}`
          : html`<progress value=${share ?? nothing} max="1"></progress>
              <p class="hint">${words.named("panel.library.step", one.at?.step || "sending") ?? words.t("panel.library.step.reading")}</p>`}
    </div>`;
  }

  private summary(result: Uploaded): string {
    const { words } = this;
    const fresh = result.documents - result.duplicates;
    return [
      fresh ? words.n("panel.library.added", fresh) : "",
      result.duplicates ? words.n("panel.library.known", result.duplicates) : "",
      result.unreadable ? words.n("panel.library.unreadable", result.unreadable) : "",
    ]
      .filter(Boolean)
      .join(" ");
  }

  private document(one: StoredDocument): TemplateResult {
    const { words } = this;
    const asking = this.removing === one.document_id;
    return html`<li data-test="document">
      <button class="title" @click=${() => this.dialog.show(one.document_id, one.title)}>
        <bdi>${one.title}</bdi><span class="about">${one.picture ? html`${icons.picture()}${words.t("panel.library.picture")}` : words.n("panel.library.passages", one.chunks)}</span>
      </button>
      ${asking
        ? html`<span class="sure"
            ><button class="plain bad" data-test="remove-sure" @click=${() => this.forget(one)}>${words.t("panel.library.remove_sure")}</button>
            <button class="plain" @click=${() => (this.removing = "")}>${words.t("panel.library.keep")}</button></span
          >`
        : this.admin && one.corpus !== SHIPPED
          ? html`<button
              class="plain"
              data-test="remove"
              ?disabled=${!this.reachable}
              aria-label=${words.t("panel.library.remove", { title: one.title })}
              @click=${() => (this.removing = one.document_id)}
            >
              ${icons.bin()}
            </button>`
          : nothing}
    </li>`;
  }

  private async load(): Promise<void> {
    const run = ++this.run;
    try {
      const corpora = readCorpora(await request(this.hass.connection, this.entryId, "corpora", {}));
      if (run !== this.run) return;
      if (!this.admin && !this.corpora && !corpora.some((one) => one.name === this.chosen) && corpora[0]) this.chosen = corpora[0].name;
      this.corpora = corpora;
      this.failure = null;
      await this.page(true);
    } catch (reason) {
      if (run === this.run) this.failure = toFailure(reason);
    }
  }

  private async page(first = false): Promise<void> {
    const run = first ? this.run : ++this.run;
    try {
      const params = { corpus: this.chosen, limit: PAGE, ...(first ? {} : { before: this.next }) };
      const read = readDocuments(await request(this.hass.connection, this.entryId, "documents", params));
      if (run !== this.run) return;
      this.documents = first ? read.documents : [...this.documents, ...read.documents];
      this.next = read.next;
    } catch (reason) {
      if (run === this.run) this.failure = toFailure(reason);
    }
  }

  private choose(name: string): void {
    this.chosen = name;
    this.documents = [];
    this.next = "";
    this.run += 1;
    void this.page(true);
  }

  private readonly open = async (event: Event): Promise<void> => {
    const access = (event.target as HTMLSelectElement).value;
    try {
      await request(this.hass.connection, this.entryId, "set_corpus", { name: this.chosen, access });
    } catch (reason) {
      this.failure = toFailure(reason);
    }
    await this.load();
  };

  private readonly picked = (): void => {
    this.add([...(this.picker.files ?? [])]);
    this.picker.value = "";
  };

  private readonly dropped = (event: DragEvent): void => {
    event.preventDefault();
    this.over = false;
    if (this.reachable) this.add([...(event.dataTransfer?.files ?? [])]);
  };

  /** One after the other: the node reads two at a time, and a page has one line to it. */
  private add(files: File[]): void {
    const corpus = this.chosen;
    const started = files.map((file): [File, Sending] => [file, { name: file.name, at: null, result: null, failure: null }]);
    this.sending = [...this.sending.filter((one) => !one.result), ...started.map(([, one]) => one)];
    for (const [file, one] of started) this.queue = this.queue.then(() => this.send(file, one, corpus));
  }

  private async send(file: File, one: Sending, corpus: string): Promise<void> {
    try {
      if (file.size > MAX_FILE) throw { code: "too_large", message: "" };
      one.result = await upload(this.hass, this.entryId, corpus, file, (at) => {
        one.at = at;
        this.requestUpdate();
      }, this.stopping.signal);
    } catch (reason) {
      one.failure = toFailure(reason);
    }
    this.requestUpdate();
    await this.load();
  }

  private async forget(one: StoredDocument): Promise<void> {
    this.removing = "";
    try {
      await request(this.hass.connection, this.entryId, "delete_document", { document_id: one.document_id, corpus: one.corpus });
      this.documents = this.documents.filter((other) => other !== one);
    } catch (reason) {
      this.failure = toFailure(reason);
    }
    await this.load();
  }

  static override styles = [
    tokens,
    common,
    css`
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
    `,
  ];
}

define("hearthnet-library", LibraryCard);

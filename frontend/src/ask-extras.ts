/** Beside the question box: a picture to ask about, and a question that is spoken. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import { stream } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import type { HomeAssistant } from "./ha-types";
import * as icons from "./icons";
import { release } from "./live-state";
import { RATE } from "./pcm";
import { MAX_PICTURES, type Picture, picture } from "./picture";
import { Recorder, canRecord } from "./recorder";
import { text } from "./reading";
import { common, tokens } from "./styles";
import type { Words } from "./words";

export class AskExtras extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) entryId = "";
  @property({ attribute: false }) words!: Words;
  @property({ type: Boolean }) disabled = false;
  @property({ type: Boolean }) sees = false;
  @property({ type: Boolean }) hears = false;
  @property({ attribute: false }) pictures: Picture[] = [];
  @state() private recording = false;
  @state() private listening = false;
  @state() private loud = 0;
  @query("input[type=file]") private picker!: HTMLInputElement;
  private recorder: Recorder | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.recorder?.drop();
    this.recorder = null;
    this.recording = false;
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`${this.sees
      ? html`<button
            type="button"
            data-test="add-picture"
            aria-label=${words.t("panel.ask.picture")}
            title=${words.t("panel.ask.picture")}
            ?disabled=${this.disabled || this.pictures.length >= MAX_PICTURES}
            @click=${() => this.picker.click()}
          >
            ${icons.camera()}
          </button>
          <input type="file" accept="image/*" multiple hidden data-test="picture-input" @change=${this.picked} />`
      : nothing}
    ${this.hears && canRecord()
      ? html`<button
          type="button"
          class=${this.recording ? "on" : ""}
          style="--loud:${this.loud}"
          data-test="record"
          aria-pressed=${this.recording}
          aria-label=${words.t(this.recording ? "panel.ask.record_stop" : "panel.ask.record")}
          title=${words.t(this.recording ? "panel.ask.record_stop" : "panel.ask.record")}
          ?disabled=${this.disabled || this.listening}
          @click=${this.recording ? this.stop : this.start}
        >
          ${this.recording ? icons.stop() : icons.microphone()}
        </button>`
      : nothing}
    <span class="sr" role="status">${this.recording ? words.t("panel.ask.recording") : this.listening ? words.t("panel.ask.listening") : nothing}</span>`;
  }

  private readonly picked = async (): Promise<void> => {
    const files = [...(this.picker.files ?? [])];
    this.picker.value = "";
    const made: Picture[] = [];
    for (const file of files.slice(0, MAX_PICTURES - this.pictures.length)) {
      try {
        made.push(await picture(file));
      } catch (reason) {
        this.failed(toFailure(reason));
      }
    }
    if (made.length) this.dispatchEvent(new CustomEvent("pictures", { detail: [...this.pictures, ...made] }));
  };

  private readonly start = async (): Promise<void> => {
    const recorder = (this.recorder = new Recorder());
    try {
      await recorder.start(
        (loud) => (this.loud = loud),
        () => void this.stop(),
      );
      this.recording = true;
    } catch {
      recorder.drop();
      this.failed({ code: "no_microphone", message: "" });
    }
  };

  private readonly stop = async (): Promise<void> => {
    const audio = this.recorder?.stop() ?? "";
    this.recorder = null;
    this.recording = false;
    this.loud = 0;
    if (!audio) return;
    this.listening = true;
    try {
      this.dispatchEvent(new CustomEvent("heard", { detail: await this.heard(audio) }));
    } catch (reason) {
      this.failed(toFailure(reason));
    } finally {
      this.listening = false;
    }
  };

  private heard(audio: string): Promise<string> {
    const params = { audio, rate: RATE, language: this.words.language.slice(0, 20) };
    return new Promise((resolve, reject) => {
      const subscribed = stream(this.hass.connection, this.entryId, "transcribe", params, ({ event, data }) => {
        if (event === "done") resolve(text(data.text, 4_000).trim());
        else if (event === "error") reject(toFailure(data));
        else return;
        void subscribed.then(release);
      });
      subscribed.catch(reject);
    });
  }

  private failed(failure: Failure): void {
    this.dispatchEvent(new CustomEvent("failed", { detail: failure }));
  }

  static override styles = [
    tokens,
    common,
    css`
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
    `,
  ];
}

define("hearthnet-ask-extras", AskExtras);

/** Beside the question box: a picture to ask about, and a question that is spoken, now or in a recording. */

import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from "lit";
import { property, query, state } from "lit/decorators.js";
import { finished } from "./commands";
import { define } from "./define";
import { type Failure, toFailure } from "./failure";
import type { HomeAssistant } from "./ha-types";
import * as icons from "./icons";
import { RATE } from "./pcm";
import { MAX_PICTURES, type Picture, picture } from "./picture";
import { Recorder, canRecord } from "./recorder";
import { text } from "./reading";
import { soundOf } from "./sound-file";
import { common, tokens } from "./styles";
import type { Words } from "./words";

const accepted = (sees: boolean, hears: boolean): string => [...(sees ? ["image/*"] : []), ...(hears ? ["audio/*"] : [])].join(",");

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
    this.dispatchEvent(new CustomEvent("ears", { detail: "" }));
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const label = words.t(!this.hears ? "panel.ask.picture" : this.sees ? "panel.ask.picture_or_sound" : "panel.ask.sound");
    const full = !this.hears && this.pictures.length >= MAX_PICTURES;
    return html`${this.sees || this.hears
      ? html`<button
            type="button"
            data-test="add-file"
            aria-label=${label}
            title=${label}
            ?disabled=${this.disabled || this.recording || this.listening || full}
            @click=${() => this.picker.click()}
          >
            ${this.sees ? icons.camera() : icons.upload()}
          </button>
          <input type="file" accept=${accepted(this.sees, this.hears)} multiple hidden data-test="ask-file" @change=${this.picked} />`
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
    <span class="sr" role="status">${this.doing()}</span>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("recording") || changed.has("listening")) this.dispatchEvent(new CustomEvent("ears", { detail: this.doing() }));
  }

  private doing(): string {
    if (this.recording) return this.words.t("panel.ask.recording");
    return this.listening ? this.words.t("panel.ask.listening") : "";
  }

  private readonly picked = async (): Promise<void> => {
    const files = [...(this.picker.files ?? [])];
    this.picker.value = "";
    const made: Picture[] = [];
    const spoken = files.find((file) => this.hears && !file.type.startsWith("image/"));
    if (spoken) void this.understand(soundOf(spoken));
    for (const file of files.filter((one) => this.sees && one !== spoken).slice(0, MAX_PICTURES - this.pictures.length)) {
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
    if (audio) await this.understand(Promise.resolve(audio));
  };

  private async understand(audio: Promise<string>): Promise<void> {
    this.listening = true;
    try {
      this.dispatchEvent(new CustomEvent("heard", { detail: await this.heard(await audio) }));
    } catch (reason) {
      this.failed(toFailure(reason));
    } finally {
      this.listening = false;
    }
  }

  private async heard(audio: string): Promise<string> {
    const params = { audio, rate: RATE, language: this.words.language.slice(0, 20) };
    return text((await finished(this.hass.connection, this.entryId, "transcribe", params)).text, 4_000).trim();
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

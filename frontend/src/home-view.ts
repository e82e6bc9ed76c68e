/** What this home keeps for itself and lends: its documents and its models. */

import { LitElement, type TemplateResult, css, html } from "lit";
import { property } from "lit/decorators.js";
import { define } from "./define";
import type { HomeAssistant } from "./ha-types";
import "./library-card";
import type { Live } from "./live-state";
import "./models-card";
import { inReach } from "./reading";
import { common, tokens } from "./styles";
import type { Words } from "./words";

export class HomeView extends LitElement {
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) live!: Live;
  @property({ attribute: false }) words!: Words;

  protected override render(): TemplateResult {
    const { hass, live, words } = this;
    const reachable = live.online && live.connected;
    return html`<div class="columns" data-test="home-view">
      <hearthnet-library
        .hass=${hass}
        .entryId=${live.entryId}
        .reachable=${reachable}
        .admin=${live.admin}
        .indexing=${live.state?.library.indexing ?? null}
        .count=${live.state?.library.documents ?? 0}
        .pictures=${live.state?.library.pictures ?? 0}
        .reads=${inReach(live.state, "llm.chat", "2")}
        .words=${words}
      ></hearthnet-library>
      <hearthnet-models
        .hass=${hass}
        .entryId=${live.entryId}
        .reachable=${reachable}
        .admin=${live.admin}
        .engines=${live.state?.engines ?? []}
        .words=${words}
      ></hearthnet-models>
    </div>`;
  }

  static override styles = [
    tokens,
    common,
    css`
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
    `,
  ];
}

define("hearthnet-home-view", HomeView);

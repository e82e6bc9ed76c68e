/** The one banner, always in the same place. */

import { LitElement, type TemplateResult, css, html, nothing } from "lit";
import { property } from "lit/decorators.js";
import { bannerOf } from "./banner";
import { define } from "./define";
import * as icons from "./icons";
import type { Live } from "./live-state";
import { common, tokens } from "./styles";
import type { Words } from "./words";

const ICONS = {
  ha: icons.unplugged,
  node: icons.unplugged,
  emergency: icons.warning,
  drill: icons.bell,
  isolated: icons.cloudOff,
  offline: icons.cloudOff,
} as const;

export class CalmBanner extends LitElement {
  @property({ attribute: false }) live!: Live;
  @property({ attribute: false }) words!: Words;

  protected override render(): TemplateResult {
    const banner = bannerOf(this.live);
    const { words } = this;
    // The live region stays; only what it says comes and goes.
    return html`<div role="status" aria-live=${banner?.kind === "emergency" ? "assertive" : "polite"}>
      ${banner
        ? html`<div class="banner ${banner.kind}" data-test="banner" data-kind=${banner.kind}>
            ${ICONS[banner.kind]()}
            <p dir="auto">
              <strong>${words.t(`panel.banner.${banner.key}`, { when: banner.when ? words.when(banner.when) : "" })}</strong>
              ${banner.detail ? html`<span>${banner.detail}</span>` : nothing}
              ${banner.cause ? html`<span>${words.t(`panel.banner.${banner.cause}`)}</span>` : nothing}
            </p>
          </div>`
        : nothing}
    </div>`;
  }

  static override styles = [
    tokens,
    common,
    css`
      :host {
        display: block;
        flex: none;
      }
      .banner {
        display: flex;
        gap: 14px;
        align-items: center;
        margin: 0 clamp(12px, 3vw, 28px) 10px;
        padding: 13px 20px;
        border-radius: 20px;
        background: var(--hn-wash);
        color: var(--hn-ember-ink);
        font-size: 1.08rem;
        line-height: 1.4;
      }
      .banner p {
        color: var(--hn-ink);
        overflow-wrap: anywhere;
      }
      .banner strong {
        font-weight: 600;
      }
      .emergency {
        background: var(--hn-bad);
        color: var(--card-background-color);
      }
      .emergency p {
        color: inherit;
        font-size: 1.2rem;
      }
      .drill {
        border: 2px dashed var(--hn-ember);
      }
      @media (max-height: 560px) {
        .banner {
          padding-block: 7px;
          margin-block-end: 4px;
        }
      }
    `,
  ];
}

define("hearthnet-banner", CalmBanner);

/** Draws pictures of the library as a grid of buttons. */

import { type TemplateResult, css, html } from "lit";
import type { FoundPicture } from "./home-types";
import * as icons from "./icons";

export const pictureGrid = (pictures: readonly FoundPicture[], open: (one: FoundPicture) => void): TemplateResult =>
  html`<ul class="grid" data-test="picture-grid">
    ${pictures.map(
      (one) => html`<li>
        <button data-test="found-picture" @click=${() => open(one)}>
          ${one.preview ? html`<img src=${one.preview} alt=${one.text} loading="lazy" decoding="async" />` : html`<span class="no">${icons.picture()}</span>`}
          <bdi>${one.title}</bdi>
        </button>
      </li>`,
    )}
  </ul>`;

export const pictureGridStyles = css`
  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(132px, 44%), 1fr));
    gap: 12px;
  }
  .grid li {
    display: block;
    min-block-size: 0;
    padding: 0;
    border: 0;
  }
  .grid button {
    display: grid;
    gap: 6px;
    align-content: start;
    inline-size: 100%;
    padding: 0;
    border-radius: 16px;
    text-align: start;
    line-height: 1.35;
  }
  .grid img,
  .grid .no {
    inline-size: 100%;
    aspect-ratio: 4 / 3;
    object-fit: cover;
    border-radius: 14px;
    background: var(--hn-wash);
  }
  .grid .no {
    display: grid;
    place-items: center;
    color: var(--hn-soft);
  }
  .grid bdi {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
    font-size: 0.98rem;
  }
`;

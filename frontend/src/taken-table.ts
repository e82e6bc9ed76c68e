/** Draws the data taken out of a document: each value, and where it stands. */

import { type TemplateResult, css, html, nothing } from "lit";
import * as icons from "./icons";
import type { Place, Row, Said } from "./taking";
import type { Words } from "./words";

export function takenTable(rows: readonly Row[], words: Words, open: (place: Place) => void): TemplateResult {
  const doubtful = rows.some((row) => row.said.some((one) => !one.exact));
  // The roles: on a phone the rows are drawn as blocks, and browsers then forget that this is a table.
  return html`<table role="table" data-test="taken">
      <thead class="sr" role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">${words.t("panel.taking.field")}</th>
          <th scope="col" role="columnheader">${words.t("panel.taking.value")}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          (row) => html`<tr role="row" data-test="taken-row">
            <th scope="row" role="rowheader"><bdi>${row.name}</bdi></th>
            <td role="cell">
              ${row.said.length
                ? row.said.map((one) => value(one, row, words, open))
                : html`<p class="missing">${words.t("panel.taking.missing")}</p>`}
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${doubtful ? html`<p class="hint" data-test="doubtful">${words.t("panel.taking.doubtful")}</p>` : nothing}`;
}

function value(said: Said, row: Row, words: Words, open: (place: Place) => void): TemplateResult {
  const places = said.places.filter((place) => place.chunkId !== null);
  return html`<div class="said">
    <div>
      <p class="value" dir="auto">${shown(said, row, words)}</p>
      ${said.exact ? nothing : html`<p class="doubt" data-test="inexact">${icons.warning()}${words.t("panel.taking.inexact")}</p>`}
    </div>
    ${places.length
      ? html`<div class="where">
          ${places.map((place) => {
            const at = place.page ? words.t("panel.document.page", { page: place.page }) : words.t("panel.taking.passage");
            const label = words.t(said.exact ? "panel.taking.open" : "panel.taking.open_from", { name: row.name, at });
            return html`<button class="plain" data-test="place" aria-label=${label} @click=${() => open(place)}>
              ${said.exact ? at : words.t("panel.taking.from", { at })}
            </button>`;
          })}
        </div>`
      : nothing}
  </div>`;
}

function shown({ value: one }: Said, { kind }: Row, words: Words): string {
  if (typeof one === "boolean") return words.t(one ? "panel.taking.yes" : "panel.taking.no");
  if (typeof one === "number") return words.exactly(one);
  return kind === "date" ? words.calendar(one) : one;
}

export const takenStyles = css`
  table {
    inline-size: 100%;
    border-collapse: collapse;
    line-height: 1.4;
  }
  tbody tr + tr {
    border-block-start: 1px solid var(--hn-line);
  }
  th[scope="row"] {
    inline-size: 34%;
    padding-block: 13px;
    padding-inline-end: 14px;
    text-align: start;
    vertical-align: top;
    font-weight: 400;
    color: var(--hn-soft);
    overflow-wrap: anywhere;
  }
  td {
    padding: 0;
    vertical-align: top;
  }
  .said,
  .missing {
    min-block-size: 48px;
    padding-block: 13px;
  }
  .said {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 12px;
    align-items: start;
    padding-block: 0;
  }
  .said > div:first-child {
    padding-block: 11px;
  }
  .value {
    font-family: var(--hn-serif);
    font-size: 1.15rem;
    white-space: pre-line;
    overflow-wrap: anywhere;
  }
  .where {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    max-inline-size: 200px;
    margin-inline-end: -14px;
  }
  .missing {
    color: var(--hn-soft);
    font-style: italic;
  }
  .doubt {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--hn-bad);
  }
  .doubt svg.icon {
    inline-size: 20px;
    block-size: 20px;
  }
  @container (max-width: 480px) {
    tbody,
    tbody tr,
    tbody th,
    td {
      display: block;
    }
    th[scope="row"] {
      inline-size: auto;
      padding-block: 12px 0;
    }
    .missing {
      min-block-size: 0;
      padding-block: 2px 14px;
    }
    .said {
      grid-template-columns: minmax(0, 1fr);
    }
    .said > div:first-child {
      padding-block: 2px 0;
    }
    .where {
      justify-content: flex-start;
      max-inline-size: none;
      margin-inline: -14px 0;
    }
  }
`;

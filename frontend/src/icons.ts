/** Our own small drawings; nothing is loaded. */

import { type TemplateResult, html, svg } from "lit";

const icon = (d: string): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${d}></path>`}</svg>`;

/** A flame with a hollow heart. */
export const FLAME =
  "M12.6 1.8c.5 3.2 2.3 4.7 3.8 6.6 1.3 1.6 2.3 3.3 2.3 5.6a6.7 6.7 0 0 1-13.4 0c0-2.5 1.1-4.3 2.6-5.9.2 1.5.8 2.5 1.7 3.1-.2-3.7.7-7 3-9.4zM12.2 12.3c-1.5 1.2-2.5 2.4-2.5 4.1a2.350 2.350 0 0 0 4.7 0c0-1.7-1-2.9-2.2-4.1z";

export const flame = (): TemplateResult => icon(FLAME);
export const menu = (): TemplateResult => icon("M3 6h18v2H3zM3 11h18v2H3zM3 16h18v2H3z");
export const send = (): TemplateResult => icon("M11 20V7.8l-5.2 5.2L4.4 11.6 12 4l7.6 7.6-1.4 1.4L13 7.8V20z");
export const stop = (): TemplateResult => icon("M7 7h10v10H7z");
export const again = (): TemplateResult =>
  icon("M12 5V1L7 6l5 5V7a5 5 0 1 1-4.9 6H5.1A7 7 0 1 0 12 5z");
export const close = (): TemplateResult =>
  icon("M18.3 7.1 16.9 5.7 12 10.6 7.1 5.7 5.7 7.1l4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z");
export const chevron = (): TemplateResult => icon("M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z");
export const check = (): TemplateResult => icon("M9 16.2 4.8 12l-1.4 1.4L9 19 21 7l-1.4-1.4z");
export const warning = (): TemplateResult =>
  icon("M12 3 1.5 21h21L12 3zm0 4 7 12H5l7-12zm-1 4v4h2v-4h-2zm0 5v2h2v-2h-2z");
export const unplugged = (): TemplateResult =>
  icon("M2.8 4.2 1.4 5.6l4.3 4.3A7 7 0 0 0 5 13v1l3 3v4h8v-2.6l3.4 3.4 1.4-1.4zM9 3v3h2V3zm4 0v5.2l5 5V11a2 2 0 0 0-2-2V3z");
export const cloudOff = (): TemplateResult =>
  icon("M19.4 10A7.5 7.5 0 0 0 8.6 5.2L10 6.7A5.5 5.5 0 0 1 17.5 11v.5H19a3 3 0 0 1 1.8 5.4l1.4 1.4A5 5 0 0 0 19.4 10zM3 5.3 5.8 8H5.4A6 6 0 0 0 6 20h11.7l2 2L21 20.7 4.3 4zM7.7 10l8 8H6a4 4 0 1 1 0-8z");
export const bell = (): TemplateResult =>
  icon("M12 22a2 2 0 0 0 2-2h-4a2 2 0 0 0 2 2zm6-6v-5c0-3.1-1.6-5.6-4.5-6.3V4a1.5 1.5 0 0 0-3 0v.7C7.6 5.4 6 7.9 6 11v5l-2 2v1h16v-1z");
export const key = (): TemplateResult =>
  icon("M12.7 10A6 6 0 1 0 12.7 14H17v4h4v-4h2v-4zM7 14a2 2 0 1 1 0-4 2 2 0 0 1 0 4z");
export const camera = (): TemplateResult =>
  icon("M9 4 7.500 6H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-3.500L15 4zm3 4.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zm0 2a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z");
export const microphone = (): TemplateResult =>
  icon("M12 14a3 3 0 0 0 3-3V5a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zm5-3a5 5 0 0 1-10 0H5a7 7 0 0 0 6 6.900V21h2v-3.100A7 7 0 0 0 19 11z");
export const sound = (): TemplateResult =>
  icon("M4 9v6h4l5 5V4L8 9zm12.500 3A4.500 4.500 0 0 0 14 8v8a4.500 4.500 0 0 0 2.500-4zM14 3.200v2.100a7 7 0 0 1 0 13.400v2.100a9 9 0 0 0 0-17.600z");
export const good = (): TemplateResult =>
  icon("M2 21h4V9H2zm20-11a2 2 0 0 0-2-2h-6.300l1-4.600v-.3a1.500 1.500 0 0 0-.4-1L13 1 6.600 7.400A2 2 0 0 0 6 8.800V19a2 2 0 0 0 2 2h9a2 2 0 0 0 1.800-1.200l3-7.100c.1-.2.2-.4.2-.7z");
export const bad = (): TemplateResult =>
  icon("M22 3h-4v12h4zM2 14a2 2 0 0 0 2 2h6.300l-1 4.600v.3c0 .4.200.800.400 1L11 23l6.400-6.400c.4-.4.600-.9.600-1.400V5a2 2 0 0 0-2-2H7a2 2 0 0 0-1.800 1.200l-3 7.100c-.1.200-.2.400-.2.700z");
export const upload = (): TemplateResult => icon("M11 16V7.8L7.4 11.4 6 10l6-6 6 6-1.4 1.4L13 7.800V16zM4 18h16v2H4z");
export const bin = (): TemplateResult => icon("M6 19a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V7H6zM19 4h-3.500l-1-1h-5l-1 1H5v2h14z");
export const table = (): TemplateResult =>
  icon("M4 4a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h16a1 1 0 0 0 1-1V5a1 1 0 0 0-1-1zm1 2h4v3H5zm6 0h8v3h-8zM5 11h4v3H5zm6 0h8v3h-8zM5 16h4v2H5zm6 0h8v2h-8z");
export const search = (): TemplateResult =>
  icon("M10 3a7 7 0 1 0 4.300 12.500l5.300 5.300 1.400-1.400-5.300-5.300A7 7 0 0 0 10 3zm0 2a5 5 0 1 1 0 10 5 5 0 0 1 0-10z");
export const picture = (): TemplateResult =>
  icon("M5 4a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V6a2 2 0 0 0-2-2zm3.500 3.500a1.750 1.750 0 1 1 0 3.500 1.750 1.750 0 0 1 0-3.500zM5.500 17.500l4-5.500 2.500 3 3-4 3.500 6.500z");
export const pencil = (): TemplateResult =>
  icon("M3 17.3V21h3.8L17.8 9.9 14.1 6.2zM20.7 7a1 1 0 0 0 0-1.4l-2.3-2.3a1 1 0 0 0-1.4 0l-1.8 1.8 3.7 3.7z");

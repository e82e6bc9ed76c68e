/**
 * The panel or the card on a page of its own, in any of its states:
 * `?scene=full&answer=failover&view=mesh|ask|card&theme=dark&lang=de&admin=0&kiosk=1&sidebar=256&pace=400&from=dist`
 */

import type { HomeAssistant } from "../src/ha-types";
import { FakeConnection } from "./fake-connection";
import { ANSWERS, SCENES } from "./scenes";

const query = new URLSearchParams(location.search);
const wanted = (name: string, otherwise: string): string => query.get(name) ?? otherwise;

const scene = SCENES[wanted("scene", "full")]?.();
if (!scene) throw new Error(`scenes: ${Object.keys(SCENES).join(" ")}`);
scene.answer = ANSWERS[wanted("answer", "whole")] ?? [];
scene.pace = Number(wanted("pace", "0"));
if (query.has("admin")) scene.admin = query.get("admin") === "1";

const language = wanted("lang", "en");
const view = wanted("view", "ask");
const narrow = innerWidth < 870;
document.documentElement.lang = language;
document.documentElement.classList.toggle("dark", wanted("theme", "light") === "dark");

const connection = new FakeConnection(scene);
const hass: HomeAssistant = {
  connection,
  connected: true,
  language,
  locale: { language, time_format: "24", time_zone: "server" },
  config: { time_zone: "Europe/Berlin" },
  user: { is_admin: scene.admin, name: "Alice" },
  themes: { darkMode: wanted("theme", "light") === "dark" },
  kioskMode: query.get("kiosk") === "1",
  fetchWithAuth: async (path) => {
    const name = new URL(path, location.href).searchParams.get("name") ?? "";
    const bad = name.startsWith("broken");
    const events = bad
      ? [{ event: "error", data: { error: "bad_request", message: `${name}: This PDF is damaged (PdfReadError).` } }]
      : [
          { event: "progress", data: { step: "reading", done: 0, total: 0 } },
          ...(name.startsWith("slow") ? [{ event: "progress", data: { step: "recognising", done: 3, total: 12 } }] : []),
          ...(name.startsWith("slow") ? [] : [{ event: "done", data: { documents: [{ duplicate: false }], more: 0, failed: [], unreadable_pages: 2 } }]),
        ];
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`${events.map((one) => JSON.stringify(one)).join("\n")}\n`));
        if (!name.startsWith("slow")) controller.close();
      },
    });
    return new Response(body, { headers: { "Content-Type": "application/x-ndjson" } });
  },
  dockedSidebar: narrow ? "auto" : "docked",
};

const load = async (name: string): Promise<void> => {
  const url = wanted("from", "src") === "dist" ? `/custom_components/hearthnet/frontend/dist/hearthnet-${name}.js` : `/frontend/src/${name}.ts`;
  await import(/* @vite-ignore */ url);
};

type Placed = HTMLElement & { hass: HomeAssistant; narrow: boolean; route: { prefix: string; path: string }; setConfig(config: unknown): void };

async function show(): Promise<void> {
  if (view === "card") {
    await load("card");
    if (!customElements.get("ha-card")) customElements.define("ha-card", class extends HTMLElement {});
    const board = document.createElement("div");
    board.className = "board";
    document.body.append(board);
    const card = document.createElement("hearthnet-card") as Placed;
    card.setConfig({ type: "custom:hearthnet-card", ...(query.has("plain") ? { show_ask: false } : {}) });
    card.hass = hass;
    board.append(card);
    expose(card);
    return;
  }
  await load("panel");
  const app = document.createElement("div");
  app.className = "app";
  const sidebar = document.createElement("div");
  sidebar.className = "sidebar";
  const kiosk = narrow || hass.kioskMode;
  sidebar.style.width = `${kiosk ? 0 : Number(wanted("sidebar", "56"))}px`;
  sidebar.style.borderWidth = kiosk ? "0" : "";
  const main = document.createElement("main");
  app.append(sidebar, main);
  document.body.append(app);
  const panel = document.createElement("hearthnet-panel") as Placed;
  panel.hass = hass;
  panel.narrow = narrow;
  panel.route = { prefix: "/hearthnet", path: `/${view}` };
  window.addEventListener("location-changed", () => {
    panel.route = { prefix: "/hearthnet", path: location.pathname.replace("/hearthnet", "") || "/ask" };
  });
  main.append(panel);
  expose(panel);
}

function expose(element: Placed): void {
  Object.assign(window, { harness: { connection, element, hass, scene } });
}

void show();

/** Every state the panel and the card can be in, as data. */

import type { AskEvent, Candidate, Capability, NodeState, Notice, Peer, Source } from "../src/api-types";
import type { Scene } from "./fake-connection";

export const NOW = Date.UTC(2026, 10, 24, 17, 42);
const seconds = NOW / 1000;
const hours = (n: number): number => seconds - n * 3600;

const id = (seed: string): string => (seed.repeat(52) + "abcdefghijklmnopqrstuvwxyz234567").slice(0, 52);

const offer = (capability: string, provider: string, models: string[] = [], more: Partial<Capability> = {}): Capability => ({
  capability,
  version: "1.0",
  provider,
  models,
  available: true,
  reason: "",
  load: 0,
  internet: false,
  ...more,
});

const peer = (name: string, household: string, more: Partial<Peer> = {}): Peer => ({
  node_id: id(name.toLowerCase()),
  short: `${name.toLowerCase().slice(0, 4)}-k3fd-9xqa`,
  name,
  member_id: id(household.toLowerCase()),
  member_name: household,
  role: "member",
  home: false,
  connected: true,
  latency_ms: 4,
  address: "192.168.1.7:7080",
  version: "0.1.0",
  since: hours(5),
  capabilities: [],
  ...more,
});

const library = (): Capability => offer("rag.query", "library");

const bob = peer("Bob", "Bob", {
  role: "anchor",
  latency_ms: 2.4,
  capabilities: [offer("llm.chat", "ollama", ["llama3.1:8b"], { load: 0.3 }), library(), offer("stt.transcribe", "whisper", ["small"])],
});
const carol = peer("Carol", "Carol", { latency_ms: 11, capabilities: [offer("llm.chat", "llama.cpp", ["qwen2.5-3b"]), library()] });
const cellar = peer("Cellar Pi", "Alice", { home: true, member_id: id("alice"), latency_ms: 0.8, capabilities: [library()] });
const family = [
  peer("Workshop", "Nowak family", { latency_ms: 7, capabilities: [library()] }),
  peer("Attic", "Nowak family", { latency_ms: 9 }),
];
const erik = peer("Erik", "Erik", { connected: false, latency_ms: null, since: hours(31) });
const clinic = peer("Dr. Okafor", "Dr. Okafor", { latency_ms: 23, role: "trusted", capabilities: [offer("trans.text", "nllb"), library()] });

const notice = (title: string, body: string, severity: Notice["severity"], by: string, ago: number): Notice => ({
  id: id(title.toLowerCase().replace(/[^a-z]/g, "")),
  title,
  body,
  severity,
  author_node: id(by.toLowerCase()),
  author_name: by,
  member_id: id(by.toLowerCase()),
  at: hours(ago),
  expires: hours(ago) + 7 * 86_400,
  late: false,
});

const NOTICES = [
  notice("Warm room at the school", "The gym is heated from 18:00. Bring blankets; there is tea, and sockets for medical devices.", "warning", "Dr. Okafor", 1.2),
  notice("Ladder to lend", "Six metres, aluminium. Ring at number 14.", "info", "Bob", 26),
];

export const alone: NodeState = {
  node: { id: id("alicenode"), short: "alic-e7hw-2mzk", name: "Alice", version: "0.1.0", address: "192.168.1.5:7080", started: hours(30), warnings: [] },
  member: { id: id("alice"), short: "alic-77dq-0rrt", name: "Alice", role: "anchor" },
  community: { id: id("elm"), short: "elms-4k2j-p09x", name: "Alice", members: 1, alone: true, readmit: [] },
  privacy: "home",
  privacy_chosen: true,
  connectivity: { state: "online", cause: "none", since: hours(30), internet: true, mesh: false },
  mode: { mode: "normal", since: hours(30), by: "node", reason: "" },
  peers: [],
  capabilities: [offer("llm.chat", "extractive"), library()],
  last_answer: null,
  engines: [{ name: "ollama", url: "http://127.0.0.1:11434", available: false, reason: "Nothing listens there." }],
  library: { documents: 66, chunks: 342, pictures: 0, model: "", indexing: null },
  notices: [],
  next_step: "invite",
};

export const full: NodeState = {
  ...alone,
  community: { ...alone.community, name: "Elm Street", members: 6, alone: false },
  privacy: "community",
  connectivity: { ...alone.connectivity, mesh: true },
  peers: [bob, carol, cellar, ...family, erik, clinic],
  capabilities: [offer("llm.chat", "extractive"), library(), offer("trans.text", "translation")],
  last_answer: { node_id: bob.node_id, node_name: "Bob", at: hours(0.4), model: "llama3.1:8b" },
  notices: NOTICES,
  next_step: "none",
};

const passage = (rank: number, doc_title: string, node_name: string, text: string): Source => ({
  rank,
  score: 0.95 - rank * 0.08,
  text,
  doc_title,
  doc_cid: id("doc"),
  chunk_id: `c${rank}`,
  node_id: id(node_name.toLowerCase()),
  node_name,
  corpus: "emergency",
  language: "en",
  licence: "CC-BY-4.0",
  page: rank === 2 ? 12 : null,
});

const SOURCES = [
  passage(
    1,
    "Drinking water in an emergency",
    "Carol",
    "Store commercially bottled drinking water unopened, and use it until the date printed on the bottle. Replace drinking water that you store in containers filled at home every six months. Store drinking water only in clean food-grade containers with tight lids, such as canisters made for water.",
  ),
  passage(2, "Drinking water in an emergency", "Alice", "Store drinking water in a cool, dark place, away from sunlight, fuel, paint and pesticides."),
  passage(3, "Household supplies for ten days", "Bob", "German civil protection advises storing two litres of water per person per day."),
];

const candidate = (node: Peer | null, provider: string, model: string, score: number, why: string, more: Partial<Candidate> = {}): Candidate => ({
  node_id: node?.node_id ?? alone.node.id,
  node_name: node?.name ?? "Alice",
  provider,
  model,
  score,
  allowed: true,
  excluded: "",
  terms: [
    { name: "quality", value: score, weight: 0.4, why },
    { name: "latency", value: 0.9, weight: 0.3, why: "usually answers in 320 ms" },
    { name: "load", value: 0.7, weight: 0.2, why: "30 % busy" },
    { name: "health", value: 1, weight: 0.1, why: "no failure in the last hour" },
  ],
  ...more,
});

const CANDIDATES = [
  candidate(bob, "ollama", "llama3.1:8b", 0.84, "the largest model in reach"),
  candidate(carol, "llama.cpp", "qwen2.5-3b", 0.71, "a smaller model, idle"),
  candidate(null, "extractive", "", 0.35, "quotes the library, needs no model"),
  candidate(erik, "ollama", "mistral:7b", 0, "", { allowed: false, excluded: "offline since yesterday" }),
];

const PIECES = [
  "Store **bottled drinking water** unopened and use it until the date printed on the bottle [1].",
  " Water you fill at home should be replaced **every six months** [1].",
  " Use only clean food-grade containers with tight lids, such as canisters made for water; never containers that held milk, juice, chemicals or fuel [1].",
  " Keep them cool and dark, away from sunlight, fuel and paint, with the date of filling written on each [2].",
  "\n\nPlan for:\n- two litres per person and day as the minimum [3]\n- ten days of supply if you have the room [3]",
];

const said = (event: string, data: unknown): AskEvent => ({ event, data });
const delta = (text: string): AskEvent => said("delta", { text });
const attempt = (n: number, node: Peer | null, provider: string, model: string, continues = false): AskEvent =>
  said("attempt", { n, node_id: node?.node_id ?? alone.node.id, node_name: node?.name ?? "Alice", provider, model, continues });

const OPENING: AskEvent[] = [
  said("progress", { step: "searching" }),
  said("sources", {
    sources: SOURCES,
    searched: [
      { node_id: alone.node.id, name: "Alice", count: 2 },
      { node_id: carol.node_id, name: "Carol", count: 1 },
    ],
  }),
  said("progress", { step: "asking" }),
  said("route", { trace_id: "t1", candidates: CANDIDATES }),
  attempt(1, bob, "ollama", "llama3.1:8b"),
];

const FAILED = said("attempt_failed", { n: 1, error: "unavailable", message: "The connection to Bob was cut.", after_sentences: 2 });

const done = (by: Peer | null, provider: string, model: string, attempts: unknown[], more: Record<string, unknown> = {}): AskEvent =>
  said("done", {
    text: PIECES.join(""),
    sources: SOURCES,
    answered_by: { node_id: by?.node_id ?? alone.node.id, node_name: by?.name ?? "Alice", provider, model, home: by === null },
    trace: { id: "t1", capability: "llm.chat", started: seconds, duration_ms: 5_230, privacy: "community", candidates: CANDIDATES, attempts, hops: [] },
    receipts: attempts.map(() => ({ node_id: by?.node_id, valid: true })),
    grounded: true,
    ...more,
  });

const settled = (n: number, node: Peer, outcome: string, first: number): unknown => ({
  n,
  node_id: node.node_id,
  node_name: node.name,
  started_ms: 0,
  first_chunk_ms: first,
  duration_ms: 2_000,
  chunks: 2,
  outcome,
  error: "",
  message: "",
});

const failover: AskEvent[] = [
  ...OPENING,
  delta(PIECES[0] ?? ""),
  delta(PIECES[1] ?? ""),
  FAILED,
  attempt(2, carol, "llama.cpp", "qwen2.5-3b", true),
  delta(PIECES[2] ?? ""),
  delta(PIECES[3] ?? ""),
  delta(PIECES[4] ?? ""),
  done(carol, "llama.cpp", "qwen2.5-3b", [settled(1, bob, "failed", 320), settled(2, carol, "ok", 610)]),
];

export const ANSWERS: Record<string, AskEvent[]> = {
  whole: [...OPENING, ...PIECES.map(delta), done(bob, "ollama", "llama3.1:8b", [settled(1, bob, "ok", 320)])],
  searching: OPENING.slice(0, 1),
  waiting: OPENING,
  streaming: [...OPENING, delta(PIECES[0] ?? ""), delta(PIECES[1] ?? ""), delta(" Use only clean food-grade containers with tight")],
  failover,
  handover: failover.slice(0, 10),
  error: [
    ...OPENING,
    delta(PIECES[0] ?? ""),
    FAILED,
    said("error", { error: "unavailable", message: "Bob and Carol stopped answering. Ask again in a minute, or look at Neighbourhood.", retry_after_ms: 1000, alt_nodes: [] }),
  ],
  home: [
    said("progress", { step: "searching" }),
    said("sources", { sources: SOURCES.slice(1, 2), searched: [] }),
    said("route", { trace_id: "t2", candidates: CANDIDATES.slice(2, 3) }),
    attempt(1, null, "extractive", ""),
    delta("Store drinking water in a cool, dark place, away from sunlight, fuel, paint and pesticides [1]."),
    said("done", {
      text: "Store drinking water in a cool, dark place, away from sunlight, fuel, paint and pesticides [1].",
      answered_by: { node_id: alone.node.id, node_name: "Alice", provider: "extractive", model: "", home: true },
      trace: { duration_ms: 180, attempts: [] },
      receipts: [],
      grounded: true,
    }),
  ],
  steps: [
    said("progress", { step: "asking" }),
    said("step", { n: 1, tool: "search_library", arguments: { query: "ladder" }, state: "running", summary: "", tainted: false }),
    said("step", { n: 1, tool: "search_library", arguments: { query: "ladder" }, state: "done", summary: "3 passages from 2 libraries", tainted: false }),
    said("step", { n: 2, tool: "read_image", arguments: {}, state: "failed", summary: "Nobody in reach reads pictures.", tainted: true }),
    said("step", {
      n: 3, tool: "post_notice", state: "needs_confirmation", summary: "", tainted: true, tainted_by: ["documents"], confirm_id: "c1", expires_in_s: 60,
      arguments: { title: "Ladder wanted", body: "Who can lend us a ladder of six metres tomorrow morning?", severity: "info" },
    }),
  ],
  sure: [...OPENING, ...PIECES.map(delta), said("done", {
      text: PIECES.join(""),
      sources: SOURCES.map((source) => ({ ...source, node_id: alone.node.id, node_name: "Alice" })),
      answered_by: { node_id: bob.node_id, node_name: "Bob", provider: "ollama", model: "llama3.1:8b", home: false },
      trace: { id: "t9", duration_ms: 2_900, candidates: CANDIDATES, attempts: [settled(1, bob, "ok", 320)] },
      receipts: [{ valid: true }],
      grounded: true,
      confidence: { level: 0.9, coverage: 0.91, n: 120 },
    })],
  ungrounded: [
    said("sources", { sources: [], searched: [{ node_id: carol.node_id, name: "Carol", count: 0, error: "it did not answer in time" }] }),
    said("route", { trace_id: "t3", candidates: CANDIDATES }),
    attempt(1, bob, "ollama", "llama3.1:8b"),
    delta("Elm Street was named after the elms planted there in 1903."),
    said("done", {
      text: "Elm Street was named after the elms planted there in 1903.",
      answered_by: { node_id: bob.node_id, node_name: "Bob", provider: "ollama", model: "llama3.1:8b", home: false },
      trace: { duration_ms: 1_900, candidates: CANDIDATES, attempts: [settled(1, bob, "ok", 410)] },
      receipts: [{ valid: true }],
      grounded: false,
    }),
  ],
  hostile: [
    said("sources", { sources: [passage(1, "<img src=x onerror=alert(1)>", "<b>Mallory</b>", "<script>alert(1)</script> ".repeat(300))], searched: [] }),
    said("route", { trace_id: "t4", candidates: [candidate(bob, "x".repeat(400), "y".repeat(400), 9e9, "z".repeat(600))] }),
    attempt(1, bob, "x".repeat(400), "y".repeat(400)),
    delta("<img src=x onerror=alert(1)> [evil](javascript:alert(1)) " + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(4)),
  ],
};

/** A QR code's look is enough here: the node makes the real one. */
function qr(script = ""): string {
  let cells = "";
  for (let y = 0; y < 33; y++)
    for (let x = 0; x < 33; x++) {
      const corner = (cx: number, cy: number): boolean => x >= cx && x < cx + 7 && y >= cy && y < cy + 7;
      const ring = (cx: number, cy: number): boolean => {
        const d = Math.max(Math.abs(x - cx - 3), Math.abs(y - cy - 3));
        return d !== 2;
      };
      const at = [[0, 0], [26, 0], [0, 26]].find(([cx, cy]) => corner(cx ?? 0, cy ?? 0));
      const on = at ? ring(at[0] ?? 0, at[1] ?? 0) : (x * 7 + y * 13 + x * y * 5 + ((x ^ y) << 1)) % 5 < 2;
      if (on) cells += `M${x + 3} ${y + 3}h1v1h-1z`;
    }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 39 39"><rect width="39" height="39" fill="#fff"/><path d="${cells}"/>${script}</svg>`;
}

const INVITE = "hearthnet:1:AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDINRYHI6D4QCCIRDEQSSMJZIFEVCWLBNFYXTAMJSGM2DKNRXHA4TUOZ4HU7D6";

const kept = (title: string, corpus: string, chunks: number, n: number): object => ({
  document_id: `${n}`.padStart(64, "0"), corpus, title, name: `${title}.pdf`, language: "en", licence: "", chunks, added: hours(n),
});

const HOUSEHOLD: object[] = ["Boiler manual", "Grandmother's recipes", "Notes for the babysitter", "Versicherungsunterlagen Wohngebäude- und Elementarschadenversicherung 2026"].map((title, n) =>
  kept(title, "household", 12 + 31 * n, n),
);
HOUSEHOLD.push({ ...kept("Red bicycle", "household", 1, 50), picture: true });
const GUIDES = ["Drinking water in an emergency", "Fire", "First aid", "Heating one room", "Meeting points", "Power cut"].map((title, n) => kept(title, "emergency", 9, n + 10));

const model = (name: string, parameters: string, size: number, can: string[], loaded = false): object => ({
  engine: "ollama", name, family: "llama", parameters, quantization: "Q4_K_M", context: 8192, size_bytes: size, loaded, capabilities: can,
});

const MODELS = [
  model("llama3.2:3b", "3.2B", 2_019_393_189, ["chat", "tools"], true),
  model("gemma3:4b", "4.3B", 3_338_801_804, ["chat", "vision"]),
  model("all-minilm:latest", "23M", 45_960_996, ["embed"]),
];

/** Small pictures, drawn here: a JPEG in base64 as the node sends them. */
function drawn(hue: number, shape: "round" | "tall" | "wide"): string {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = shape === "tall" ? [360, 512] : shape === "wide" ? [512, 240] : [480, 360];
  const pen = canvas.getContext("2d");
  if (!pen) return "";
  const { width, height } = canvas;
  const sky = pen.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, `hsl(${hue} 55% 78%)`);
  sky.addColorStop(1, `hsl(${hue + 30} 45% 46%)`);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = `hsl(${hue + 180} 60% 58%)`;
  pen.beginPath();
  pen.arc(width * 0.68, height * 0.34, height * 0.16, 0, 7);
  pen.fill();
  pen.fillStyle = `hsl(${hue + 20} 40% 26%)`;
  pen.beginPath();
  pen.moveTo(0, height);
  pen.lineTo(width * 0.3, height * 0.5);
  pen.lineTo(width * 0.62, height);
  pen.fill();
  return canvas.toDataURL("image/jpeg", 0.8).split(",")[1] ?? "";
}

const PICTURES: [string, string, number, "round" | "tall" | "wide"][] = [
  ["Red bicycle", "A red bicycle leans against a garden fence; a basket hangs at its handlebar.", 12, "round"],
  ["Bicycle, frame number", "A hand holds a torch beneath a bicycle frame. It reads: WTU 118 K0 412.", 205, "tall"],
  ["Garden fence before painting, summer of the long drought, seen from the neighbours' side", "A wooden fence, grey, with two missing boards.", 96, "wide"],
  ["Shed", "", 40, "round"],
  ["Children's bicycle", "A small blue bicycle with stabilisers stands in a hallway.", 260, "round"],
];
const found = (): object[] =>
  PICTURES.map(([title, text, hue, shape], n) => ({
    document_id: `${n + 50}`.padStart(64, "0"), corpus: "household", title, text, score: 1 - n / 10, preview: n === 3 ? "no picture at all" : drawn(hue, shape),
  }));

const NOTE = "no model for pictures: only words are compared";

const BILL = {
  data: { "From whom": "Stadtwerke Elmstadt GmbH", Amount: 184.9, "To be paid by": "2026-12-04", "To which account": "DE89 3704 0044 0532 0130 00", Years: ["2025", "2026"], "Renews by itself": true, Discount: null },
  sources: [
    { path: "$.From whom", chunk_id: 1, page: 1, through: 1, exact: true },
    { path: "$.From whom", chunk_id: 2, page: 4, through: 2, exact: true },
    { path: "$.Amount", chunk_id: 2, page: 2, through: 2, exact: true },
    { path: "$.To be paid by", chunk_id: 1, page: 1, through: 3, exact: false },
    { path: "$.To which account", chunk_id: 3, page: null, through: 3, exact: true },
    { path: "$.Years[0]", chunk_id: 2, page: 2, through: 2, exact: true },
    { path: "$.Years[1]", chunk_id: 3, page: 3, through: 3, exact: true },
    { path: "$.Renews by itself", chunk_id: 1, page: 1, through: 3, exact: false },
  ],
  model: "llama3.1:8b",
};

function request(method: string, params: Record<string, unknown> = {}): unknown {
  switch (method) {
    case "corpora":
      return { corpora: [{ name: "emergency", access: "community", documents: 32, chunks: 300 }, { name: "household", access: "home", documents: HOUSEHOLD.length, chunks: 90 }, { name: "recipes", access: "community", documents: 0, chunks: 0 }] };
    case "documents":
      return { documents: params.corpus === "household" ? HOUSEHOLD : params.corpus === "emergency" ? GUIDES : [], next: params.corpus === "emergency" ? "Power cut" : null };
    case "find_pictures":
      if (params.query === "nothing") return { pictures: [], method: "words", note: NOTE };
      if (params.query === "broken") throw { code: "unavailable", message: "The pictures are being read again after an update. Try again in some minutes." };
      if (String(params.document_id).endsWith("52")) return { pictures: [], method: "", note: NOTE };
      if (params.query === "slow") return new Promise(() => undefined);
      return { pictures: found(), method: "words", note: params.query ? NOTE : "" };
    case "document":
      if (Number(params.document_id) >= 50) {
        const [title, text, hue, shape] = PICTURES[Number(params.document_id) - 50] ?? PICTURES[0]!;
        return {
          document: { document_id: params.document_id, title, corpus: "household", name: "a.jpg", language: "en", licence: "", picture: drawn(hue, shape) },
          pieces: [{ chunk_id: 9, heading: "", text: text || "Nothing is known of it.", page: null }],
          more: false,
        };
      }
      return {
        document: { document_id: "0", title: "Boiler manual", corpus: "household", name: "boiler.pdf", language: "en", licence: "" },
        pieces: [
          { chunk_id: 1, heading: "Starting the boiler", text: "The boiler is switched on with the green lever. Wait until the pressure is above 1.2 bar.\n\nIf it is not, open the blue tap.", page: 3 },
          { chunk_id: 2, heading: "Once a year", text: "The chimney is swept twice a year; the burner is cleaned once.", page: 4 },
        ],
        more: true,
      };
    case "models":
      return { models: MODELS };
    case "create_invite":
      return { invite_id: "i1", text: INVITE, qr_svg: qr("<script>alert(1)</script>"), expires: seconds + 86_400, community: full.community, addresses: ["192.168.1.5:7080"] };
    case "inspect_invite":
      return {
        community_id: full.community.id,
        community_short: full.community.short,
        node_id: bob.node_id,
        node_short: bob.short,
        addresses: [bob.address],
        expires: seconds + 80_000,
        words: "ember lantern orchard copper meadow violin",
        own: false,
      };
    case "join":
      return { community: full.community, member_id: id("alice") };
    default:
      return {};
  }
}

const live = (state: NodeState | null, more: Partial<Scene> = {}): Scene => ({
  nodes: [{ entry_id: "e1", title: "Alice", node_id: alone.node.id, loaded: true }],
  state,
  online: true,
  error: "",
  admin: true,
  answer: ANSWERS.whole ?? [],
  pace: 0,
  request,
  pulling: [
    { event: "progress", data: { status: "pulling 3c0e6b", completed: 812_000_000, total: 2_019_393_189 } },
  ],
  taking: [
    { event: "progress", data: { step: "extracting", done: 24_000, total: 61_000 } },
    { event: "done", data: BILL },
  ],
  ...more,
});

const off: NodeState = {
  ...full,
  connectivity: { state: "offline", cause: "gateway", since: hours(0.6), internet: false, mesh: true },
};

const crowd = (count: number): Peer[] =>
  Array.from({ length: count }, (_, i) =>
    peer(`Haus ${i + 1}`, `Familie Oberstaufenbach-Lindenthal ${i + 1}`, {
      member_id: id(`m${i}x`),
      node_id: id(`n${i}x`),
      connected: i % 4 !== 3,
      latency_ms: i % 4 === 3 ? null : 3 + i * 7,
      capabilities: i % 3 === 0 ? [library()] : [],
    }),
  );

export const SCENES: Record<string, () => Scene> = {
  full: () => live(full),
  empty: () => live(alone),
  privacy: () => live({ ...full, privacy: "home", privacy_chosen: false, next_step: "choose_privacy" }),
  model: () => live({ ...alone, next_step: "add_model" }),
  network: () => live({ ...alone, next_step: "check_network", connectivity: { state: "isolated", cause: "no_route", since: hours(2), internet: false, mesh: false } }),
  offline: () => live(off),
  isolated: () => live({ ...off, peers: off.peers.map((one) => ({ ...one, connected: false, latency_ms: null })), connectivity: { state: "isolated", cause: "gateway", since: hours(3), internet: false, mesh: false } }),
  emergency: () =>
    live({
      ...off,
      mode: { mode: "emergency", since: hours(0.5), by: "home_assistant", reason: "The power is out in the whole street." },
      notices: [notice("Water main closed", "Do not drink tap water in Elm Street until further notice. Bottled water at the school.", "urgent", "Dr. Okafor", 0.3), ...NOTICES],
    }),
  drill: () => live({ ...full, mode: { mode: "drill", since: hours(0.2), by: "home_assistant", reason: "Autumn rehearsal" } }),
  node_offline: () => live(full, { online: false, error: "The node at 192.168.1.5:7860 does not answer. Is the machine on?" }),
  node_never: () => live(null, { online: false, error: "The node at 192.168.1.5:7860 does not answer. Is the machine on?" }),
  loading: () => live(null, { silent: true }),
  unconfigured: () => live(null, { nodes: [] }),
  failed: () => live(null, { refuse: "version_mismatch" }),
  guest: () => live(full, { admin: false }),
  empty_guest: () => live(alone, { admin: false }),
  crowd: () => live({ ...full, community: { ...full.community, name: "Siedlergenossenschaft Oberstaufenbach", members: 24 }, peers: crowd(23) }),
  eight: () => live({ ...full, community: { ...full.community, members: 9 }, peers: crowd(8) }),
  pair: () => live({ ...full, community: { ...full.community, members: 2 }, peers: [bob] }),
  senses: () => live({ ...full, capabilities: [...full.capabilities, offer("llm.chat", "ollama", ["gemma3:4b"], { version: "2.0" }), offer("img.describe", "ollama", ["gemma3:4b"]), offer("stt.transcribe", "whisper"), offer("tts.synthesize", "piper")] }),
  pictures: () => live({ ...full, library: { ...full.library, pictures: PICTURES.length }, capabilities: [...full.capabilities, offer("llm.chat", "ollama", ["llama3.1:8b"], { version: "2.0" })] }),
  taking: () => live({ ...full, capabilities: [...full.capabilities, offer("llm.chat", "ollama", ["llama3.1:8b"], { version: "2.0" })] }, { taking: [{ event: "progress", data: { step: "extracting", done: 24_000, total: 61_000 } }] }),
  unable: () => live({ ...full, capabilities: [...full.capabilities, offer("llm.chat", "ollama", ["llama3.1:8b"], { version: "2.0" })] }, { taking: [{ event: "error", data: { error: "bad_request", message: "recipes is seen by more people than Boiler manual; keep the data in another collection, or say first who may see them (`set_corpus`)." } }] }),
  kept: () => live({ ...full, capabilities: [...full.capabilities, offer("llm.chat", "ollama", ["llama3.1:8b"], { version: "2.0" })] }, { taking: [{ event: "done", data: { ...BILL, stored: "1".padStart(64, "0") } }] }),
  engine: () => live({ ...full, engines: [{ name: "ollama", url: "http://127.0.0.1:11434", available: true, reason: "" }] }),
  own_invite: () => live(alone, { request: (method) => ({ ...(request(method) as object), own: true }) }),
  readmit: () => live({ ...full, community: { ...full.community, readmit: [{ member_id: id("dave"), name: "Dave" }] }, node: { ...full.node, warnings: ["clock"] } }),
};

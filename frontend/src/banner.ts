/** Which one thing the banner says: the most limiting truth first. */

import type { Live } from "./live-state";

export type BannerKind = "ha" | "node" | "emergency" | "drill" | "isolated" | "offline";

export interface Banner {
  kind: BannerKind;
  /** Translation key below `panel.banner`. */
  key: string;
  /** Milliseconds for `{when}`. */
  when: number | null;
  detail: string;
  cause: string;
}

const CAUSES = new Set(["captive_portal", "dns", "gateway", "no_route"]);

export function bannerOf(live: Live): Banner | null {
  const { state, seen } = live;
  if (!live.connected) return make("ha", state && seen ? "ha" : "ha_never", seen);
  if (live.phase === "live" && !live.online) {
    return make("node", state ? (seen ? "node" : "node_undated") : "node_never", seen, live.failure?.message);
  }
  if (!state || live.phase !== "live") return null;
  const since = state.mode.since * 1000;
  if (state.mode.mode === "emergency") return make("emergency", "emergency", since, state.mode.reason);
  if (state.mode.mode === "drill") return make("drill", "drill", since, state.mode.reason);
  const { connectivity } = state;
  const cause = CAUSES.has(connectivity.cause) ? connectivity.cause : "";
  if (connectivity.state === "isolated") return make("isolated", "isolated", connectivity.since * 1000, "", cause);
  if (connectivity.state === "offline") {
    const near = state.peers.some((peer) => peer.connected);
    return make("offline", near ? "offline" : "offline_alone", connectivity.since * 1000, "", cause);
  }
  return null;
}

const make = (kind: BannerKind, key: string, when: number | null, detail = "", cause = ""): Banner => ({
  kind,
  key,
  when,
  detail,
  cause,
});

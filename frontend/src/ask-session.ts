/** The questions of this browser tab, kept outside the DOM: a panel that is rebuilt finds its answer still arriving. */

import { ask, release } from "./commands";
import { type Failure, toFailure } from "./failure";
import type { Connection, Unsubscribe } from "./ha-types";
import type { Picture } from "./picture";
import { type Turn, endTurn, newTurn, reduceTurn, running } from "./turn";

export const MAX_TURNS = 30;
export const MAX_QUESTION = 4_000;
/** Turns sent along so that "and how much per person?" is understood. */
export const HISTORY_TURNS = 3;
export const MAX_HISTORY_TEXT = 2_000;
/** The node's own deadline is 120 s and it says something before that. */
export const SILENCE_MS = 150_000;
/** Bound on what is written to session storage, in characters. */
export const MAX_STORED = 1_500_000;

export interface TurnStore {
  load(): Turn[];
  save(turns: Turn[]): void;
}

export interface Where {
  connection: Connection;
  entryId: string;
  language: string;
}

export interface Asked {
  pictures?: Picture[];
  agent?: boolean;
  spoken?: boolean;
}

export class AskSession {
  turns: Turn[];
  /** What is being typed, so that a rebuilt panel does not lose it. */
  draft = "";
  private readonly watchers = new Set<() => void>();
  private unsubscribe: Unsubscribe | null = null;
  private connection: Connection | null = null;
  private run = 0;
  private count = 0;
  private conversation = newId();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly limit: number = MAX_TURNS,
    private readonly store: TurnStore | null = null,
  ) {
    this.turns = (store?.load() ?? []).slice(-limit);
  }

  get latest(): Turn | undefined {
    return this.turns[this.turns.length - 1];
  }

  get busy(): boolean {
    return this.latest !== undefined && running(this.latest);
  }

  watch(watcher: () => void): Unsubscribe {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Ask; a question that is still being answered is stopped first. */
  async ask(where: Where, question: string, more: Asked = {}): Promise<void> {
    const asked = question.trim().slice(0, MAX_QUESTION);
    if (!asked) return;
    this.cancel();
    const run = ++this.run;
    const history = this.history();
    this.count += 1;
    const turn = newTurn(`${this.conversation}-${this.count}`, asked, Date.now(), {
      pictures: more.pictures?.map((one) => one.url) ?? [],
      spoken: more.spoken ?? false,
    });
    const images = more.pictures?.map((one) => one.data) ?? [];
    this.turns = [...this.turns, turn].slice(-this.limit);
    this.connection = where.connection;
    where.connection.addEventListener("disconnected", this.onDisconnected);
    this.expectNews();
    this.changed();
    try {
      const unsubscribe = await ask(
        where.connection,
        where.entryId,
        {
          question: asked,
          language: where.language,
          conversation: this.conversation,
          history,
          ...(images.length ? { images } : {}),
          ...(more.agent ? { agent: true } : {}),
        },
        (event) => {
          if (run !== this.run) return;
          this.expectNews();
          this.replace(reduceTurn(this.current(turn), event));
        },
      );
      if (run !== this.run || !this.busy) release(unsubscribe);
      else this.unsubscribe = unsubscribe;
    } catch (reason) {
      if (run === this.run) this.end("failed", toFailure(reason));
    }
  }

  /** Stop the running answer; what arrived stays. */
  cancel(): void {
    if (this.busy) this.end("cancelled", null);
  }

  /** Ask the question of a turn again; a failed turn without any text gives its place. */
  async retry(where: Where, turn: Turn): Promise<void> {
    if (!running(turn) && !turn.text) this.turns = this.turns.filter((other) => other.id !== turn.id);
    await this.ask(where, turn.question);
  }

  /** What somebody thinks of an answer; said once. */
  judge(turn: Turn, opinion: "good" | "bad"): void {
    this.turns = this.turns.map((other) => (other.id === turn.id ? { ...other, opinion } : other));
    this.changed();
    this.store?.save(this.turns);
  }

  /** Forget everything; the next question starts a new conversation. */
  clear(): void {
    this.cancel();
    this.turns = [];
    this.conversation = newId();
    this.changed();
    this.store?.save([]);
  }

  private history(): { role: "user" | "assistant"; content: string }[] {
    return this.turns
      .filter((turn) => turn.status === "done" && turn.text)
      .slice(-HISTORY_TURNS)
      .flatMap((turn) => [
        { role: "user" as const, content: turn.question.slice(0, MAX_HISTORY_TEXT) },
        { role: "assistant" as const, content: turn.text.slice(0, MAX_HISTORY_TEXT) },
      ]);
  }

  private current(turn: Turn): Turn {
    return this.turns.find((other) => other.id === turn.id) ?? turn;
  }

  private replace(turn: Turn): void {
    this.turns = this.turns.map((other) => (other.id === turn.id ? turn : other));
    if (!running(turn)) this.settle();
    this.changed();
  }

  private end(status: "failed" | "cancelled", failure: Failure | null): void {
    const turn = this.latest;
    if (turn) this.replace(endTurn(turn, status, failure));
  }

  private settle(): void {
    this.run += 1;
    clearTimeout(this.timer);
    this.connection?.removeEventListener("disconnected", this.onDisconnected);
    this.connection = null;
    const unsubscribe = this.unsubscribe;
    this.unsubscribe = null;
    if (unsubscribe) release(unsubscribe);
    this.store?.save(this.turns);
  }

  private expectNews(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end("failed", { code: "silence", message: "" }), SILENCE_MS);
  }

  private readonly onDisconnected = (): void => {
    this.unsubscribe = null; // it died with the socket
    this.end("failed", { code: "connection_lost", message: "" });
  };

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const KEY = "hearthnet.turns.1";

export const sessionTurnStore: TurnStore = {
  load() {
    try {
      const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
      if (!Array.isArray(stored)) return [];
      return stored.filter(whole).map((turn) => endTurn(turn, "failed", { code: "connection_lost", message: "" }));
    } catch {
      return []; // blocked or damaged storage: the session starts empty
    }
  },
  save(turns) {
    try {
      let kept = turns.slice(-MAX_TURNS).map((turn) => ({ ...turn, pictures: [] }));
      let json = JSON.stringify(kept);
      while (json.length > MAX_STORED && kept.length > 1) {
        kept = kept.slice(Math.ceil(kept.length / 2));
        json = JSON.stringify(kept);
      }
      sessionStorage.setItem(KEY, json);
    } catch {
      // storage is full or blocked: the turns live as long as the page
    }
  },
};

/** Stored by an earlier build, perhaps: only a turn of today's shape is taken. */
function whole(value: unknown): value is Turn {
  const example = newTurn("", "", 0);
  return (
    typeof value === "object" &&
    value !== null &&
    (Object.keys(example) as (keyof Turn)[]).every((key) => {
      const mine = (value as Turn)[key];
      return example[key] === null || (typeof mine === typeof example[key] && Array.isArray(mine) === Array.isArray(example[key]));
    })
  );
}

let session: AskSession | undefined;

/** The panel's session, one a tab. */
export function panelSession(): AskSession {
  return (session ??= new AskSession(MAX_TURNS, sessionTurnStore));
}

/** Speech that plays as it arrives, without gaps; one voice at a time. */

import { release, stream } from "./commands";
import { type Failure, toFailure } from "./failure";
import type { Connection, Unsubscribe } from "./ha-types";
import { decoded } from "./pcm";
import { number, text } from "./reading";

const MAX_CHUNK = 400_000;
const AHEAD_S = 0.15;

export class Speaker {
  /** The turn that is being read aloud. */
  speaking = "";
  failure: Failure | null = null;
  private context: AudioContext | null = null;
  private unsubscribe: Unsubscribe | null = null;
  private until = 0;
  private run = 0;

  constructor(private readonly changed: () => void) {}

  async speak(connection: Connection, entryId: string, turn: string, words: string, language: string): Promise<void> {
    this.stop();
    const run = ++this.run;
    const context = (this.context = new AudioContext());
    this.until = 0;
    this.speaking = turn;
    this.failure = null;
    this.changed();
    try {
      const unsubscribe = await stream(connection, entryId, "speak", { text: words, language }, ({ event, data }) => {
        if (run !== this.run) return;
        if (event === "audio") this.play(context, text(data.pcm, MAX_CHUNK), number(data.rate, 22_050));
        else if (event === "error") this.fail(toFailure(data));
        else if (event === "done") this.finish(context, run);
      });
      if (run === this.run) this.unsubscribe = unsubscribe;
      else release(unsubscribe);
    } catch (reason) {
      if (run === this.run) this.fail(toFailure(reason));
    }
  }

  stop(): void {
    this.run += 1;
    if (this.unsubscribe) release(this.unsubscribe);
    void this.context?.close();
    this.unsubscribe = this.context = null;
    if (this.speaking) {
      this.speaking = "";
      this.changed();
    }
  }

  private play(context: AudioContext, pcm: string, rate: number): void {
    const samples = decoded(pcm);
    if (!samples.length || rate < 8_000 || rate > 48_000) return;
    const buffer = context.createBuffer(1, samples.length, rate);
    buffer.copyToChannel(samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    this.until = Math.max(this.until, context.currentTime + AHEAD_S);
    source.start(this.until);
    this.until += buffer.duration;
  }

  private finish(context: AudioContext, run: number): void {
    this.unsubscribe = null; // it has ended
    setTimeout(() => run === this.run && this.stop(), Math.max(0, this.until - context.currentTime) * 1000);
  }

  private fail(failure: Failure): void {
    this.stop();
    this.failure = failure;
    this.changed();
  }
}

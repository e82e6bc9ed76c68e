/** The microphone, for one question. */

import { MAX_SECONDS, RATE, encoded, level, resampled } from "./pcm";

/** Taken to the audio thread as text: a bundle of one file has no second one to load. */
const WORKLET = `registerProcessor("hearthnet-recorder", class extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice());
    return true;
  }
});`;

export const canRecord = (): boolean => Boolean(navigator.mediaDevices?.getUserMedia) && "AudioWorkletNode" in window;

export class Recorder {
  private context: AudioContext | null = null;
  private stream: MediaStream | null = null;
  private parts: Float32Array[] = [];
  private seconds = 0;

  /** `heard` is told how loud it is, `full` that no more is taken. Rejects when the microphone may not be used. */
  async start(heard: (loud: number) => void, full: () => void): Promise<void> {
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true, echoCancellation: true } });
    const context = (this.context = new AudioContext());
    const url = URL.createObjectURL(new Blob([WORKLET], { type: "text/javascript" }));
    try {
      await context.audioWorklet.addModule(url);
    } finally {
      URL.revokeObjectURL(url);
    }
    const node = new AudioWorkletNode(context, "hearthnet-recorder", { numberOfOutputs: 0 });
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (this.seconds >= MAX_SECONDS) return;
      this.parts.push(data);
      this.seconds += data.length / context.sampleRate;
      heard(level(data));
      if (this.seconds >= MAX_SECONDS) full();
    };
    context.createMediaStreamSource(this.stream).connect(node);
  }

  /** What was heard, in base64 at `RATE`; empty when that was nothing. */
  stop(): string {
    const from = this.context?.sampleRate ?? RATE;
    const whole = new Float32Array(this.parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.drop();
    return whole.length ? encoded(resampled(whole, from)) : "";
  }

  drop(): void {
    this.stream?.getTracks().forEach((track) => track.stop());
    void this.context?.close();
    this.stream = null;
    this.context = null;
    this.parts = [];
  }
}

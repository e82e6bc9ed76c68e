/** Sound as the node takes and gives it: 16-bit little-endian mono, in base64. Pure. */

export const RATE = 16_000;
export const MAX_SECONDS = 60;

/** Mono samples (−1…1) at another rate; linear, after a box that keeps what folds back out of it. */
export function resampled(samples: Float32Array, from: number, to: number = RATE): Float32Array {
  if (from === to || samples.length === 0) return samples;
  const step = from / to;
  const made = new Float32Array(Math.floor(samples.length / step));
  for (let n = 0; n < made.length; n++) {
    const start = n * step;
    if (step > 1) {
      const end = Math.min(samples.length, Math.max(Math.floor(start) + 1, Math.floor(start + step)));
      let sum = 0;
      for (let i = Math.floor(start); i < end; i++) sum += samples[i] ?? 0;
      made[n] = sum / (end - Math.floor(start));
    } else {
      const at = Math.floor(start);
      const left = samples[at] ?? 0;
      made[n] = left + ((samples[at + 1] ?? left) - left) * (start - at);
    }
  }
  return made;
}

export function encoded(samples: Float32Array): string {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, n) => view.setInt16(n * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true));
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** Empty for what is no base64. */
export function decoded(base64: string): Float32Array<ArrayBuffer> {
  let text: string;
  try {
    text = atob(base64);
  } catch {
    return new Float32Array(0);
  }
  const samples = new Float32Array(text.length >> 1);
  for (let n = 0; n < samples.length; n++) {
    const value = text.charCodeAt(2 * n) | (text.charCodeAt(2 * n + 1) << 8);
    samples[n] = (value > 32_767 ? value - 65_536 : value) / 32_768;
  }
  return samples;
}

/** How loud, 0…1. */
export const level = (samples: Float32Array): number =>
  samples.length ? Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) * 4) : 0;

/** A recording that lies in a file, as the node takes sound; for pages whose browser gives no microphone too. */

import { MAX_SECONDS, RATE, encoded } from "./pcm";

const MAX_FILE = 32 * 1024 * 1024;

/** Base64 at `RATE`, of all channels together. Throws a `Failure` for what is no sound, or longer than a message may be. */
export async function soundOf(file: File): Promise<string> {
  if (file.size > MAX_FILE) throw { code: "long_sound", message: "" };
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer()).catch(() => {
    throw { code: "no_sound", message: "" };
  });
  if (sound.duration > MAX_SECONDS) throw { code: "long_sound", message: "" };
  return encoded(mixed(Array.from({ length: sound.numberOfChannels }, (_, n) => sound.getChannelData(n))));
}

/** The mean of channels of one length. */
export function mixed(channels: Float32Array[]): Float32Array {
  const [first, ...others] = channels;
  if (!first || others.length === 0) return first ?? new Float32Array(0);
  return first.map((sample, n) => others.reduce((sum, one) => sum + (one[n] ?? 0), sample) / channels.length);
}

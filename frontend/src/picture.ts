/** A picture for a question, made small enough to travel: what a phone takes is ten times what a model looks at. */

export const MAX_PICTURES = 4;
export const MAX_SIDE = 1_600;
export const MAX_BASE64 = 950_000;
const QUALITIES = [0.85, 0.7, 0.5, 0.3];
/** Letters of a picture that the node sends to be shown. */
export const MAX_SHOWN = 400_000;
const JPEG = /^\/9j\/[A-Za-z0-9+/]+={0,2}$/;

export interface Picture {
  /** JPEG in base64, without a prefix. */
  data: string;
  /** To show. */
  url: string;
}

/** A JPEG in base64 as an address to show it by; empty for everything else. */
export const shownPicture = (base64: unknown): string =>
  typeof base64 === "string" && base64.length <= MAX_SHOWN && JPEG.test(base64) ? `data:image/jpeg;base64,${base64}` : "";

/** Both sides at most `most`, in proportion. */
export function fitted(width: number, height: number, most: number = MAX_SIDE): { width: number; height: number } {
  const scale = Math.min(1, most / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Throws a `Failure` for what is no picture. */
export async function picture(file: File): Promise<Picture> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw { code: "no_picture", message: "" };
  });
  const canvas = document.createElement("canvas");
  Object.assign(canvas, fitted(bitmap.width, bitmap.height));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  for (const quality of QUALITIES) {
    const url = canvas.toDataURL("image/jpeg", quality);
    const data = url.slice(url.indexOf(",") + 1);
    if (data.length <= MAX_BASE64) return { data, url };
  }
  throw { code: "too_large", message: "" };
}

/** One shape for everything that can go wrong on the way to the node. */

export interface Failure {
  code: string;
  message: string;
}

/** Home Assistant's library rejects with a number when the socket itself failed. */
const SOCKET_CODES: Record<number, string> = { 1: "connection_lost", 3: "connection_lost" };

export function toFailure(reason: unknown): Failure {
  if (typeof reason === "number") return { code: SOCKET_CODES[reason] ?? "unknown", message: "" };
  if (typeof reason === "object" && reason !== null) {
    const { code, error, message } = reason as { code?: unknown; error?: unknown; message?: unknown };
    const name = typeof error === "string" ? error : typeof code === "string" ? code : "";
    const known = typeof code === "number" ? SOCKET_CODES[code] : undefined;
    return {
      code: known ?? (name.slice(0, 64) || "unknown"),
      message: typeof message === "string" ? message.slice(0, 500) : "",
    };
  }
  return { code: "unknown", message: "" };
}

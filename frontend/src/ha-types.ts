/** The few parts of Home Assistant's frontend this package touches. */

export type Unsubscribe = () => unknown;

export interface Connection {
  connected?: boolean;
  sendMessagePromise<T>(message: Record<string, unknown>): Promise<T>;
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: Record<string, unknown>,
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void> | void>;
  addEventListener(event: "ready" | "disconnected", listener: () => void): void;
  removeEventListener(event: "ready" | "disconnected", listener: () => void): void;
}

export interface HomeAssistant {
  connection: Connection;
  connected: boolean;
  language: string;
  selectedLanguage?: string | null;
  locale?: { language: string; time_format?: string; time_zone?: string };
  config?: { time_zone?: string };
  user?: { is_admin: boolean; name: string };
  themes?: { darkMode?: boolean };
  kioskMode?: boolean;
  fetchWithAuth?(path: string, init?: RequestInit): Promise<Response>;
  dockedSidebar?: string;
}

export interface Route {
  prefix: string;
  path: string;
}

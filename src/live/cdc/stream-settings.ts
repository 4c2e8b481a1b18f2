import type { LiveConfiguration, StreamConfiguration } from '../../model/configuration.js';
import { like } from '../../text/glob.js';

/** The second article's example of an alert: CDC lag over fifteen minutes. */
const LAG_SECONDS_MAX = 900;

export interface StreamSettings {
  /** How the screen calls it. */
  name: string;
  lag_seconds_max: number;
  retained_bytes_max: number | null;
  landed: StreamConfiguration['landed'];
  isConfigured: boolean;
}

/** What the configuration says of a slot, standby or subscription; the first entry that matches wins. */
export function settingsOf(configuration: LiveConfiguration, store: string, name: string): StreamSettings {
  const found = configuration.streams.find((stream) => (stream.store === null || stream.store === store) && like(name, stream.match));
  return {
    name: found?.name ?? name,
    lag_seconds_max: found?.lag_seconds_max ?? LAG_SECONDS_MAX,
    retained_bytes_max: found?.retained_bytes_max ?? null,
    landed: found?.landed ?? null,
    isConfigured: found !== undefined,
  };
}

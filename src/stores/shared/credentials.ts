import type { StoreCredentials } from '../../model/configuration.js';
import { ConnectError, type StoreTarget } from '../store.js';

/**
 * Refuses credentials that the engine has no use for: who gives them expects them to count.
 * @param place as messages show it, without secrets
 * @throws ConnectError that names the key, never its value
 */
export function refuseCredentials(target: Pick<StoreTarget, 'name' | 'credentials'>, place: string, known: readonly (keyof StoreCredentials)[]): void {
  const given = Object.entries(target.credentials ?? {}).filter(([, value]) => value !== undefined).map(([key]) => key);
  const unknown = given.filter((key) => !known.some((name) => name === key));
  if (unknown.length === 0) return;
  const nextStep = known.length === 0 ? 'Remove credentials from this store.' : `It takes ${known.join(', ')}.`;
  throw new ConnectError({ reason: 'configuration', store: target.name, place, detail: `credentials.${unknown.join(', credentials.')} cannot be used here`, nextStep });
}

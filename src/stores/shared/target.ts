import type { StoreConfiguration } from '../../model/configuration.js';
import type { StoreTarget } from '../store.js';

/** What opening a store of the configuration takes: all that it says of how to reach it and how much may be read. */
export function targetOf({ name, url, credentials, scan_bytes_max, attached }: StoreConfiguration): StoreTarget {
  return { name, url: url ?? '', credentials, scan_bytes_max, attached };
}

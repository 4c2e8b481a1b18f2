import type { SourceConfiguration } from '../model/configuration.js';
import { percentDecoded } from './credentials.js';

export interface RemoteSettings {
  tool: string | null;
  store: string | null;
  token: string | null;
  username: string | null;
  password: string | null;
}

/** A tool that is asked itself: over HTTP, or in its PostgreSQL database. `path` names it without credentials. */
export function remoteSource(address: string, { tool, store, token, username, password }: RemoteSettings): SourceConfiguration {
  const url = new URL(address);
  const isDatabase = /^postgres(ql)?:$/.test(url.protocol);
  const shown = new URL(address);
  shown.username = '';
  shown.password = '';
  shown.search = '';
  shown.hash = '';
  const path = isDatabase ? `${shown.protocol}//${shown.host}${shown.pathname}` : shown.href.replace(/\/+$/, '');
  // Credentials in the address of an interface are those of a person who signs in.
  const fromAddress = (text: string): string | null => (isDatabase || text === '' ? null : percentDecoded(text));
  return {
    path,
    tool,
    store,
    remote: {
      kind: isDatabase ? 'database' : 'api',
      url: isDatabase ? address : shown.href,
      token,
      username: username ?? fromAddress(url.username),
      password: password ?? fromAddress(url.password),
    },
  };
}

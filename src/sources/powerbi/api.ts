import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { isObject } from '../common/json.js';
import { ApiRefused, type ApiAnswer, type ApiClient } from '../api/client.js';
import type { SourceApi } from '../source.js';

const ADMIN = 'v1.0/myorg/admin/workspaces';
/** How many workspaces one scan takes at most (Power BI REST API, "Admin - WorkspaceInfo PostWorkspaceInfo"). */
const WORKSPACES_AT_ONCE = 100;
const SCANS_MAX = 1_000;
/** A scan takes seconds to minutes; it is asked for less and less often. */
const POLLS_MAX = 60;
const POLL_MS_FIRST = 500;
const POLL_MS_MAX = 10_000;

const idShape = z.string().regex(/^[\w-]{1,100}$/);
const modifiedShape = z.array(z.object({ id: idShape }).catch({ id: '' }));
const scanShape = z.object({ id: idShape, status: z.string().catch('') });

/** The scanner of the Power BI service: every semantic model of the tenant, with the expressions of its tables. */
export const powerBiApi: SourceApi = {
  credentials: 'an access token of Microsoft Entra ID (token) for an administrator or a service principal that may use the admin interface',
  async *fetch(client, { token }) {
    if (token === null) throw new ApiRefused('Power BI takes no anonymous requests', 'give an access token (token) for https://analysis.windows.net/powerbi/api');
    client.headers['authorization'] = `Bearer ${token}`;
    const ids = await workspaces(client);
    for (let at = 0; at < ids.length && at < SCANS_MAX * WORKSPACES_AT_ONCE; at += WORKSPACES_AT_ONCE) {
      const answer = await scan(client, ids.slice(at, at + WORKSPACES_AT_ONCE));
      if (answer !== null) yield answer;
    }
  },
};

async function workspaces(client: ApiClient): Promise<string[]> {
  const answer = await client.json(`${ADMIN}/modified`, { query: { excludeInActiveWorkspaces: true } });
  if (answer === undefined) return [];
  const parsed = modifiedShape.safeParse(isObject(answer) ? answer['value'] : answer);
  if (!parsed.success) throw new ApiRefused('the answer to the list of workspaces holds none', 'check that the address is https://api.powerbi.com');
  return [...new Set(parsed.data.map(({ id }) => id))].filter((id) => id !== '');
}

async function scan(client: ApiClient, ids: readonly string[]): Promise<ApiAnswer | null> {
  const query = { lineage: true, datasourceDetails: true, datasetSchema: true, datasetExpressions: true, getArtifactUsers: true };
  const answer = await client.json(`${ADMIN}/getInfo`, { method: 'POST', query, body: { workspaces: ids } });
  if (answer === undefined) return null;
  const started = scanShape.safeParse(answer);
  if (!started.success) throw new ApiRefused('the service did not start the scan', 'run it again later');
  const { id } = started.data;
  let pause_ms = POLL_MS_FIRST;
  for (let poll = 0; poll < POLLS_MAX; poll++) {
    const status = scanShape.safeParse(await client.json(`${ADMIN}/scanStatus/${id}`));
    if (!status.success || /^failed$/i.test(status.data.status)) break;
    if (/^succeeded$/i.test(status.data.status)) return client.answer(`${ADMIN}/scanResult/${id}`);
    await wait(pause_ms);
    pause_ms = Math.min(POLL_MS_MAX, pause_ms * 2);
  }
  // The client says what it could not get; a scan that never ends is found by asking for its result.
  return client.answer(`${ADMIN}/scanResult/${id}`);
}

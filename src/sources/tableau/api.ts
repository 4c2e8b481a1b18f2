import { z } from 'zod';
import { isObject } from '../common/json.js';
import { ApiRefused, type ApiAnswer, type ApiClient } from '../api/client.js';
import type { Credentials, SourceApi } from '../source.js';

/** Server 2023.1 and later, and Cloud, know this version of the REST interface. */
const VERSION = '3.19';
const TABLES_AT_ONCE = 100;
const PAGES_MAX = 1_000;
const VIEWS_AT_ONCE = 1_000;

/** `customSQLTablesConnection` of the Metadata API, page by page. */
const QUERY = `query tidemark($first: Int, $after: String) {
  customSQLTablesConnection(first: $first, after: $after) {
    nodes {
      id luid name query description isUnsupportedCustomSql connectionType
      database { id luid name connectionType }
      tables { fullName connectionType database { name connectionType } }
      downstreamWorkbooks { luid name projectName owner { name email } }
      downstreamDatasources { luid name hasExtracts owner { name email } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const signInShape = z.object({
  credentials: z.object({ token: z.string().min(1), site: z.object({ id: z.string().regex(/^[\w-]{1,100}$/) }) }),
});
const pageShape = z.object({ hasNextPage: z.boolean().catch(false), endCursor: z.string().nullish().catch(null) });

/** Tableau Server and Cloud: signs in by the REST interface, then asks the Metadata API for every custom SQL. */
export const tableauApi: SourceApi = {
  credentials: "a personal access token (its name as username, its secret as token), or username and password; the site, if it is not the default one, before the name: site/name",
  async *fetch(client, credentials) {
    const site = await signIn(client, credentials);
    yield* metadata(client);
    yield* views(client, site);
  },
};

async function signIn(client: ApiClient, { token, username, password }: Credentials): Promise<string> {
  const slash = username?.indexOf('/') ?? -1;
  const contentUrl = slash < 0 ? '' : (username ?? '').slice(0, slash);
  const name = (username ?? '').slice(slash + 1);
  const secret = token ?? password;
  if (name === '' || secret === null) throw new ApiRefused('Tableau takes no anonymous requests', 'give a personal access token with its name, or username and password');
  const who = token === null ? { name, password } : { personalAccessTokenName: name, personalAccessTokenSecret: token };
  const answer = await client.json(`api/${VERSION}/auth/signin`, { method: 'POST', body: { credentials: { ...who, site: { contentUrl } } } });
  const signedIn = signInShape.safeParse(answer);
  if (!signedIn.success) throw new ApiRefused('Tableau did not let the account in', 'check the address, the site and the credentials');
  client.headers['x-tableau-auth'] = signedIn.data.credentials.token;
  return signedIn.data.credentials.site.id;
}

async function* metadata(client: ApiClient): AsyncIterable<ApiAnswer> {
  let after: string | null = null;
  for (let page = 1; page <= PAGES_MAX; page++) {
    const body: unknown = { query: QUERY, variables: { first: TABLES_AT_ONCE, after } };
    const answer: unknown = await client.json('api/metadata/graphql', { method: 'POST', body });
    if (answer === undefined) return;
    yield { path: `api/metadata/graphql/customSQLTables-${page}.json`, text: JSON.stringify(answer) };
    const next = nextPage(answer);
    if (next === null || next === after) return;
    after = next;
  }
}

function nextPage(answer: unknown): string | null {
  const data = isObject(answer) && isObject(answer['data']) ? answer['data']['customSQLTablesConnection'] : null;
  const page = pageShape.safeParse(isObject(data) ? data['pageInfo'] : null);
  return page.success && page.data.hasNextPage ? (page.data.endCursor ?? null) : null;
}

/** How often each view was looked at; an account may not be allowed to see it. */
async function* views(client: ApiClient, site: string): AsyncIterable<ApiAnswer> {
  for (let page = 1; page <= PAGES_MAX; page++) {
    const query = { includeUsageStatistics: true, pageSize: VIEWS_AT_ONCE, pageNumber: page };
    const answer = await client.json(`api/${VERSION}/sites/${site}/views`, { query, optional: true });
    const list = isObject(answer) && isObject(answer['views']) ? answer['views']['view'] : null;
    if (!Array.isArray(list) || list.length === 0) return;
    yield { path: `api/${VERSION}/sites/${site}/views-${page}.json`, text: JSON.stringify(answer) };
    if (list.length < VIEWS_AT_ONCE) return;
  }
}

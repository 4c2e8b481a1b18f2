import { refuseCredentials } from '../shared/credentials.js';
import { ConnectError, type OpenContext, type StoreTarget } from '../store.js';

/** Which workspace, SQL warehouse and catalogue, and with what proof. */
export interface DatabricksAddress {
  base: URL;
  catalog: string;
  /** Null where the URL names none. */
  schema: string | null;
  warehouse: string;
  proof: { token: string } | { client_id: string; client_secret: string };
  /** `host/catalog`, for messages. */
  place: string;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
const FORM = 'Write databricks://HOST/CATALOG/SCHEMA?warehouse=ID.';
const PROOF = 'Give credentials.token, or credentials.client_id and credentials.client_secret of a service principal; DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, do the same.';

/**
 * `databricks://dbc-….cloud.databricks.com/CATALOG/SCHEMA?warehouse=ID`; `http_path=/sql/1.0/warehouses/ID`, as Databricks
 * shows it, names the warehouse too. Always TLS, but for this machine.
 * @throws ConnectError with reason `configuration`, without secrets.
 */
export function databricksAddress(target: StoreTarget, { environment }: OpenContext): DatabricksAddress {
  let place = 'the Databricks connection';
  const fail = (detail: string, nextStep: string): never => {
    throw new ConnectError({ reason: 'configuration', store: target.name, place, detail, nextStep });
  };
  if (!/^(?:databricks|https):\/\//i.test(target.url.trim())) fail('it is no databricks:// URL', FORM);
  let url: URL;
  let parts: string[];
  try {
    url = new URL(target.url.trim().replace(/^[a-z]+:/i, 'http:'));
    parts = url.pathname.split('/').filter((part) => part !== '').map(decodeURIComponent);
  } catch {
    return fail('the URL cannot be read', FORM);
  }
  const [catalog = '', schema = '', ...rest] = parts;
  if (url.hostname === '' || catalog === '' || rest.length > 0) fail('the URL lacks host or catalog', FORM);
  place = `${url.host}/${catalog}`;
  refuseCredentials(target, place, ['token', 'client_id', 'client_secret']);
  for (const name of url.searchParams.keys()) if (name !== 'warehouse' && name !== 'http_path') fail(`the URL has an unknown parameter, ${name}`, FORM);
  const warehouse = url.searchParams.get('warehouse') ?? /\/warehouses\/(\w+)\/?$/.exec(url.searchParams.get('http_path') ?? '')?.[1] ?? '';
  if (!/^\w+$/.test(warehouse)) fail('the URL names no SQL warehouse', FORM);

  const proof = proofOf(target, url, environment) ?? fail('no credentials are given', PROOF);
  const scheme = LOOPBACK.test(url.hostname) && /^databricks:/i.test(target.url.trim()) ? 'http' : 'https';
  return { base: new URL(`${scheme}://${url.host}`), catalog, schema: schema === '' ? null : schema, warehouse, proof, place };
}

/** The configuration where it says anything, else the environment, else the URL; null where nothing does. */
function proofOf({ credentials = {} }: StoreTarget, url: URL, environment: OpenContext['environment']): DatabricksAddress['proof'] | null {
  const isGiven = credentials.token !== undefined || credentials.client_id !== undefined || credentials.client_secret !== undefined;
  const token = isGiven ? credentials.token : (environment['DATABRICKS_TOKEN'] ?? url.password);
  const client_id = isGiven ? credentials.client_id : environment['DATABRICKS_CLIENT_ID'];
  const client_secret = isGiven ? credentials.client_secret : environment['DATABRICKS_CLIENT_SECRET'];
  if (token !== undefined && token !== '') return { token };
  return client_id === undefined || client_secret === undefined ? null : { client_id, client_secret };
}

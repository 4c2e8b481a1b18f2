import { ConnectError } from '../store.js';

/** Which project pays for statements, and where its data is. */
export interface BigQueryAddress {
  base: URL;
  /** Jobs run in it and are billed to it. */
  project: string;
  /** Another project whose data is read; the same where the URL does not name one. */
  dataProject: string;
  /** What names without a dataset mean, and what the catalogue is limited to; null takes every dataset of the location. */
  dataset: string | null;
  /** As `EU` or `europe-west3`; null lets BigQuery find it out, which it can for statements over tables only. */
  location: string | null;
  /** For messages. */
  place: string;
}

const SERVICE = 'https://bigquery.googleapis.com/';
const PARAMETERS: ReadonlySet<string> = new Set(['location', 'data_project', 'endpoint']);
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])$/;
/** Project ids have 6 to 30 letters, digits and hyphens, and old ones a domain before a colon. */
const PROJECT = /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const DATASET = /^\w{1,1024}$/;

/**
 * Reads `bigquery://project[/dataset]?location=EU`. `data_project` names the project of the data where another one pays;
 * `endpoint` another address of the service, as one of Private Service Connect or an emulator on this machine.
 * @throws ConnectError
 */
export function bigQueryAddress(store: string, text: string): BigQueryAddress {
  const refuse = (detail: string, nextStep: string): never => {
    throw new ConnectError({ reason: 'configuration', store, place: 'BigQuery', detail, nextStep });
  };
  const example = 'Write it as bigquery://project/dataset?location=EU.';
  const url = URL.canParse(text) ? new URL(text) : refuse('its url is not a URL', example);
  if (url.username !== '' || url.password !== '') refuse('its url holds a user or a password', 'BigQuery takes none: name credentials.credentials_file or credentials.token.');
  const project = decodeURIComponent(url.host);
  if (!PROJECT.test(project)) refuse('its url names no project', example);
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) refuse(`its url has an unknown parameter ${unknown}`, `It takes ${[...PARAMETERS].join(', ')}.`);
  const [dataset = null, more] = url.pathname.split('/').filter((part) => part !== '').map(decodeURIComponent);
  if (more !== undefined || (dataset !== null && !DATASET.test(dataset))) refuse('the path of its url is no dataset', example);
  const location = url.searchParams.get('location') || null;
  if (location !== null && !/^[A-Za-z0-9-]{2,40}$/.test(location)) refuse('its location is none', 'Write it as EU, US or europe-west3.');
  const dataProject = url.searchParams.get('data_project') || project;
  if (!PROJECT.test(dataProject)) refuse('its data_project is no project', example);
  const endpoint = url.searchParams.get('endpoint') || SERVICE;
  const base = URL.canParse(endpoint) ? new URL(endpoint) : refuse('its endpoint is not a URL', example);
  if (base.protocol !== 'https:' && !LOOPBACK.test(base.hostname)) refuse('its endpoint would get the credentials in the clear', 'Begin it with https://.');
  return { base, project, dataProject, dataset, location, place: `${base.href === SERVICE ? '' : `${base.host}/`}${project}${dataset === null ? '' : `/${dataset}`}` };
}

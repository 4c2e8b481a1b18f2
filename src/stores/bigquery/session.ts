import { z } from 'zod';
import { HttpClient } from '../http/client.js';
import { Deadline } from '../http/deadline.js';
import { httpConnectError } from '../http/failure.js';
import { CredentialProblem } from '../http/token.js';
import { Secrets } from '../http/secrets.js';
import { HttpLiveSession, sessionSignal, type HttpSessionOptions } from '../http/session.js';
import type { Lexis } from '../http/statement-guard.js';
import type { LiveBounds } from '../live.js';
import { CostMeter } from '../shared/cost-meter.js';
import { loadSql } from '../sql/load.js';
import { ConnectError, type OpenContext, type StoreTarget } from '../store.js';
import { bigQueryAddress, type BigQueryAddress } from './address.js';
import { bigQueryAuthorization } from './credentials.js';
import { detailOf, isTransient, openingDiagnosis } from './failure.js';
import { BigQueryRunner } from './runner.js';

const OPEN_MS = 30_000;
/** The REST API has had this one version since 2011; the engine behind it tells none. */
const VERSION = '2.0';
const lexis: Lexis = { quotes: ["'", '"', '`'], backslash: ["'", '"', '`'], tripleQuotes: true, lineComments: ['--', '#'] };
const identityRow = z.object({ user: z.string() });
const datasetResource = z.object({ location: z.string() });

/** Besides statements it gives what the API itself describes, which is free. */
export class BigQuerySession extends HttpLiveSession {
  constructor(
    options: HttpSessionOptions,
    readonly address: BigQueryAddress,
    private readonly service: BigQueryRunner,
  ) {
    super(options);
  }

  /** Below `/bigquery/v2/projects/`; null where there is none. */
  resource<T>(form: z.ZodType<T>, path: string, query: Readonly<Record<string, string>> = {}, bounds?: LiveBounds): Promise<T | null> {
    return this.ask(bounds, (deadline) => this.service.resource(form, `/bigquery/v2/projects/${path}`, query, deadline));
  }
}

/**
 * Proves who asks, looks where the data is and who that is, which is free.
 * @throws ConnectError; the reason of an abort.
 */
export async function openBigQuery(target: StoreTarget, context: OpenContext): Promise<BigQuerySession> {
  const asked = bigQueryAddress(target.name, target.url);
  const secrets = new Secrets();
  const meter = new CostMeter();
  const { authorize } = await bigQueryAuthorization({ target, address: asked, context, secrets, meter });
  const { stop, signal } = sessionSignal(context.signal);
  const client = new HttpClient({ base: asked.base, secrets, meter, signal, authorize, detailOf, isTransient, headers: { 'user-agent': 'tidemark' } });
  const runnerAt = (address: BigQueryAddress): BigQueryRunner => new BigQueryRunner({ store: target.name, address, client, secrets, signal, scan_bytes_max: target.scan_bytes_max });
  const deadline = new Deadline(OPEN_MS);
  try {
    const address = await located(target.name, asked, runnerAt(asked), deadline);
    const runner = runnerAt(address);
    const [row] = z.array(identityRow).parse(await runner.run(loadSql('bigquery', 'identity', 0), deadline));
    if (!row) throw new Error('BigQuery answered with no row');
    const identity = { version: VERSION, database: address.dataProject, inRecovery: false, role: row.user, superuser: false };
    return new BigQuerySession({ store: target.name, engine: 'bigquery', version_num: 20_000, identity, meter, runner, lexis, signal, stop, scan_bytes_max: target.scan_bytes_max }, address, runner);
  } catch (error) {
    context.signal?.throwIfAborted();
    if (error instanceof CredentialProblem) throw new ConnectError({ reason: 'authentication', store: target.name, place: asked.place, detail: error.message, nextStep: error.nextStep }, { cause: error });
    throw httpConnectError({ store: target.name, place: asked.place, service: 'BigQuery' }, error, openingDiagnosis(error, asked.project));
  }
}

/** A dataset knows its location; without one the URL has to say it, for the views of a region. */
async function located(store: string, address: BigQueryAddress, runner: BigQueryRunner, deadline: Deadline): Promise<BigQueryAddress> {
  const refuse = (reason: 'configuration' | 'not-found', detail: string, nextStep: string): never => {
    throw new ConnectError({ reason, store, place: address.place, detail, nextStep });
  };
  if (address.dataset === null) return address.location === null ? refuse('configuration', 'neither a dataset nor a location is named', 'Write bigquery://project/dataset, or bigquery://project?location=EU.') : address;
  const path = `/bigquery/v2/projects/${encodeURIComponent(address.dataProject)}/datasets/${encodeURIComponent(address.dataset)}`;
  const found = await runner.resource(datasetResource, path, { fields: 'location' }, deadline);
  if (found === null) return refuse('not-found', `there is no dataset ${address.dataset} in project ${address.dataProject}, or it may not be seen`, 'Correct the URL, or grant roles/bigquery.dataViewer on the dataset.');
  if (address.location !== null && address.location.toLowerCase() !== found.location.toLowerCase()) {
    return refuse('configuration', `the dataset is in ${found.location}, and the URL says ${address.location}`, 'Leave ?location= out, or correct it.');
  }
  return { ...address, location: found.location };
}


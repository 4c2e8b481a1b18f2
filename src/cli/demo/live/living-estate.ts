import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withClient } from '../estate-database.js';
import { buildEstate, type Estate, type EstateOptions } from '../estate.js';
import { ESTATE_FOLDER, EstateError } from '../estate-files.js';
import { Life } from './life.js';

export interface LivingEstate {
  estate: Estate;
  life: Life;
}

/**
 * Builds the estate and brings it to life: production changes, a real consumer of its slot loads the warehouse.
 *
 * @throws EstateError when a script fails or the estate does not come to life.
 * @throws the signal's reason when it was aborted.
 */
export async function buildLivingEstate(options: EstateOptions): Promise<LivingEstate> {
  const { signal, onProgress = () => undefined } = options;
  const estate = await buildEstate(options);
  onProgress('bringing the estate to life');
  await runScript(estate.warehousePath);
  const superuser = { url: estate.superuserUrl, applicationName: 'tidemark-demo' };
  await withClient(superuser, signal, async (client) => {
    // The first rows of the stream must not be older than the slot.
    await client.query(await readFile(join(ESTATE_FOLDER, 'live/production.sql'), 'utf8'));
  });
  const life = new Life();
  const urls = { case_app: estate.urlOf('case_app'), shop_app: estate.urlOf('shop_app'), metabase_ro: estate.urlOf('metabase_ro'), superuser: estate.superuserUrl };
  await life.begin({ kind: 'begin', urls, warehousePath: estate.warehousePath });
  return { estate, life };
}

async function runScript(path: string): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    await connection.run(await readFile(join(ESTATE_FOLDER, 'live/warehouse.sql'), 'utf8'));
  } catch (cause) {
    throw new EstateError(`live/warehouse.sql failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

import { isObject } from '../common/json.js';
import { ApiRefused, fileName, type ApiAnswer, type ApiClient } from '../api/client.js';
import type { Credentials } from '../source.js';

const META = 'cubejs-api/v1/meta';
const SQL = 'cubejs-api/v1/sql';
/** Of more measures a query is made of the first ones. */
const MEASURES_MAX = 50;

/**
 * The model as Cube compiled it, and for each cube and view the SQL that it would send for their measures, which it gives
 * without running it (REST API v1, `/meta?extended` and `/sql`).
 *
 * @throws ApiRefused where nothing can be read.
 */
export async function* fetchCube(client: ApiClient, { token }: Credentials): AsyncIterable<ApiAnswer> {
  if (token === null) throw new ApiRefused('Cube is asked with an API token, and none is given', 'sign one with the API secret of the deployment');
  client.headers['authorization'] = token;
  const meta = await client.json(META, { query: { extended: true } });
  if (meta === undefined) return;
  yield { path: fileName(META), text: JSON.stringify(meta) };
  for (const { name, measures } of measured(meta)) {
    const query = { measures };
    // A measure may not go together with others; such a cube is read from its parts only.
    const answer = await client.json(SQL, { method: 'POST', body: { query }, optional: true });
    if (isObject(answer)) yield { path: fileName(`${SQL}/${name}`), text: JSON.stringify({ query, ...answer }) };
  }
}

function measured(meta: unknown): { name: string; measures: string[] }[] {
  const cubes: unknown[] = isObject(meta) && Array.isArray(meta['cubes']) ? meta['cubes'] : [];
  return cubes.filter(isObject).flatMap((cube) => {
    const list: unknown[] = Array.isArray(cube['measures']) ? cube['measures'] : [];
    const measures = list.filter(isObject).flatMap(({ name }) => (typeof name === 'string' ? [name] : [])).slice(0, MEASURES_MAX);
    return typeof cube['name'] === 'string' && measures.length > 0 ? [{ name: cube['name'], measures }] : [];
  });
}

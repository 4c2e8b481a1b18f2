import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Gap } from '../../../src/model/snapshot.js';
import { ApiClient, type ApiAnswer } from '../../../src/sources/api/client.js';
import type { Credentials, Source } from '../../../src/sources/source.js';

/** What a source makes of a tool that answers so; the tool is gone when the test ends. */
export async function askTool(
  source: Source,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  { credentials = { token: 's3cr3t', username: null, password: null }, silence_ms_max = 2_000 }: { credentials?: Credentials; silence_ms_max?: number } = {},
): Promise<{ answers: ApiAnswer[]; gaps: Gap[] }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const gaps: Gap[] = [];
  const base = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
  const client = new ApiClient({ base, report: (gap) => gaps.push(gap), silence_ms_max, sleep: () => Promise.resolve() });
  const answers: ApiAnswer[] = [];
  for await (const one of source.api?.fetch(client, credentials) ?? []) answers.push(one);
  return { answers, gaps };
}

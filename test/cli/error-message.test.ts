import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { errorMessage } from '../../src/cli/error-message.js';
import { UsageError } from '../../src/cli/usage-error.js';
import { ConfigurationError } from '../../src/config/problem.js';

class ConnectError extends Error {
  override name = 'ConnectError';
}

describe('an error is told', () => {
  test('in the words of whoever foresaw it', () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:5432');
    const error = new ConnectError('production: nothing listens at db.example:5432; start the server or mend the url', { cause });
    expect(errorMessage(error, false)).toBe('tidemark: production: nothing listens at db.example:5432; start the server or mend the url');
  });

  test('with its next step below it', () => {
    expect(errorMessage(new UsageError('two reports would go to standard output', 'give one of them a file\nas in json:FILE'), false)).toBe(
      'tidemark: two reports would go to standard output\n  give one of them a file\n  as in json:FILE',
    );
  });

  test('with its caret below its word', () => {
    const place = { file: 'tidemark.yaml', line: 12, column: 3, text: '  internl: ["app.*"]' };
    expect(errorMessage(new ConfigurationError([{ message: "unknown key 'internl'", place }]), false)).toBe(
      ["tidemark: tidemark.yaml:12:3 unknown key 'internl'", '  12 |   internl: ["app.*"]', '     |   ^'].join('\n'),
    );
  });

  test('of the system with the file and what it means', async () => {
    const missing = await readFile('/no-such-folder/casework.tidemark').catch((error: unknown) => error);
    expect(errorMessage(missing, false)).toBe('tidemark: /no-such-folder/casework.tidemark does not exist');
    const folder = await readFile('/').catch((error: unknown) => error);
    expect(errorMessage(folder, false)).toBe('tidemark: EISDIR: illegal operation on a directory, read');
  });

  test('that nobody foresaw as our fault, with the way to report it and no stack', () => {
    expect(errorMessage(new TypeError("Cannot read properties of undefined (reading 'relations')"), false)).toMatchInlineSnapshot(`
      "tidemark: internal error: Cannot read properties of undefined (reading 'relations')
      This is a fault of tidemark. Please report it with the command, the version (tidemark --version) and what --debug prints."
    `);
    expect(errorMessage('a bare text', false)).toMatchInlineSnapshot(`
      "tidemark: internal error: a string was thrown
      This is a fault of tidemark. Please report it with the command, the version (tidemark --version) and what --debug prints."
    `);
  });

  test('with its stack and its causes for --debug only', () => {
    const error = new ConnectError('production: no answer', { cause: new Error('socket hang up') });
    const debugged = errorMessage(error, true);
    expect(debugged).toMatch(/^tidemark: production: no answer\nConnectError: production: no answer\n\s+at /);
    expect(debugged).toMatch(/\ncaused by Error: socket hang up\n\s+at /);
    expect(errorMessage(error, false)).not.toMatch(/\bat /);
  });

  test('without what a terminal would act on, at a length that can be read', () => {
    const hostile = new ConnectError(`relation "\u001B[2J\u202Eevil\u0007" is missing${' and'.repeat(5_000)}`);
    const told = errorMessage(hostile, false);
    expect(told).toMatch(/^tidemark: relation "evil" is missing and/);
    expect(told.length).toBeLessThanOrEqual(1_000);
  });
});

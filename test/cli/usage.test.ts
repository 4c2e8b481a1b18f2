import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { shell, tidemark } from './tidemark.js';

describe('tidemark alone', () => {
  test('says what it is, with examples and commands, in a few lines', async () => {
    const { stdout, stderr, code } = await tidemark([]);
    expect(stdout).toMatchInlineSnapshot(`
      "tidemark audits and watches the boundary between an operational database and its analytics.
        tidemark demo
        tidemark audit --postgres postgresql://audit_ro@db.example/casework --dashboards exports/
        tidemark watch -c tidemark.yaml
      tidemark --help lists all commands, tidemark COMMAND --help says more.
      demo       audit an example estate that tidemark brings along
      init       look at a system and write tidemark.yaml, guesses marked as guesses
      doctor     what can be looked at and what not, with the SQL that mends it
      audit      look at stores and dashboards, or at a bundle of them, and report
      review     the boundary review: score, consumers, 25 questions, decisions, as HTML or Markdown
      check      judge a change in CI against a bundle, without credentials: only what is new fails
      workload   which statements are operational or analytical, why, and their share
      metrics    which dashboards claim one metric, whether they agree, and on which rows not
      privacy    columns of personal data and secrets: where they arrive, and what is left of them
      impact     what migrations break or silently change, for whom, and in which safe order
      plan       findings as work: what first, how long, what it gains, whose it is
      fix        SQL to run by hand: contracts, guardrails, privacy, semantic views; rows to load anew
      reconcile  compare both sides of pairs of relations, to the key and the column
      watch      the live screen: lag, freshness, reconciliation, workload
      serve      the same for Prometheus, and messages on changes of state
      collect    write what an audit needs to a bundle, to be audited elsewhere
      rules      list, show and test the rules
      "
    `);
    expect(stdout.trimEnd().split('\n')).toHaveLength(22);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  test('names its version', async () => {
    const { stdout, code } = await tidemark(['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(code).toBe(0);
  });
});

describe('help', () => {
  test('leads with examples and commands', async () => {
    const { stdout, stderr, code } = await tidemark(['--help']);
    expect(stdout).toMatchInlineSnapshot(`
      "tidemark audits and watches the boundary between an operational database and its analytics.

      Examples:
        tidemark demo
        tidemark audit --postgres postgresql://audit_ro@db.example/casework --dashboards exports/
        tidemark watch -c tidemark.yaml

      Commands:
        demo        audit an example estate that tidemark brings along
        init        look at a system and write tidemark.yaml, guesses marked as guesses
        doctor      what can be looked at and what not, with the SQL that mends it
        audit       look at stores and dashboards, or at a bundle of them, and report
        review      the boundary review: score, consumers, 25 questions, decisions, as HTML or Markdown
        explain     findings of one rule, consumer or relation, whole, and how to go on
        check       judge a change in CI against a bundle, without credentials: only what is new fails
        baseline    write, prune or show what stood before, which check does not fail for
        compare     two bundles or reports: what became better, what worse
        workload    which statements are operational or analytical, why, and their share
        metrics     which dashboards claim one metric, whether they agree, and on which rows not
        privacy     columns of personal data and secrets: where they arrive, and what is left of them
        impact      what migrations break or silently change, for whom, and in which safe order
        plan        findings as work: what first, how long, what it gains, whose it is
        fix         SQL to run by hand: contracts, guardrails, privacy, semantic views; rows to load anew
        reconcile   compare both sides of pairs of relations, to the key and the column
        report-run  record an official report so that it can be made again, verify, approve, revoke
        watch       the live screen: lag, freshness, reconciliation, workload
        serve       the same for Prometheus, and messages on changes of state
        collect     write what an audit needs to a bundle, to be audited elsewhere
        sources     every query of dashboards, reports and code: place, owner, problems
        inspect     what is understood of one SQL text: tables, lineage, masking, class
        rules       list, show and test the rules
        schema      print the JSON Schema of tidemark.yaml

      Usage: tidemark COMMAND [options]

      Options:
        --version                 the version
        -c, --config <file>       the configuration; default: the nearest
                                  tidemark.yaml upwards
        --format <format[:file]>  text, json or ndjson, to standard output or a file;
                                  may be repeated. audit and check: also sarif,
                                  github, gitlab, junit, markdown, html
        -o, --output <file>       write what would go to standard output to a file
        -q, --quiet               only findings and what could not be looked at
        -v, --verbose             each stage with its time, on standard error
        --color <when>            colours (choices: "auto", "always", "never",
                                  default: "auto")
        --no-progress             no progress on standard error
        --fail-on <level>         the least level that exits with 1 (choices: "error",
                                  "warning", "note", "never", default: "error")
        --debug                   stack traces
        -h, --help                this help; after a command, its own
      "
    `);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  test('of a command tells its flags and exit codes, whichever way it is asked for', async () => {
    const asked = await tidemark(['audit', '--help']);
    expect(asked.stdout).toMatchInlineSnapshot(`
      "Usage: tidemark audit [options] [bundle]

      look at stores and dashboards, or at a bundle of them, and report

      Arguments:
        bundle                    a file that tidemark collect wrote; nothing is
                                  connected to

      Options:
        --postgres <connection>   a PostgreSQL database as a URL, "host=… dbname=…" or
                                  service=NAME, taken for operational; may be repeated
        --duckdb <file>           a DuckDB file, taken for a warehouse; may be
                                  repeated
        --warehouse <url>         a warehouse as a URL (clickhouse://, snowflake://,
                                  bigquery://, redshift://, databricks://, trino://,
                                  postgresql://), a .duckdb file, or Parquet as a
                                  file, folder/ or pattern; may be repeated
        --dashboards <path>       a file or folder of dashboards or SQL; may be
                                  repeated
        --sample <duration>       look so long, four times a second, who runs which
                                  statement (PostgreSQL 14 and later), as in 60s
        --all                     do not cut long lists
        --thorough                read warehouse SQL with both parsers, and doubt what
                                  they read differently
        -h, --help                this help; after a command, its own

      Global Options:
        --version                 the version
        -c, --config <file>       the configuration; default: the nearest
                                  tidemark.yaml upwards
        --format <format[:file]>  text, json or ndjson, to standard output or a file;
                                  may be repeated. audit and check: also sarif,
                                  github, gitlab, junit, markdown, html
        -o, --output <file>       write what would go to standard output to a file
        -q, --quiet               only findings and what could not be looked at
        -v, --verbose             each stage with its time, on standard error
        --color <when>            colours (choices: "auto", "always", "never",
                                  default: "auto")
        --no-progress             no progress on standard error
        --fail-on <level>         the least level that exits with 1 (choices: "error",
                                  "warning", "note", "never", default: "error")
        --debug                   stack traces

      Passwords are never given by flag. A connection takes them as libpq does, from
      PGPASSWORD, ~/.pgpass or a service (PGSERVICE, service=NAME), a warehouse from
      the variables of its vendor, and both from \${env:NAME} in tidemark.yaml.

      Exit codes:
        0  looked at everything, found nothing at or above --fail-on
        1  found something at or above --fail-on
        2  wrong usage, an unusable configuration, or a fault of tidemark
        3  found nothing at or above --fail-on, but could not look at everything
      "
    `);
    expect(await tidemark(['help', 'audit'])).toEqual(asked);
  });

  test('fits 80 columns', async () => {
    for (const args of [['--help'], ['audit', '--help'], ['workload', '--help'], ['doctor', '--help'], ['collect', '--help'], ['rules', '--help'], ['schema', '--help']]) {
      const { stdout } = await tidemark(args);
      const usage = stdout.slice(stdout.indexOf('Usage:'));
      expect(usage.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  test('loads no parser, driver, configuration or report', async () => {
    const { stderr } = await tidemark(['--help'], { env: { NODE_DEBUG: 'esm' } });
    const loaded = [...new Set([...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/'"]+)/g)].map((match) => match[1]))];
    expect(loaded).toEqual(['commander']);
  });
});

describe('the list of commands', () => {
  test('names the files of the folder', () => {
    const folder = new URL('../../src/cli/commands/', import.meta.url);
    const files = readdirSync(folder).map((name) => name.replace(/\.ts$/, ''));
    expect(COMMANDS.map(({ name }) => name).sort()).toEqual(files.sort());
  });
});

describe('wrong usage exits with 2 and says what is meant', () => {
  test('unknown command', async () => {
    expect(await failed(['audti'])).toMatchInlineSnapshot(`
      "tidemark: unknown command 'audti'; did you mean 'audit'?
        tidemark --help lists the commands
      "
    `);
    expect(await failed(['help', 'colect'])).toMatchInlineSnapshot(`
      "tidemark: unknown command 'colect'; did you mean 'collect'?
        tidemark --help lists the commands
      "
    `);
    expect(await failed(['publish', '--help'])).toMatchInlineSnapshot(`
      "tidemark: unknown command 'publish'
        tidemark --help lists the commands
      "
    `);
    expect(await failed(['rules', 'tset'])).toMatchInlineSnapshot(`
      "tidemark: there is no 'rules tset'; did you mean 'test'?
        tidemark rules --help says what there is
      "
    `);
  });

  test('unknown flag', async () => {
    expect(await failed(['audit', '--fromat', 'json'])).toMatchInlineSnapshot(`
      "tidemark: unknown option '--fromat'; did you mean '--format'?
        tidemark audit --help lists its flags
      "
    `);
    expect(await failed(['--verison'])).toMatchInlineSnapshot(`
      "tidemark: unknown option '--verison'; did you mean '--version'?
        tidemark --help lists commands and flags
      "
    `);
  });

  test('a flag with a wrong value or none', async () => {
    expect(await failed(['audit', '--fail-on', 'info'])).toMatchInlineSnapshot(`
      "tidemark: option '--fail-on <level>' argument 'info' is invalid. Allowed choices are error, warning, note, never.
        tidemark audit --help lists its flags
      "
    `);
    expect(await failed(['audit', '--color'])).toMatchInlineSnapshot(`
      "tidemark: option '--color <when>' argument missing
        tidemark audit --help lists its flags
      "
    `);
    expect(await failed(['audit', '--format', 'jsn'])).toMatchInlineSnapshot(`
      "tidemark: there is no report format 'jsn'; did you mean 'json'?
        formats: github, gitlab, html, json, junit, markdown, ndjson, sarif, text
      "
    `);
  });

  test('flags without a command', async () => {
    expect(await failed(['--quiet'])).toMatchInlineSnapshot(`
      "tidemark: a command is missing
        tidemark --help lists the commands
      "
    `);
  });

  test('too many arguments', async () => {
    expect(await failed(['audit', 'monday.tidemark', 'friday.tidemark'])).toMatchInlineSnapshot(`
      "tidemark: too many arguments for 'audit'. Expected 1 argument but got 2.
        tidemark audit --help lists its flags
      "
    `);
  });

  test('reports that collide or cannot be written', async () => {
    expect(await failed(['audit', '--format', 'text', '--format', 'json'])).toMatchInlineSnapshot(`
      "tidemark: two reports would go to standard output
        give one of them a file, as in --format text:FILE
      "
    `);
    expect(await failed(['audit', '--format', 'json:a.json', '--format', 'ndjson:a.json'])).toContain('two reports would go to');
    expect(await failed(['audit', '--format', 'json:a.json', '-o', 'b.json'])).toMatchInlineSnapshot(`
      "tidemark: -o names a file, but each --format already has one
      "
    `);
    expect(await failed(['audit', '--format', 'json:'])).toMatchInlineSnapshot(`
      "tidemark: the name of the file to write is empty
      "
    `);
    expect(await failed(['audit', '-o', '/no-such-folder/report.txt'])).toMatchInlineSnapshot(`
      "tidemark: cannot write /no-such-folder/report.txt: there is no folder /no-such-folder
        make the folder, or choose another place
      "
    `);
    expect(await failed(['audit', '-o', '/'])).toMatchInlineSnapshot(`
      "tidemark: cannot write /: it is a folder
        give the name of a file in it
      "
    `);
  });

  test('a disk that is full', async () => {
    const expected = (place: string): string => `tidemark: cannot write ${place}: the disk is full\n  make room or grant the right, or choose another place\n`;
    expect(await failed(['schema', '-o', '/dev/full'])).toBe(expected('/dev/full'));
    expect((await shell('tidemark schema > /dev/full')).stderr).toBe(expected('standard output'));
  });

  test('a folder that may not be written to is refused before anything is looked at', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-test-sealed-'));
    try {
      // A file that may not be written stays as it is, although its folder would let it be removed.
      writeFileSync(path.join(folder, 'schema.json'), 'kept');
      chmodSync(path.join(folder, 'schema.json'), 0o444);
      chmodSync(folder, 0o777);
      await tidemark(['schema', '-o', path.join(folder, 'schema.json')], { unprivileged: true });
      expect(readFileSync(path.join(folder, 'schema.json'), 'utf8')).toBe('kept');
      chmodSync(folder, 0o555);
      const { stderr, code } = await tidemark(['collect', '-o', path.join(folder, 'a.tidemark'), '--postgres', 'postgresql://audit_ro@127.0.0.1:1/casework'], {
        unprivileged: true,
      });
      expect({ code, stderr: stderr.replaceAll(folder, 'FOLDER') }).toEqual({
        code: 2,
        stderr: 'tidemark: cannot write FOLDER/a.tidemark: this user may not\n  make room or grant the right, or choose another place\n',
      });
    } finally {
      chmodSync(folder, 0o700);
      rmSync(folder, { recursive: true });
    }
  });

  test('a demo without a temporary folder names it and the way out', async () => {
    const { stderr, code } = await tidemark(['demo'], { unprivileged: true, env: { TMPDIR: '/no-such-folder' } });
    expect({ stderr, code }).toEqual({
      stderr: 'tidemark: The temporary folder /no-such-folder cannot be written to (ENOENT). Set TMPDIR to a folder that can.\n',
      code: 2,
    });
  });

  test('nothing to look at', async () => {
    expect(await failed(['audit'], '/')).toMatchInlineSnapshot(`
      "tidemark: there is nothing to look at: no tidemark.yaml in this folder or above it
        name a store or dashboards, as in --postgres postgresql://audit_ro@db.example/casework --dashboards exports/
        or write a tidemark.yaml; tidemark schema prints what it may hold
      "
    `);
    expect(await failed(['collect'])).toMatchInlineSnapshot(`
      "tidemark: collect needs a file to write to
        as in tidemark collect -o casework.tidemark
      "
    `);
  });

  test('a password in a flag is refused and never repeated', async () => {
    const message = await failed(['audit', '--postgres', 'postgresql://audit_ro:Gezeiten7@db.example/casework']);
    expect(message).toMatchInlineSnapshot(`
      "tidemark: --postgres carries a password, which every process of this machine and the history of the shell would see
        name the connection without it: postgresql://audit_ro@db.example/casework
        and give the password in one of these ways:
          PGPASSWORD in the environment
          a line host:port:database:role:password in ~/.pgpass (mode 0600)
          a service of ~/.pg_service.conf: --postgres service=NAME
          url: "\${env:NAME}" in tidemark.yaml
      "
    `);
    for (const url of [
      'postgresql://db.example/casework?user=audit_ro&password=Gezeiten7',
      'postgresql://audit_ro:Gez/eiten7@db.example/casework',
      'host=db.example password=Gezeiten7',
      "host=db.example password = 'Gezeiten7'",
    ]) {
      const refused = await failed(['audit', '--postgres', url]);
      expect(refused).toContain('--postgres carries a password');
      expect(refused).not.toMatch(/eiten7/);
    }
  });

  test('a store that names no connection', async () => {
    expect(await failed(['audit', '--postgres', 'db.example/casework'])).toMatchInlineSnapshot(`
      "tidemark: --postgres does not name a connection: 'db.example/casework'
        as in --postgres postgresql://audit_ro@db.example:5432/casework, --postgres "host=db.example dbname=casework" or --postgres service=casework
      "
    `);
  });

  test('flags and a configuration that contradict each other', async () => {
    expect(await failed(['audit', '-c', 'tidemark.yaml', '--dashboards', 'exports'])).toMatchInlineSnapshot(`
      "tidemark: either a configuration or --postgres, --duckdb, --warehouse and --dashboards name what to look at, not both
      "
    `);
  });

  async function failed(args: string[], cwd?: string): Promise<string> {
    const { stdout, stderr, code } = await tidemark(args, cwd === undefined ? {} : { cwd });
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    return stderr;
  }
});

describe('standard output', () => {
  test('that its reader closes ends quietly', async () => {
    const { stdout, stderr } = await shell('tidemark schema | head -n 1; echo "${PIPESTATUS[0]}"');
    expect(stdout).toBe('{\n0\n');
    expect(stderr).toBe('');
  });

  test('that was closed before anything was written ends quietly too', async () => {
    const { stdout, stderr } = await shell('tidemark schema | true; echo "${PIPESTATUS[0]}"; tidemark --help | true');
    expect(stdout).toBe('0\n');
    expect(stderr).toBe('');
  });
});

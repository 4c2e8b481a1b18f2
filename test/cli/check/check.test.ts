import { gzipSync } from 'node:zlib';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.js';
import { writeBundle } from '../../../src/snapshot/bundle.js';
import { production, snapshot } from '../casework-snapshot.js';
import type { Repository } from '../git/repository.js';
import type { Ended } from '../tidemark.js';
import { board, caseworkClone, check, OPEN_CASES } from './casework-clone.js';

let clone: Repository;
beforeAll(async () => {
  clone = await caseworkClone();
}, 60_000);
beforeEach(() => {
  clone.git('reset', '--quiet', '--hard', 'main');
  clone.git('clean', '--quiet', '--force', '-d', '-x');
});
afterAll(() => clone.remove());

const LATE_CASES = '-- title: Late cases\nSELECT status FROM app.case_file WHERE id = 3;\n';

/** What is said, without what differs from run to run. */
function said({ stdout, stderr, code }: Ended): string {
  const text = `${stdout.replaceAll('\u00a0', ' ')}${stderr}exit ${code}`;
  return text.replace(/\([0-9a-f]{12}\)/g, '(COMMIT)').replace(/[\d,]+ days (?=old|ago)/g, 'N days ').replaceAll(clone.folder, 'CLONE');
}

async function report(args?: readonly string[]): Promise<Report & { code: number | null }> {
  const { stdout, code, stderr } = await check(clone, [...(args ?? ['--since', 'HEAD']), '--format', 'json']);
  if (stdout === '') throw new Error(stderr);
  return { ...JSON.parse(stdout), code };
}

describe('a change', () => {
  test('with a report that reads an internal table fails, and says so with its place', async () => {
    clone.write('reports/late.sql', LATE_CASES);
    expect(said(await check(clone))).toMatchInlineSnapshot(`
      "tidemark check  1 file changed since HEAD (COMMIT) · against .tidemark/bundle.tidemark of
                      2026-03-02 08:15 UTC, N days old
      ✖ error    New: 1 error.

      ✖ error  dashboard-reads-internal  coupling, 1 finding
        why  The columns of an internal table belong to the application, which must be free to rename,
             split and drop them. Each dashboard that names them turns the next migration into a guess
             about who breaks, and the one that breaks silently shows a wrong number.
        fix  Publish what the card uses as a versioned view of a contract schema, and let the card read
             it: CREATE VIEW integration.NAME_v1 AS SELECT id, status FROM app.case_file;

        ✖ reports/late.sql Late cases reads the internal table app.case_file (3 direct readers), and no
          contract view offers its columns
          no known owner · app.case_file · store production
          - uses id, status
          - internal: configured by app.*
          reports/late.sql:2:1

      Looked at  1 file with queries · read again: 3 queries, 0 statements and 1 relation of the bundle

      1 assumption, as in the audit: --all lists them.

      ✖ error    New: 1 error.
      tidemark rules show ID explains a rule.
      tidemark: exit 1: 1 new finding at or above error
      exit 1"
    `);
  });

  test('of nothing is right', async () => {
    expect(said(await check(clone))).toMatchInlineSnapshot(`
      "tidemark check  0 files changed since HEAD (COMMIT) · against .tidemark/bundle.tidemark of
                      2026-03-02 08:15 UTC, N days old
      ● ok       Nothing changed since HEAD.
      tidemark: exit 0: nothing new at or above error
      exit 0"
    `);
  });

  test('that moves a folder and formats a text anew is nothing new', async () => {
    renameSync(path.join(clone.folder, 'reports'), path.join(clone.folder, 'sql'));
    clone.write('sql/open.sql', OPEN_CASES.replaceAll('\n', '\n\n').toUpperCase().replace('-- TITLE: OPEN CASES', '-- title: Open cases'));
    clone.write('tidemark.yaml', clone.git('show', 'HEAD:tidemark.yaml').replace('path: reports', 'path: sql'));
    const { code, check: summary, gaps } = await report();
    expect({ code, gaps, counts: summary?.counts, files: summary?.files.map(({ path: file, change, judgedAs }) => `${change} ${file}: ${judgedAs}`) }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "counts": {
          "fixed": 0,
          "new": 0,
          "suppressed": 0,
          "unchanged": 2,
        },
        "files": [
          "deleted reports/open.sql: queries",
          "added sql/open.sql: queries",
          "modified tidemark.yaml: configuration",
        ],
        "gaps": [],
      }
    `);
  });

  test('that deletes one file and adds a second panel to another tells both apart', async () => {
    rmSync(path.join(clone.folder, 'reports/open.sql'));
    clone.write('boards/floor.json', board({ Oldest: 'SELECT opened_at FROM app.case_file WHERE id = 7', Newest: 'SELECT status FROM app.case_file WHERE id = 9' }));
    const { code, findings, check: summary, gaps } = await report();
    expect({ code, gaps }).toEqual({ code: 1, gaps: [] });
    expect(findings.map(({ baselineState, consumer }) => `${baselineState ?? ''} ${consumer}`).toSorted()).toEqual(['new grafana panel Casework floor / Newest']);
    expect(summary?.fixed.map(({ consumer }) => consumer)).toEqual(['reports/open.sql Open cases']);
  });

  test('that breaks a file could not be looked at, which outranks what is new and stands first', async () => {
    clone.write('boards/floor.json', '{ "uid": "floor", ').write('reports/late.sql', LATE_CASES);
    const ended = await check(clone);
    expect(ended.code).toBe(3);
    expect(said(ended).split('\n').slice(2, 6).join('\n')).toMatchInlineSnapshot(`
      "◌ unknown  2 things could not be looked at. New: 1 error.

      Not looked at, so not counted as clean (2)
        ◌ nothing seen  boards: every query of this source: nothing in it could be read; what hinders is"
    `);
  });

  test('with files that no source takes for its own any more could not be looked at', async () => {
    clone.git('checkout', '--quiet', '-B', 'work', 'main');
    clone.write('boards/second.json', board({ Second: 'SELECT id FROM app.case_file WHERE id = 1' }).replace('floor', 'second')).write('boards/third.json', board({ Third: 'SELECT id FROM app.case_file WHERE id = 2' }).replace('floor', 'third')).commit();
    clone.write('boards/second.json', '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> feature\n').write('boards/third.json', '{}').write('boards/fourth.json', '[1,').write('reports/open.sql', '-- retired\n').write('boards/notes.md', 'what the boards are for\n');
    const { code, gaps } = await report();
    expect(code).toBe(3);
    expect(gaps.map(({ subject, cause }) => `${subject}: ${cause}`)).toMatchInlineSnapshot(`
      [
        "reports: none of its 1 files could be read as airflow, appcode, cube, dbt, dcs, evidence, grafana, hex, lightdash, looker, metabase, metricflow, mode, notebook, odcs, powerbi, redash, sql-files, superset, tableau",
        "boards/fourth.json: the JSON is malformed at line 1, column 4: expected a value; the file is cut short",
        "boards/second.json: it holds marks of a merge conflict",
        "boards/third.json: it held 1 query before the change, and none that can be read now",
      ]
    `);
  });

  test('with files that nothing can read could not be looked at', async () => {
    clone.git('checkout', '--quiet', '-B', 'work', 'main');
    clone.write('reports/misspelt.sql', 'SELEKT id FROM app.case_file;\n').write('reports/dump.sql', Buffer.from([0, 1, 2, 255, 0, 254])).write('reports/macros.sql', '{% macro day() %}1{% endmacro %}\n').write('reports/settings.sql', 'SET search_path = app;\n');
    writeFileSync(Buffer.concat([Buffer.from(`${clone.folder}/reports/l`), Buffer.from([0xe4]), Buffer.from('tin.sql')]), 'SELECT id FROM app.case_file;\n');
    clone.git('update-index', '--add', '--cacheinfo', `160000,${clone.git('rev-parse', 'HEAD').trim()},boards/shared`);
    mkdirSync(path.join(clone.folder, 'boards/shared'));
    const { code, gaps } = await report();
    rmSync(path.join(clone.folder, 'boards/shared'), { recursive: true });
    expect(code).toBe(3);
    expect(gaps.map(({ subject, cause }) => `${subject}: ${cause}`)).toMatchInlineSnapshot(`
      [
        "reports/l�tin.sql: it cannot be looked at (ENOENT)",
        "boards/shared: it is a submodule that is not checked out here",
        "reports/dump.sql: it is no text, though its name ends as text does",
        "reports/misspelt.sql: it begins with 'SELEKT', which begins no statement that is known",
      ]
    `);
  });

  test('of the configuration judges by each side’s own', async () => {
    clone.write('tidemark.yaml', clone.git('show', 'HEAD:tidemark.yaml').replace('internal: ["app.*"]', 'internal: ["app.none"]\n  contract: ["app.*"]'));
    const { code, check: summary } = await report();
    expect(code).toBe(0);
    expect(summary?.fixed.length).toBeGreaterThan(0);
  });

  test('with what nobody judges says so: deleted migrations, SQL beside the sources', async () => {
    clone.git('checkout', '--quiet', '-B', 'work', 'main');
    clone.write('db/migrate/001_note.sql', 'ALTER TABLE app.case_file ADD COLUMN note text;\n').commit();
    rmSync(path.join(clone.folder, 'db'), { recursive: true });
    clone.write('lib/report.py', 'ROWS = "SELECT id FROM app.case_file"\n').write('scripts/\u001b[31mevil.sql', 'SELECT 1;\n').write('README.md', 'SELECT nothing FROM here');
    const ended = await check(clone);
    expect(ended.code).toBe(0);
    expect(said(ended).split('\n').filter((line) => /^Note|^ {6}\S/.test(line)).join('\n')).toMatchInlineSnapshot(`
      "Note  deleted migrations are not judged: what they did stays done where they ran:
            db/migrate/001_note.sql
      Note  changed files with SQL that no source and no migration of the configuration covers were not
            judged: lib/report.py, scripts/evil.sql"
    `);
  });

  test('that makes a source a link out of the clone does not follow it', async () => {
    rmSync(path.join(clone.folder, 'boards'), { recursive: true });
    mkdirSync(path.join(clone.folder, '../tidemark-outside'), { recursive: true });
    symlinkSync('../tidemark-outside', path.join(clone.folder, 'boards'));
    const { code, gaps } = await report();
    rmSync(path.join(clone.folder, '../tidemark-outside'), { recursive: true });
    expect({ code, gaps: gaps.map(({ subject, cause }) => `${subject}: ${cause}`) }).toEqual({ code: 3, gaps: ['boards: it is a symbolic link that leads out of the clone, which is not followed'] });
  });

  test('in one folder of a repository of many is judged from there', async () => {
    const many = await caseworkClone({}, 'analytics');
    many.write('analytics/reports/late.sql', LATE_CASES).write('shop/src/orders.sql', 'SELECT 1').write('.github/CODEOWNERS', '/analytics/ @casework\n');
    const { stdout, code } = await check(many, ['--since', 'HEAD', '--format', 'json'], { below: 'analytics' });
    many.remove();
    const { findings, check: summary }: Report = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(findings.map(({ owner, locations, baselineState }) => `${baselineState ?? ''} ${locations[0]?.file ?? ''} ${owner ?? ''}`)).toEqual(['new reports/late.sql @casework', 'unchanged reports/open.sql @casework']);
    expect(summary?.files.map(({ path: file }) => file)).toEqual(['reports/late.sql']);
  });
});

describe('without --since', () => {
  test('all is judged, and the waivers beside the configuration let pass what they name', async () => {
    clone.write('.tidemark/waivers.yaml', `version: 1\nentries:\n  - rule: dashboard-reads-internal\n    consumer: reports/open.sql Open cases\n    relation: app.case_file\n    reason: OPS-231\n    owner: Operations Analytics\n    until: 2999-01-31\n`);
    const ended = await check(clone, []);
    expect(ended.code).toBe(1);
    expect(said(ended)).toMatchInlineSnapshot(`
      "tidemark check  everything · against .tidemark/bundle.tidemark of 2026-03-02 08:15 UTC, N days old
      ✖ error    New: 1 error. 1 waived.

      ✖ error  dashboard-reads-internal  coupling, 1 finding
        why  The columns of an internal table belong to the application, which must be free to rename,
             split and drop them. Each dashboard that names them turns the next migration into a guess
             about who breaks, and the one that breaks silently shows a wrong number.
        fix  Publish what the card uses as a versioned view of a contract schema, and let the card read
             it: CREATE VIEW integration.NAME_v1 AS SELECT id, opened_at FROM app.case_file;

        ✖ grafana panel Casework floor / Oldest reads the internal table app.case_file (2 direct readers),
          and no contract view offers its columns
          no known owner · app.case_file · store production
          - uses id, opened_at
          - internal: configured by app.*
          boards/floor.json:23:22 at /panels/0/targets/0/rawSql

      Waived (1)  .tidemark/waivers.yaml; the first ends on 2999-01-31

      Looked at  2 queries, 0 statements and 1 relation of the bundle

      1 assumption, as in the audit: --all lists them.

      ✖ error    New: 1 error. 1 waived.
      tidemark rules show ID explains a rule.
      tidemark: exit 1: 1 new finding at or above error
      exit 1"
    `);
  });
});

describe('what cannot be used is refused with what to do', () => {
  const refused = async (args: readonly string[]): Promise<string> => {
    const ended = await check(clone, args);
    expect(ended.stdout).toBe('');
    expect(ended.code).toBe(2);
    return said(ended);
  };

  test('a bundle that is missing, damaged, newer or of another system', async () => {
    expect(await refused(['--bundle', 'none.tidemark'])).toMatchInlineSnapshot(`
      "tidemark: CLONE/none.tidemark: it cannot be read: there is no such file or folder. Correct the path, or write it with tidemark collect -o.
      exit 2"
    `);
    clone.write('cut.tidemark', gzipSync('{"format": "tidemark snapshot"}').subarray(0, 20));
    expect(await refused(['--bundle', 'cut.tidemark'])).toMatchInlineSnapshot(`
      "tidemark: CLONE/cut.tidemark: it is cut off or damaged: unexpected end of file. Copy it again, or collect it again.
      exit 2"
    `);
    clone.write('newer.tidemark', gzipSync('{"format": "tidemark snapshot", "schemaVersion": 99}'));
    expect(await refused(['--bundle', 'newer.tidemark'])).toMatchInlineSnapshot(`
      "tidemark: CLONE/newer.tidemark: it was written by a newer tidemark: schemaVersion 99, this one reads 1. Update tidemark.
      exit 2"
    `);
    await writeBundle(path.join(clone.folder, 'payroll.tidemark'), snapshot({ stores: [{ ...production, name: 'payroll' }] }));
    expect(await refused(['--bundle', 'payroll.tidemark'])).toMatchInlineSnapshot(`
      "tidemark: payroll.tidemark is of another system: it holds payroll, and the configuration names production
        name the bundle that was collected with this configuration, or the configuration of the bundle with -c
      exit 2"
    `);
    rmSync(path.join(clone.folder, '.tidemark/bundle.tidemark'));
    expect(await refused([])).toMatchInlineSnapshot(`
      "tidemark: a change is judged against a bundle, and there is none at .tidemark/bundle.tidemark
        name the one that the nightly job wrote: --bundle FILE; tidemark collect -o FILE writes one
      exit 2"
    `);
  });

  test('a baseline with the marks of a merge, and one that is not there', async () => {
    clone.write('.tidemark/baseline.yaml', 'version: 1\nentries:\n<<<<<<< HEAD\n=======\n>>>>>>> feature\n');
    expect(await refused([])).toMatchInlineSnapshot(`
      "tidemark: .tidemark/baseline.yaml:3 holds a mark of a merge conflict: <<<<<<< HEAD
        Keep the entries of both sides, take the marks out, then run tidemark baseline prune.
      exit 2"
    `);
    expect(await refused(['--baseline', 'none.yaml'])).toMatchInlineSnapshot(`
      "tidemark: there is no file none.yaml of the baseline
        tidemark baseline write makes it; without one all that is new fails
      exit 2"
    `);
    expect(await refused(['--max-age', 'soon'])).toMatchInlineSnapshot(`
      "tidemark: --max-age takes a duration, not 'soon'
        as in --max-age 36h or --max-age 3d
      exit 2"
    `);
  });
});

test('a bundle that is older than --max-age is not judged by', async () => {
  const ended = await check(clone, ['--max-age', '2d']);
  expect(ended.code).toBe(3);
  expect(said(ended)).toMatchInlineSnapshot(`
    "tidemark check  nothing · against .tidemark/bundle.tidemark of 2026-03-02 08:15 UTC, N days old
    ◌ unknown  1 thing could not be looked at.

    Not looked at, so not counted as clean (1)
      ◌ nothing seen  .tidemark/bundle.tidemark: whether anything new came in: nothing was judged: the
                      bundle was taken on 2026-03-02 08:15 UTC, N days ago, and --max-age is 2 days
                    → Run the job that collects it, then check again.

    ◌ unknown  1 thing could not be looked at.
    tidemark: exit 3: 1 thing could not be looked at
    exit 3"
  `);
});

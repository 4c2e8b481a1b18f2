import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseworkClone } from '../check/casework-clone.js';
import type { Repository } from '../git/repository.js';
import { tidemarkHere as tidemark } from '../in-process.js';
import type { Ended } from '../tidemark.js';

const FILE = '.tidemark/baseline.yaml';
const MONTHLY = `-- title: By month
SELECT date_trunc('month', opened_at) AS month, count(*) FROM app.case_file GROUP BY 1;
`;

let clone: Repository;
beforeAll(async () => {
  clone = await caseworkClone();
  clone.write('reports/monthly.sql', MONTHLY);
});
afterAll(() => clone.remove());

function run(...args: string[]): Promise<Ended> {
  return tidemark(args, { cwd: clone.folder, env: { COLUMNS: '100', LANG: 'C.UTF-8', HOME: clone.folder } });
}

function baseline(): string {
  return readFileSync(path.join(clone.folder, FILE), 'utf8');
}

/** Without what differs from day to day. */
function told({ stdout, stderr, code }: Ended): string {
  return `${stdout}${stderr}exit ${code}`.replaceAll(clone.folder, 'FOLDER').replaceAll(/\d{4}-\d{2}-\d{2}(?=\. Written)/g, 'TODAY').replaceAll(/[\d,]+ days left/g, 'N days left').replaceAll(/[\d,]+ days past/g, 'N days past');
}

describe('tidemark baseline', () => {
  test('refuses what is wrong before it looks', async () => {
    const answers = [];
    for (const args of [['write', '--until', 'soon', '--reason', 'x'], ['write', '--until', '2020-01-31', '--reason', 'x'], ['write', '--reason', ' '], ['write', '--level', 'grave'], ['show', '--format', 'sarif'], ['prune'], ['show', '--baseline', 'nowhere.yaml'], ['write', '--bundle', 'nowhere.tidemark']]) answers.push(`${args.join(' ')}\n${told(await run('baseline', ...args))}`);
    expect(answers.join('\n\n')).toMatchInlineSnapshot(`
      "write --until soon --reason x
      tidemark: --until takes a day of the calendar, not 'soon'
        as in --until 2027-01-31
      exit 2

      write --until 2020-01-31 --reason x
      tidemark: --until 2020-01-31 is past: entries would hide nothing
        give a day that is to come, or none
      exit 2

      write --reason  
      tidemark: --reason is empty
        say it in a few words, as in --reason "OPS-231, moves with the casework contract"
      exit 2

      write --level grave
      tidemark: option '--level <level>' argument 'grave' is invalid. Allowed choices are error, warning, note.
        tidemark baseline write --help lists its flags
      exit 2

      show --format sarif
      tidemark: baseline show has no format 'sarif'
        formats: text, json, ndjson
      exit 2

      prune
      tidemark: there is no baseline at .tidemark/baseline.yaml
        tidemark baseline write makes one; --baseline names another file
      exit 2

      show --baseline nowhere.yaml
      tidemark: there is no file nowhere.yaml of the baseline
        tidemark baseline write makes it; without one all that is new fails
      exit 2

      write --bundle nowhere.tidemark
      tidemark: FOLDER/nowhere.tidemark: it cannot be read: there is no such file or folder. Correct the path, or write it with tidemark collect -o.
      exit 2"
    `);
  });

  test('writes an entry for everything that is found once somebody says why, and check is content', async () => {
    expect(told(await run('baseline', 'write'))).toMatchInlineSnapshot(`
      "tidemark: 5 entries are new, and nobody says why they may stand
        say it: --reason "OPS-231, moves with the casework contract"
      exit 2"
    `);
    expect(told(await run('baseline', 'write', '--reason', 'OPS-231, moves with the casework contract', '--owner', 'Operations Analytics', '--until', '2099-01-31'))).toMatchInlineSnapshot(`
      "wrote 5 entries (5 new, 0 gone) to .tidemark/baseline.yaml

      5 entries new
        analytical-on-operational
          reports/monthly.sql By month on app.case_file of production
        consumer-store-mismatch
          reports/monthly.sql of production
        dashboard-reads-internal
          grafana panel Casework floor / Oldest on app.case_file of production
          reports/monthly.sql By month on app.case_file of production
          reports/open.sql Open cases on app.case_file of production
      exit 0"
    `);
    expect(baseline().replace(/on \d{4}-\d{2}-\d{2}/, 'on TODAY')).toMatchInlineSnapshot(`
      "# tidemark baseline: what stood on TODAY. Written by tidemark baseline write; edit reason, owner and until by hand.
      version: 1
      entries:
        - rule: analytical-on-operational
          consumer: reports/monthly.sql By month
          relation: app.case_file
          store: production
          reason: OPS-231, moves with the casework contract
          owner: Operations Analytics
          until: 2099-01-31
          statements: [82da50551eb5]

        - rule: consumer-store-mismatch
          consumer: reports/monthly.sql
          store: production
          reason: OPS-231, moves with the casework contract
          owner: Operations Analytics
          until: 2099-01-31

        - rule: dashboard-reads-internal
          consumer: grafana panel Casework floor / Oldest
          relation: app.case_file
          store: production
          reason: OPS-231, moves with the casework contract
          owner: Operations Analytics
          until: 2099-01-31
          statements: [2bb20a39fb02]

        - rule: dashboard-reads-internal
          consumer: reports/monthly.sql By month
          relation: app.case_file
          store: production
          reason: OPS-231, moves with the casework contract
          owner: Operations Analytics
          until: 2099-01-31
          statements: [82da50551eb5]

        - rule: dashboard-reads-internal
          consumer: reports/open.sql Open cases
          relation: app.case_file
          store: production
          reason: OPS-231, moves with the casework contract
          owner: Operations Analytics
          until: 2099-01-31
          statements: [85ac0fcc7fa8]
      "
    `);
    const text = baseline();
    expect((await run('baseline', 'write')).stdout).toMatch(/^nothing changed: /);
    expect(baseline()).toBe(text);
    const { code, stderr } = await run('check');
    expect([code, stderr]).toEqual([0, 'tidemark: exit 0: nothing new at or above error\n']);
  });

  test('shows and prunes what is of no use, and leaves remarks of people', async () => {
    const [head = '', ...blocks] = baseline().split('\n\n');
    const idle = '  # since the migration\n  - rule: unused-card\n    consumer: metabase card 118 Open cases\n    reason: opened once a year';
    const past = '  - rule: could-not-look\n    consumer: production\n    reason: until the grant is there\n    until: 2020-06-30';
    const broken = '  - rule: unused-cart\n    reason: misspelt';
    clone.write(FILE, `${[head.replace('OPS-231', 'OPS-232'), ...blocks].join('\n\n').trimEnd()}\n\n${idle}\n\n${past}\n\n${broken}\n`);
    expect(told(await run('baseline', 'show'))).toMatchInlineSnapshot(`
      ".tidemark/baseline.yaml: 7 entries, 5 used, 1 unused, 1 expired, 1 unreadable

      analytical-on-operational: 1 entry
        state  consumer                      relation       hides  owner                 until
        used   reports/monthly.sql By month  app.case_file      1  Operations Analytics  2099-01-31

      consumer-store-mismatch: 1 entry
        state  consumer             hides  owner                 until
        used   reports/monthly.sql      1  Operations Analytics  2099-01-31, N days left

      could-not-look: 1 entry
        state    consumer    hides  until
        expired  production      0  2020-06-30, N days past

      dashboard-reads-internal: 3 entries
        state  consumer                             relation       hides  owner                 until
        used   grafana panel Casework floor /       app.case_file      1  Operations Analytics  2099-01-31
               Oldest
        used   reports/monthly.sql By month         app.case_file      1  Operations Analytics  2099-01-31
        used   reports/open.sql Open cases          app.case_file      1  Operations Analytics  2099-01-31

      unused-card: 1 entry
        state   consumer                      hides
        unused  metabase card 118 Open cases      0

      cannot be read
        .tidemark/baseline.yaml:57 unused-cart: there is no rule 'unused-cart'; did you mean
        'unused-card'?

      tidemark baseline prune --expired takes out what is unused and expired
      exit 1"
    `);
    const records = (await run('baseline', 'show', '--format', 'ndjson')).stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    expect(new Set(records.map(({ type, state }) => `${type} ${state}`))).toEqual(new Set(['entry used', 'entry unused', 'entry expired', 'unreadable undefined']));
    expect(told(await run('baseline', 'prune'))).toMatchInlineSnapshot(`
      "pruned 1 entry in .tidemark/baseline.yaml, which holds 6 entries now
      1 entry is past and stays: --expired takes it out

      1 entry that hid nothing any more
        unused-card
          metabase card 118 Open cases
      exit 0"
    `);
    expect(told(await run('baseline', 'prune', '--expired'))).toMatchInlineSnapshot(`
      "pruned 1 entry in .tidemark/baseline.yaml, which holds 5 entries now

      1 entry of which the time was over
        could-not-look
          production
      exit 0"
    `);
    expect(baseline()).not.toMatch(/since the migration|until the grant/);
    expect(baseline()).toContain('OPS-232');
    expect(baseline()).toContain(broken);
  });

  test('is no use with marks of a merge conflict, and says where they are', async () => {
    clone.write(FILE, baseline().replace('entries:\n', 'entries:\n<<<<<<< HEAD\n'));
    expect(told(await run('baseline', 'write', '--reason', 'x'))).toMatchInlineSnapshot(`
      "tidemark: .tidemark/baseline.yaml:4 holds a mark of a merge conflict: <<<<<<< HEAD
        Keep the entries of both sides, take the marks out, then run tidemark baseline prune.
      exit 2"
    `);
  });
});

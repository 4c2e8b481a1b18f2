import { describe, expect, test } from 'vitest';
import { messagesFor, NOTHING_TOLD, type NotifyMemory, type NotifyMessage } from '../../src/live/notify.js';
import type { NotifyTarget } from '../../src/model/configuration.js';
import type { LiveView, ObjectiveView, State } from '../../src/model/live.js';
import { emptyView, NOW } from '../tui/view.js';

const SECRET = 'https://hooks.slack.com/services/T024BE7LD/B024BE7LH/notASecretJustATest';

function target(change: Partial<NotifyTarget> = {}): NotifyTarget {
  return { url: SECRET, format: 'json', from: 'breach', objectives: [], ...change };
}

function objective(id: string, state: State, sentence = `${id} is 118 s old where 60 s are promised`): ObjectiveView {
  return { id, kind: 'freshness', name: `${id} freshness`, target: '≤ 60 s', now: null, state, detail: '', since: NOW, history: null, limit: null, budget: null, sentence, screen: 'freshness', subject: id };
}

type States = Record<string, State>;

/** Views a second apart, as the states say, and what was told, as `second state<previous`. */
class Watch {
  memory: NotifyMemory = NOTHING_TOLD;
  messages: NotifyMessage[] = [];
  readonly told: string[] = [];
  #second = 0;

  constructor(readonly targets: NotifyTarget[] = [target()]) {}

  run(seconds: number, states: States | ((second: number) => States)): this {
    for (const end = this.#second + seconds; this.#second < end; this.#second += 1) this.look(typeof states === 'function' ? states(this.#second) : states);
    return this;
  }

  look(states: States): void {
    const objectives = Object.entries(states).map(([id, state]) => objective(id, state));
    const view: LiveView = { ...emptyView, at: NOW + this.#second, target: 'warehouse', objectives };
    const { memory, messages } = messagesFor(this.memory, view, this.targets);
    // As a file would keep it.
    this.memory = { ...memory, told: JSON.parse(JSON.stringify(memory.told)) as NotifyMemory['told'] };
    this.messages.push(...messages);
    for (const { notices } of messages) for (const { objective: id, state, previous } of notices) this.told.push(`${this.#second} ${id} ${state}<${previous ?? 'nothing'}`);
  }
}

const ok = { payments: 'ok' } as const;
const breach = { payments: 'breach' } as const;

describe('a change', () => {
  test('is told once it has held, and its recovery follows', () => {
    expect(new Watch().run(60, ok).run(600, breach).run(600, ok).told).toEqual(['90 payments breach<nothing', '690 payments ok<breach']);
  });

  test('that does not hold is not told', () => {
    expect(new Watch().run(60, ok).run(29, breach).run(600, ok).told).toEqual([]);
    expect(new Watch().run(3_600, (second) => (second % 20 < 10 ? breach : ok)).told).toEqual([]);
  });

  test('that comes back again and again is told less and less', () => {
    const flapping = new Watch().run(3_600, (second) => (second % 200 < 100 ? breach : ok));
    expect(flapping.told).toEqual(['30 payments breach<nothing', '130 payments ok<breach', '230 payments breach<ok', '330 payments ok<breach']);
    expect(new Watch().run(400, (second) => (second % 200 < 100 ? breach : ok)).run(900, breach).told.at(-1)).toBe('700 payments breach<ok');
  });

  test('of what is bad from the first look on is told', () => {
    expect(new Watch().run(60, breach).told).toEqual(['30 payments breach<nothing']);
  });

  test('below what the target wants is not told, but the way back from a breach is told to its end', () => {
    expect(new Watch().run(100, { payments: 'warning' }).told).toEqual([]);
    expect(new Watch([target({ from: 'warning' })]).run(100, { payments: 'warning' }).told).toEqual(['30 payments warning<nothing']);
    expect(new Watch().run(100, breach).run(100, { payments: 'warning' }).run(100, ok).told).toEqual(['30 payments breach<nothing', '130 payments warning<breach', '230 payments ok<warning']);
  });

  test('is told to those who want this objective', () => {
    const both = new Watch([target({ objectives: ['freshness/*'] }), target({ format: 'slack', objectives: ['*'] })]).run(60, { 'lag/orders': 'breach' });
    expect(both.messages.map((message) => message.target.format)).toEqual(['slack']);
  });
});

describe('what cannot be looked at', () => {
  test('is no recovery: the breach stays open until it is seen to be over', () => {
    expect(new Watch().run(100, breach).run(100, { payments: 'unknown' }).run(100, breach).run(100, ok).told).toEqual(['30 payments breach<nothing', '330 payments ok<breach']);
  });

  test('for five minutes is told to those who know of a breach, and to those who want warnings', () => {
    expect(new Watch().run(100, breach).run(400, { payments: 'unknown' }).run(100, ok).told).toEqual(['30 payments breach<nothing', '400 payments unknown<breach', '530 payments ok<unknown']);
    expect(new Watch().run(400, { payments: 'unknown' }).told).toEqual([]);
    expect(new Watch([target({ from: 'warning' })]).run(400, { payments: 'unknown' }).run(60, ok).told).toEqual(['300 payments unknown<nothing', '430 payments ok<unknown']);
  });

  test('because it is gone is told when it stays away, and ends the matter', () => {
    const gone = new Watch().run(100, breach).run(1_000, {});
    expect(gone.told).toEqual(['30 payments breach<nothing', '400 payments unknown<breach']);
    expect(gone.messages.at(-1)?.notices[0]?.sentence).toBe('payments is not there any more; it was breach');
    expect(gone.run(10_000, {}).told).toHaveLength(2);
  });
});

test('a restart tells nothing again, and does not lose a recovery', () => {
  const before = new Watch().run(100, breach);
  const restarted = new Watch();
  restarted.memory = { told: before.memory.told, candidates: {} };
  restarted.run(5, {}).run(5, { payments: 'unknown' }).run(600, breach);
  expect(restarted.told).toEqual([]);
  expect(restarted.run(60, ok).told).toEqual(['640 payments ok<breach']);
});

test('the address does not stand in what is remembered', () => {
  expect(JSON.stringify(new Watch().run(100, breach).memory)).not.toContain('hooks');
});

describe('a message', () => {
  const sentence = 'payments: <!channel> & *late* since 14:43\u001b[31m\u202e; look at <https://evil.example|the loader>';
  const view = (count: number): LiveView => ({ ...emptyView, at: NOW + 40, target: 'warehouse', objectives: Array.from({ length: count }, (_, index) => objective(`lag/s${index}`, index % 2 ? 'breach' : 'warning', sentence)) });
  const bodies = (format: NotifyTarget['format'], count: number) => {
    const targets = [target({ format, from: 'warning' })];
    const { memory } = messagesFor(NOTHING_TOLD, { ...view(count), at: NOW }, targets);
    return messagesFor(memory, view(count), targets).messages.map(({ body }) => body);
  };

  test('has the fields that a program needs', () => {
    expect(bodies('json', 1).map((body): unknown => JSON.parse(body))).toMatchInlineSnapshot(`
      [
        {
          "at": "2026-11-21T14:48:03Z",
          "changes": [
            {
              "name": "lag/s0 freshness",
              "objective": "lag/s0",
              "previous": null,
              "sentence": "payments: <!channel> & *late* since 14:43; look at <https://evil.example|the loader>",
              "since": "2026-11-21T14:47:23Z",
              "state": "warning",
            },
          ],
          "objective": "lag/s0",
          "previous": null,
          "schemaVersion": 1,
          "sentence": "payments: <!channel> & *late* since 14:43; look at <https://evil.example|the loader>",
          "since": "2026-11-21T14:47:23Z",
          "source": "production",
          "state": "warning",
          "target": "warehouse",
        },
      ]
    `);
  });

  test('for Slack cannot mention or link', () => {
    expect(bodies('slack', 1)).toMatchInlineSnapshot(`
      [
        "{"text":"warning: payments: &lt;!channel&gt; &amp; *late* since 14:43; look at &lt;https://evil.example|the loader&gt;\\ntidemark, production to warehouse"}",
      ]
    `);
  });

  test('is one for each change up to five, and one for all beyond', () => {
    expect(bodies('json', 5)).toHaveLength(5);
    expect(bodies('json', 6)).toHaveLength(1);
    const [body = ''] = bodies('json', 45);
    expect(JSON.parse(body)).toMatchObject({ state: 'breach', objective: null, previous: null, since: null, sentence: '45 objectives changed: 22 breach, 23 warning' });
    expect(JSON.parse(body)).toHaveProperty('changes.length', 20);
    expect(bodies('slack', 45)[0]).toMatch(/^\{"text":"45 objectives changed: 22 breach, 23 warning\\nbreach: /);
    expect(bodies('slack', 45)[0]).toContain('\\nand 25 more\\n');
  });
});

import type { EstatePicture, Health } from '../../../model/review.js';
import { plainText } from '../../../text/plain-text.js';

/** Beyond these a picture is no longer read; what is left out is said, and the worst is never left out. */
const CONSUMERS_MAX = 28;
const ZONES_MAX = 9;
const STORES_MAX = 10;
const FLOWS_MAX = 160;

/** All lengths in the units of the picture, of which its width has 1120. */
const WIDTH = 1120;
const SIDE = 230;
const MIDDLE = 350;
const MIDDLE_LEFT = (WIDTH - MIDDLE) / 2;
const MARGIN = 12;
/** Room beside the outer columns for what moves within them. */
const OUTER = 40;
const ZONE = 30;
const HEAD = 46;
const CONSUMER = 30;
const GAP = 7;
const STORE_GAP = 26;
const MOVEMENT = 22;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedStore extends Box {
  name: string;
  under: string;
  state: Health;
  zones: (Box & { name: string; under: string; state: Health })[];
}

export interface PlacedFlow {
  /** Of an SVG path. */
  path: string;
  state: Health;
  /** In words, for whoever points at it or listens. */
  title: string;
  /** Where its mark stands. */
  at: { x: number; y: number };
  /** Whether data moves between stores or zones: such a flow has an arrow. */
  isMovement: boolean;
  /** Written beside movements from one side to the other only: beside every flow it could not be read. */
  label: string | null;
}

export interface Placed {
  width: number;
  height: number;
  stores: PlacedStore[];
  consumers: (Box & { name: string; under: string; state: Health })[];
  flows: PlacedFlow[];
  headings: { text: string; x: number }[];
  leftOut: string[];
}

const SEVERITY: Record<Health, number> = { error: 4, warning: 3, unknown: 2, note: 1, ok: 0 };

/** The operational store and its replicas stand left, what is derived of it right, and who reads in between: a flow across the boundary is seen as such. */
export function placePicture(picture: EstatePicture): Placed {
  const leftOut = picture.leftOut === null ? [] : [picture.leftOut];
  const stores = firstOf(picture.stores, STORES_MAX, 'store', leftOut);
  const isLeft = (role: string): boolean => role === 'operational' || role === 'replica';
  const reading = [...picture.flows].sort((one, other) => SEVERITY[other.state] - SEVERITY[one.state]);
  const flows = firstOf(reading, FLOWS_MAX, 'flow', leftOut);
  const worst = [...picture.consumers].sort((one, other) => SEVERITY[other.state] - SEVERITY[one.state] || other.findings - one.findings);
  const chosen = firstOf(worst, CONSUMERS_MAX, 'consumer', leftOut);

  const sides = new Map(stores.map(({ name, role }) => [name, isLeft(role)]));
  const movements = flows.filter(({ from, to }) => 'store' in to && sides.get(from.store) !== sides.get(to.store)).length;
  const top = MARGIN + 26 + Math.min(movements, 6) * MOVEMENT;
  const left = column(stores.filter(({ role }) => isLeft(role)), OUTER, top, leftOut);
  const right = column(stores.filter(({ role }) => !isLeft(role)), WIDTH - OUTER - SIDE, top, leftOut);
  const placed = [...left, ...right];
  const consumers = consumerColumn(chosen, flows, placed, top);
  const bottom = Math.max(top, ...placed.map(({ y, height }) => y + height), ...consumers.map(({ y, height }) => y + height));
  // The lower of the three columns stand in the middle of the highest.
  for (const boxes of [left, right]) lower(boxes, top, bottom);
  lower(consumers, top, bottom);
  return {
    width: WIDTH, height: bottom + MARGIN, stores: placed, consumers, leftOut,
    flows: flowsOf(flows, placed, consumers),
    headings: [
      ...(left.length > 0 ? [{ text: 'Operational', x: OUTER }] : []),
      ...(consumers.length > 0 ? [{ text: 'Who reads', x: MIDDLE_LEFT }] : []),
      ...(right.length > 0 ? [{ text: 'Derived and analytical', x: WIDTH - OUTER - SIDE }] : []),
    ],
  };
}

function firstOf<T>(items: readonly T[], most: number, one: string, leftOut: string[]): T[] {
  if (items.length > most) leftOut.push(`${items.length - most} more ${one}${items.length - most === 1 ? '' : 's'} of the mildest state`);
  return items.slice(0, most);
}

function column(stores: EstatePicture['stores'], x: number, top: number, leftOut: string[]): PlacedStore[] {
  let y = top;
  return stores.map(({ name, role, engine, state, zones }) => {
    const shown = firstOf(zones, ZONES_MAX, `zone of ${shortened(name, 180)}`, leftOut);
    const height = HEAD + shown.length * (ZONE + GAP) + (shown.length === 0 ? 0 : 4);
    const store: PlacedStore = {
      x, y, width: SIDE, height, name, under: `${role}, ${engine}`, state,
      zones: shown.map(({ zone, relations, state: health }, index) => ({
        x: x + 10, y: y + HEAD + index * (ZONE + GAP), width: SIDE - 20, height: ZONE, name: zone, under: `${relations} ${relations === 1 ? 'relation' : 'relations'}`, state: health,
      })),
    };
    y += height + STORE_GAP;
    return store;
  });
}

/** Beside what they read, so that few lines cross. */
function consumerColumn(consumers: EstatePicture['consumers'], flows: EstatePicture['flows'], stores: readonly PlacedStore[], top: number): Placed['consumers'] {
  const middleOf = (name: string): number => {
    const ends = flows.flatMap(({ from, to }) => {
      const box = 'consumer' in to && to.consumer === name ? zoneBox(stores, from) : null;
      return box === null ? [] : [box.y + box.height / 2];
    });
    return ends.length === 0 ? Number.MAX_SAFE_INTEGER : ends.reduce((sum, y) => sum + y, 0) / ends.length;
  };
  const ordered = consumers.map((consumer, index) => ({ consumer, index, middle: middleOf(consumer.name) })).sort((one, other) => one.middle - other.middle || one.index - other.index);
  return ordered.map(({ consumer: { name, state, findings } }, index) => ({
    x: MIDDLE_LEFT, y: top + index * (CONSUMER + GAP), width: MIDDLE, height: CONSUMER, name, state,
    under: findings === 0 ? '' : `${findings} ${findings === 1 ? 'finding' : 'findings'}`,
  }));
}

function lower(boxes: readonly (Box & { zones?: Box[] })[], top: number, bottom: number): void {
  const last = boxes.at(-1);
  if (last === undefined) return;
  const by = Math.floor((bottom - top - (last.y + last.height - top)) / 2);
  for (const box of boxes) {
    box.y += by;
    for (const zone of box.zones ?? []) zone.y += by;
  }
}

/** At the height of the zone, between the edges of its store: lines lie below the stores. */
function zoneBox(stores: readonly PlacedStore[], { store, zone }: { store: string; zone: string }): Box | null {
  const found = stores.find(({ name }) => name === store);
  if (found === undefined) return null;
  const inner = found.zones.find(({ name }) => name === zone) ?? found;
  return { x: found.x, width: found.width, y: inner.y, height: inner.height };
}

function flowsOf(flows: EstatePicture['flows'], stores: readonly PlacedStore[], consumers: Placed['consumers']): PlacedFlow[] {
  let movements = 0;
  const placed = flows.flatMap(({ from, to, label, state }): PlacedFlow[] => {
    const start = zoneBox(stores, from);
    const end = 'consumer' in to ? (consumers.find(({ name }) => name === to.consumer) ?? null) : zoneBox(stores, to);
    if (start === null || end === null || (start.x === end.x && start.y === end.y)) return [];
    const target = 'consumer' in to ? to.consumer : `${to.store} ${to.zone}`;
    const title = `${from.store} ${from.zone} → ${target}: ${label} (${state})`;
    if ('consumer' in to) return [{ ...reading(start, end), state, title, isMovement: false, label: null }];
    if (start.x === end.x) return [{ ...beside(start, end), state, title, isMovement: true, label: null }];
    return [{ ...over(start, end, movements++), state, title, isMovement: true, label }];
  });
  // The worst is drawn last and lies on top.
  return placed.reverse();
}

function reading(start: Box, end: Box): { path: string; at: { x: number; y: number } } {
  const toRight = start.x < end.x;
  const from = { x: toRight ? start.x + start.width : start.x, y: start.y + start.height / 2 };
  const to = { x: toRight ? end.x : end.x + end.width, y: end.y + end.height / 2 };
  const bend = (to.x - from.x) / 2;
  return { path: `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`, at: { x: to.x + (toRight ? -16 : 16), y: to.y } };
}

/** Between columns a movement goes over everybody's heads. Beyond six lanes they share one. */
function over(start: Box, end: Box, number: number): { path: string; at: { x: number; y: number } } {
  const lane = MARGIN + 34 + Math.min(number, 5) * MOVEMENT;
  const toRight = start.x < end.x;
  const step = 14 + Math.min(number, 5) * 12;
  const from = { x: toRight ? start.x + start.width : start.x, y: start.y + start.height / 2 };
  const to = { x: toRight ? end.x : end.x + end.width, y: end.y + end.height / 2 };
  const out = toRight ? step : -step;
  return { path: `M${from.x} ${from.y}H${from.x + out}V${lane}H${to.x - out}V${to.y}H${to.x}`, at: { x: WIDTH / 2, y: lane } };
}

/** Within a column it goes around the outer side, where nothing else is. */
function beside(start: Box, end: Box): { path: string; at: { x: number; y: number } } {
  const isLeft = start.x < WIDTH / 2;
  const x = isLeft ? start.x : start.x + start.width;
  const out = x + (isLeft ? -40 : 40);
  const [from, to] = [start.y + start.height / 2, end.y + end.height / 2];
  return { path: `M${x} ${from}C${out} ${from} ${out} ${to} ${x} ${to}`, at: { x: x + (isLeft ? -30 : 30), y: (from + to) / 2 } };
}

/** As much of a text as fits a width, by the width that letters of a 13-unit sans serif have at most on average. */
export function shortened(raw: string, width: number, size = 13): string {
  const line = plainText(raw, 300);
  const units = [...line];
  let used = 0;
  for (const [index, character] of units.entries()) {
    used += size * (/[\u1100-\u{10ffff}]/u.test(character) && !/[\u2000-\u206f\u2190-\u22ff]/.test(character) ? 1.05 : /[A-ZmwMW@%]/.test(character) ? 0.74 : 0.56);
    if (used > width) return `${units.slice(0, Math.max(1, index - 1)).join('').trimEnd()}…`;
  }
  return line;
}

import type { Health, Review } from '../../../model/review.js';
import type { Anchors } from '../anchors.js';
import { mark, text } from '../markup.js';
import { HEALTH_WORDS } from '../words.js';
import { placePicture, shortened, type Placed, type PlacedFlow, type PlacedStore } from './place.js';

/** Lines are told apart in print without colour: by width, dashes and the sign at their end. */
const LINES: Record<Health, string> = {
  ok: 'stroke-width="1.5"', note: 'stroke-width="1.5" stroke-dasharray="12 3"', warning: 'stroke-width="2" stroke-dasharray="6 4"', error: 'stroke-width="3"', unknown: 'stroke-width="2" stroke-dasharray="2 4"',
};

const SIGNS: Record<Health, string> = { ok: '✓', note: 'i', warning: '!', error: '✕', unknown: '?' };

/** The picture with its legend, and the same as a table for whoever cannot see it. */
export function pictureSection(review: Review, anchors: Anchors): string {
  const placed = placePicture(review.picture);
  if (placed.stores.length === 0 && placed.consumers.length === 0) return '<p>No store could be looked at, and no consumer was found: there is nothing to draw.</p>';
  const legend = (['error', 'warning', 'note', 'ok', 'unknown'] as const).map((state) => `<li>${mark(state, HEALTH_WORDS[state])}</li>`).join('');
  return [
    '<figure><div class="picture" tabindex="0" role="region" aria-label="Picture of the estate, can be scrolled">', drawn(placed, anchors), '</div>',
    `<figcaption class="quiet">A line goes from what is read to who reads it; its colour, width and sign tell the worst finding that concerns it.${placed.leftOut.map((one) => ` Left out: ${text(one)}.`).join('')}</figcaption></figure>`,
    `<ul class="controls" aria-label="Legend">${legend}</ul>`,
    table(review, anchors),
  ].join('\n');
}

function drawn(placed: Placed, anchors: Anchors): string {
  const lines = placed.flows.map((flow) => line(flow)).join('\n');
  return `<svg viewBox="0 0 ${placed.width} ${placed.height}" role="img" aria-labelledby="picture-title picture-description" xmlns="http://www.w3.org/2000/svg">
<title id="picture-title">Stores, zones, consumers and who reads what</title>
<desc id="picture-description">${placed.stores.length} stores, ${placed.consumers.length} consumers and ${placed.flows.length} flows. The table below the picture says the same in words.</desc>
${placed.headings.map(({ text: heading, x }) => `<text class="strong" x="${x}" y="20">${heading}</text>`).join('')}
${lines}
${placed.stores.map(store).join('\n')}
${placed.consumers.map((box) => consumer(box, anchors.consumer(box.name))).join('\n')}
${placed.flows.map(sign).join('\n')}
</svg>`;
}

function line({ path, state, title, label, isMovement, at }: PlacedFlow): string {
  const arrow = !isMovement ? '' : `<path class="fill-${state}" d="${arrowHead(path)}"/>`;
  const words = label === null ? '' : `<text class="small" x="${at.x + 14}" y="${at.y - 4}">${text(shortened(label, 240, 11))}</text>`;
  return `<g><title>${text(title)}</title><path class="ink-${state}" fill="none" ${LINES[state]} d="${path}"/>${arrow}${words}</g>`;
}

/** Where the last step of a movement ends, pointing the way it goes. */
function arrowHead(path: string): string {
  const numbers = [...path.matchAll(/-?\d+(?:\.\d+)?/g)].map(([number]) => Number(number));
  const isStraight = /H-?[\d.]+$/.test(path);
  const [x = 0, y = 0] = isStraight ? [numbers.at(-1), numbers.at(-2)] : [numbers.at(-2), numbers.at(-1)];
  const before = (isStraight ? numbers.at(-3) : numbers.at(-4)) ?? x;
  const back = before <= x ? -9 : 9;
  return `M${x} ${y}L${x + back} ${y - 5}V${y + 5}Z`;
}

function sign({ at, state, isMovement }: PlacedFlow): string {
  if (state === 'ok' && !isMovement) return '';
  return badge(at.x, at.y, state);
}

function badge(x: number, y: number, state: Health): string {
  const shape = {
    ok: `<circle cx="${x}" cy="${y}" r="7.5"/>`, note: `<circle cx="${x}" cy="${y}" r="7.5"/>`, warning: `<path d="M${x} ${y - 9}L${x + 9} ${y + 7}H${x - 9}Z"/>`,
    error: `<rect x="${x - 7.5}" y="${y - 7.5}" width="15" height="15"/>`, unknown: `<path d="M${x} ${y - 9}L${x + 9} ${y}L${x} ${y + 9}L${x - 9} ${y}Z"/>`,
  }[state];
  return `<g class="fill-${state}" aria-hidden="true">${shape}<text class="sign" text-anchor="middle" x="${x}" y="${y + (state === 'warning' ? 5 : 4)}">${SIGNS[state]}</text></g>`;
}

function store({ x, y, width, height, name, under, state, zones }: PlacedStore): string {
  const inner = zones.map(
    (zone) =>
      `<g><title>${text(`${name} ${zone.name}: ${zone.under}, ${HEALTH_WORDS[zone.state]}`)}</title><rect class="box" x="${zone.x}" y="${zone.y}" width="${zone.width}" height="${zone.height}" rx="4"/>${badge(zone.x + 16, zone.y + zone.height / 2, zone.state)}<text x="${zone.x + 32}" y="${zone.y + 20}">${text(shortened(zone.name, 88))}</text><text class="small" text-anchor="end" x="${zone.x + zone.width - 8}" y="${zone.y + 20}">${text(zone.under)}</text></g>`,
  );
  return `<g><title>${text(`${name}: ${under}, ${HEALTH_WORDS[state]}`)}</title><rect class="store" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>${badge(x + 20, y + 22, state)}<text class="strong" x="${x + 38}" y="${y + 19}">${text(shortened(name, 175))}</text><text class="small" x="${x + 38}" y="${y + 35}">${text(shortened(under, 180, 11))}</text>${inner.join('')}</g>`;
}

function consumer({ x, y, width, height, name, under, state }: Placed['consumers'][number], id: string | null): string {
  const box = `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>${badge(x + 18, y + height / 2, state)}<text x="${x + 36}" y="${y + 20}">${text(shortened(name, under === '' ? width - 50 : width - 118))}</text><text class="small" text-anchor="end" x="${x + width - 8}" y="${y + 20}">${text(under)}</text>`;
  const titled = `<title>${text(`${name}: ${under === '' ? 'no findings' : under}, ${HEALTH_WORDS[state]}`)}</title>${box}`;
  return id === null ? `<g>${titled}</g>` : `<a href="#${id}" tabindex="-1">${titled}</a>`;
}

const ROWS_MAX = 300;

function table({ picture: { flows } }: Review, anchors: Anchors): string {
  if (flows.length === 0) return '';
  const rows = flows.slice(0, ROWS_MAX).map(({ from, to, label, state }) => {
    const target = 'consumer' in to ? linked(to.consumer, anchors.consumer(to.consumer)) : `${text(to.store, 100)} ${text(to.zone, 100)}`;
    return `<tr role="row"><td role="cell" data-label="From">${text(from.store, 100)} ${text(from.zone, 100)}</td><td role="cell" data-label="To">${target}</td><td role="cell" data-label="What">${text(label, 300)}</td><td role="cell" data-label="State">${mark(state, HEALTH_WORDS[state])}</td></tr>`;
  });
  const more = flows.length > ROWS_MAX ? `<p class="quiet">${flows.length - ROWS_MAX} more flows are not listed.</p>` : '';
  return `<details class="screen-only"><summary>The picture as a table (${flows.length})</summary><table class="cards" role="table"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">From</th><th role="columnheader" scope="col">To</th><th role="columnheader" scope="col">What</th><th role="columnheader" scope="col">State</th></tr></thead><tbody role="rowgroup">${rows.join('\n')}</tbody></table>${more}</details>`;
}

function linked(name: string, id: string | null): string {
  return id === null ? text(name, 200) : `<a href="#${id}">${text(name, 200)}</a>`;
}

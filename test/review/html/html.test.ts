import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Review } from '../../../src/model/review.js';
import { renderReviewHtml } from '../../../src/review/html/index.js';
import { placePicture } from '../../../src/review/html/picture/place.js';
import { hostileReview, sampleReview } from './sample-review.js';

const page = renderReviewHtml(sampleReview());

function emptyReview(): Review {
  const sample = sampleReview();
  return {
    ...sample, verdict: { outcome: 'undetermined', sentence: 'Nothing could be looked at.', points: [] }, score: { total: null, arithmetic: 'no question could be answered', areas: sample.score.areas.map((area) => ({ ...area, score: null, answered: 0 })) },
    picture: { stores: [], consumers: [], flows: [], leftOut: null }, consumers: [], consequences: [], checklist: [], stabilisation: { steps: [], concepts: [], done: 0, next: 'Give tidemark a store.' }, firstThings: [], decisions: [], findings: [], verdicts: [], stores: [], gaps: [], assumptions: [], difference: null,
  };
}

/** The page as XML, which no browser demands: an element that is not closed or an attribute that is not quoted is seen. */
async function problemsOf(html: string): Promise<string[]> {
  const body = html
    .replace(/^<!doctype html>/, '').replace(/<(meta|input|col|br)\b([^>]*)>/g, '<$1$2/>').replaceAll('&nbsp;', '&#160;').replace(/ hidden>/g, ' hidden="">')
    .replace(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2/>');
  const { errors } = await validateXML({ xml: [{ fileName: 'page.xml', contents: body }], schema: [], normalization: 'format' });
  return errors.map(({ message }) => message);
}

function ids(html: string): string[] {
  return [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id);
}

function embedded(html: string): unknown {
  const [, json = ''] = /<script type="application\/json" id="tidemark-review">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json);
}

describe.each([['the sample', page], ['hostile texts', renderReviewHtml(hostileReview())], ['nothing at all', renderReviewHtml(emptyReview())]])('a page of %s', (_name, html) => {
  test('is well formed', async () => {
    expect(await problemsOf(html)).toEqual([]);
  });

  test('has every id once, and links that lead somewhere', () => {
    const all = ids(html);
    expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
    const targets = [...html.matchAll(/(?:href="#|\bfor="|labelledby=")([^"]*)"/g)].flatMap(([, target = '']) => target.split(' '));
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter((target) => !all.includes(target))).toEqual([]);
  });

  test('refers to nothing outside itself', () => {
    const markup = html.replace(/<script[^>]*>[\s\S]*?<\/script>/g, '');
    const attributes = [...markup.matchAll(/<[a-z][^>]*>/gi)].flatMap(([tag]) => [...tag.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => ({ name, value })));
    expect(attributes.filter(({ name }) => /^(?:on.*|style|src|srcset|action|data|poster|background)$/.test(name))).toEqual([]);
    expect(attributes.filter(({ name, value }) => name === 'href' && !value.startsWith('#'))).toEqual([]);
    expect(markup.match(/url\(|@import|<(?:img|link|iframe|object|embed|base)\b/)).toBeNull();
  });

  test('runs one script and no other', () => {
    expect([...html.matchAll(/<script/g)]).toHaveLength(2);
    expect(html.match(/default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'/)).not.toBeNull();
  });
});

test('a heading is never more than one level below the one before', () => {
  const levels = [...page.matchAll(/<h([1-6])\b/g)].map(([, level]) => Number(level));
  expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
});

test('the review can be read back from the page, hostile as it may be', () => {
  expect(embedded(page)).toEqual(JSON.parse(JSON.stringify(sampleReview())));
  expect(embedded(renderReviewHtml(hostileReview()))).toEqual(JSON.parse(JSON.stringify(hostileReview())));
});

test('the same review gives the same page', () => {
  expect(renderReviewHtml(sampleReview()) === page).toBe(true);
});

test('no text of a review becomes markup or acts on the reader', () => {
  const lengths = page.match(/<[a-z]/g)?.length;
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), fc.constantFrom('</script>', '<!--', '"\' onclick=x', '\u202E', '\u0000', '&lt;', ']]>', '\uD800'), (text, attack) => {
      const html = renderReviewHtml(hostileReview(`x${text}${attack}${text}`));
      expect(html.match(/[\p{Cs}\p{Cf}\u0000-\u0009\u000B-\u001F\u007F-\u009F\p{Noncharacter_Code_Point}]/u)).toBeNull();
      // Repeated names lose links between parts; nothing is gained.
      expect(html.match(/<script|<style|<svg|<form/g)).toEqual(page.match(/<script|<style|<svg|<form/g));
      expect(html.match(/<[a-z]/g)?.length).toBeLessThan((lengths ?? 0) * 1.2);
    }),
    { numRuns: 8 },
  );
});

test('names of ten megabytes are cut', () => {
  const html = renderReviewHtml({ ...sampleReview(), title: 'x'.repeat(10_000_000) });
  expect(html.length).toBeLessThan(page.length + 20_000);
});

test('what is not known is said, and never taken for good', () => {
  const html = renderReviewHtml(emptyReview());
  expect(html).toContain('not determined: no question could be answered');
  expect(html).toContain('No store could be looked at.');
  expect(html).toContain('could not be determined');
});

test('the worst thousands are listed, the rest is counted, and no link leads to what is not there', () => {
  const sample = sampleReview();
  const [finding] = sample.findings;
  const [consumer] = sample.consumers;
  if (finding === undefined || consumer === undefined) throw new Error('the sample has no finding or no consumer');
  const findings = Array.from({ length: 2_010 }, (_, index) => ({ ...finding, consumer: `consumer ${index}`, partialFingerprints: { boundary: `f${index}` } }));
  const consumers = Array.from({ length: 310 }, (_, index) => ({ ...consumer, name: `consumer ${index}`, members: [`part ${index}`] }));
  const [thing] = sample.firstThings;
  const html = renderReviewHtml({ ...sample, findings, consumers, firstThings: thing === undefined ? [] : [{ ...thing, findings: ['f3', 'f2009'] }] });
  expect(html.includes('10 findings more, milder than these')).toBe(true);
  expect(html.includes('10 more consumers have no sheet here')).toBe(true);
  const all = new Set(ids(html));
  expect([...html.matchAll(/href="#([^"]*)"/g)].map(([, target = '']) => target).filter((target) => !all.has(target))).toEqual([]);
});

describe('the picture', () => {
  test('has the operational stores left of the consumers and what is derived right of them', () => {
    const { stores, consumers, flows } = placePicture(sampleReview().picture);
    const x = (name: string) => stores.find((store) => store.name === name)?.x ?? Number.NaN;
    const middle = consumers[0]?.x ?? Number.NaN;
    expect(x('production')).toBe(x('replica'));
    expect(x('production')).toBeLessThan(middle);
    expect(x('warehouse')).toBeGreaterThan(middle);
    expect(flows).toHaveLength(6);
    expect(flows.at(-1)?.state).toBe('error');
  });

  test('stays where it was drawn', () => {
    expect(placePicture(sampleReview().picture)).toMatchSnapshot();
  });

  test('of a large estate leaves out the mildest, and says so', () => {
    const { picture } = sampleReview();
    const consumers = Array.from({ length: 500 }, (_, index) => ({ name: `consumer ${index}`, kind: 'card', state: index === 499 ? ('error' as const) : ('ok' as const), findings: 0 }));
    const placed = placePicture({ ...picture, consumers, flows: [] });
    expect(placed.consumers).toHaveLength(28);
    expect(placed.consumers.map(({ name }) => name)).toContain('consumer 499');
    expect(placed.leftOut).toEqual(['472 more consumers of the mildest state']);
  });

  test('keeps its boxes apart', () => {
    const { stores, consumers } = placePicture(sampleReview().picture);
    const boxes = [...stores, ...consumers];
    const overlaps = boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height));
    expect(overlaps).toEqual([]);
  });
});

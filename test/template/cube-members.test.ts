import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cubeConstructs, type CubeReference, type CubeStyle } from '../../src/template/cube-members.js';

function references(text: string, style: CubeStyle = 'yaml'): [string, CubeReference][] {
  return cubeConstructs(text, style).map(({ start, end, reference }) => [text.slice(start, end), reference]);
}

describe('the constructs of a Cube model', () => {
  test.each<[string, CubeReference]>([
    ['{CUBE}', { kind: 'path', path: ['CUBE'] }],
    ['{CUBE.status}', { kind: 'path', path: ['CUBE', 'status'] }],
    ['{ orders . created_at.day }', { kind: 'path', path: ['orders', 'created_at', 'day'] }],
    ['{orders.sql()}', { kind: 'relation', path: ['orders'] }],
    ["{FILTER_PARAMS.orders.created_at.filter('o.created_at')}", { kind: 'filter', subject: 'query filter', columns: ['o.created_at'] }],
    ['{FILTER_PARAMS.orders.day.filter(lambda x, y: f"day >= {x} AND day <= {y}")}', { kind: 'filter', subject: 'query filter', columns: [null] }],
    ["{FILTER_GROUP(FILTER_PARAMS.o.a.filter('a'), FILTER_PARAMS.o.b.filter(\"b\"))}", { kind: 'filter', subject: 'query filter', columns: ['a', 'b'] }],
    ["{SECURITY_CONTEXT.tenant.requiredFilter('tenant_id')}", { kind: 'filter', subject: 'security context', columns: ['tenant_id'] }],
    ['{SECURITY_CONTEXT.tenant.unsafeValue()}', { kind: 'value', name: 'SECURITY_CONTEXT.tenant.unsafeValue()' }],
    ['{COMPILE_CONTEXT.schema}', { kind: 'value', name: 'COMPILE_CONTEXT.schema' }],
    ['{SQL_UTILS.convertTz("{CUBE}.created_at")}', { kind: 'function', texts: ['{CUBE}.created_at'] }],
    ['{{ schema_name }}', { kind: 'value', name: 'schema_name' }],
    ['{%- if x -%}', { kind: 'literal', text: '' }],
    ['\\{', { kind: 'literal', text: '{' }],
  ])('%s is read', (text, reference) => {
    expect(references(`a ${text} b`)).toEqual([[text, reference]]);
  });

  test('are `${…}` in JavaScript, where braces are text', () => {
    expect(references('${CUBE}.x = {y} AND ${helper(`${CUBE}.a}`)}', 'javascript')).toEqual([
      ['${CUBE}', { kind: 'path', path: ['CUBE'] }],
      ['${helper(`${CUBE}.a}`)}', { kind: 'code', source: 'helper(`${CUBE}.a}`)' }],
    ]);
    expect(references('${FILTER_PARAMS.o.d.filter((from, to) => `d >= ${from}`)}', 'javascript')).toEqual([
      ['${FILTER_PARAMS.o.d.filter((from, to) => `d >= ${from}`)}', { kind: 'filter', subject: 'query filter', columns: [null] }],
    ]);
  });

  test('are not braces of regular expressions, JSON and open ends', () => {
    expect(references("'[0-9]{1,4}' {'a': 1} {}")).toEqual([]);
    expect(references('{CUBE}.x {open')).toEqual([['{CUBE}', { kind: 'path', path: ['CUBE'] }]]);
    expect(references("{'never closed}")).toEqual([]);
  });

  test('stand in order, within the text, and never over each other', () => {
    const piece = fc.constantFrom('{', '}', '${', '{{', '}}', '{%', '%}', '\\', "'", '"', '`', 'CUBE', '.', 'a', '.filter(', ')', ' ', '\n', 'FILTER_PARAMS');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom<CubeStyle>('yaml', 'javascript'), (pieces, style) => {
        const text = pieces.join('');
        let at = 0;
        for (const { start, end } of cubeConstructs(text, style)) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2_000 },
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suggest } from '../../dist/model/suggest.js';

const MEMBERS = ['flights.count', 'flights.delay_sum', 'flights.origin', 'airports.count', 'airports.state'];

test.each([
  ['flights.cuont', 'flights.count'],
  ['flight.count', 'flights.count'],
  ['airport.count', 'airports.count'],
  ['Flights.Origin', 'flights.origin'],
  ['flights.delaysum', 'flights.delay_sum'],
  ['origin', 'flights.origin'],
  ['stat', 'airports.state'],
  ['count', 'flights.count'],
  ['orders.revenue', null],
  ['', null],
  ['x', null],
  ['flights.count'.repeat(50), null],
])('%s: did you mean %s', (word, expected) => {
  expect(suggest(word, MEMBERS)).toBe(expected);
});

test('of two equally near the same member name wins, then the first', () => {
  expect(suggest('ab.total', ['ab.tokal', 'ac.total'])).toBe('ac.total');
  expect(suggest('month', ['mouth', 'montt'])).toBe('mouth');
  expect(suggest('month', ['montt', 'mouth'])).toBe('montt');
});

test('one slip of the keyboard is always mended', () => {
  const slip = fc.constantFrom('drop', 'double', 'swap', 'replace');
  fc.assert(
    fc.property(fc.constantFrom(...MEMBERS), fc.nat(), slip, (member, at, kind) => {
      const i = at % (member.length - 1);
      const [before, a, b, after] = [member.slice(0, i), member[i], member[i + 1], member.slice(i + 2)];
      const slipped = { drop: b, double: a + a + b, swap: b + a, replace: `q${b}` }[kind];
      expect(suggest(before + slipped + after, MEMBERS)).toBe(member);
    }),
  );
});

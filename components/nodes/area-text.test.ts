import { expect, it } from 'vitest';
import { areaOf, areaText } from './area-text.ts';

it('an area is written in countries and beginnings of postal codes, and read back the same', () => {
  const area = [
    { country: 'DE', prefixes: [] },
    { country: 'CH', prefixes: ['80', '81'] },
  ];
  expect(areaText(area)).toBe('DE, CH 80, CH 81');
  expect(areaOf(areaText(area))).toEqual(area);
  expect(areaOf(' de ,ch 80; CH 81 ')).toEqual(area);
  expect(areaOf('')).toEqual([]);
  // A country that stands alone is meant as a whole.
  expect(areaOf('CH 80, CH')).toEqual([{ country: 'CH', prefixes: [] }]);
  expect(areaOf('Germany')).toBeNull();
});

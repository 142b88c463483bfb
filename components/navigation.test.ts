import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NAVIGATION, navigationFor } from './navigation.ts';

const APP = join(import.meta.dirname, '..', 'app');
/** Route groups share the address space, so a page may lie in any of them. */
const PLACES = ['', '(console)', '(shop)', '(merchant)'];

it.each(NAVIGATION.map((entry) => entry.href))('%s has a page', (href) => {
  expect(PLACES.some((place) => existsSync(join(APP, place, href, 'page.tsx')))).toBe(true);
});

it('gives each key to one entry', () => {
  const keys = NAVIGATION.flatMap((entry) => entry.keys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});

it('shows a role its own entries, and simulators only in demo mode', () => {
  const hrefs = (demo: boolean) => navigationFor('admin', demo).map((entry) => entry.href);
  expect(hrefs(true)).toContain('/dev/simulators');
  expect(hrefs(false)).not.toContain('/dev/simulators');
  expect(navigationFor('customer', true).map((entry) => entry.href)).not.toContain('/orders');
});

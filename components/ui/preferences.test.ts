import { expect, it } from 'vitest';
import { preferredLocale, validTimeZone } from './preferences.ts';

it('prefers what was chosen, then what the browser asks for, then English', () => {
  expect(preferredLocale('de', 'en')).toBe('de');
  expect(preferredLocale(undefined, 'fr;q=0.9, de-AT;q=0.8, en;q=0.7')).toBe('de');
  expect(preferredLocale(undefined, 'en;q=0.1, de;q=0')).toBe('en');
  expect(preferredLocale('xx', null)).toBe('en');
});

it('takes a zone only if there is one of that name', () => {
  expect(validTimeZone('Europe/Berlin')).toBe('Europe/Berlin');
  expect(validTimeZone('Mars/Olympus')).toBe('UTC');
  expect(validTimeZone(undefined)).toBe('UTC');
});

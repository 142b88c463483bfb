import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactIban, creditorReference, grouped, ibanProblem, REFERENCE_LENGTH, readCreditorReference } from './iban.ts';

describe('an account number', () => {
  it('of the registry’s examples is taken, however it is written', () => {
    for (const iban of [
      'DE89 3704 0044 0532 0130 00',
      'gb29nwbk60161331926819',
      'FR14-2004-1010-0505-0001-3M02-606',
      'NO9386011117947',
    ])
      expect([iban, ibanProblem(iban)]).toEqual([iban, null]);
  });

  it('with any one character changed is refused', () => {
    const good = 'DE89370400440532013000';
    const changes = fc.tuple(fc.integer({ min: 2, max: good.length - 1 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(changes, ([at, digit]) => {
        fc.pre(good[at] !== String(digit));
        expect(ibanProblem(good.slice(0, at) + digit + good.slice(at + 1))).not.toBeNull();
      }),
    );
  });

  it('says what is wrong with it', () => {
    expect(ibanProblem('DE8937040044053201300')).toBe('length');
    expect(ibanProblem('XX89370400440532013000')).toBe('country');
    expect(ibanProblem('4242')).toBe('characters');
    expect(compactIban(' de 89 ')).toBe('DE89');
  });
});

describe('a creditor reference', () => {
  it('carries the check digits of ISO 11649', () => {
    expect(creditorReference('539007547034')).toBe('RF18539007547034');
  });

  it('is found in whatever the sender wrote around it', () => {
    const body = fc.stringMatching(new RegExp(`^[A-Z0-9]{${REFERENCE_LENGTH}}$`));
    fc.assert(
      fc.property(body, (text) => {
        const reference = creditorReference(text);
        expect(readCreditorReference(`for ${grouped(reference.toLowerCase())}, thanks`)).toBe(reference);
      }),
    );
  });

  it('with two neighbours swapped is none', () => {
    const swapped = creditorReference('1234567890').replace('34', '43');
    expect([readCreditorReference(swapped), readCreditorReference('thank you')]).toEqual([null, null]);
  });
});

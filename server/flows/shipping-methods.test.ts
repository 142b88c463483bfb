import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SaveShippingMethodInput } from '../domains/shipping/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { listShippingMethods } from '../views/shipping-methods.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

const courier = (more: Partial<SaveShippingMethodInput> = {}): SaveShippingMethodInput => ({
  merchantId: w.merchantId,
  code: 'courier',
  name: 'Courier',
  countries: ['IT'],
  postalPrefixes: [],
  basis: 'flat',
  tiers: [{ upTo: null, priceMinor: 990 }],
  minDays: 1,
  maxDays: 1,
  cutoffHour: 12,
  active: true,
  position: 1,
  ...more,
});
const save = (more: Partial<SaveShippingMethodInput>, who = 'agent') => w.flows.saveShippingMethod(courier(more), w.ctx(who));
const offered = async (country = 'IT') => {
  const quote = await w.flows.createQuote(
    { merchantId: w.merchantId, currency: 'EUR', lines: [{ sku: 'MUG', quantity: 1 }], destination: { country } },
    w.ctx('shop'),
  );
  return quote.options.map(({ code, priceMinor }) => [code, priceMinor]);
};
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof DomainError ? error.code : String(error);
};

describe('a shipping method', () => {
  it('is offered from the moment it is saved, as it is described now', async () => {
    expect(await offered()).toEqual([]);
    const made = await save({});
    expect(made).toMatchObject({ version: 1 });
    expect(await offered()).toEqual([['courier', 990]]);
    expect(await offered('FR')).toEqual([]);
    expect(await save({ version: 1n, tiers: [{ upTo: null, priceMinor: 0 }], countries: [] })).toMatchObject({
      version: 2,
      changed: ['countries', 'tiers'],
    });
    expect(await offered('FR')).toEqual([['courier', 0]]);
    expect(await save({ version: 2n, tiers: [{ upTo: null, priceMinor: 0 }], countries: [], active: false })).toMatchObject({
      version: 3,
    });
    expect(await offered()).toEqual([]);
    const { rows } = await w.db.pool.query('SELECT action, before, after FROM audit_log WHERE entity_id = $1 ORDER BY id', [
      made.id,
    ]);
    expect(rows).toMatchObject([
      { action: 'shipping_method.created', before: null, after: { name: 'Courier' } },
      { action: 'shipping_method.changed', before: { tiers: [{ priceMinor: 990 }] }, after: { tiers: [{ priceMinor: 0 }] } },
      { action: 'shipping_method.changed', before: { active: true }, after: { active: false } },
    ]);
    expect(await listShippingMethods(w.db.pool, { merchantId: w.merchantId, customerId: null })).toMatchObject([
      { code: 'courier', tiers: [{ upTo: null, priceMinor: 0 }], version: 3n },
    ]);
  });

  it('keeps its code for itself, and is not changed from what somebody saw before', async () => {
    await save({ code: 'slow' });
    expect(await refusal(save({ code: 'slow' }))).toBe('already_exists');
    await save({ code: 'slow', version: 1n, maxDays: 9 });
    expect(await refusal(save({ code: 'slow', version: 1n, maxDays: 8 }))).toBe('conflict');
    expect(await refusal(save({ code: 'nowhere', version: 1n }))).toBe('not_found');
    expect(await refusal(save({ code: 'odd', minDays: 5, maxDays: 2 }))).toBe('invalid_request');
    const both = await Promise.allSettled([save({ code: 'same' }), save({ code: 'same' }, 'other')]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('that was seen at an older version by two people takes the first change only', async () => {
    await save({ code: 'raced' });
    const both = await Promise.allSettled([
      save({ code: 'raced', version: 1n, maxDays: 3 }),
      save({ code: 'raced', version: 1n, maxDays: 4 }, 'other'),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

import type { CheckoutAddress } from '../../domains/checkouts/schema.ts';
import { newId } from '../../kernel/ids.ts';
import { type CheckoutPage, readCheckout } from '../../views/checkouts.ts';
import type { Flows } from '../flows.ts';
import type { OrderWorld } from './order-world.ts';

export const ADDRESS: CheckoutAddress = { line1: 'Hauptstr. 5', city: 'Berlin', postalCode: '10115', country: 'DE' };
export const CUSTOMER = { email: 'carla@customer.example', name: 'Carla Rossi' };
export const RETURN = { returnUrl: 'https://shop.example/pay/x' };

/** What a customer does at a checkout of the house of tests. */
export function checkoutWorld(house: () => OrderWorld) {
  const ctx = () => ({ ...house().ctx(), actor: 'system:checkout' });
  const read = (id: string): Promise<CheckoutPage> => readCheckout(house().db.pool, id, house().clock());

  /** A checkout with everything that paying for it takes. */
  async function ready(lines = [{ sku: 'MUG', quantity: 2 }]): Promise<string> {
    const { flows, merchantId } = house();
    const { id } = await flows.checkouts.create({ merchantId, source: 'shop', lines, customer: {}, locale: 'en' }, ctx());
    await flows.checkouts.update({ checkoutId: id, customer: CUSTOMER, shipTo: ADDRESS }, ctx());
    return id;
  }

  /** What the customer sees at the moment they press Pay. */
  async function shown(id: string) {
    const { quote, option } = await read(id);
    const chosen = quote?.options.find((candidate) => candidate.code === option);
    return {
      checkoutId: id,
      quoteId: quote?.id ?? '',
      option: option ?? undefined,
      totalMinor: BigInt(chosen?.orderTotalMinor ?? 0),
    };
  }

  const pay = async (id: string, paymentToken = 'pm_card_visa', key = newId(), by: Flows = house().flows) =>
    by.checkouts.pay({ ...(await shown(id)), paymentToken, ...RETURN }, ctx(), key);

  /** The state as it is stored, which may be behind the page's. */
  const storedState = async (id: string): Promise<unknown> =>
    (await house().db.pool.query('SELECT state FROM checkouts WHERE id = $1', [id])).rows[0]?.state;

  return { ctx, read, ready, shown, pay, storedState };
}

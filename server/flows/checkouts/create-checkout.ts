import * as catalog from '../../domains/catalog/service.ts';
import type { CheckoutHold, CheckoutLine } from '../../domains/checkouts/rules.ts';
import type { CheckoutLineInput, CreateCheckoutInput } from '../../domains/checkouts/schema.ts';
import * as checkouts from '../../domains/checkouts/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/** Opens a checkout for what is in a cart or in an agent's draft. Nothing is priced yet: that takes an address. */
export interface OpenedCheckout {
  readonly id: string;
  readonly version: number;
}

export interface CheckoutWorld extends Locked {
  readonly checkouts: checkouts.CheckoutsState;
  readonly catalog: catalog.CatalogState;
  readonly outbox: Outbox;
}

/** With the units that were held for it before. */
type HeldCheckoutInput = Omit<CreateCheckoutInput, 'hold'> & { readonly held?: CheckoutHold | null };

async function lock(tx: Tx, requests: readonly Request<HeldCheckoutInput>[]): Promise<CheckoutWorld> {
  const goods = await catalog.load(
    tx,
    requests.map(({ input }) => input.merchantId),
    requests.flatMap(({ input }) => input.lines.map(({ sku }) => ({ merchantId: input.merchantId, code: sku }))),
  );
  return { applied: 0, checkouts: await checkouts.lock(tx, []), catalog: goods, outbox: newOutbox() };
}

/** The lines with the names they are sold under. Throws `unknown_sku` for what is not for sale; a SKU named twice is added up. */
export function namedLines(
  goods: catalog.CatalogState,
  merchantId: string,
  wanted: readonly CheckoutLineInput[],
): CheckoutLine[] {
  const lines = new Map<string, CheckoutLine>();
  for (const { sku: code, quantity } of wanted) {
    const sku = goods.skus.get(`${merchantId}:${code}`);
    if (!sku?.active) throw new DomainError('unknown_sku', `The SKU ${code} does not exist or is not for sale.`, { sku: code });
    const known = lines.get(code);
    lines.set(code, { sku: code, name: sku.name, quantity: (known?.quantity ?? 0) + quantity });
  }
  return [...lines.values()];
}

function decide(world: CheckoutWorld, { input, ctx }: Request<HeldCheckoutInput>): OpenedCheckout {
  const merchant = world.catalog.merchants.get(input.merchantId);
  if (!merchant?.active) throw new DomainError('not_found', 'There is no such merchant.');
  const lines = namedLines(world.catalog, merchant.id, input.lines);
  const checkout = checkouts.add(
    world.checkouts,
    {
      home: merchant.home,
      merchantId: merchant.id,
      source: input.source,
      currency: merchant.currency,
      locale: input.locale,
      returnUrl: input.returnUrl ?? null,
      lines,
      customer: input.customer,
      shipTo: input.shipTo ?? null,
      hold: input.held ?? null,
      accept: input.accept ?? 'all',
    },
    ctx,
  );
  world.applied++;
  audit(
    world.outbox,
    {
      action: 'checkout.created',
      entity: 'checkout',
      entityId: checkout.id,
      merchantId: merchant.id,
      after: { source: input.source, lines: lines.length },
    },
    ctx,
  );
  return { id: checkout.id, version: Number(checkout.version) };
}

export async function writeCheckouts(tx: Tx, world: Pick<CheckoutWorld, 'checkouts' | 'outbox'>): Promise<void> {
  await checkouts.write(tx, world.checkouts);
  await writeOutbox(tx, world.outbox);
}

export const createCheckout: Verb<HeldCheckoutInput, CheckoutWorld, OpenedCheckout> = {
  name: 'create-checkout',
  // A repeat is the same request, whatever was held for it.
  identity: ({ held: _held, ...asked }) => asked,
  lock,
  decide,
  write: writeCheckouts,
};

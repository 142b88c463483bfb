import { type Ended, endSale, endUnsold, isService, type PlannedInvoice } from '../../domains/imports/rules.ts';
import * as imports from '../../domains/imports/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { formatDecimal } from '../../kernel/money.ts';
import type { PlacedOrder } from '../placed-order.ts';
import { countryCode } from './countries.ts';
import { contextAt, drive, type ImportRun, record } from './import-world.ts';

/** What pays for history: the shop's customers paid somehow, and the simulated bank says yes to this card. */
const CARD = 'pm_card_visa';
/** Goods leave, and money is taken, this long after the invoice. */
const SHIPPED_AFTER_MS = 3_600_000;

interface Sold {
  readonly plan: PlannedInvoice;
  readonly placed: PlacedOrder | null;
  readonly refusal: string | null;
}

/**
 * Takes a wave of invoices from placement to the captured payment, all of them together, and writes their lines when it is known how
 * each order ended. Every call has a key made of the invoice number, so a wave that was cut off is simply done again.
 */
export async function sellWave(run: ImportRun, wave: readonly PlannedInvoice[]): Promise<void> {
  const sold = await Promise.all(wave.map((plan) => place(run, plan)));
  const orders = sold.flatMap(({ plan, placed }) => (placed ? [{ plan, placed }] : []));
  const times = new Map(orders.map(({ plan, placed }) => [placed.id, plan.at]));
  await drive(run, times);
  await Promise.all(orders.map(({ plan, placed }) => ship(run, plan, placed)));
  await drive(run, new Map(orders.map(({ plan, placed }) => [placed.id, shippedAt(plan)])));
  const states = new Map((await imports.readStates(run.pool, [...times.keys()])).map((row) => [row.id, row.status]));
  await record(
    run,
    sold.flatMap((order) => endOrder(order, order.placed ? (states.get(order.placed.id) ?? 'missing') : null)),
  );
}

const shippedAt = (plan: PlannedInvoice): Date => new Date(plan.at.getTime() + SHIPPED_AFTER_MS);

async function place(run: ImportRun, plan: PlannedInvoice): Promise<Sold> {
  const country = countryCode(plan.country);
  try {
    const placed = await run.flows.placeOrder(
      {
        merchantId: run.merchantId,
        channel: 'import',
        externalId: plan.invoice,
        currency: run.currency,
        customer: {
          ...(plan.customer ? { externalId: plan.customer, name: `Customer ${plan.customer}` } : {}),
          ...(country ? { country } : {}),
        },
        lines: plan.lines.map((line) => ({
          sku: line.sku,
          quantity: line.quantity,
          unitPrice: formatDecimal(line.priceMicros),
          ...(line.description ? { name: line.description } : {}),
        })),
        payment: { provider: 'card', token: CARD },
        metadata: plan.country ? { country: plan.country } : {},
        tags: [],
      },
      contextAt(run, plan.at),
      `import:order:${plan.invoice}`,
    );
    return { plan, placed, refusal: null };
  } catch (error) {
    if (!(error instanceof DomainError) || error.entry.status >= 500) throw error;
    return { plan, placed: null, refusal: refusalOf(error, plan) };
  }
}

/** The key is made of the invoice number: it was used for another request where the invoice had other lines. */
function refusalOf(error: DomainError, { invoice }: PlannedInvoice): string {
  return error.code === 'key_reused' || error.code === 'duplicate_external_id'
    ? `Invoice ${invoice} was imported before with other lines. Give these an invoice number of their own.`
    : error.detail;
}

/** Packs what is allocated. An order of services ships itself, and one that was shipped by an earlier run has nothing to pack. */
async function ship(run: ImportRun, plan: PlannedInvoice, placed: PlacedOrder): Promise<void> {
  if (plan.lines.every((line) => isService(line.sku))) return;
  try {
    await run.flows.shipOrder({ orderId: placed.id }, contextAt(run, shippedAt(plan)), `import:ship:${plan.invoice}`);
  } catch (error) {
    if (!(error instanceof DomainError) || error.entry.status >= 500) throw error;
  }
}

function endOrder({ plan, placed, refusal }: Sold, status: string | null): Ended[] {
  if (!placed) return plan.lines.map((line) => endUnsold(line, 'reject', `The order was refused: ${refusal}`));
  if (status === 'CANCELLED') return plan.lines.map((line) => endUnsold(line, 'reject', 'The payment was declined.'));
  if (status !== 'FULFILLED' && status !== 'REFUNDED')
    throw new Error(
      `Invoice ${plan.invoice} (order ${placed.number}) is ${status}: look at the order, then start the import again.`,
    );
  return plan.lines.map((line, index) => endSale(line, placed.id, BigInt(placed.lines[index]?.totalMinor ?? 0)));
}

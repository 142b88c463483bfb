import type { SaveInvoiceProfileInput } from '../../server/domains/invoices/schema.ts';
import { CONSUMERS } from '../../server/kernel/consumers.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage } from './stories.ts';

const DAY_MS = 86_400_000;
const FIRST_EVENT = '00000000-0000-0000-0000-000000000000';

/** Made up: no authority gave these numbers to anybody. */
const SELLERS: Readonly<Record<string, Omit<SaveInvoiceProfileInput, 'merchantId' | 'version'>>> = {
  nordlicht: {
    legalName: 'Nordlicht Outdoor GmbH',
    taxNumber: 'DE000000000',
    prefix: 'NORD',
    address: { line1: 'Hafenstraße 12', city: 'Hamburg', postalCode: '20457', country: 'DE' },
  },
  'harbour-lane': {
    legalName: 'Harbour Lane Home Ltd',
    taxNumber: 'GB000000000',
    prefix: 'HARB',
    address: { line1: '8 Canal Way', city: 'Coventry', postalCode: 'CV1 4DA', country: 'GB' },
  },
  kumo: {
    legalName: 'Kumo Stationery K.K.',
    taxNumber: 'T0000000000000',
    prefix: 'KUMO',
    address: { line1: '2-5-1 Nanba', city: 'Osaka', postalCode: '542-0076', country: 'JP' },
  },
};

/** The shops say who sells, and so invoice whatever leaves from then on. */
export async function sayWhoSells(stage: Stage, shops: readonly Shop[]): Promise<void> {
  for (const shop of shops) {
    const seller = SELLERS[shop.slug];
    const ctx = contextOf(stage, stage.actors.finance, new Date(stage.base.getTime() - 90 * DAY_MS));
    if (seller) await stage.flows.invoices.saveProfile({ merchantId: shop.id, ...seller }, ctx, `seed:invoices:${shop.slug}`);
  }
}

/** Issues what has come to be owed since the last look, as a worker would have: on the day itself. */
export function invoicing({ pool, flows, home }: Stage): () => Promise<void> {
  let seen = FIRST_EVENT;
  return async () => {
    const { rows } = await pool.query<{ id: string; at: Date; last: string }>(
      `SELECT aggregate_id AS id, max(at) AS at, max(id::text) AS last FROM events WHERE type = ANY($1::text[]) AND id > $2::uuid GROUP BY aggregate_id`,
      [CONSUMERS['issue-invoices'], seen],
    );
    if (rows.length === 0) return;
    seen = rows.reduce((last, row) => (row.last > last ? row.last : last), seen);
    // Of a batch of stories the documents of one day are one turn.
    for (const [day, own] of [...Map.groupBy(rows, ({ at }) => at.toISOString().slice(0, 10))].sort()) {
      const at = new Date(Math.max(...own.map((row) => row.at.getTime()), Date.parse(day)));
      await flows.invoices.issue(
        own.map((row) => row.id),
        systemContext('invoices', home, at),
      );
    }
  };
}

import { createFlows } from '../../server/flows/flows.ts';
import { reserveStock } from '../../server/flows/reservations/reserve-stock.ts';
import { DomainError } from '../../server/kernel/errors.ts';
import { newId } from '../../server/kernel/ids.ts';
import { createPool } from '../../server/platform/db.ts';
import { createVerb } from '../../server/platform/verb.ts';
import type { Database } from '../harness/cluster.ts';
import type { Shop } from '../harness/shop.ts';

const UNITS = 100;
/** Of each channel, at once; each comes back until there is nothing left. */
const BUYERS = 8;
const CODE = 'LAST-100';

export interface Race {
  readonly units: number;
  readonly sold: number;
  readonly oversold: number;
  readonly first: number;
  readonly second: number;
}

/** Two channels, each with connections and a lane of its own as two processes have, want the last hundred units of one SKU. */
export async function race(database: Database, { merchantId }: Shop, say: (line: string) => void): Promise<Race> {
  const pools = [1, 2].map((nth) => createPool({ connectionString: database.url, max: 4, name: `bench-race-${nth}` }));
  const [pool] = pools;
  if (!pool) throw new Error('There is no pool');
  const ctx = () => ({ now: new Date(), actor: 'system:bench', traceId: newId(), requestId: newId(), home: 'EU' });
  try {
    const flows = createFlows({ pool, home: 'EU', outside: { payments: new Map(), carriers: new Map() } });
    const blank = { taxClass: 'standard', weightGrams: 250, stocked: true, barcode: null, description: null };
    const { id: skuId } = await flows.createSku({ merchantId, code: CODE, name: 'The last', price: '9', ...blank }, ctx());
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM nodes ORDER BY priority LIMIT 1');
    await flows.adjustStock({ merchantId, skuId, nodeId: rows[0]?.id as string, delta: UNITS, reason: 'received' }, ctx());
    const sales = await Promise.all(
      (['marketplace', 'shop'] as const).map(async (channel, at) => {
        const { call, idle } = createVerb({ pool: pools[at] ?? pool }, reserveStock);
        const wish = { merchantId, channel, lines: [{ sku: CODE, quantity: 1 }], ttlSeconds: 3_600 };
        let sold = 0;
        const buy = async (): Promise<void> => {
          while (await call(wish, ctx()).then(() => true, refused)) sold++;
        };
        await Promise.all(Array.from({ length: BUYERS }, buy));
        await idle();
        return sold;
      }),
    );
    const supply = await pool.query<{ promised: number }>('SELECT promised::int FROM sku_supply WHERE sku_id = $1', [skuId]);
    await flows.idle();
    const [first = 0, second = 0] = sales;
    const oversold = Math.max(0, Math.max(first + second, supply.rows[0]?.promised ?? 0) - UNITS);
    say(`two channels for ${UNITS} units: ${first} and ${second}, oversold ${oversold}`);
    return { units: UNITS, sold: first + second, oversold, first, second };
  } finally {
    for (const each of pools) await each.end();
  }
}

function refused(error: unknown): false {
  if (error instanceof DomainError && error.code === 'out_of_stock') return false;
  throw error;
}

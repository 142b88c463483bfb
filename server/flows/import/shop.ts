import type pg from 'pg';
import * as catalog from '../../domains/catalog/service.ts';
import { addNodes } from '../../domains/fulfilment/service.ts';
import { isService, type PlannedGood } from '../../domains/imports/rules.ts';
import { lockPeople, writePeople } from '../../domains/people/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { formatDecimal, minorDigits } from '../../kernel/money.ts';
import { withTx } from '../../platform/db.ts';
import { contextAt, type ImportDeps, type ImportRun, inWaves } from './import-world.ts';

export interface ImportShop {
  readonly merchantId: string;
  readonly currency: string;
  readonly nodeId: string;
}

/** The shop that the Online Retail data is of: a wholesaler of gifts in the United Kingdom. */
const ONLINE_RETAIL = { slug: 'online-retail', name: 'Online Retail', currency: 'GBP', country: 'GB' };

/** The merchant to import for, with the node its goods stand at. Without a name the shop of the data set is made, once. */
export async function openShop(pool: pg.Pool, home: string, slug: string | undefined, now: Date): Promise<ImportShop> {
  if (slug === undefined) await makeShop(pool, home, now);
  const { rows } = await pool.query<{ merchantId: string; currency: string; nodeId: string | null }>(
    `SELECT m.id AS "merchantId", m.currency,
            (SELECT n.id FROM nodes n WHERE n.merchant_id = m.id AND n.active ORDER BY n.priority, n.code LIMIT 1) AS "nodeId"
     FROM merchants m WHERE m.slug = $1`,
    [slug ?? ONLINE_RETAIL.slug],
  );
  const shop = rows[0];
  if (!shop) throw new DomainError('not_found', `There is no merchant ${slug}. Leave --merchant out to have one made.`);
  if (!shop.nodeId) throw new DomainError('not_found', `Merchant ${slug} has no place to keep goods at. Open a node first.`);
  if (minorDigits(shop.currency) !== 2)
    throw new DomainError(
      'currency_mismatch',
      `The prices of the file have pence; ${shop.currency} has none. Choose another merchant.`,
    );
  return { ...shop, nodeId: shop.nodeId };
}

async function makeShop(pool: pg.Pool, home: string, now: Date): Promise<void> {
  await withTx(pool, async (tx) => {
    const people = await lockPeople(tx, { slugs: [ONLINE_RETAIL.slug] });
    if (people.merchants.size > 0) return;
    const merchantId = newId();
    people.newMerchants.push({ id: merchantId, home, ...ONLINE_RETAIL, createdAt: now });
    await writePeople(tx, people, now);
    await addNodes(
      tx,
      [
        {
          id: newId(),
          merchantId,
          home,
          code: 'MAIN',
          name: 'Warehouse',
          kind: 'warehouse',
        },
      ],
      now,
    );
  });
}

/** Adds the goods that the catalogue does not know. Answers the id of each stocked one, null for services. */
export async function openCatalog(
  pool: pg.Pool,
  shop: ImportShop,
  goods: ReadonlyMap<string, PlannedGood>,
  now: Date,
): Promise<Map<string, string | null>> {
  const codes = [...goods.keys()].map((code) => ({ merchantId: shop.merchantId, code }));
  const read = () => catalog.load(pool, [shop.merchantId], codes);
  const known = await read();
  const fresh = [...goods.values()].filter((good) => !known.skus.has(`${shop.merchantId}:${good.code}`));
  if (fresh.length > 0) {
    const skus = fresh.map((good) => ({
      id: newId(),
      merchantId: shop.merchantId,
      code: good.code,
      name: good.name || good.code,
      stocked: !isService(good.code),
      taxClass: 'standard',
      price: formatDecimal(good.priceMicros),
      currency: shop.currency,
      active: true,
      weightGrams: 0,
    }));
    await withTx(pool, (tx) => catalog.addSkus(tx, skus, now));
  }
  const { skus } = fresh.length > 0 ? await read() : known;
  return new Map([...skus.values()].map((sku) => [sku.code, sku.stocked ? sku.id : null]));
}

/** Few enough for the lane's queue, however many goods there are. */
const RECEIVED_AT_ONCE = 2_048;

/** Receives what these files will sell and take away, before their first line. `digest` names the files. */
export async function receiveOpening(
  run: ImportDeps & Pick<ImportRun, 'skus' | 'merchantId' | 'nodeId'>,
  goods: Iterable<PlannedGood>,
  digest: string,
  at: Date,
): Promise<void> {
  const ctx = contextAt(run, at);
  const receive = async ({ code, opening }: PlannedGood): Promise<void> => {
    const skuId = run.skus.get(code);
    if (!skuId || opening <= 0) return;
    await run.flows.adjustStock(
      { merchantId: run.merchantId, skuId, nodeId: run.nodeId, reason: 'received', note: 'Opening stock', delta: opening },
      ctx,
      `import:opening:${digest}:${code}`,
    );
  };
  await inWaves([...goods], RECEIVED_AT_ONCE, 1, async (wave) => void (await Promise.all(wave.map(receive))));
}

import type pg from 'pg';
import { DEMO_SHOPS, type DemoShop, demoApiKey } from '../../server/cli/demo-shops.ts';
import * as customers from '../../server/domains/customers/service.ts';
import { addNodes } from '../../server/domains/fulfilment/service.ts';
import { addUser, lockPeople, writePeople } from '../../server/domains/people/service.ts';
import { newUser } from '../../server/flows/people/invite-user.ts';
import { newId } from '../../server/kernel/ids.ts';
import { API_SCOPES, type NodeKind, type Role } from '../../server/kernel/vocabulary.ts';
import { DEMO_USERS } from '../../server/platform/auth/demo-users.ts';
import { hashPassword } from '../../server/platform/auth/passwords.ts';
import { hashSecret } from '../../server/platform/auth/secrets.ts';
import { type Tx, withTx } from '../../server/platform/db.ts';
import { insertRows } from '../../server/platform/rows.ts';
import { type Good, goodsOf } from './goods.ts';
import { listGoods } from './listings.ts';
import { buildShippingMethods } from './shipping-methods.ts';

/** A demo shop as it is in the database. */
export interface Shop extends DemoShop {
  readonly id: string;
  readonly actor: string;
  readonly nodes: readonly { readonly id: string; readonly code: string }[];
  readonly goods: readonly (Good & { readonly skuId: string })[];
}

export interface Furnished {
  /** When the demo was first made: every made-up date counts back from it, so that a second run tells the same story. */
  readonly base: Date;
  readonly shops: readonly Shop[];
  readonly actors: Readonly<Record<Role, string>>;
}

const DAY_MS = 86_400_000;
/** The shops opened this long before the demo was made. */
const OPENED_DAYS_AGO = 90;
const GOODS: Readonly<Record<string, number>> = { nordlicht: 300, 'harbour-lane': 180, kumo: 120 };

interface DemoNode {
  readonly shop: string;
  readonly code: string;
  readonly name: string;
  readonly kind: NodeKind;
  readonly address: Readonly<Record<string, string>>;
}

const NODES: readonly DemoNode[] = [
  {
    shop: 'nordlicht',
    code: 'HAM',
    name: 'Hamburg warehouse',
    kind: 'warehouse',
    address: { name: 'Nordlicht Outdoor', line1: 'Hafenstraße 12', city: 'Hamburg', postalCode: '20457', country: 'DE' },
  },
  {
    shop: 'nordlicht',
    code: 'BER',
    name: 'Berlin store',
    kind: 'store',
    address: { name: 'Nordlicht Outdoor', line1: 'Kastanienallee 40', city: 'Berlin', postalCode: '10435', country: 'DE' },
  },
  {
    shop: 'harbour-lane',
    code: 'MID',
    name: 'Midlands fulfilment',
    kind: 'warehouse',
    address: { name: 'Midlands Fulfilment Ltd', line1: '8 Canal Way', city: 'Coventry', postalCode: 'CV1 4DA', country: 'GB' },
  },
  {
    shop: 'kumo',
    code: 'OSA',
    name: 'Osaka maker',
    kind: 'warehouse',
    address: { name: 'Kumo', line1: '2-5-1 Nanba', city: 'Osaka', postalCode: '542-0076', country: 'JP' },
  },
];

const TAXES: readonly (readonly [shop: string, country: string, taxClass: string, rate: string])[] = [
  ...(['DE', 'AT'] as const).flatMap((country) =>
    (['standard', 'shipping'] as const).map(
      (taxClass) => ['nordlicht', country, taxClass, country === 'DE' ? '0.19' : '0.2'] as const,
    ),
  ),
  ['harbour-lane', 'GB', 'standard', '0.2'],
  ['harbour-lane', 'GB', 'shipping', '0.2'],
  ['kumo', 'JP', 'standard', '0.1'],
  ['kumo', 'JP', 'shipping', '0.1'],
];

/** From these amounts on a refund needs a second person. */
const POLICIES: readonly (readonly [currency: string, thresholdMinor: bigint])[] = [
  ['EUR', 25_000n],
  ['GBP', 20_000n],
  ['JPY', 30_000n],
];

/** Shops, nodes, goods, taxes, policies, people and keys, in one transaction: there or not there. */
export async function furnish(pool: pg.Pool, home: string, dataKey: string): Promise<Furnished> {
  const found = await pool.query('SELECT FROM merchants WHERE slug = $1', [DEMO_SHOPS[0]?.slug]);
  if (!found.rowCount) {
    const passwordHashes = await Promise.all(DEMO_USERS.map((user) => hashPassword(user.password)));
    await withTx(pool, (tx) => build(tx, home, dataKey, new Date(), passwordHashes));
  }
  return read(pool);
}

async function build(tx: Tx, home: string, dataKey: string, now: Date, passwordHashes: readonly string[]): Promise<void> {
  const opened = new Date(now.getTime() - OPENED_DAYS_AGO * DAY_MS);
  const ids = new Map(DEMO_SHOPS.map((shop) => [shop.slug, newId()]));
  const idOf = (slug: string): string => ids.get(slug) as string;
  await tx.query('INSERT INTO home_owner (home, region) VALUES ($1, $1) ON CONFLICT DO NOTHING', [home]);
  await insertRows(
    tx,
    {
      table: 'merchants',
      columns: {
        id: 'uuid',
        home: 'text',
        slug: 'text',
        name: 'text',
        currency: 'text',
        prices_include_tax: 'bool',
        country: 'text',
        created_at: 'timestamptz',
      },
    },
    DEMO_SHOPS.map((shop) => ({
      ...shop,
      id: idOf(shop.slug),
      home,
      prices_include_tax: shop.pricesIncludeTax,
      created_at: opened,
    })),
  );
  await addNodes(
    tx,
    NODES.map(({ shop, ...node }) => ({ ...node, id: newId(), merchantId: idOf(shop), home })),
    opened,
  );
  await insertRows(
    tx,
    { table: 'tax_rates', columns: { merchant_id: 'uuid', country: 'text', tax_class: 'text', rate: 'numeric' } },
    TAXES.map(([shop, country, tax_class, rate]) => ({ merchant_id: idOf(shop), country, tax_class, rate })),
  );
  await insertRows(
    tx,
    { table: 'approval_policies', columns: { action: 'text', currency: 'text', threshold_minor: 'int8' } },
    POLICIES.map(([currency, threshold_minor]) => ({ action: 'refund-order', currency, threshold_minor })),
    'ON CONFLICT DO NOTHING',
  );
  await buildShippingMethods(tx, idOf, opened);
  await buildGoods(tx, idOf, opened);
  await buildPeople(tx, idOf, dataKey, opened, passwordHashes);
}

async function buildGoods(tx: Tx, idOf: (slug: string) => string, opened: Date): Promise<void> {
  let seed = 7;
  // A small generator of its own (Lehmer, MINSTD): prices do not change when the stories do.
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const rows = DEMO_SHOPS.flatMap((shop) =>
    goodsOf(shop.slug, GOODS[shop.slug] ?? 0, random).map((good) => ({
      id: newId(),
      merchant_id: idOf(shop.slug),
      code: good.code,
      name: good.name,
      barcode: good.barcode,
      weight_grams: good.weightGrams,
      price: good.price,
      currency: shop.currency,
      created_at: opened,
      updated_at: opened,
    })),
  );
  await insertRows(
    tx,
    {
      table: 'skus',
      columns: {
        id: 'uuid',
        merchant_id: 'uuid',
        code: 'text',
        name: 'text',
        barcode: 'text',
        weight_grams: 'int4',
        price: 'numeric',
        currency: 'text',
        created_at: 'timestamptz',
        updated_at: 'timestamptz',
      },
    },
    rows,
  );
  await listGoods(tx, rows, opened);
}

async function buildPeople(
  tx: Tx,
  idOf: (slug: string) => string,
  dataKey: string,
  opened: Date,
  passwordHashes: readonly string[],
): Promise<void> {
  const first = DEMO_SHOPS[0] as DemoShop;
  const buyers = DEMO_USERS.filter((user) => user.role === 'customer');
  const customerIds = await customers.resolve(
    tx,
    buyers.map(({ email, name }) => ({
      merchantId: idOf(first.slug),
      externalId: undefined,
      email,
      name,
      phone: undefined,
      country: 'DE',
    })),
    opened,
  );
  const state = await lockPeople(tx, {});
  DEMO_USERS.forEach((person, index) => {
    addUser(state, {
      ...newUser({ ...person, merchantId: person.role === 'merchant' ? idOf(first.slug) : null }),
      passwordHash: passwordHashes[index] as string,
      customerId: customerIds[buyers.indexOf(person)] ?? null,
    });
  });
  for (const shop of DEMO_SHOPS) {
    const key = demoApiKey(shop.slug, dataKey);
    state.newApiKeys.push({
      id: newId(),
      merchantId: idOf(shop.slug),
      name: 'Demo checkout',
      mode: 'test',
      scopes: [...API_SCOPES],
      revokedAt: null,
      prefix: key.slice(0, 14),
      hash: hashSecret(key),
      createdBy: 'system:seed',
      createdAt: opened,
    });
  }
  await writePeople(tx, state, opened);
}

async function read(pool: pg.Pool): Promise<Furnished> {
  const merchants = await pool.query<DemoShop & { id: string; keyId: string; createdAt: Date }>(
    `SELECT m.id, m.slug, m.name, m.currency, m.country, m.prices_include_tax AS "pricesIncludeTax", m.created_at AS "createdAt",
            (SELECT k.id FROM api_keys k WHERE k.merchant_id = m.id ORDER BY k.id LIMIT 1) AS "keyId"
     FROM merchants m WHERE slug = ANY($1::text[]) ORDER BY array_position($1::text[], slug)`,
    [DEMO_SHOPS.map((shop) => shop.slug)],
  );
  const nodes = await pool.query<{ id: string; merchantId: string; code: string }>(
    `SELECT id, merchant_id AS "merchantId", code FROM nodes ORDER BY id`,
  );
  const skus = await pool.query<Good & { skuId: string; merchantId: string }>(
    `SELECT id AS "skuId", merchant_id AS "merchantId", code, name, price, weight_grams AS "weightGrams", barcode FROM skus ORDER BY code`,
  );
  const users = await pool.query<{ id: string; role: Role }>('SELECT id, role FROM users WHERE email = ANY($1::text[])', [
    DEMO_USERS.map((user) => user.email),
  ]);
  const shops = merchants.rows.map((merchant) => ({
    ...merchant,
    actor: `api_key:${merchant.keyId}`,
    nodes: nodes.rows.filter((node) => node.merchantId === merchant.id),
    goods: skus.rows.filter((sku) => sku.merchantId === merchant.id),
  }));
  const opened = (merchants.rows[0] as { createdAt: Date }).createdAt;
  return {
    base: new Date(opened.getTime() + OPENED_DAYS_AGO * DAY_MS),
    shops,
    actors: Object.fromEntries(users.rows.map((user) => [user.role, `user:${user.id}`])) as Record<Role, string>,
  };
}

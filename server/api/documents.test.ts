import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chart } from '../domains/ledger/schema.ts';
import { accountId } from '../domains/ledger/service.ts';
import { type OrderWorld, orderWorld } from '../flows/testing/order-world.ts';
import { boxesOf, calledFor, packed } from '../flows/testing/parcel-hands.ts';
import { ROLES, type Role } from '../kernel/vocabulary.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { readPdf } from '../platform/testing/read-pdf.ts';
import { readOrderDocument } from '../views/documents/order-document.ts';
import { printFor } from '../views/documents/print.ts';
import { DOCUMENT_PERMISSIONS, type DocumentKind } from './document-permissions.ts';
import type { PermissionRow } from './permissions.ts';
import { appRouter } from './root.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';

let w: OrderWorld;
let api: ApiUnderTest;
let order: { id: string; number: string };
let shipment: string;
let pickList: string;
let countSheet: string;
let manifest: string;
let invoice: string;
/** Of the parcels on the manifest. */
let trackings: readonly string[];
let customerId: string;
/** Store credit: the customer's and the merchant's. */
let account: string;
beforeAll(async () => {
  w = await orderWorld();
  api = await startApiUnderTest(w.db, { router: appRouter, handlePublic: () => {} });
  await w.db.ownerPool.query(
    `INSERT INTO tax_rates (merchant_id, country, tax_class, rate) VALUES ($1, 'IT', 'standard', 0.22)`,
    [w.merchantId],
  );
  await w.flows.invoices.saveProfile(
    {
      merchantId: w.merchantId,
      legalName: 'Test Trading GmbH',
      taxNumber: 'DE123456789',
      prefix: 'TEST',
      address: { line1: 'Am Markt 1', postalCode: '28195', city: 'Bremen', country: 'DE' },
    },
    w.ctx(),
  );
  order = await w.place({
    lines: [
      { sku: 'MUG', quantity: 3, discountMinor: 100n },
      { sku: 'BAG', quantity: 7 },
      { sku: 'GIFTWRAP', quantity: 1 },
    ],
    discountMinor: 333n,
  } as never);
  await w.settle();
  const started = await w.flows.startPicking({ nodeId: w.nodes[0] as string, orderIds: [order.id] }, w.ctx('warehouse'));
  pickList = started.number;
  const choice = { by: 'all' as const };
  const count = { merchantId: w.merchantId, nodeId: w.nodes[0] as string, blind: false, choice };
  countSheet = (await w.flows.stockWork.createCount(count, w.ctx('warehouse'))).number;
  const { shipments } = await w.flows.shipOrder({ orderId: order.id }, w.ctx('warehouse'));
  shipment = shipments[0]?.number ?? '';
  await w.settle();
  await w.flows.invoices.issue([order.id], w.ctx('invoices'));
  invoice = (await w.db.pool.query('SELECT number FROM invoices WHERE order_id = $1', [order.id])).rows[0]?.number;
  const shipmentId = shipments[0]?.id as string;
  const proof = { name: 'M. Rossi', place: 'Front desk', signature: 'sig_17' };
  await w.flows.updateShipment({ shipmentId, status: 'DELIVERED', detail: null, proof }, w.ctx('carrier'));
  await calledFor(w);
  const waiting = await packed(w, [1, 1]);
  await w.settle();
  manifest = (await w.flows.parcels.closeManifest({ nodeId: w.nodes[0] as string, carrier: 'parcel' }, w.ctx('warehouse')))
    .number;
  trackings = (await boxesOf(w, waiting.shipmentId)).map((box) => String(box.tracking_number));
  customerId = String((await w.order(order.id)).customer_id);
  const { code } = chart.storeCredit(w.merchantId, customerId, 'EUR');
  account = accountId(code);
  await w.db.ownerPool.query(
    `INSERT INTO accounts (id, code, kind, home, merchant_id, customer_id, currency, normal_side, limited, created_at)
     VALUES ($1, $2, 'store_credit', 'EU', $3, $4, 'EUR', 'credit', true, now())`,
    [account, code, w.merchantId, customerId],
  );
});
afterAll(async () => {
  await api.stop();
  await w.close();
});

const read = (path: string, cookie?: string) => fetch(`${api.url}/api/documents/${path}`, cookie ? { headers: { cookie } } : {});
const address = (kind: DocumentKind): string =>
  `${kind}/${{ orders: order.number, 'packing-slips': shipment, 'pick-lists': pickList, 'count-sheets': countSheet, manifests: manifest, invoices: invoice, proofs: shipment, statements: account }[kind]}.pdf`;
const pdfOf = async (response: Response) => readPdf(new Uint8Array(await response.arrayBuffer()));
const figures = () =>
  readSnapshot(w.db.pool, (tx) => readOrderDocument(tx, { merchantId: null, customerId: null }, order.number));
const KINDS = Object.keys(DOCUMENT_PERMISSIONS) as DocumentKind[];

describe('documents', () => {
  test('an invoice says who sold what to whom, its number, and the tax by rate, to the cent', async () => {
    const { pages, title } = await pdfOf(await read(address('invoices'), await api.signIn('agent')));
    expect(title).toBe(`Invoice ${invoice}`);
    const lines = pages.flat();
    const text = lines.join('\n');
    for (const said of ['Test Trading GmbH', 'Tax number DE123456789', `Order ${order.number}`, 'Issued ', 'Supplied '])
      expect(text).toContain(said);
    const { taxes, totalMinor } = await figures();
    const { money, rate } = printFor('en', 'UTC', new Date());
    for (const { rate: fraction, taxMinor } of taxes)
      expect(
        lines.some((line) => line.startsWith(`Tax ${rate(fraction)} on `) && line.endsWith(`| ${money(taxMinor, 'EUR')}`)),
      ).toBe(true);
    expect(lines).toContain(`Total | ${money(totalMinor, 'EUR')}`);
  });

  test('an order summary adds up to the order, to the cent, line by line', async () => {
    const response = await read(address('orders'), await api.signIn('agent'));
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('content-disposition')).toBe(
      `inline; filename="order-summary-${order.number.toLowerCase()}.pdf"`,
    );
    const { pages, title } = await pdfOf(response);
    expect(title).toBe(`Order summary ${order.number}`);
    const lines = pages.flat();
    const document = await figures();
    const row = await w.order(order.id);
    expect(document.totalMinor).toBe(row.total_minor);
    const { money, rate } = printFor('en', 'UTC', new Date());
    const shown = (amountMinor: bigint) => money(amountMinor, 'EUR');
    expect(lines).toContain(`Subtotal | ${shown(document.subtotalMinor)}`);
    expect(lines).toContain(`Discount | ${shown(-document.discountMinor)}`);
    for (const { rate: fraction, taxMinor } of document.taxes)
      expect(lines).toContain(`Tax ${rate(fraction)} | ${shown(taxMinor)}`);
    expect(lines).toContain(`Total | ${shown(row.total_minor as bigint)}`);
    expect(lines).toContain(`Paid | ${shown(row.captured_minor as bigint)}`);
    for (const line of document.lines) {
      const cells = lines.find((text) => text.startsWith(`${line.skuCode} | `))?.split(' | ');
      expect(cells?.slice(2)).toEqual([String(line.quantity), expect.any(String), shown(line.netMinor)]);
    }
  });

  test('a packing slip names what lies in the parcel, where it goes, and no price', async () => {
    const { pages } = await pdfOf(await read(address('packing-slips'), await api.signIn('warehouse')));
    const lines = pages.flat();
    expect(lines.join('\n')).toContain(`Order ${order.number}`);
    expect(lines.join('\n')).toContain('Via Roma 1');
    expect(lines).toContain('MUG | MUG | 3');
    expect(lines).toContain('BAG | BAG | 7');
    expect(lines).toContain('Units | 11');
    expect(lines.join('\n')).not.toMatch(/€|EUR \d/);
    expect(lines).toContain(shipment);
  });

  test('a pick list names goods, bins and orders', async () => {
    const { pages, title } = await pdfOf(await read(address('pick-lists'), await api.signIn('warehouse')));
    expect(title).toBe(`Pick list ${pickList}`);
    expect(pages.flat().join('\n')).toContain(`${order.number} × 7`);
  });

  test('a count sheet names goods and leaves room for figures', async () => {
    const { pages, title } = await pdfOf(await read(address('count-sheets'), await api.signIn('warehouse')));
    expect(title).toBe(`Count sheet ${countSheet}`);
    expect(pages.flat().join('\n')).toMatch(/MUG.*________/);
  });

  test('a manifest names every parcel that is called for, and where a driver signs', async () => {
    const { pages, title } = await pdfOf(await read(address('manifests'), await api.signIn('warehouse')));
    expect(title).toBe(`Manifest ${manifest}`);
    const text = pages.flat().join('\n');
    for (const tracking of trackings) expect(text).toContain(tracking);
    expect(text).toContain('Taken over by');
    expect(pages.flat()).toContain('Parcels | 2');
  });

  test('a proof of delivery says who took the parcel, and where', async () => {
    const { pages, title } = await pdfOf(await read(address('proofs'), await api.signIn('agent')));
    expect(title).toBe(`Proof of delivery ${shipment}`);
    const text = pages.flat().join('\n');
    for (const said of ['M. Rossi', 'Front desk', 'sig_17']) expect(text).toContain(said);
  });

  test('speak the reader’s language, or the one asked for', async () => {
    const cookie = await api.signIn('agent');
    expect((await pdfOf(await read(`${address('orders')}?lang=de`, cookie))).title).toBe(`Bestellübersicht ${order.number}`);
    await w.db.ownerPool.query("UPDATE users SET locale = 'de'");
    expect((await pdfOf(await read(address('packing-slips'), cookie))).title).toBe(`Packzettel ${shipment}`);
    await w.db.ownerPool.query("UPDATE users SET locale = 'en'");
  });

  test.each(KINDS)('%s are for exactly those whom their row names', async (kind) => {
    const row: PermissionRow = DOCUMENT_PERMISSIONS[kind];
    const belongs = { merchant: { merchantId: w.merchantId }, customer: { customerId } } as Partial<Record<Role, object>>;
    for (const role of ROLES) {
      const response = await read(address(kind), await api.signIn(role, belongs[role] ?? {}));
      expect([role, response.status]).toEqual([role, row.allow[role] === undefined ? 403 : 200]);
    }
    expect((await read(address(kind))).status).toBe(401);
    const key = await fetch(`${api.url}/api/documents/${address(kind)}`, {
      headers: { authorization: 'Bearer wb_live_nothing' },
    });
    expect(key.status).toBe(401);
  });

  test.each(KINDS)('%s of somebody else are not there', async (kind) => {
    const other = '00000000-0000-7000-8000-0000000000ff';
    await w.db.ownerPool.query(
      `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', 'other', 'Other', 'EUR', 'DE', now()) ON CONFLICT DO NOTHING`,
      [other],
    );
    await w.db.ownerPool.query(`INSERT INTO customers (id, created_at) VALUES ($1, now()) ON CONFLICT DO NOTHING`, [other]);
    const merchant = await read(address(kind), await api.signIn('merchant', { merchantId: other }));
    expect(merchant.status).toBe(404);
    expect(await merchant.json()).toMatchObject({ code: 'not_found' });
    const customer = await read(address(kind), await api.signIn('customer', { customerId: other }));
    expect(customer.status).toBe(kind === 'orders' || kind === 'invoices' || kind === 'statements' ? 404 : 403);
  });

  test('what is no document is 404, and only GET reads one', async () => {
    const cookie = await api.signIn('agent');
    for (const path of ['orders/EU-1.pdf', 'nothing/EU-1.pdf', 'orders/EU-1', 'orders/..%2f..%2fetc.pdf', '__proto__/x.pdf'])
      expect([path, (await read(path, cookie)).status]).toEqual([path, 404]);
    const posted = await fetch(`${api.url}/api/documents/${address('orders')}`, { method: 'POST', headers: { cookie } });
    expect(posted.status).toBe(400);
  });

  test('cancelled units and refunds are shown, and what remains is the order’s', async () => {
    const other = await w.place({ lines: [{ sku: 'TEE', quantity: 3 }] });
    await w.settle();
    const { rows } = await w.db.pool.query('SELECT id FROM order_lines WHERE order_id = $1', [other.id]);
    await w.flows.cancelOrder({ orderId: other.id, reason: 'other', units: [{ lineId: rows[0].id, quantity: 1 }] }, w.ctx());
    await w.settle();
    const { pages } = await pdfOf(await read(`orders/${other.number}.pdf`, await api.signIn('agent')));
    const text = pages.flat().join('\n');
    const row = await w.order(other.id);
    const { money } = printFor('en', 'UTC', new Date());
    expect(text).toContain('1 of them cancelled');
    expect(text).toContain(
      `Total after cancellation | ${money((row.total_minor as bigint) - (row.cancelled_minor as bigint), 'EUR')}`,
    );
  });
});

test('the figures of any order add up, or there is no paper', async () => {
  const { orderDocument } = await import('../views/documents/order-document.ts');
  const head = { ...(await figures()), capturedMinor: 0n };
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
  const line = fc.record({
    net: amount,
    part: fc.bigInt({ min: 0n, max: 100n }),
    tax: amount,
    kind: fc.constantFrom('item', 'shipping', 'fee'),
  });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (drawn) => {
      const lines = drawn.map(({ net, part, tax, kind }, index) => {
        const discountMinor = (net * part) / 100n;
        const totalMinor = net - discountMinor + tax;
        const facts = { id: String(index), position: index, skuId: null, skuCode: null, name: 'x', stocked: true, quantity: 1 };
        return {
          ...facts,
          kind,
          unitPrice: '1',
          netMinor: net,
          discountMinor,
          taxMinor: tax,
          totalMinor,
          taxRate: '0.2',
          spans: [],
        };
      });
      const totalMinor = lines.reduce((sum, one) => sum + one.totalMinor, 0n);
      const document = orderDocument({ ...head, totalMinor, cancelledMinor: 0n } as never, lines as never);
      const { subtotalMinor, shippingMinor, feesMinor, discountMinor, taxes } = document;
      const added =
        subtotalMinor + shippingMinor + feesMinor - discountMinor + taxes.reduce((sum, tax) => sum + tax.taxMinor, 0n);
      expect(added).toBe(totalMinor);
      expect(() => orderDocument({ ...head, totalMinor: totalMinor + 1n } as never, lines as never)).toThrow(/add up/);
    }),
  );
});

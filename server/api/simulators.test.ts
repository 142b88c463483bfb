import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { type BankSimulator, startBankSimulator } from '../simulators/bank/server.ts';
import { type CarrierSimulator, startCarrierSimulator } from '../simulators/carrier/server.ts';
import { type PspSimulator, startPspSimulator } from '../simulators/psp/server.ts';
import { buildShop, type ShopFixture } from '../views/shop-fixture.ts';
import { createContext } from './context.ts';
import { ANONYMOUS, type Principal } from './principal.ts';
import { appRouter, createCaller } from './root.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';

let db: TestDatabase;
let psp: PspSimulator;
let carrier: CarrierSimulator;
let bank: BankSimulator;
let api: ApiUnderTest;
let shop: ShopFixture;

const KEY = 'carrier_test_simulators';
const ADMIN: Principal = {
  ...ANONYMOUS,
  kind: 'user',
  actor: `user:${newId()}`,
  userId: newId(),
  role: 'admin',
  secondFactor: true,
};
const portOf = (url: string) => new URL(url).port;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await buildShop(db.pool);
  psp = await startPspSimulator({ port: 0, webhookSecret: 'whsec_x', secretKey: 'sk_test_x' });
  carrier = await startCarrierSimulator({ port: 0, webhookSecret: 'whsec_eA==', apiKey: KEY });
  bank = await startBankSimulator({ port: 0, webhookSecret: 'whsec_eA==', apiKey: 'bank_test' });
  api = await startApiUnderTest(
    db,
    { router: appRouter, handlePublic: () => {} },
    {
      PSP_URL: psp.url,
      PSP_CONTROL_PORT: portOf(psp.controlUrl),
      CARRIER_URL: carrier.url,
      CARRIER_CONTROL_PORT: portOf(carrier.controlUrl),
      BANK_URL: bank.url,
      BANK_CONTROL_PORT: portOf(bank.controlUrl),
    },
  );
});
afterAll(async () => {
  await api.stop();
  await Promise.all([psp.close(), carrier.close(), bank.close()]);
  await db.drop();
});

const as = (principal: Principal, demo = true) =>
  createCaller(createContext({ ...api.app, settings: { ...api.app.settings, demo } }, principal)).simulators;
const admin = () => as(ADMIN);

async function lastAudit() {
  const { rows } = await db.pool.query<Record<'actor' | 'action' | 'entity' | 'before' | 'after', unknown>>(
    'SELECT actor, action, entity || $1 || entity_id AS entity, before, after FROM audit_log ORDER BY id DESC LIMIT 1',
    [' '],
  );
  return rows[0];
}

/** What an order's shipment would ask for. */
async function makeLabel(shipmentId: string): Promise<string> {
  const address = { name: 'Ana', line1: 'Street 1', city: 'Graz', postal_code: '8010', country: 'AT' };
  const response = await fetch(`${carrier.url}/v1/labels`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'idempotency-key': newId() },
    body: JSON.stringify({ client_reference: newId(), shipment_id: shipmentId, from: address, to: address, weight_grams: 100 }),
  });
  return ((await response.json()) as { id: string }).id;
}

describe('the switchboard of the simulators', () => {
  it('switches a fault on for the next few requests and off again, and the audit log says by whom', async () => {
    await admin().switch({ kind: 'fault', simulator: 'psp', fault: 'decline', rule: { next: 3, on: ['authorize', 'capture'] } });
    expect((await admin().state()).psp?.faults.decline).toEqual([
      { probability: 1, next: 3, on: ['authorize', 'capture'], delayMs: null, scoped: false },
    ]);
    expect(await lastAudit()).toMatchObject({ actor: ADMIN.actor, action: 'simulator.switched', entity: 'simulator psp' });

    await admin().switch({ kind: 'fault', simulator: 'psp', fault: 'decline', rule: null });
    expect((await admin().state()).psp?.faults.decline).toEqual([]);
    expect(await lastAudit()).toMatchObject({ before: { decline: [{ next: 3 }] }, after: { decline: null } });
  });

  it('makes one simulator slow without touching the other', async () => {
    await admin().switch({ kind: 'fault', simulator: 'carrier', fault: 'slow_ms', rule: { probability: 0.5, delayMs: 1_500 } });
    const { psp: provider, carrier: parcels } = await admin().state();
    expect(parcels?.faults.slow_ms).toMatchObject([{ probability: 0.5, next: null, delayMs: 1_500 }]);
    expect(provider?.faults.slow_ms).toEqual([]);
    await admin().reset({ simulator: 'carrier' });
  });

  it('takes a simulator down, steers it meanwhile, and brings it back', async () => {
    await admin().switch({ kind: 'down', simulator: 'psp', forMs: 60_000 });
    await expect(fetch(`${psp.url}/v1/payment_intents`)).rejects.toThrow();
    expect((await admin().state()).psp?.downUntil).toBeInstanceOf(Date);
    await admin().switch({ kind: 'down', simulator: 'psp', forMs: null });
    expect((await fetch(`${psp.url}/v1/payment_intents`)).status).toBe(401);
    expect((await admin().state()).psp?.downUntil).toBeNull();
  });

  it('changes what happens to webhooks one thing at a time, and everything back at once', async () => {
    await admin().switch({ kind: 'webhooks', simulator: 'psp', webhooks: { duplicate: 1 } });
    await admin().switch({ kind: 'webhooks', simulator: 'psp', webhooks: { delayMs: 2_000 } });
    expect((await admin().state()).psp?.webhooks).toEqual({ duplicate: 1, delayMs: 2_000, reorder: 0, off: false });
    await admin().reset({ simulator: 'psp' });
    expect((await admin().state()).psp?.webhooks).toEqual({ duplicate: 0, delayMs: 0, reorder: 0, off: false });
    expect(await lastAudit()).toMatchObject({ action: 'simulator.reset', before: { webhooks: { duplicate: 1 } } });
  });

  it('changes settings and keeps those it was not told about', async () => {
    const before = (await admin().state()).carrier?.settings;
    await admin().settings({ simulator: 'carrier', deliveredAfterMs: 90_000 });
    expect((await admin().state()).carrier?.settings).toEqual({ ...before, delivered_after_ms: 90_000 });
    await admin().settings({ simulator: 'psp', multicapture: true });
    expect((await admin().state()).psp?.settings.multicapture).toBe(true);
    expect(await lastAudit()).toMatchObject({ action: 'simulator.settings_changed', after: { multicapture: true } });
  });

  it('moves a parcel on, lists it under its shipment and order, and refuses to move what has arrived', async () => {
    const ref = await makeLabel(shop.shipment);
    const parcel = { ref, status: 'label', shipmentNumber: 'S-EU-501', orderNumber: 'EU-1001' };
    expect((await admin().state()).carrier?.parcels).toMatchObject([parcel]);
    await admin().advanceShipment({ parcel: ref, to: 'in_transit' });
    expect((await admin().state()).carrier?.parcels).toMatchObject([{ ...parcel, status: 'in_transit' }]);
    await admin().advanceShipment({ parcel: ref, to: 'delivered' });
    const { carrier: parcels } = await admin().state();
    expect(parcels?.parcels).toEqual([]);
    expect(parcels?.log.map(({ kind, orderNumber }) => [kind, orderNumber])).toEqual([
      ['delivered', 'EU-1001'],
      ['in_transit', 'EU-1001'],
      ['label', 'EU-1001'],
    ]);
    expect(await lastAudit()).toMatchObject({ action: 'parcel.advanced', entity: `parcel ${ref}`, after: { to: 'delivered' } });
  });

  it('lets somebody transfer money and a report come out wrong', async () => {
    await admin().happen({ what: 'transfer', reference: 'RF00', amountMinor: 1_250, currency: 'EUR' });
    expect((await admin().state()).bank?.log[0]).toMatchObject({ kind: 'pay_in', amountMinor: 1_250n, currency: 'EUR' });
    expect(await lastAudit()).toMatchObject({ action: 'simulator.transfer', entity: 'simulator bank' });
    await admin().happen({ what: 'report', missing: 0, extra: 2, otherAmount: 0 });
    expect(psp.state.report.extra).toHaveLength(2);
    const nobody = admin().happen({ what: 'dispute', paymentRef: 'pi_nobody' });
    await expect(nobody).rejects.toMatchObject({ cause: { code: 'not_found' } });
  });

  it('has a bank give up an authorization, and others last as long as is said', async () => {
    await admin().settings({ simulator: 'psp', authorizationMs: 60_000 });
    const body = 'amount=500&currency=eur&capture_method=manual&confirm=true&payment_method=pm_card_visa';
    const authorize = async () => {
      const headers = { authorization: 'Bearer sk_test_x', 'content-type': 'application/x-www-form-urlencoded' };
      const made = await fetch(`${psp.url}/v1/payment_intents`, { method: 'POST', headers, body });
      return ((await made.json()) as { id: string }).id;
    };
    const [given, kept] = [await authorize(), await authorize()];
    await admin().happen({ what: 'lapse', paymentRef: given });
    expect(await lastAudit()).toMatchObject({ action: 'simulator.lapse' });
    expect([psp.state.intents.get(given)?.status, psp.state.intents.get(kept)?.status]).toEqual(['canceled', 'requires_capture']);
    await expect(admin().happen({ what: 'lapse', paymentRef: given })).rejects.toMatchObject({
      cause: { code: 'invalid_request' },
    });
    expect(psp.state.intents.get(kept)?.captureBefore).toBeLessThan(Date.now() / 1_000 + 61);
    expect((await admin().state()).psp?.settings).toMatchObject({ authorization_ms: 60_000 });
  });

  it('loses a parcel, and the carrier answers the claim', async () => {
    const parcel = await makeLabel(newId());
    await admin().advanceShipment({ parcel, to: 'lost' });
    const claimed = await fetch(`${carrier.url}/v1/claims`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'idempotency-key': newId() },
      body: JSON.stringify({ client_reference: newId(), parcel, kind: 'lost', amount: 4_000, currency: 'EUR' }),
    });
    const { id: claim } = (await claimed.json()) as { id: string };
    const shown = (await admin().state()).carrier;
    expect(shown?.claims).toMatchObject([{ ref: claim, status: 'claim' }]);
    expect(shown?.parcels.map(({ ref }) => ref)).not.toContain(claim);
    expect(shown?.parcels).toContainEqual(expect.objectContaining({ ref: parcel, status: 'lost' }));
    await admin().happen({ what: 'claim', claim, to: 'accepted', amountMinor: 3_000 });
    await admin().happen({ what: 'claim', claim, to: 'paid' });
    expect(carrier.state.claims.get(claim)).toMatchObject({ status: 'paid', amount: 3_000 });
    expect((await admin().state()).carrier?.claims).toEqual([]);
    await admin().settings({ simulator: 'carrier', lostRate: 0, rejectRate: 0.5, autoAnswer: false });
    expect((await admin().state()).carrier?.settings).toMatchObject({ lost_rate: 0, reject_rate: 0.5, auto_answer: false });
  });

  it('says so where there is no such parcel, and writes nothing', async () => {
    const before = await lastAudit();
    await expect(admin().advanceShipment({ parcel: 'shp_none', to: 'delivered' })).rejects.toMatchObject({
      cause: { code: 'not_found' },
    });
    expect(await lastAudit()).toEqual(before);
  });

  it('shows a log of what is none of ours without an order', async () => {
    await makeLabel('somebody-else');
    expect((await admin().state()).carrier?.log[0]).toMatchObject({ kind: 'label', orderNumber: null, shipmentNumber: null });
  });

  it('does not exist outside a demo, nor for anybody but admins', async () => {
    await expect(as(ADMIN, false).state()).rejects.toMatchObject({ cause: { code: 'not_found' } });
    await expect(as(ADMIN, false).reset({ simulator: 'psp' })).rejects.toMatchObject({ cause: { code: 'not_found' } });
    await expect(as({ ...ADMIN, role: 'agent' }).state()).rejects.toMatchObject({ cause: { code: 'forbidden' } });
  });
});

it('leaves parcels where they are that were labelled before it began to move them', async () => {
  const old = await makeLabel(newId());
  const since = carrier.clock.now() + 1;
  carrier.clock.offsetMs += 10;
  const fresh = await makeLabel(newId());
  await fetch(`${carrier.controlUrl}/_sim/settings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auto_progress: true,
      auto_progress_since: since,
      in_transit_after_ms: 60_000,
      delivered_after_ms: 120_000,
    }),
  });
  await fetch(`${carrier.controlUrl}/_sim/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advance_ms: 61_000 }),
  });
  expect([carrier.state.parcels.get(old)?.status, carrier.state.parcels.get(fresh)?.status]).toEqual(['created', 'in_transit']);
});

it('a simulator that does not answer is shown as away', async () => {
  const away = await startApiUnderTest(
    db,
    { router: appRouter, handlePublic: () => {} },
    { PSP_URL: psp.url, PSP_CONTROL_PORT: '1', CARRIER_URL: carrier.url, CARRIER_CONTROL_PORT: portOf(carrier.controlUrl) },
  );
  const simulators = createCaller(createContext(away.app, ADMIN)).simulators;
  expect((await simulators.state()).psp).toBeNull();
  await expect(simulators.reset({ simulator: 'psp' })).rejects.toMatchObject({ cause: { code: 'unavailable' } });
  await away.stop();
});

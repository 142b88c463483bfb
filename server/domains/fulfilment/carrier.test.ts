import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { verifyStandardWebhook } from '../../platform/standard-webhook.ts';
import { type CarrierSimulator, startCarrierSimulator } from '../../simulators/carrier/server.ts';
import { createParcelCarrier } from './carrier.ts';
import type { Carrier, CarrierWebhook, LabelSucceeded } from './provider.ts';

const SECRETS = { apiKey: 'carrier_test', webhookSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const VECTORS = '../shared/data/standard-webhooks/vectors.json';

let sim: CarrierSimulator;
let carrier: Carrier;
beforeEach(async () => {
  sim = await startCarrierSimulator({ port: 0, ...SECRETS });
  carrier = createParcelCarrier({ url: sim.url, ...SECRETS, timeoutMs: 500 });
});
afterEach(async () => {
  carrier.close();
  await sim.close();
});

const label = (attemptId = newId(), shipmentId = newId()) =>
  carrier.createLabel({
    shipmentId,
    attemptId,
    from: { name: 'Depot', line1: '1 Dock Road', city: 'Leeds', postalCode: 'LS1 1AA', country: 'GB' },
    to: { name: 'Ada', line1: '2 High Street', city: 'York', postalCode: 'YO1 2BB', country: 'GB' },
    weightGrams: 750,
  });

async function bought(attemptId = newId(), shipmentId = newId()): Promise<LabelSucceeded> {
  const outcome = await label(attemptId, shipmentId);
  if (outcome.kind !== 'succeeded') throw new Error(`Expected a label: ${JSON.stringify(outcome)}`);
  return outcome;
}
const advance = (ref: string, body: object = {}) =>
  fetch(`${sim.url}/_sim/shipments/${ref}/advance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('a label', () => {
  test('is a real PDF with a tracking number', async () => {
    const { labelUrl, trackingNumber } = await bought();
    const file = await fetch(labelUrl);
    const text = await file.text();
    expect(file.headers.get('content-type')).toBe('application/pdf');
    expect(text.startsWith('%PDF-1.4')).toBe(true);
    expect(text).toContain(trackingNumber);
  });

  test('is bought once however often its attempt is repeated', async () => {
    const [attempt, shipment] = [newId(), newId()];
    expect(await label(attempt, shipment)).toEqual(await label(attempt, shipment));
    expect(sim.state.parcels.size).toBe(1);
    expect(await label(attempt, newId())).toMatchObject({ kind: 'unknown' });
  });

  test('can be voided, again and again, until the parcel moves', async () => {
    const { carrierRef } = await bought();
    expect(await carrier.voidLabel({ carrierRef, attemptId: newId() })).toMatchObject({ kind: 'succeeded', status: 'voided' });
    expect(await carrier.voidLabel({ carrierRef, attemptId: newId() })).toMatchObject({ kind: 'succeeded', status: 'voided' });
    const moving = await bought();
    await advance(moving.carrierRef);
    const late = await carrier.voidLabel({ carrierRef: moving.carrierRef, attemptId: newId() });
    expect(late).toMatchObject({ kind: 'failed', code: 'already_moving' });
  });
});

describe('when the carrier fails', () => {
  test.each([
    ['drop_reply', true],
    ['error_5xx_after', true],
    ['drop_before', false],
    ['error_5xx', false],
  ])('%s is unknown, and asking finds out that it happened: %s', async (fault, happened) => {
    await sim.switches.set({ [fault]: { next: 1 } });
    const attemptId = newId();
    expect(await label(attemptId)).toMatchObject({ kind: 'unknown' });
    expect((await carrier.query({ attemptId })).kind).toBe(happened ? 'succeeded' : 'not_found');
  });

  test('slow is unknown, refusal is failed, too busy and down were never reached', async () => {
    await sim.switches.set({ slow_ms: { next: 1, value: 900 } });
    expect(await label()).toMatchObject({ kind: 'unknown' });
    await sim.switches.set({ decline: { next: 1 } });
    expect(await label()).toMatchObject({ kind: 'failed', code: 'address_not_served' });
    await sim.switches.set({ rate_limit: { next: 1 } });
    expect(await label()).toMatchObject({ kind: 'unreachable' });
    await sim.switches.set({ down: true });
    await expect.poll(async () => (await label()).kind).toBe('unreachable');
    await sim.switches.set({ down: false });
    expect(await label()).toMatchObject({ kind: 'succeeded' });
  });
});

describe('tracking', () => {
  test('is told by signed webhooks that the carrier adapter accepts', async () => {
    const seen: CarrierWebhook[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push(carrier.verifyWebhook(Buffer.concat(chunks), request.headers));
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await sim.close();
    const dir = mkdtempSync(join(tmpdir(), 'carrier-'));
    sim = await startCarrierSimulator({ port: 0, dir, webhookUrl, ...SECRETS });
    carrier.close();
    carrier = createParcelCarrier({ url: sim.url, ...SECRETS });

    const shipmentId = newId();
    const { carrierRef, trackingNumber } = await bought(newId(), shipmentId);
    await advance(carrierRef);
    await advance(trackingNumber, { to: 'exception', detail: 'Nobody was in.' });
    await expect.poll(() => seen.length).toBe(2);
    expect(seen.find((message) => message.status === 'in_transit')).toMatchObject({
      carrierRef,
      shipmentId,
      topic: 'parcel.in_transit',
    });
    expect(seen.find((message) => message.status === 'exception')).toMatchObject({ trackingNumber, detail: 'Nobody was in.' });

    await sim.close();
    sim = await startCarrierSimulator({ port: 0, dir, ...SECRETS });
    carrier.close();
    carrier = createParcelCarrier({ url: sim.url, ...SECRETS });
    expect(await carrier.query({ carrierRef })).toMatchObject({ kind: 'succeeded', status: 'exception', trackingNumber });
    server.closeAllConnections();
    server.close();
  });

  test('moves by itself with the clock where that is switched on', async () => {
    const { carrierRef } = await bought();
    const post = (path: string, body: object) =>
      fetch(`${sim.controlUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await post('/_sim/settings', { auto_progress: true, in_transit_after_ms: 60_000, delivered_after_ms: 120_000 });
    await post('/_sim/clock', { advance_ms: 61_000 });
    expect(await carrier.query({ carrierRef })).toMatchObject({ status: 'in_transit' });
    await post('/_sim/clock', { advance_ms: 60_000 });
    expect(await carrier.query({ carrierRef })).toMatchObject({ status: 'delivered' });
  });
});

test.skipIf(!existsSync(VECTORS))(
  `the Standard Webhooks vectors are accepted and refused as published (needs ${VECTORS})`,
  () => {
    const { sign } = JSON.parse(readFileSync(VECTORS, 'utf8'));
    const at = sign['webhook-timestamp'];
    const headers = { 'webhook-id': sign['webhook-id'], 'webhook-timestamp': String(at), 'webhook-signature': sign.expected };
    const verify = (change: Record<string, string | undefined>, secret: string = sign.secret, shiftSeconds = 0) =>
      verifyStandardWebhook(sign.payload, { ...headers, ...change }, secret, new Date((at + shiftSeconds) * 1000));
    const filler = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
    expect(verify({}).id).toBe(sign['webhook-id']);
    expect(verify({}, sign.secret.replace('whsec_', '')).id).toBe(sign['webhook-id']);
    expect(verify({ 'webhook-signature': `${filler} ${sign.expected}` }).id).toBe(sign['webhook-id']);
    const refused: [Record<string, string | undefined>, string?, number?][] = [
      [{}, ''],
      [{}, 'whsec_'],
      [{ 'webhook-id': undefined }],
      [{ 'webhook-timestamp': undefined }],
      [{ 'webhook-signature': undefined }],
      [{ 'webhook-timestamp': 'hello' }],
      [{ 'webhook-signature': 'v1,dawfeoifkpqwoekfpqoekf' }],
      [{ 'webhook-signature': sign.expected.slice(0, 8) }],
      [{ 'webhook-signature': 'v1,' }],
      [{}, sign.secret, 301],
      [{}, sign.secret, -301],
    ];
    for (const [change, secret, shift] of refused) expect(() => verify(change, secret, shift)).toThrow(/refused/);
  },
);

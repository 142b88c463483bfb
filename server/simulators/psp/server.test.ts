import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStripeProvider } from '../../domains/payments/stripe.ts';
import { type PspOptions, type PspSimulator, startPspSimulator } from './server.ts';

const SECRETS = { secretKey: 'sk_test_sim', webhookSecret: 'whsec_sim' };
const SPEC = '../shared/data/stripe-openapi';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close();
});

async function start(options: Partial<PspOptions> = {}): Promise<PspSimulator> {
  const psp = await startPspSimulator({ port: 0, ...SECRETS, ...options });
  open.push(psp);
  return psp;
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const CREATE = { amount: '1000', currency: 'gbp', payment_method: 'pm_card_visa', confirm: 'true', capture_method: 'manual' };

async function post(psp: { url: string }, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const reply = await fetch(`${psp.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRETS.secretKey}`, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: form(fields),
  });
  return { status: reply.status, headers: reply.headers, body: await reply.json() };
}
async function get(psp: { url: string }, path: string) {
  const reply = await fetch(`${psp.url}${path}`, { headers: { authorization: `Bearer ${SECRETS.secretKey}` } });
  return reply.json();
}
async function flip(psp: { url: string }, switches: unknown): Promise<void> {
  const flipped = await fetch(`${psp.url}/_sim/switches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(switches),
  });
  expect(flipped.status).toBe(200);
}

describe('an idempotency key', () => {
  let psp: PspSimulator;
  beforeEach(async () => {
    psp = await start();
  });

  test('replays the stored reply for the same request', async () => {
    const first = await post(psp, '/v1/payment_intents', CREATE, { 'idempotency-key': 'k1' });
    await post(psp, `/v1/payment_intents/${first.body.id}/capture`, {});
    const again = await post(psp, '/v1/payment_intents', CREATE, { 'idempotency-key': 'k1' });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(first.headers.get('idempotent-replayed')).toBeNull();
  });

  test('replays a decline', async () => {
    const declined = { ...CREATE, payment_method: 'pm_card_chargeDeclined' };
    const first = await post(psp, '/v1/payment_intents', declined, { 'idempotency-key': 'k1' });
    expect(first).toMatchObject({
      status: 402,
      body: { error: { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' } },
    });
    const again = await post(psp, '/v1/payment_intents', declined, { 'idempotency-key': 'k1' });
    expect(again).toMatchObject({ status: 402, body: first.body });
    expect(psp.state.intents.size).toBe(1);
  });

  test('refuses another request', async () => {
    await post(psp, '/v1/payment_intents', CREATE, { 'idempotency-key': 'k1' });
    const other = await post(psp, '/v1/payment_intents', { ...CREATE, amount: '2' }, { 'idempotency-key': 'k1' });
    expect(other).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
  });

  test('is busy while the first request is worked on', async () => {
    await psp.switches.set({ slow_ms: { next: 1, value: 200 } });
    const both = await Promise.all([1, 2].map(() => post(psp, '/v1/payment_intents', CREATE, { 'idempotency-key': 'k1' })));
    expect(both.map((reply) => reply.status).sort()).toEqual([200, 409]);
    expect(psp.state.intents.size).toBe(1);
  });
});

describe('faults', () => {
  test('by header, by metadata, and by a counted and scoped switch', async () => {
    const psp = await start();
    expect((await post(psp, '/v1/payment_intents', CREATE, { 'x-sim-fault': 'decline=lost_card' })).body.error.decline_code).toBe(
      'lost_card',
    );
    const marked = { ...CREATE, 'metadata[sim_fault]': 'challenge,error_5xx@capture', 'metadata[order_id]': 'o1' };
    const challenged = await post(psp, '/v1/payment_intents', marked);
    expect(challenged.body.status).toBe('requires_action');
    const switches = { error_5xx: { next: 1, on: 'capture', order_id: 'o1' } };
    await flip(psp, switches);
    const other = await post(psp, '/v1/payment_intents', CREATE);
    expect((await post(psp, `/v1/payment_intents/${other.body.id}/capture`, {})).status).toBe(200);
    const mine = await post(psp, '/v1/payment_intents', { ...CREATE, 'metadata[order_id]': 'o1' });
    const path = `/v1/payment_intents/${mine.body.id}/capture`;
    expect([(await post(psp, path, {})).status, (await post(psp, path, {})).status]).toEqual([500, 200]);
  });

  test('a read can be scoped to an order by the payment or the refund it names', async () => {
    const psp = await start();
    const paid = async (order: string) => {
      const made = await post(psp, '/v1/payment_intents', { ...CREATE, 'metadata[order_id]': order });
      await post(psp, `/v1/payment_intents/${made.body.id}/capture`, {});
      const refund = await post(psp, '/v1/refunds', { payment_intent: made.body.id, amount: '100' });
      return [`payment_intents/${made.body.id}`, `refunds/${refund.body.id}`, `refunds?payment_intent=${made.body.id}`];
    };
    const mine = await paid('o1');
    const others = await paid('o2');
    await flip(psp, { error_5xx: { on: 'read', order_id: 'o1' } });
    for (const path of mine) expect((await get(psp, `/v1/${path}`)).error).toMatchObject({ type: 'api_error' });
    for (const path of others) expect(await get(psp, `/v1/${path}`)).not.toHaveProperty('error');
  });

  test('an unknown switch is refused with a sentence, and a form cannot flip one', async () => {
    const psp = await start();
    const send = (type: string, body: string) =>
      fetch(`${psp.url}/_sim/switches`, { method: 'POST', headers: { 'content-type': type }, body });
    expect((await send('application/json', '{"explode": true}')).status).toBe(400);
    expect((await send('application/x-www-form-urlencoded', 'down=true')).status).toBe(415);
  });

  test('while it is down connections are refused and the control listener still answers', async () => {
    const psp = await start();
    const control = (body: unknown) =>
      fetch(`${psp.controlUrl}/_sim/switches`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await control({ down: { for_ms: 30_000 } });
    const error = await get(psp, '/v1/events').catch((caught: Error) => caught);
    expect(error instanceof Error && error.cause).toMatchObject({ code: 'ECONNREFUSED' });
    await control({ down: false });
    expect(await get(psp, '/v1/events')).toMatchObject({ object: 'list' });
  });
});

describe('webhooks', () => {
  interface Delivery {
    readonly id: string;
    readonly type: string;
  }
  async function receiver(refuseFirst = 0) {
    const stripe = new Stripe(SECRETS.secretKey);
    const seen: Delivery[] = [];
    let refused = 0;
    const server: Server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (refused++ < refuseFirst) return response.writeHead(503).end();
        const event = stripe.webhooks.constructEvent(
          Buffer.concat(chunks),
          String(request.headers['stripe-signature']),
          SECRETS.webhookSecret,
        );
        seen.push({ id: event.id, type: event.type });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    });
    return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  }

  test('are signed so that the official SDK accepts them, and repeated until accepted', async () => {
    const { seen, url } = await receiver(1);
    const psp = await start({ webhookUrl: url });
    const { body } = await post(psp, '/v1/payment_intents', CREATE);
    await post(psp, `/v1/payment_intents/${body.id}/capture`, {});
    await expect
      .poll(() => seen.map((event) => event.type).sort(), { timeout: 10_000 })
      .toEqual(['payment_intent.amount_capturable_updated', 'payment_intent.succeeded']);
  });

  test('can be duplicated, reordered and withheld', async () => {
    const { seen, url } = await receiver();
    const psp = await start({ webhookUrl: url });
    await psp.switches.set({ webhooks: { duplicate: true } });
    await post(psp, '/v1/payment_intents', CREATE);
    await expect.poll(() => seen.length).toBe(2);
    expect(seen[0]?.id).toBe(seen[1]?.id);
    await psp.switches.set({ webhooks: { duplicate: false, reorder: true } });
    const { body } = await post(psp, '/v1/payment_intents', CREATE);
    await post(psp, `/v1/payment_intents/${body.id}/capture`, {});
    await expect
      .poll(() => seen.slice(2).map((event) => event.type))
      .toEqual(['payment_intent.succeeded', 'payment_intent.amount_capturable_updated']);
    await psp.switches.set({ webhooks: { off: true } });
    await post(psp, '/v1/payment_intents', CREATE);
    expect(psp.state.unsent.size).toBe(0);
    expect(seen).toHaveLength(4);
  });

  test('a provider accepts what is signed and fresh and refuses the rest', async () => {
    const provider = createStripeProvider({ url: 'http://127.0.0.1:1', ...SECRETS });
    const stripe = new Stripe(SECRETS.secretKey);
    const object = {
      id: 'pi_1',
      object: 'payment_intent',
      status: 'requires_capture',
      amount: 5,
      metadata: { order_id: 'o1', payment_id: 'p1' },
    };
    const payload = JSON.stringify({
      id: 'evt_1',
      object: 'event',
      type: 'payment_intent.succeeded',
      created: 1_700_000_000,
      data: { object },
    });
    const now = new Date(1_700_000_000_000);
    const sign = (secret: string, timestamp: number) => ({
      'stripe-signature': stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }),
    });
    const good = provider.verifyWebhook(payload, sign(SECRETS.webhookSecret, 1_700_000_000), now)[0];
    expect(good).toMatchObject({
      id: 'evt_1',
      topic: 'payment_intent.succeeded',
      paymentRef: 'pi_1',
      orderId: 'o1',
      paymentId: 'p1',
    });
    const refused = [
      sign('whsec_other', 1_700_000_000),
      sign(SECRETS.webhookSecret, 1_699_999_600),
      sign(SECRETS.webhookSecret, 1_700_000_400),
      {},
    ];
    for (const headers of refused) expect(() => provider.verifyWebhook(payload, headers, now)).toThrow(/webhook/);
    expect(() =>
      provider.verifyWebhook(payload.replace('"o1"', '"o2"'), sign(SECRETS.webhookSecret, 1_700_000_000), now),
    ).toThrow(/webhook/);
    provider.close();
  });
});

describe('a restart', () => {
  const spawned: ChildProcess[] = [];
  afterEach(() => {
    for (const child of spawned.splice(0)) child.kill('SIGKILL');
  });

  async function startProcess(dir: string): Promise<{ url: string; kill: () => Promise<void> }> {
    const source = `
      import { startPspSimulator } from '${join(import.meta.dirname, 'server.ts')}';
      const psp = await startPspSimulator({ port: 0, dir: ${JSON.stringify(dir)}, ...${JSON.stringify(SECRETS)} });
      console.log(psp.url);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
    spawned.push(child);
    const url = await new Promise<string>((resolve) =>
      child.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim())),
    );
    const kill = () =>
      new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      });
    return { url, kill };
  }

  test('after kill -9 keeps every answered request, its key and the log', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'psp-'));
    const first = await startProcess(dir);
    const fields = { ...CREATE, 'metadata[operation_id]': 'op1', 'metadata[order_id]': 'o1' };
    const made = await post(first, '/v1/payment_intents', fields, { 'idempotency-key': 'op1' });
    const taken = await post(
      first,
      `/v1/payment_intents/${made.body.id}/capture`,
      { amount_to_capture: '400' },
      { 'idempotency-key': 'op2' },
    );
    const back = await post(first, '/v1/refunds', { payment_intent: made.body.id, amount: '100' }, { 'idempotency-key': 'op3' });
    const log = await get(first, `/_sim/log?order_id=o1`);
    const events = await get(first, '/v1/events?limit=100');
    await first.kill();

    const second = await startProcess(dir);
    const move = (reply: unknown) => JSON.parse(JSON.stringify(reply).replaceAll(first.url, second.url));
    expect(await get(second, `/_sim/log?order_id=o1`)).toEqual(log);
    expect(await get(second, '/v1/events?limit=100')).toEqual(move(events));
    const replayed = await post(second, '/v1/payment_intents', fields, { 'idempotency-key': 'op1' });
    expect(replayed.body).toEqual(made.body);
    const again = await post(
      second,
      `/v1/payment_intents/${made.body.id}/capture`,
      { amount_to_capture: '400' },
      { 'idempotency-key': 'op2' },
    );
    expect(again.body).toEqual(taken.body);
    const refunded = await post(
      second,
      '/v1/refunds',
      { payment_intent: made.body.id, amount: '100' },
      { 'idempotency-key': 'op3' },
    );
    expect(refunded.body).toEqual(back.body);
    const captures = await get(second, '/_sim/captures?after=0');
    expect(captures.data).toMatchObject([{ operation_id: 'op2', payment_intent: made.body.id, amount: 400, order_id: 'o1' }]);
    const searched = await get(
      second,
      `/v1/payment_intents/search?query=${encodeURIComponent("metadata['operation_id']:'op1'")}`,
    );
    expect(searched.data).toHaveLength(1);
    await second.kill();
  });
});

describe.skipIf(!existsSync(SPEC))(`replies follow the published description (needs ${SPEC})`, () => {
  const readSpec = (name: string) => JSON.parse(readFileSync(join(SPEC, name), 'utf8'));

  test('payment intents, refunds, balance transactions and errors match their schemas', async () => {
    const psp = await start();
    const spec = readSpec('spec3.trimmed-10-paths.json');
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    ajv.addSchema({ $id: 'stripe', components: openApiNullable(spec.components) });
    const check = (schema: string, value: unknown) => {
      const validate = ajv.compile({ $ref: `stripe#/components/schemas/${schema}` });
      expect({ errors: validate(value) ? [] : validate.errors, schema }).toEqual({ errors: [], schema });
    };
    const made = await post(psp, '/v1/payment_intents', { ...CREATE, 'metadata[a]': 'b' });
    check('payment_intent', made.body);
    check(
      'payment_intent',
      (await post(psp, '/v1/payment_intents', { ...CREATE, payment_method: 'pm_card_threeDSecure2Required' })).body,
    );
    check('payment_intent', (await post(psp, `/v1/payment_intents/${made.body.id}/capture`, {})).body);
    check('refund', (await post(psp, '/v1/refunds', { payment_intent: made.body.id, amount: '100' })).body);
    const { data } = await get(psp, '/v1/balance_transactions');
    expect(data).toHaveLength(2);
    for (const txn of data) check('balance_transaction', txn);
    // A direct debit: on its way, then there, then taken back.
    const asked = { currency: 'eur', capture_method: 'automatic', 'allowed_payment_method_types[0]': 'sepa_debit' };
    const debit = await post(psp, '/v1/payment_intents', { ...CREATE, ...asked, payment_method: 'pm_sepaDebit_returned' });
    for (const [end, status] of [
      ['', 'processing'],
      ['succeed', 'succeeded'],
      ['return', 'requires_payment_method'],
    ]) {
      const told = { method: 'POST', body: JSON.stringify({ end }) };
      if (end) await fetch(`${psp.controlUrl}/_sim/payments/${debit.body.id}/debit`, told);
      const seen = await get(psp, `/v1/payment_intents/${debit.body.id}?expand[]=latest_charge`);
      expect([seen.status, seen.latest_charge.failure_code]).toEqual([status, end === 'return' ? 'debit_not_authorized' : null]);
      check('payment_intent', await get(psp, `/v1/payment_intents/${debit.body.id}`));
    }
    const booked = await get(psp, '/v1/balance_transactions');
    for (const txn of booked.data) check('balance_transaction', txn);
    check('error', (await post(psp, '/v1/payment_intents', { ...CREATE, payment_method: 'pm_card_chargeDeclined' })).body);
    check('error', (await post(psp, `/v1/payment_intents/${made.body.id}/capture`, {})).body);
  });

  test('charges and events have the fields of the published fixtures', async () => {
    const psp = await start();
    const { resources } = readSpec('fixtures3.2026-08-21.json');
    const made = await post(psp, '/v1/payment_intents', CREATE);
    const charge = await get(psp, `/v1/charges/${made.body.latest_charge}`);
    expect(Object.keys(resources.charge).filter((key) => !(key in charge))).toEqual(['refunds']);
    const events = await get(psp, '/v1/events');
    expect(Object.keys(events.data[0]).sort()).toEqual(Object.keys(resources.event).sort());
    const absent = Object.keys(resources.payment_intent).filter((key) => !(key in made.body));
    expect(absent).toEqual(['managed_payments']);
  });
});

/** OpenAPI 3.0 says `nullable: true`; JSON Schema says it with a type. */
function openApiNullable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(openApiNullable);
  if (typeof node !== 'object' || node === null) return node;
  const mapped = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, openApiNullable(value)]));
  if (mapped.nullable !== true) return mapped;
  const { nullable: _nullable, ...rest } = mapped;
  return { anyOf: [rest, { type: 'null' }] };
}

import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { startAdyenSimulator } from '../../simulators/adyen/server.ts';
import { notificationShape } from '../../simulators/adyen/shapes.ts';
import { decodeForm } from '../../simulators/form.ts';
import { startPspSimulator } from '../../simulators/psp/server.ts';
import { createAdyenProvider } from './adyen.ts';
import { readLines } from './adyen-report.ts';
import { verifyAdyenWebhook } from './adyen-webhook.ts';
import { createBankDebitProvider } from './bank-debit.ts';
import type { PaymentProvider } from './provider.ts';
import { createStripeProvider } from './stripe.ts';

/** The key and the notification that Adyen's own libraries test their signatures with. */
const HMAC_KEY = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
const PUBLISHED = {
  additionalData: { hmacSignature: 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=' },
  amount: { currency: 'EUR', value: 1_130 },
  eventCode: 'AUTHORISATION',
  eventDate: '2014-08-06T17:15:34.121+02:00',
  merchantAccountCode: 'TestMerchant',
  merchantReference: 'TestPayment-1407325143704',
  operations: ['CANCEL', 'CAPTURE', 'REFUND'],
  paymentMethod: 'visa',
  pspReference: '7914073381342284',
  reason: '12345:1111:12/2016',
  success: 'true',
};
const CONFIG = { merchantAccount: 'TestMerchant', hmacKey: HMAC_KEY, webhookUser: 'u', webhookPassword: 'p' };
const headers = { authorization: `Basic ${Buffer.from('u:p').toString('base64')}` };
const batch = (...items: unknown[]) =>
  JSON.stringify({ live: 'false', notificationItems: items.map((item) => ({ NotificationRequestItem: item })) });

describe('a notification', () => {
  test('that Adyen published with its signature is believed', () => {
    const [news] = verifyAdyenWebhook(CONFIG, batch(PUBLISHED), headers);
    expect(news).toMatchObject({ topic: 'AUTHORISATION', paymentRef: '7914073381342284', operationId: null });
  });

  test('of several items is believed whole, or not at all', () => {
    const notice = { id: 'n', pspReference: 'ABCDEFGHBCDFGHJK', originalReference: '7914073381342284', merchantReference: 'x' };
    const said = { eventCode: 'CAPTURE', amount: { currency: 'EUR', value: 1_130 }, success: true, reason: '', token: '', at: 0 };
    const { notificationItems } = notificationShape({ ...notice, ...said }, 'TestMerchant', HMAC_KEY) as {
      notificationItems: { NotificationRequestItem: Record<string, unknown> }[];
    };
    const capture = notificationItems[0]?.NotificationRequestItem;
    expect(verifyAdyenWebhook(CONFIG, batch(PUBLISHED, capture), headers).map(({ topic }) => topic)).toEqual([
      'AUTHORISATION',
      'CAPTURE',
    ]);
    expect(() => verifyAdyenWebhook(CONFIG, batch(PUBLISHED, { ...capture, success: 'false' }), headers)).toThrow(
      /as it was signed/,
    );
  });

  test.each([
    ['another password', batch(PUBLISHED), { authorization: 'Basic dTpx' }],
    ['no item', batch(), headers],
    ['an outcome that is neither', batch({ ...PUBLISHED, success: 'maybe' }), headers],
    ['no signature', batch({ ...PUBLISHED, additionalData: {} }), headers],
  ])('with %s is refused', (_what, body, sent) => {
    expect(() => verifyAdyenWebhook(CONFIG, body, sent)).toThrow(/webhook/);
  });
});

test('a report is read by the names of its columns, whatever stands in its cells', () => {
  const csv =
    'Merchant Reference,Record Type,Main Amount,Main Currency,Psp Reference,Booking Date,Modification Psp Reference,Modification Merchant Reference\n"a, ""b""",SentForSettle,12.30,EUR,P1,2026-11-28 10:00:00,M1,r1\nx,SentForRefund,500,JPY,P2,2026-11-28 10:00:01,M2,r2\n';
  expect(readLines(csv)).toMatchObject([
    { pspReference: 'P1', record: 'SentForSettle', amountMinor: 1_230n, reference: 'r1' },
    { pspReference: 'P2', record: 'SentForRefund', amountMinor: 500n, at: new Date('2026-11-28T10:00:01Z') },
  ]);
});

/** Everything that was said to a simulator, and what it answered. */
interface Said {
  readonly method: string;
  readonly path: string;
  readonly sent: string;
  readonly status: number;
  readonly answered: string;
}

/** Stands between an adapter and a simulator, and writes down what they say. */
async function listenIn(target: string): Promise<{ url: string; said: Said[]; server: Server }> {
  const said: Said[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks).toString('utf8');
    const { host: _host, connection: _connection, 'content-length': _length, ...kept } = request.headers;
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    const init = { method, headers: kept as Record<string, string>, ...(method === 'GET' ? {} : { body: sent }) };
    const reply = await fetch(`${target}${path}`, init);
    const answered = await reply.text();
    said.push({ method, path, sent, status: reply.status, answered });
    response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'application/json' }).end(answered);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, said, server };
}

/** One of everything that the house asks of a gateway. */
async function converse(provider: PaymentProvider): Promise<void> {
  const amount = { amountMinor: 5_000n, currency: 'EUR' };
  const order = { orderId: newId(), paymentId: newId(), returnUrl: 'http://shop.test/done' };
  const pay = (token: string) => provider.authorize({ operationId: newId(), ...order, ...amount, token });
  await pay('pm_card_chargeDeclined');
  await pay('pm_card_threeDSecure2Required');
  for (const what of ['capture', 'void'] as const) {
    const outcome = await pay('pm_card_visa');
    if (outcome.kind !== 'succeeded') throw new Error(outcome.kind);
    const { providerRef } = outcome;
    await provider.increment({ operationId: newId(), providerRef, amountMinor: 6_000n, currency: 'EUR' });
    if (what === 'void') await provider.void({ operationId: newId(), providerRef });
    else {
      await provider.capture({ operationId: newId(), providerRef, ...amount, final: true });
      await provider.refund({ operationId: newId(), providerRef, amountMinor: 100n, currency: 'EUR', orderId: order.orderId });
    }
  }
  await provider.charge({ operationId: newId(), ...amount, token: 'pm_card_visa', returnUrl: 'http://shop.test/done' });
  await pay('tok_nobody_knows');
}

const open: { close(): unknown }[] = [];
afterAll(async () => {
  for (const one of open.reverse()) await one.close();
});

const ADYEN_SPEC = '../shared/data/adyen-openapi/CheckoutService-v72.json';
describe.skipIf(!existsSync(ADYEN_SPEC))(
  `what is said to Adyen and answered follows its description (needs ${ADYEN_SPEC})`,
  () => {
    let said: Said[];
    beforeAll(async () => {
      const account = { apiKey: 'k', ...CONFIG };
      const sim = await startAdyenSimulator({ port: 0, ...account, webhookSecret: HMAC_KEY });
      const line = await listenIn(sim.url);
      const provider = createAdyenProvider({ url: line.url, ...account }, async () => []);
      open.push(sim, line.server, provider);
      await converse(provider);
      said = line.said;
    });

    test('request by request and answer by answer', () => {
      const spec = JSON.parse(readFileSync(ADYEN_SPEC, 'utf8'));
      const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
      ajv.addSchema({ $id: 'adyen', ...spec });
      const schemas: Readonly<Record<string, string>> = {
        amountUpdates: 'PaymentAmountUpdate',
        captures: 'PaymentCapture',
        cancels: 'PaymentCancel',
        refunds: 'PaymentRefund',
        payments: 'Payment',
      };
      const check = (schema: string, text: string) => {
        const validate = ajv.compile({ $ref: `adyen#/components/schemas/${schema}` });
        const value = JSON.parse(text) as Record<string, unknown>;
        expect({ schema, value, errors: validate(value) ? [] : validate.errors }).toEqual({ schema, value, errors: [] });
      };
      for (const { path, sent, status, answered } of said) {
        const name = schemas[path.split('/').at(-1) ?? ''] ?? 'Payment';
        const { paymentMethod, ...rest } = JSON.parse(sent) as Record<string, unknown>;
        if (paymentMethod) {
          // A method is one of sixty, some of which would take it too: it is checked as what it says it is.
          check('CardDetails', JSON.stringify(paymentMethod));
          expect(Object.keys(spec.components.schemas.PaymentRequest.properties)).toEqual(
            expect.arrayContaining(Object.keys(rest)),
          );
        } else check(`${name}Request`, sent);
        check(status < 300 ? `${name}Response` : 'ServiceError', answered);
      }
      expect(new Set(said.map(({ path }) => path.split('/').at(-1)))).toEqual(
        new Set(['payments', 'amountUpdates', 'captures', 'cancels', 'refunds']),
      );
    });
  },
);

/** What the description, which is of September 2023, does not know yet. */
const NEWER = ['allowed_payment_method_types', 'final_capture'];

/**
 * Of the whole description, which is large, the fields of one request: a path that the trimmed one left out. Fields stand sixteen blanks in.
 */
function fieldsOf(path: string): { readonly known: Set<string>; readonly required: string[] } {
  const whole = readFileSync(STRIPE_WHOLE, 'utf8');
  const from = whole.indexOf(`  '${path}':`);
  const body = whole.slice(from, whole.indexOf("\n  '/v1/", from + 1));
  const schema = body.slice(body.indexOf('schema:', body.indexOf('requestBody:')), body.indexOf('responses:'));
  const required = /^ {14}required:\n((?: +- \w+\n)+)/m.exec(schema)?.[1] ?? '';
  return {
    known: new Set([...schema.matchAll(/^ {16}(\w+):/gm)].map((match) => match[1] as string)),
    required: [...required.matchAll(/- (\w+)/g)].map((match) => match[1] as string),
  };
}

/** A form says a list as fields that are called 0, 1, 2. */
function listsOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, listsOf(one)] as const);
  return entries.length > 0 && entries.every(([key], at) => key === String(at))
    ? entries.map(([, one]) => one)
    : Object.fromEntries(entries);
}

const STRIPE_WHOLE = '../shared/data/stripe-openapi/spec3.2023-09-12.yaml';
const STRIPE_SPEC = '../shared/data/stripe-openapi/spec3.trimmed-10-paths.json';
describe.skipIf(!existsSync(STRIPE_SPEC))(
  `what is said to Stripe and answered follows its description (needs ${STRIPE_SPEC})`,
  () => {
    test('request by request and answer by answer', async () => {
      const secrets = { secretKey: 'sk_test_spec', webhookSecret: 'whsec_spec' };
      const psp = await startPspSimulator({ port: 0, ...secrets, multicapture: true });
      const line = await listenIn(psp.url);
      const provider = createStripeProvider({ url: line.url, ...secrets, multicapture: true, searchLagMs: 0 });
      const debits = createBankDebitProvider({ url: line.url, ...secrets, searchLagMs: 0 });
      open.push(psp, line.server, provider, debits);
      await converse(provider);
      const asked = { operationId: newId(), orderId: newId(), paymentId: newId(), amountMinor: 900n };
      const sent = await debits.authorize({ ...asked, currency: 'EUR', token: 'pm_sepaDebit_success' });
      expect(sent.kind).toBe('pending');
      const spec = JSON.parse(readFileSync(STRIPE_SPEC, 'utf8'));
      const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, coerceTypes: true });
      for (const { method, path, sent } of line.said.filter((one) => one.method === 'POST')) {
        const template = path.replace(/\/pi_[^/]+/, '/{intent}');
        if (template.endsWith('/increment_authorization')) {
          const { known, required } = fieldsOf(template);
          const sentFields = Object.keys(listsOf(decodeForm(sent)) as Record<string, unknown>);
          expect(required).toEqual(['amount']);
          expect(sentFields.filter((field) => !known.has(field))).toEqual([]);
          expect(sentFields).toEqual(expect.arrayContaining(required));
          continue;
        }
        const schema =
          spec.paths[template]?.[method.toLowerCase()]?.requestBody?.content['application/x-www-form-urlencoded'].schema;
        expect({ template, known: schema !== undefined }).toEqual({ template, known: true });
        const value = listsOf(decodeForm(sent)) as Record<string, unknown>;
        for (const newer of NEWER) delete value[newer];
        const validate = ajv.compile(schema);
        expect({ path, errors: validate(value) ? [] : validate.errors }).toEqual({ path, errors: [] });
      }
      expect(line.said.length).toBeGreaterThan(7);
    });
  },
);

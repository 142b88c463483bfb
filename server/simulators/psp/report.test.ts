import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PspSimulator, startPspSimulator } from './server.ts';

const SECRETS = { secretKey: 'sk_test_sim', webhookSecret: 'whsec_sim' };

let psp: PspSimulator;
beforeEach(async () => {
  psp = await startPspSimulator({ port: 0, ...SECRETS });
});
afterEach(() => psp.close());

interface Row {
  readonly id: string;
  readonly type: string;
  readonly amount: number;
  readonly fee: number;
  readonly source: { readonly id: string; readonly object: string; readonly payment_intent: string } | string;
}
async function charge(amount: number): Promise<string> {
  const fields = { amount: String(amount), currency: 'eur', payment_method: 'pm_card_visa', confirm: 'true' };
  const headers = { authorization: `Bearer ${SECRETS.secretKey}`, 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(fields).toString();
  const made = await fetch(`${psp.url}/v1/payment_intents`, { method: 'POST', headers, body });
  return ((await made.json()) as { id: string }).id;
}
async function report(): Promise<Row[]> {
  const path = '/v1/balance_transactions?limit=100&expand[]=data.source';
  const reply = await fetch(`${psp.url}${path}`, { headers: { authorization: `Bearer ${SECRETS.secretKey}` } });
  return ((await reply.json()) as { data: Row[] }).data;
}
async function control(path: string, body: object): Promise<{ id: string; status: string }> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return (await (await fetch(`${psp.controlUrl}/_sim/${path}`, init)).json()) as { id: string; status: string };
}
const amounts = async () => (await report()).map(({ amount }) => amount).sort((a, b) => a - b);

describe('the report of balance transactions', () => {
  test('names what caused each, down to the payment', async () => {
    const intent = await charge(1_000);
    expect(await report()).toMatchObject([
      { type: 'charge', amount: 1_000, source: { object: 'charge', payment_intent: intent } },
    ]);
  });

  test('can lack a row, have one too many and one with another amount, and be right again', async () => {
    for (const amount of [1_000, 2_000, 3_000]) await charge(amount);
    await control('report', { missing: 1, other_amount: 1, extra: 1 });
    expect(await amounts()).toEqual([1_000, 2_100, 4_200]);
    await control('report', {});
    expect(await amounts()).toEqual([1_000, 2_000, 3_000]);
  });
});

describe('a dispute', () => {
  test('takes the money and a fee; won, it brings both back', async () => {
    const intent = await charge(1_000);
    const { id } = await control('disputes', { payment_intent: intent, amount: 600 });
    expect((await report())[0]).toMatchObject({
      type: 'adjustment',
      amount: -600,
      fee: 1_500,
      source: { id, payment_intent: intent },
    });
    expect(await control(`disputes/${id}/close`, { status: 'won' })).toMatchObject({ status: 'won' });
    expect((await report())[0]).toMatchObject({ type: 'adjustment', amount: 600, fee: -1_500 });
    await control('disputes', { payment_intent: intent, amount: 2_000 });
    expect(await report()).toHaveLength(3);
  });
});

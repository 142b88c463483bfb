import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { type BankSimulator, startBankSimulator } from '../../simulators/bank/server.ts';
import { createBankApi } from './bank.ts';
import type { Bank, BankWebhook } from './provider.ts';

const SECRETS = { apiKey: 'bank_test', webhookSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const IBAN = 'DE89370400440532013000';

let sim: BankSimulator;
let bank: Bank;
async function open(options: { dir?: string; webhookUrl?: string } = {}): Promise<void> {
  sim = await startBankSimulator({ port: 0, ...SECRETS, ...options });
  bank = createBankApi({ url: sim.url, ...SECRETS, timeoutMs: 500 });
  await control('settings', { auto_settle: false });
}
async function close(): Promise<void> {
  bank.close();
  await sim.close();
}
beforeEach(() => open());
afterEach(close);

async function control<T>(path: string, body: object): Promise<T> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return (await (await fetch(`${sim.controlUrl}/_sim/${path}`, init)).json()) as T;
}
async function beneficiary(): Promise<string> {
  const made = await bank.addBeneficiary({ attemptId: newId(), iban: IBAN, name: 'Carla Rossi' });
  if (made.kind !== 'beneficiary') throw new Error(JSON.stringify(made));
  expect(made).toMatchObject({ country: 'DE', last4: '3000' });
  return made.token;
}
const pay = (attemptId: string, token: string, amountMinor = 500n) =>
  bank.pay({ attemptId, beneficiary: token, amountMinor, currency: 'EUR', statementText: 'Wallet' });

describe('a payout', () => {
  test('is made once however often its attempt is repeated, and another one under its id is refused', async () => {
    const [attempt, token] = [newId(), await beneficiary()];
    expect(await pay(attempt, token)).toEqual(await pay(attempt, token));
    expect(sim.state.payouts.size).toBe(1);
    expect(await pay(attempt, token, 501n)).toMatchObject({ kind: 'unknown' });
  });

  test('is accepted, and settles or is rejected later; only a settled one can come back', async () => {
    const [first, second, token] = [newId(), newId(), await beneficiary()];
    await pay(first, token);
    await pay(second, token);
    await control(`transfers/${first}/advance`, { to: 'settled' });
    await control(`transfers/${second}/advance`, { to: 'rejected' });
    expect(await bank.payout(first)).toMatchObject({ state: 'settled', amountMinor: 500n });
    expect(await bank.payout(second)).toMatchObject({ state: 'rejected', reason: 'AC04: the account is closed.' });
    await control(`transfers/${first}/advance`, { to: 'returned' });
    await control(`transfers/${second}/advance`, { to: 'returned' });
    expect([await bank.payout(first), await bank.payout(second)]).toMatchObject([{ state: 'returned' }, { state: 'rejected' }]);
  });

  test.each([
    ['drop_reply', true],
    ['error_5xx_after', true],
    ['drop_before', false],
    ['error_5xx', false],
  ])('whose answer is lost (%s) is unknown, and asking finds out that it happened: %s', async (fault, happened) => {
    const [attempt, token] = [newId(), await beneficiary()];
    await sim.switches.set({ [fault]: { next: 1 } });
    expect(await pay(attempt, token)).toMatchObject({ kind: 'unknown' });
    expect((await bank.payout(attempt)).kind).toBe(happened ? 'payout' : 'not_found');
  });

  test('refused at once is failed; too busy and down were never reached', async () => {
    const token = await beneficiary();
    await sim.switches.set({ decline: { next: 1 } });
    expect(await pay(newId(), token)).toMatchObject({ kind: 'failed', code: 'payout_refused' });
    await sim.switches.set({ rate_limit: { next: 1 } });
    expect(await pay(newId(), token)).toMatchObject({ kind: 'unreachable' });
    await sim.switches.set({ down: true });
    await expect.poll(async () => (await pay(newId(), token)).kind).toBe('unreachable');
  });
});

test('the statement has what came, what went and what came back, and every line once', async () => {
  const [attempt, token] = [newId(), await beneficiary()];
  await pay(attempt, token);
  const { id } = await control<{ id: string }>('pay_ins', { reference: 'RF18539007547034', amount: 900, currency: 'EUR' });
  for (const [ref, to] of [
    [attempt, 'settled'],
    [id, 'settled'],
    [attempt, 'returned'],
    [id, 'returned'],
  ])
    await control(`transfers/${ref}/advance`, { to });
  const statement = await bank.movements(new Date(Date.now() - 60_000), new Date(Date.now() + 60_000));
  if (statement.kind !== 'movements') throw new Error(JSON.stringify(statement));
  expect(statement.movements.map(({ type, amountMinor }) => [type, amountMinor])).toEqual([
    ['payout', -500n],
    ['pay_in', 900n],
    ['payout_return', 500n],
    ['pay_in_return', -900n],
  ]);
  const earlier = await bank.movements(new Date(0), new Date(1));
  expect(earlier).toEqual({ kind: 'movements', movements: [] });
});

test('transfers are told by signed messages, which a crash of the bank does not lose', async () => {
  const seen: BankWebhook[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push(bank.verifyWebhook(Buffer.concat(chunks), request.headers));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const dir = mkdtempSync(join(tmpdir(), 'bank-'));
  await close();
  await open({ dir, webhookUrl: 'http://127.0.0.1:1/' });
  const attempt = newId();
  await pay(attempt, await beneficiary());
  await control(`transfers/${attempt}/advance`, { to: 'settled' });
  const { id } = await control<{ id: string }>('pay_ins', { reference: 'x', amount: 900, currency: 'EUR' });
  await close();
  await open({ dir, webhookUrl });
  await expect
    .poll(() => seen.map(({ topic, bankRef, attemptId }) => [topic, bankRef.slice(0, 3), attemptId]).sort())
    .toEqual([
      ['pay_in.pending', 'pi_', null],
      ['payout.settled', 'po_', attempt],
    ]);
  expect(await bank.payIn(id)).toMatchObject({ kind: 'pay_in', state: 'pending', reference: 'x' });
  expect(await bank.payIn('pi_nobody')).toEqual({ kind: 'not_found' });
  const changed = await bank.payInsSince(new Date(Date.now() - 60_000));
  expect(changed).toMatchObject({ kind: 'pay_ins', payIns: [{ bankRef: id }] });
  server.closeAllConnections();
  server.close();
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chart } from '../../domains/ledger/schema.ts';
import { accountId } from '../../domains/ledger/service.ts';
import { newId } from '../../kernel/ids.ts';
import { createPool } from '../../platform/db.ts';
import type { ApiUnderTest } from '../testing/api-under-test.ts';
import {
  pending,
  plain,
  postPending,
  programsOf,
  resultsOf,
  reversal,
  type Transfer,
  voidPending,
} from './testing/program-journals.ts';
import { type RestAnswer, type RestWorld, restWorld } from './testing/rest-world.ts';

let world: RestWorld;
let second: ApiUnderTest;
let secondPool: ReturnType<typeof createPool>;
beforeAll(async () => {
  world = await restWorld();
  secondPool = createPool({ connectionString: world.db.url, name: 'second' });
  second = await world.another(secondPool);
});
afterAll(async () => {
  await second.stop();
  await secondPool.end();
  await world.close();
});

const issue = async (amount_minor: number): Promise<{ id: string; code: string }> =>
  (await world.send('POST', '/gift-cards', { body: { amount_minor, currency: 'EUR', reason: 'sold' } })).json;
const order = (more: object): Promise<RestAnswer> =>
  world.send('POST', '/orders', {
    body: { currency: 'EUR', lines: [{ sku: 'MUG-RED', quantity: 2 }], customer: { email: 'tenders@example.com' }, ...more },
  });

describe('an order by REST', () => {
  it('is paid by gift card and store credit, and refunded as credit', async () => {
    const { send, until } = world;
    const { json: first } = await order({ payment: { token: 'pm_card_visa' } });
    const total = first.total_minor;
    const credit = await send('POST', '/store-credit', {
      body: { customer_id: first.customer_id, amount_minor: 100, currency: 'EUR', reason: 'goodwill' },
    });
    expect(credit.json).toMatchObject({ status: 'ISSUED', balance_minor: 100 });
    const { id: cardId, code } = await issue(total);
    const tenders = [{ type: 'store_credit' }, { type: 'gift_card', code: code.toLowerCase() }];
    const { status, json: placed } = await order({ tenders });
    expect(status).toBe(201);
    const path = `/orders/${placed.id}`;
    const read = async () => (await send('GET', path)).json;
    await until('allocated', async () => (await read()).fulfilment_status === 'ALLOCATED');
    expect((await read()).payments).toMatchObject([
      { method: 'store_credit', status: 'AUTHORIZED', amount_minor: 100 },
      { method: 'gift_card', status: 'AUTHORIZED', amount_minor: total - 100, last4: code.slice(-4) },
    ]);
    await send('POST', `${path}/shipments`, { body: {} });
    await until('paid', async () => (await read()).captured_minor === total);
    expect((await send('GET', `/gift-cards/${cardId}`)).json).toMatchObject({ balance_minor: 100, held_minor: 0 });
    await send('POST', `${path}/refunds`, { body: { kind: 'units', reason: 'damaged', to: 'STORE_CREDIT' } });
    await until('refunded', async () => (await read()).refunded_minor > 0);
    const { refunded_minor } = await read();
    const { json: credits } = await send('GET', `/store-credit?customer_id=${first.customer_id}`);
    expect(credits.data).toMatchObject([{ balance_minor: refunded_minor, held_minor: 0 }]);
    expect((await send('GET', `/gift-cards/${cardId}`)).json).toMatchObject({ balance_minor: 100 });
    const { json: owed } = await send('GET', '/liabilities');
    expect(owed.owed).toMatchObject([
      { kind: 'gift_card', outstanding_minor: 100, issued_minor: total },
      { kind: 'store_credit', outstanding_minor: refunded_minor, redeemed_minor: 100, returned_minor: refunded_minor },
    ]);
    await world.expectBooksAgree();
  });

  it('whose tender is refused says which, and what to do', async () => {
    const { code } = await issue(100);
    const short = await order({ tenders: [{ type: 'gift_card', code, amount_minor: 200 }], payment: { token: 'pm_card_visa' } });
    expect(short).toMatchObject({
      status: 422,
      json: { code: 'insufficient_funds', tender: 'gift_card', index: 0, available_minor: 100 },
    });
    const unpaid = await order({ tenders: [{ type: 'gift_card', code }] });
    expect(unpaid).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    expect(unpaid.json.detail).toMatch(/left to pay by card/);
  });
});

describe('looking a gift card up', () => {
  it('answers alike whatever cannot be spent, and stops whoever guesses', async () => {
    const { send, south, north } = world;
    const look = (code: string, key = north.key) => send('POST', '/gift-cards/lookup', { body: { code }, key });
    const { id, code } = await issue(700);
    expect((await look(code)).json).toMatchObject({ id, available_minor: 700 });
    await send('PATCH', `/gift-cards/${id}`, { body: { status: 'FROZEN', reason: 'Stolen' } });
    const said = ({ json: { code: said, detail, title, errors } }: RestAnswer) => ({ said, detail, title, errors });
    const answers = [
      await look(code),
      await look('7K2M-9QXD-4T1B-ZR5C-W8HP'),
      await look('no code'),
      await look(code, south.key),
    ];
    for (const answer of answers) expect(answer.status).toBe(404);
    expect(new Set(answers.map((answer) => JSON.stringify(said(answer)))).size).toBe(1);
    for (let guess = 3; guess < 10; guess++) expect((await look('7K2M-9QXD-4T1B-ZR5C-W8HP')).status).toBe(404);
    const stopped = await look(code);
    expect(stopped.status).toBe(429);
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await look('no code', south.key)).status).toBe(404);
  });
});

const { post, results, open, filled, read } = programsOf(() => world);

/** What is told of an account, once it is all there: an event is listed when no transaction is open that may still write an earlier one. */
const toldOf = (id: string, count: number): Promise<{ type: string; object: string }[]> =>
  world.until(`${count} events of ${id}`, async () => {
    const { json } = await world.send('GET', `/events?object_id=${id}`);
    return json.data.length >= count && json.data;
  });

describe('an account of a merchant’s programs', () => {
  it('is opened once, with the one that it is funded from, and told of', async () => {
    const body = {
      own_code: 'loyalty',
      name: ' Loyalty points ',
      currency: 'EUR',
      normal_side: 'CREDIT',
      credit_limit_minor: 500,
    };
    const twice = await Promise.all([
      world.send('POST', '/ledger/accounts', { body }),
      world.send('POST', '/ledger/accounts', { body, at: second.url }),
    ]);
    expect(twice.map(({ status }) => status).sort()).toEqual([201, 409]);
    const { json: account, headers } = twice.find(({ status }) => status === 201) as RestAnswer;
    expect(headers.get('location')).toBe(`/api/v1/ledger/accounts/${account.id}`);
    expect(account).toMatchObject({
      own_code: 'loyalty',
      name: 'Loyalty points',
      kind: 'program',
      limited: true,
      credit_limit_minor: 500,
    });
    const { json: funding } = await world.send('GET', '/ledger/accounts?kind=program_funding');
    expect(funding.data).toMatchObject([{ own_code: 'funding', normal_side: 'DEBIT', limited: false }]);
    expect(await toldOf(account.id, 1)).toMatchObject([{ type: 'account.opened', object: 'account' }]);
    const souths = await open({ own_code: 'loyalty' }, { key: world.south.key });
    expect(souths.id).not.toBe(account.id);
  });

  it('is refused what makes no sense, and told what to do', async () => {
    const refusal = async (more: object) => {
      const { status, json } = await world.send('POST', '/ledger/accounts', {
        body: { own_code: 'x', name: 'X', currency: 'EUR', ...more },
      });
      return [status, json.code, json.errors?.[0]?.pointer];
    };
    expect(await refusal({ own_code: 'funding' })).toEqual([409, 'already_exists', undefined]);
    expect(await refusal({ own_code: 'UPPER' })).toEqual([400, 'invalid_request', '/own_code']);
    expect(await refusal({ own_code: newId() })).toEqual([400, 'invalid_request', '/own_code']);
    expect(await refusal({ limited: false, credit_limit_minor: 1 })).toEqual([400, 'invalid_request', '/credit_limit_minor']);
  });

  it('is frozen, released and closed by its merchant, but not where the platform froze it', async () => {
    const { id, code } = await filled(100);
    const operate = async (action: string) =>
      (await world.send('POST', `/ledger/accounts/${id}/${action}`, { body: { reason: 'Under review' } })).json;
    expect(await operate('freeze')).toMatchObject({ frozen: true });
    expect(await results([plain(code, 'funding', 1)])).toEqual(['account_frozen']);
    expect(await operate('unfreeze')).toMatchObject({ frozen: false });
    expect(await operate('close')).toMatchObject({ code: 'state_refuses', detail: expect.stringMatching(/balance of zero/) });
    const staff = { now: new Date(), actor: `user:${newId()}`, traceId: newId(), requestId: newId(), home: 'EU' };
    const freeze = { accountId: id, operation: { action: 'freeze' }, reason: 'Suspected fraud' } as const;
    await world.api.app.flows.ledger.operateAccount(freeze, staff);
    expect(await operate('unfreeze')).toMatchObject({
      code: 'state_refuses',
      detail: expect.stringMatching(/platform has frozen/),
    });
    const payable = accountId(chart.merchantPayable(world.north.id, 'EUR').code);
    const funding = accountId(chart.programFunding(world.north.id, 'EUR').code);
    for (const kept of [payable, funding]) {
      const { json } = await world.send('POST', `/ledger/accounts/${kept}/close`, { body: { reason: 'Not mine' } });
      expect(json).toMatchObject({ code: 'state_refuses' });
    }
    const empty = await open();
    await world.send('POST', `/ledger/accounts/${empty.id}/close`, { body: { reason: 'The season is over' } });
    expect(await results([plain('funding', empty.own_code, 1)])).toEqual(['account_closed']);
    const told = (await toldOf(id, 4)).map(({ type }) => type.replace('account.', ''));
    expect(told).toEqual(['opened', 'frozen', 'unfrozen', 'frozen']);
  });

  it('has a limit that counts holds and is never lowered below what is used', async () => {
    const { id, code } = await filled(100);
    const limit = (credit_limit_minor: number) =>
      world.send('PATCH', `/ledger/accounts/${id}`, { body: { credit_limit_minor, reason: 'A season' } });
    expect((await limit(50)).json).toMatchObject({ credit_limit_minor: 50 });
    expect(await results([pending(code, 'funding', 120)], [plain(code, 'funding', 31)], [plain(code, 'funding', 30)])).toEqual([
      'posted',
      'insufficient_funds',
      'posted',
    ]);
    expect((await limit(49)).json).toMatchObject({ code: 'state_refuses' });
    expect(await read(id)).toMatchObject({ balance_minor: 70, held_minor: 120, credit_limit_minor: 50 });
    const { json: held } = await world.send('GET', `/ledger/holds?account=${id}`);
    expect(held.data).toMatchObject([{ debit_account_id: id, amount_minor: 120, remaining_minor: 120, expires_at: null }]);
  });
});

describe('a batch of journals', () => {
  it('gives each its own result, in order, and moves only what was posted', async () => {
    const { id, code } = await filled(1_000);
    const { code: frozen, id: frozenId } = await filled(10);
    await world.send('POST', `/ledger/accounts/${frozenId}/freeze`, { body: { reason: 'Under review' } });
    await open({ own_code: 'dollars', currency: 'USD' });
    const dollars = accountId(
      chart.program({ merchantId: world.north.id, ownCode: 'dollars', currency: 'USD', normalSide: 'credit', limited: true })
        .code,
    );
    await world.send('POST', '/gift-cards', { body: { amount_minor: 100, currency: 'EUR', reason: 'sold' } });
    const kept = accountId(chart.giftCardFunding(world.north.id, 'EUR').code);
    const first = plain(code, 'funding', 100, { kind: 'points_spent', reference: 'web-1' });
    const hold = pending(code, 'funding', 300);
    const late = new Date(Date.now() - 1_000).toISOString();
    const expected: [readonly Transfer[], string][] = [
      [[first], 'posted'],
      [[{ ...first, kind: 'program.points_spent' }], 'duplicate'],
      [[{ ...first, amount_minor: 101 }], 'transfer_id_reused'],
      [[plain(code, 'funding', 901)], 'insufficient_funds'],
      [[plain(code, frozen, 1)], 'account_frozen'],
      [[plain(code, dollars, 1)], 'currency_mismatch'],
      [[plain(code, kept, 1)], 'state_refuses'],
      [[plain(code, accountId(chart.bankClearing('EUR').code), 1)], 'not_found'],
      [[plain(code, 'nothing-of-that-name', 1)], 'not_found'],
      [[hold], 'posted'],
      [[postPending(hold.id, 100, { final: false })], 'posted'],
      [[postPending(hold.id, 201)], 'over_limit'],
      [[plain(code, 'funding', 1), plain(code, 'funding', 9_999)], 'insufficient_funds'],
      [[voidPending(hold.id)], 'posted'],
      [[voidPending(hold.id)], 'state_refuses'],
      [[reversal(first.id, { amount_minor: 40 })], 'posted'],
      [[reversal(first.id)], 'posted'],
      [[reversal(first.id)], 'already_reversed'],
      [[pending(code, 'funding', 1, { expires_at: late })], 'hold_expired'],
      // What the house would take for a transfer between wallets.
      [[plain('funding', code, 1, { kind: 'p2p' })], 'posted'],
      [[pending(code, 'funding', 50), plain('funding', code, 7)], 'posted'],
    ];
    const answer = await post(expected.map(([journal]) => journal));
    expect([answer.status, resultsOf(answer)]).toEqual([200, expected.map(([, result]) => result)]);
    expect(answer.json.journals[12].transfers.map(({ result }: { result: string }) => result)).toEqual([
      'linked_failed',
      'insufficient_funds',
    ]);
    expect(answer.json.journals[1].transfers[0].after).toEqual(answer.json.journals[0].transfers[0].after);
    expect(await read(id)).toMatchObject({ balance_minor: 1_000 - 100 - 100 + 100 + 1 + 7, held_minor: 50 });
    const { json: transfer } = await world.send('GET', `/ledger/transfers/${first.id}`);
    expect(transfer).toMatchObject({ kind: 'program.points_spent', reference: 'web-1', amount_minor: 100, hold: null });
    expect(transfer.reversed_by).toHaveLength(2);
    const { json: held } = await world.send('GET', `/ledger/transfers/${hold.id}`);
    expect(held.hold).toMatchObject({ status: 'VOIDED', amount_minor: 300, remaining_minor: 0 });
    const { json: journal } = await world.send('GET', `/ledger/journals/${transfer.journal_id}`);
    expect(journal.transfers).toMatchObject([{ id: first.id }]);
  });

  it('answers a repeat under its key with the same bytes, and under another as a duplicate, whatever the money did since', async () => {
    const { id, code } = await filled(500);
    const journals = [[plain(code, 'funding', 500)], [plain(code, 'funding', 1)]];
    const headers = { 'idempotency-key': newId() };
    const first = await post(journals, { headers });
    expect([resultsOf(first), first.headers.get('idempotent-replayed')]).toEqual([['posted', 'insufficient_funds'], null]);
    await post([[plain('funding', code, 200)]]);
    const again = await post(journals, { headers, at: second.url });
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true']);
    const shouted = journals.map((transfers) => transfers.map((each) => ({ ...each, id: each.id.toUpperCase() })));
    const other = await post(shouted);
    expect(resultsOf(other)).toEqual(['duplicate', 'posted']);
    expect(other.json.journals[0].transfers[0].after).toEqual(first.json.journals[0].transfers[0].after);
    const reused = await post([[plain(code, 'funding', 1)]], { headers });
    expect([reused.status, reused.json.code]).toEqual([422, 'key_reused']);
    expect(await read(id)).toMatchObject({ balance_minor: 199 });
  });

  it('sent twice at once by two processes moves its money once: one answer under one key, posted and duplicate under two', async () => {
    const { id, code } = await filled(1_000);
    const batch = () => Array.from({ length: 10 }, () => [plain(code, 'funding', 10), plain('funding', code, 3)]);
    const journals = batch();
    const headers = { 'idempotency-key': newId() };
    const same = await Promise.all([world.api, second, world.api, second].map(({ url }) => post(journals, { headers, at: url })));
    expect(new Set(same.map(({ text }) => text)).size).toBe(1);
    expect(same.filter((each) => each.headers.get('idempotent-replayed') === null)).toHaveLength(1);
    expect(await read(id)).toMatchObject({ balance_minor: 930 });
    const next = batch();
    const apart = await Promise.all([world.api, second].map(({ url }) => post(next, { at: url })));
    for (const [at] of next.entries()) expect(apart.map((each) => resultsOf(each)[at]).sort()).toEqual(['duplicate', 'posted']);
    expect(await read(id)).toMatchObject({ balance_minor: 860 });
    const transferId = newId();
    const rivals = await Promise.all(
      [world.api, second].map(({ url }, at) => post([[plain(code, 'funding', 10 + at, { id: transferId })]], { at: url })),
    );
    expect(rivals.flatMap(resultsOf).sort()).toEqual(['posted', 'transfer_id_reused']);
  });

  it('whose process died before it answered is done once by the repeat', async () => {
    const { id, code } = await filled(100);
    const key = newId();
    const journals = [[plain(code, 'funding', 60)], [plain(code, 'funding', 30)]];
    const posted = await post(journals, { headers: { 'idempotency-key': key } });
    // What is left where it dies after the first journal: a claim, and that journal.
    const fresh = [journals[0] as Transfer[], [plain(code, 'funding', 5)]];
    await world.db.ownerPool.query(
      `UPDATE idempotency_keys SET outcome = '{"under_way": true}', request_hash = request_hash WHERE key = $1`,
      [key],
    );
    await world.expectBooksAgree();
    const again = await post(journals, { headers: { 'idempotency-key': key } });
    expect([resultsOf(posted), resultsOf(again)]).toEqual([
      ['posted', 'posted'],
      ['duplicate', 'duplicate'],
    ]);
    expect(await results(...fresh)).toEqual(['duplicate', 'posted']);
    expect(await read(id)).toMatchObject({ balance_minor: 5 });
  });

  it('cannot touch another merchant’s money by account, hold or transfer, nor learn of it', async () => {
    const { id, code } = await filled(400);
    const move = plain(code, 'funding', 100);
    const hold = pending(code, 'funding', 100);
    expect(await results([move], [hold])).toEqual(['posted', 'posted']);
    const own = await open({}, { key: world.south.key });
    const before = await read(id);
    const tries = [
      [plain(id, own.id, 1)],
      [plain(own.id, id, 1)],
      [postPending(hold.id, 100)],
      [voidPending(hold.id)],
      [reversal(move.id)],
      [plain('funding', own.own_code, 5), voidPending(hold.id)],
      // Word for word what North did.
      [{ ...move, debit_account: id, credit_account: accountId(chart.programFunding(world.north.id, 'EUR').code) }],
      // A hold of one's own in the name of North's, and what would post it.
      [{ ...hold, debit_account: 'funding', credit_account: own.own_code }, postPending(hold.id, 100)],
    ];
    const answer = await post(tries, { key: world.south.key });
    expect(resultsOf(answer)).toEqual(tries.map(() => 'not_found'));
    expect(answer.text).not.toMatch(/Pot|balance_minor/);
    expect(await read(id)).toEqual(before);
    expect((await post([[plain('funding', code, 1)]], { key: await world.key(world.north, ['ledger:read']) })).status).toBe(403);
  });

  it('is refused as a whole where it makes no sense, and says where', async () => {
    const wrong = async (journals: readonly (readonly object[])[]) => {
      const { status, json } = await world.send('POST', '/ledger/journals', {
        body: { journals: journals.map((transfers) => ({ transfers })) },
      });
      return [status, json.errors?.[0]?.pointer];
    };
    expect(await wrong([])).toEqual([400, '/journals']);
    expect(await wrong([[plain('a', 'b', 0)]])).toEqual([400, '/journals/0/transfers/0/amount_minor']);
    expect(await wrong([[plain('a', 'b', 1, { type: 'gift' })]])).toEqual([400, '/journals/0/transfers/0/type']);
    expect(await wrong([[plain('a', 'b', 1, { final: true })]])).toEqual([400, '/journals/0/transfers/0/final']);
    const beyond = pending('a', 'b', 1, { expires_at: '9999-12-31T23:59:59-12:00' });
    expect(await wrong([[beyond]])).toEqual([400, '/journals/0/transfers/0/expires_at']);
    const many = Array.from({ length: 6 }, () => Array.from({ length: 100 }, () => plain('a', 'b', 1)));
    expect(await wrong(many)).toEqual([400, '/journals']);
    const twice = plain('funding', (await open()).own_code, 1);
    expect(await wrong([[twice, twice]])).toEqual([400, '/journals/0/transfers/1/id']);
  });
});

describe('a statement by REST', () => {
  it('adds up, as JSON and as CSV alike', async () => {
    const { id, code } = await filled(1_000, { name: '=Pot' });
    await post([[plain(code, 'funding', 250, { reference: '=1+1' })], [pending(code, 'funding', 100)]]);
    const today = new Date().toISOString().slice(0, 10);
    const path = `/ledger/accounts/${id}/statement?from=${today}&to=${today}`;
    const { json } = await world.send('GET', path);
    expect(json).toMatchObject({ opening_minor: 0, in_minor: 1_000, out_minor: 250, closing_minor: 750, held_minor: 100 });
    expect(json.entries.map((row: { amount_minor: number }) => row.amount_minor)).toEqual([1_000, -250]);
    expect(json.entries.map((row: { balance_minor: number }) => row.balance_minor)).toEqual([1_000, 750]);
    const csv = await world.send('GET', path, { headers: { accept: 'text/csv' } });
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(csv.headers.get('content-disposition')).toMatch(/statement-program-eur-/);
    const rows = csv.text.trim().split('\r\n');
    expect(rows).toHaveLength(5);
    expect(rows[3]).toContain(`${json.entries[1].transfer_id},program,program_funding:`);
    expect(rows[3]).toMatch(/'=1\+1,-2\.50,7\.50,EUR$/);
    expect(rows[4]).toMatch(/^closing_balance,.*,7\.50,EUR$/);
    const { json: wrong } = await world.send(
      'GET',
      `/ledger/accounts/${id}/statement?from=${today}&to=2026-11-01&time_zone=Mars`,
    );
    expect(wrong.errors).toMatchObject([{ pointer: '/time_zone' }]);
    const foreign = await world.send('GET', path, { key: world.south.key, headers: { accept: 'text/csv' } });
    expect([foreign.status, foreign.json.code]).toEqual([404, 'not_found']);
  });
});

it('leaves books that agree', () => world.expectBooksAgree());

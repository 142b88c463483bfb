import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { looksLikeCardNumber } from '../../kernel/card-numbers.ts';
import { writeAttackEvidence } from './testing/attack-evidence.ts';
import { CARD_NUMBERS, NO_CARD_NUMBERS } from './testing/card-numbers.ts';
import { type ConsoleWorld, consoleWorld } from './testing/console-world.ts';
import { dumpDatabase } from './testing/database-dump.ts';
import { PROCEDURES, withValue } from './testing/procedures.ts';

/** What looks like a card number never enters, whoever writes it and wherever. REST's half is in rest.test.ts and the fuzz. */
const DEEP = process.env.WAYBILL_DEEP === '1';
let world: ConsoleWorld;
let sent = 0;
beforeAll(async () => {
  world = await consoleWorld();
  world.liftLimits();
});
afterAll(() => world.close());

describe('what looks like a card number', () => {
  it.each(CARD_NUMBERS)('is seen: %j', (text) => {
    expect(looksLikeCardNumber(text)).toBe(true);
  });

  it.each(NO_CARD_NUMBERS)('is not %j', (text) => {
    expect(looksLikeCardNumber(text)).toBe(false);
  });
});

/** Kept as hashes only, or looked through cell by cell (the next test). */
const UNREAD = ['password', 'current', 'csv'];

describe('a card number in the console', { timeout: DEEP ? 1_800_000 : 120_000 }, () => {
  it('is refused in every field of text that a mutation has, and repeated nowhere', async () => {
    let turn = 0;
    const wrong: string[] = [];
    for (const procedure of PROCEDURES.filter(({ type }) => type === 'mutation')) {
      const browser = await world.callerOf(procedure);
      for (const { full, texts } of world.shapesOf(procedure)) {
        for (const { place } of texts.filter((each) => !UNREAD.includes(String(each.place.at(-1))))) {
          const few = [CARD_NUMBERS[turn++ % CARD_NUMBERS.length] ?? ''];
          for (const number of DEEP ? CARD_NUMBERS : few) {
            const answer = await browser.mutate(procedure.path, withValue(full, place, number));
            sent += 1;
            if (answer.code !== 'card_number_refused')
              wrong.push(`${procedure.path} ${place.join('.')} ${number}: ${answer.code ?? 'taken'}`);
            if (answer.text.includes(JSON.stringify(number).slice(1, -1))) wrong.push(`${procedure.path} repeats ${number}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(sent).toBeGreaterThan(100);
  });

  it('in a product file rejects its line, wherever it stands', async () => {
    const admin = await world.callerOf({ path: 'products.importPreview', type: 'mutation', input: undefined, caller: 'admin' });
    const [merchantId] = world.samples.merchants;
    const csv = [
      'sku,name,price,barcode,description',
      'A-1,A good thing,9.90,4006381333931,Made of wool',
      'A-2,4242 4242 4242 4242,9.90,,',
      'A-3,A thing,9.90,,Paid with 5555-5555-5555-4444',
      '4111111111111111,A thing,9.90,,',
      'A-5,A thing,9.90,4242424242424242,',
    ].join('\n');
    const { json, text } = await admin.mutate('products.importPreview', { merchantId, csv });
    expect(json.rejected.map((each: { line: number }) => each.line)).toEqual([3, 4, 5, 6]);
    for (const number of ['4242', '5555-5555', '4111111111111111']) expect(text).not.toContain(number);
  });

  it('in a header that is kept is refused, too', async () => {
    const browser = world.visitor();
    const ask = (headers: Record<string, string>) =>
      browser.request('/api/trpc/auth.requestReset', {
        method: 'POST',
        headers: { origin: world.origin, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ json: { email: 'somebody@example.com' } }),
      });
    expect((await ask({ 'idempotency-key': '4242424242424242' })).status).toBe(422);
    const named = await ask({ 'x-request-id': '4242424242424242' });
    expect(named.status).toBe(200);
    expect(named.headers.get('x-request-id')).not.toContain('4242');
  });

  it('is in no row and no line of the log afterwards', async () => {
    const plain = (text: string) => text.replaceAll(/[ .-]/g, '');
    const kept = CARD_NUMBERS.map((number) => plain(number)).filter((number) => /^\d+$/.test(number));
    const [dump, log] = [plain(await dumpDatabase(world.db.ownerPool)), plain(world.logged())];
    expect(kept.filter((number) => dump.includes(number) || log.includes(number))).toEqual([]);
    writeAttackEvidence('card-numbers', [
      ['card numbers written into fields of the console', sent],
      ['of them kept or logged', 0],
    ]);
  });
});

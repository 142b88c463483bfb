import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rejectedCsv } from '../domains/catalog/rules.ts';
import { type CreateSkuInput, createSkuInput } from '../domains/catalog/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { readProductFile } from './product-csv.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

const refusal = async (work: Promise<unknown>): Promise<DomainError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new Error(`Not refused: ${String(error)}`);
  return error;
};
const product = (code: string, rest: Partial<CreateSkuInput> = {}): CreateSkuInput =>
  createSkuInput.parse({ merchantId: w.merchantId, code, name: `Thing ${code}`, price: '4.50', ...rest });
const stored = async (code: string) =>
  (await w.db.pool.query('SELECT * FROM skus WHERE merchant_id = $1 AND code = $2', [w.merchantId, code])).rows[0];
const audits = async (entityId: string) =>
  (
    await w.db.pool.query('SELECT action, actor, before, after, trace_id FROM audit_log WHERE entity_id = $1 ORDER BY id', [
      entityId,
    ])
  ).rows;

describe('a SKU', () => {
  it('is created once under its key, told of and written down', async () => {
    const [first, again] = [
      await w.flows.createSku(product('NEW-1'), w.ctx(), 'key-new-1'),
      await w.flows.createSku(product('NEW-1'), w.ctx(), 'key-new-1'),
    ];
    expect(again).toEqual(first);
    expect(await stored('NEW-1')).toMatchObject({ id: first.id, currency: 'EUR', price: '4.500000', version: 1n, active: true });
    expect(await audits(first.id)).toMatchObject([{ action: 'sku.created', before: null, after: { code: 'NEW-1' } }]);
    const events = await w.db.pool.query('SELECT type FROM events WHERE aggregate_id = $1', [first.id]);
    expect(events.rows).toEqual([{ type: 'sku.created' }]);
    expect((await refusal(w.flows.createSku(product('NEW-1', { name: 'Other' }), w.ctx(), 'key-new-1'))).code).toBe('key_reused');
  });

  it('has a code of its own: of many who add one at once, one wins', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, () => w.flows.createSku(product('RACE'), w.ctx(newId()), newId())),
    );
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'already_exists' });
  });

  it('is changed from the version that was seen; who comes second is told who was first', async () => {
    const { id } = await w.flows.createSku(product('EDIT'), w.ctx());
    const mine = await w.flows.editSku({ skuId: id, version: 1n, price: '5.00', active: false }, w.ctx('agent'));
    expect(mine).toMatchObject({ version: 2, changed: ['price', 'active'] });
    const theirs = await refusal(w.flows.editSku({ skuId: id, version: 1n, name: 'Late' }, w.ctx('other')));
    expect(theirs).toMatchObject({ code: 'conflict', data: { version: 2, changedBy: w.ctx('agent').actor } });
    expect(await stored('EDIT')).toMatchObject({ name: 'Thing EDIT', price: '5.000000', active: false, version: 2n });
    expect((await audits(id)).at(-1)).toMatchObject({
      action: 'sku.changed',
      before: { price: '4.5', active: true },
      after: { price: '5', active: false },
    });
    const same = await w.flows.editSku({ skuId: id, version: 2n, price: '5' }, w.ctx());
    expect(same).toMatchObject({ version: 2, changed: [] });
  });

  it('stays stocked once units of it were counted', async () => {
    const { id } = await w.flows.createSku(product('FREE'), w.ctx());
    const edited = await w.flows.editSku({ skuId: id, version: 1n, stocked: false }, w.ctx());
    expect(edited.changed).toEqual(['stocked']);
    const version = (await stored('MUG')).version as bigint;
    const no = await refusal(w.flows.editSku({ skuId: w.skus.MUG as string, version, stocked: false }, w.ctx()));
    expect(no.code).toBe('state_refuses');
  });
});

describe('a product file', () => {
  const head = 'sku,name,price,currency,tax_class,weight_grams,stocked,barcode,description';
  const file = [
    head,
    'F-1,First,1.00,EUR,reduced,250,yes,4006381333931,"Two\nlines"',
    'F-2,Second,2.5,,,,no,,',
    'F-3,,3,,,,,,',
    'F-4,Fourth,four,,,,,,',
    'F-1,Again,9,,,,,,',
    'F-5,Fifth,5,USD,,,,,',
    'F-6,Sixth,6',
    'MUG,New mug,13.75,,,,,,',
    'TEE,TEE,19.99,,,,,,',
    '',
  ].join('\n');

  it('ends every line accepted or rejected, by the number it has in the file', async () => {
    const preview = await w.flows.previewImport({ merchantId: w.merchantId, csv: file, mode: 'all' });
    expect(preview).toMatchObject({ created: 2, changed: 1, unchanged: 1, rejectedCount: 5 });
    expect(preview.rejected.map(({ line, sku }) => [line, sku])).toEqual([
      [5, 'F-3'],
      [6, 'F-4'],
      [7, 'F-1'],
      [8, 'F-5'],
      [9, 'F-6'],
    ]);
    expect(preview.rejected.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('name:'),
      expect.stringContaining('price: Use a plain decimal'),
      'sku: line 2 names it already',
      'currency: prices of this merchant are in EUR',
      expect.stringContaining('It has 3 cells, the header has 9'),
    ]);
    expect(await stored('F-1')).toBeUndefined();
  });

  it('is taken whole or not at all, unless only the accepted lines are asked for', async () => {
    const input = { merchantId: w.merchantId, csv: file };
    const whole = await refusal(w.flows.importSkus({ ...input, mode: 'all' }, w.ctx()));
    expect(whole).toMatchObject({ code: 'invalid_request' });
    expect(whole.detail).toContain("5 of the file's 9 lines");
    expect(await stored('F-1')).toBeUndefined();

    const { fingerprint } = await w.flows.previewImport({ ...input, mode: 'accepted' });
    const done = await w.flows.importSkus({ ...input, mode: 'accepted', fingerprint }, w.ctx(), 'file-1');
    expect(done).toMatchObject({ created: 2, changed: 1, unchanged: 1, rejectedCount: 5 });
    expect(await stored('F-1')).toMatchObject({
      name: 'First',
      tax_class: 'reduced',
      weight_grams: 250,
      stocked: true,
      barcode: '4006381333931',
      description: 'Two\nlines',
    });
    expect(await stored('F-2')).toMatchObject({ stocked: false, tax_class: 'standard', barcode: null });
    expect(await stored('MUG')).toMatchObject({ name: 'New mug', price: '13.750000', version: 2n });
    expect((await stored('TEE')).version).toBe(1n);

    expect(await w.flows.importSkus({ ...input, mode: 'accepted', fingerprint }, w.ctx(), 'file-1')).toEqual(done);
    const later = await refusal(w.flows.importSkus({ ...input, mode: 'accepted', fingerprint }, w.ctx(), 'file-2'));
    expect(later).toMatchObject({ code: 'plan_changed', data: { preview: { created: 0, changed: 0, unchanged: 4 } } });
    expect((await audits(w.merchantId)).map(({ action }) => action)).toEqual(['catalog.imported']);
    await w.flows.editSku({ skuId: w.skus.MUG as string, version: 2n, price: '12.50', name: 'MUG' }, w.ctx());
  });

  it.each([
    ['', 'no lines'],
    ['sku,name\nA,B', 'no column price'],
    ['sku,name,price,sku\nA,B,1,C', 'column sku twice'],
    [head, 'no lines'],
  ])('that cannot be read is refused with what to do: %j', async (csv, says) => {
    const no = await refusal(w.flows.previewImport({ merchantId: w.merchantId, csv, mode: 'all' }));
    expect(no).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining(says) });
  });

  it('may come from any spreadsheet: byte-order mark, semicolons, CR LF, unknown columns', async () => {
    const read = await readProductFile('\uFEFFSKU;Colour;Name;Price\r\nX-1;red;"A;B";1.5\r\n\r\nX-2;blue;C;2\r\n');
    expect(read.rejected).toEqual([]);
    expect(read.rows).toMatchObject([
      { line: 2, row: { sku: 'X-1', name: 'A;B', price: '1.5' } },
      { line: 4, row: { sku: 'X-2', name: 'C', price: '2' } },
    ]);
  });

  it('with a quote that never closes rejects what it swallowed, and keeps the rest', async () => {
    const read = await readProductFile('sku,name,price\nA,Good,1\nB,"Open,2\nC,Lost,3\n');
    expect(read.rows.map(({ row }) => row.sku)).toEqual(['A']);
    expect(read.rejected).toHaveLength(1);
    expect(read.rejected[0]?.reason).toContain('quote');
  });

  it('loses no line, whatever its cells hold', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text.trim() !== '');
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 30 }), async (rows) => {
        const csv = ['sku,name,price', ...rows.map((row) => row.map(quoted).join(','))].join('\n');
        const read = await readProductFile(csv);
        expect(read.rows.length + read.rejected.length).toBe(rows.length);
        for (const { row } of read.rows) expect(row.sku).toBe(row.sku.trim());
      }),
    );
  });

  it('gives its rejected lines back as a file that no spreadsheet runs', async () => {
    const csv = rejectedCsv([{ line: 3, sku: '=1+1', reason: 'name: "x"' }]);
    expect(csv).toBe('line,sku,reason\r\n3,"\'=1+1","name: ""x"""\r\n');
  });
});

describe('a customer', () => {
  it('is changed from the version that was seen, and events say nothing personal', async () => {
    const placed = await w.place({ lines: [{ sku: 'TEE', quantity: 1 }] });
    const { customer_id: customerId } = (await w.order(placed.id)) as { customer_id: string };
    const edited = await w.flows.editCustomer(
      { customerId, version: 1n, name: 'Carla Verdi', phone: '+39 02 1234567', tags: ['vip', 'vip', 'press'], locale: 'de' },
      w.ctx('agent'),
    );
    expect(edited).toEqual({ id: customerId, version: 2, changed: ['name', 'phone', 'locale', 'tags'] });
    const { rows } = await w.db.pool.query('SELECT name, phone, tags, locale, version FROM customers WHERE id = $1', [
      customerId,
    ]);
    expect(rows[0]).toEqual({ name: 'Carla Verdi', phone: '+39 02 1234567', tags: ['vip', 'press'], locale: 'de', version: 2n });
    const late = await refusal(w.flows.editCustomer({ customerId, version: 1n, name: 'X' }, w.ctx('other')));
    expect(late).toMatchObject({ code: 'conflict', data: { changedBy: w.ctx('agent').actor } });
    const events = await w.db.pool.query(`SELECT data::text FROM events WHERE type = 'customer.changed'`);
    expect(events.rows).toHaveLength(1);
    expect(events.rows[0].data).not.toContain('Verdi');
    expect((await audits(customerId)).at(-1)).toMatchObject({ before: { name: 'Carla Rossi' }, after: { name: 'Carla Verdi' } });
  });
});

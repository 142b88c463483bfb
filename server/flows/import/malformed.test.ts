import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImportWorld, importWorld } from '../testing/import-world.ts';

let w: ImportWorld;
beforeAll(async () => {
  w = await importWorld();
});
afterAll(async () => {
  await w.expectBooksAgree();
  await w.close();
});

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const DAY = '2010-12-03 09:00:00';
const GOOD = `8000,10003,MUG,1,${DAY},1.00,,Spain`;
/** A line that is right but for the fields given. */
const line = (
  invoice: string,
  but: Partial<Record<'sku' | 'name' | 'quantity' | 'at' | 'price' | 'customer' | 'country', string>>,
) =>
  [
    invoice,
    but.sku ?? '10003',
    but.name ?? 'MUG',
    but.quantity ?? '1',
    but.at ?? DAY,
    but.price ?? '1.00',
    but.customer ?? '',
    but.country ?? 'Spain',
  ].join(',');
const text = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`);

let files = 0;
/** Imports one file, and says how each of its lines ended: no line is missing, and none is there twice. */
async function endings(bytes: Buffer, lines: number): Promise<Record<number, string>> {
  const name = `malformed-${++files}.csv`;
  const report = await w.run([{ name, bytes }]);
  const { rows } = await w.db.pool.query<{ line: number; bucket: string; reason: string | null }>(
    'SELECT line, bucket, reason FROM import_lines WHERE file = $1 ORDER BY line',
    [name],
  );
  expect(report.linesRead).toBe(lines);
  expect(report.buckets.reduce((sum, bucket) => sum + bucket.lines, 0)).toBe(lines);
  expect(rows).toHaveLength(lines);
  return Object.fromEntries(rows.map((row) => [row.line, row.reason ? `${row.bucket}: ${row.reason}` : row.bucket]));
}

describe('what is not UTF-8', () => {
  it('rejects the lines with bytes of another encoding, and takes those between them', async () => {
    const latin1 = Buffer.from(`${line('8001', { name: 'CAF\u00c9' })}\n`, 'latin1');
    const ended = await endings(Buffer.concat([text(HEADER), latin1, text(line('8002', { name: 'CAF\u00c9' })), latin1]), 3);
    const reason = 'reject: The line is not UTF-8: save the file as CSV in UTF-8.';
    expect(ended).toEqual({ 2: reason, 3: 'sale', 4: reason });
  });

  it('rejects a line with a NUL character, which no database takes', async () => {
    const nul = `${String.fromCharCode(0)}`;
    const ended = await endings(text(HEADER, line(`80${nul}03`, {}), line('8004', { name: `M${nul}G` }), line('8005', {})), 3);
    const reason = 'reject: The line contains a NUL character: remove it.';
    expect(ended).toEqual({ 2: reason, 3: reason, 4: 'sale' });
  });

  it('rejects every line of a file in UTF-16', async () => {
    const utf16 = Buffer.from(`\uFEFF${HEADER}\n${line('8006', {})}\n${line('8007', {})}\n`, 'utf16le');
    for (const ending of Object.values(await endings(utf16, 2)))
      expect(ending).toBe('reject: The header is not UTF-8: save the file as CSV in UTF-8.');
  });
});

describe('what has no columns', () => {
  it.each([
    [
      'a column is missing',
      HEADER.replace(',UnitPrice', ''),
      'The file has no column UnitPrice: its first line must name all of',
    ],
    ['there is no header', line('8010', {}), 'The file has no column InvoiceNo, StockCode'],
    ['the header is empty', '', 'The file has no column InvoiceNo, StockCode'],
    ['a column is there twice', `${HEADER},Quantity`, 'The file has the column Quantity twice: leave one of them out.'],
  ])('rejects every line where %s', async (_what, header, reason) => {
    const ended = Object.values(await endings(text(header, line('8011', {}), line('8012', {})), 2));
    expect(ended).toHaveLength(2);
    for (const ending of ended) expect(ending).toContain(`reject: ${reason}`);
  });

  it('rejects a line with more or fewer fields than the header, and takes its neighbours', async () => {
    const ended = await endings(
      text(HEADER, line('8013', {}), '8014,10003,MUG', line('8015', { name: 'MUG, RED' }), line('8016', {})),
      4,
    );
    expect(ended).toEqual({
      2: 'sale',
      3: 'reject: The line has 3 columns; the header has 8: put fields that contain commas in double quotes.',
      4: 'reject: The line has 9 columns; the header has 8: put fields that contain commas in double quotes.',
      5: 'sale',
    });
  });

  it('has nothing to say of a file without lines', async () => {
    expect(await endings(Buffer.alloc(0), 0)).toEqual({});
    expect(await endings(text(HEADER), 0)).toEqual({});
    expect(await endings(text(HEADER, '', GOOD, '', ''), 1)).toEqual({ 3: 'sale' });
  });
});

describe('quotes', () => {
  const unclosed = 'reject: A quote is opened in this line and not closed: close it, or double it where it is part of the text.';

  it('never lets a quote that is not closed swallow the lines behind it', async () => {
    expect(await endings(text(HEADER, line('8020', { name: '"MUG' }), line('8021', {}), line('8022', {})), 3)).toEqual({
      2: unclosed,
      3: 'sale',
      4: 'sale',
    });
  });

  it('never joins two lines into one where a later quote closes an earlier one', async () => {
    const ended = await endings(
      text(
        HEADER,
        line('8023', { name: '"MUG' }),
        line('8024', {}),
        line('8025', { name: '"MUG"' }),
        line('8026', { name: 'MUG"' }),
      ),
      4,
    );
    expect(ended).toEqual({ 2: unclosed, 3: 'sale', 4: 'sale', 5: 'sale' });
  });

  it('rejects both halves of a field with a line break in it', async () => {
    const ended = await endings(text(HEADER, line('8027', { name: '"RED\nMUG"' }), line('8028', {})), 3);
    expect(ended).toMatchObject({ 2: unclosed, 4: 'sale' });
    expect(ended[3]).toContain('reject: The line has 6 columns');
  });

  it('takes quotes that are part of a text', async () => {
    await endings(
      text(HEADER, line('8029', { sku: '10029', name: '12" RULER' }), line('8030', { sku: '10030', name: '"THE ""BIG"", RED"' })),
      2,
    );
    const { rows } = await w.db.pool.query("SELECT name FROM skus WHERE code IN ('10029', '10030') ORDER BY code");
    expect(rows).toEqual([{ name: '12" RULER' }, { name: 'THE "BIG", RED' }]);
  });

  it('takes lines however they end', async () => {
    const mixed = Buffer.from(
      `\uFEFF${HEADER}\r\n${line('8031', {})}\n${line('8032', {})}\r${line('8033', {})}\r\n\r\n${line('8034', {})}`,
    );
    expect(await endings(mixed, 4)).toEqual({ 2: 'sale', 3: 'sale', 4: 'sale', 6: 'sale' });
  });
});

describe('a field that is too large', () => {
  const huge = 'x'.repeat(5_000_000);
  const TOO_LARGE = [
    ['8'.repeat(101), {}, 'InvoiceNo is longer than 100 characters: shorten it.'],
    ['8040', { sku: huge }, 'StockCode is longer than 100 characters: shorten it.'],
    ['8041', { name: 'M'.repeat(301) }, 'Description is longer than 300 characters: shorten it.'],
    ['8042', { name: huge }, 'Description is longer than 300 characters: shorten it.'],
    ['8043', { customer: huge }, 'CustomerID is longer than 100 characters: shorten it.'],
    ['8044', { country: huge }, 'Country is longer than 100 characters: shorten it.'],
    ['8045', { quantity: '9'.repeat(5_000_000) }, `Quantity is not a whole number: ${'9'.repeat(40)}…. Write one`],
  ] as const;

  it('is refused in a sentence, and the lines behind it are read', async () => {
    const lines = TOO_LARGE.flatMap(([invoice, but], index) => [line(invoice, but), line(`${8_050 + index}`, {})]);
    const ended = await endings(text(HEADER, ...lines), lines.length);
    TOO_LARGE.forEach(([, , reason], index) => {
      expect(ended[2 + 2 * index]).toContain(`reject: ${reason}`);
      expect(ended[2 + 2 * index]?.length).toBeLessThan(200);
      expect(ended[3 + 2 * index]).toBe('sale');
    });
  });
});

describe('wrong numbers and dates', () => {
  const WRONG = [
    [{ quantity: 'six' }, 'Quantity is not a whole number: six. Write one such as 6 or -6.'],
    [{ quantity: '1.5' }, 'Quantity is not a whole number: 1.5.'],
    [{ quantity: '1e3' }, 'Quantity is not a whole number: 1e3.'],
    [{ quantity: '"1,000"' }, 'Quantity is not a whole number: 1,000.'],
    [{ quantity: '٣' }, 'Quantity is not a whole number: ٣.'],
    [{ quantity: '' }, 'Quantity is not a whole number: empty.'],
    [{ quantity: '0' }, 'Quantity is zero: leave the line out, or write how many.'],
    [{ quantity: '-0' }, 'Quantity is zero: leave the line out, or write how many.'],
    [{ quantity: '1000001' }, 'Quantity is larger than a million: split the line.'],
    [{ price: 'NaN' }, 'UnitPrice is no decimal below 100 million with at most six decimals: NaN. Write one such as 2.55.'],
    [{ price: '£2.55' }, 'UnitPrice is no decimal below 100 million with at most six decimals: £2.55.'],
    [{ price: '"2,55"' }, 'UnitPrice is no decimal below 100 million with at most six decimals: 2,55.'],
    [{ price: '1.0000001' }, 'UnitPrice is no decimal below 100 million with at most six decimals: 1.0000001.'],
    [{ price: '100000000' }, 'UnitPrice is no decimal below 100 million with at most six decimals: 100000000.'],
    [{ price: '-99999999999999999999' }, 'UnitPrice is no decimal below 100 million'],
    [{ price: '' }, 'UnitPrice is no decimal below 100 million with at most six decimals: empty.'],
    [{ price: '0.00' }, 'The price is zero or less'],
    [{ price: '-1.00' }, 'The price is zero or less'],
    [{ price: '99999999', quantity: '1000000' }, 'The order was refused: The order total is too large.'],
    [{ at: '2011-02-29 10:00:00' }, 'InvoiceDate is not a date: 2011-02-29 10:00:00. Write one such as 2010-12-01 08:26:00.'],
    [{ at: '2011-13-01 10:00:00' }, 'InvoiceDate is not a date: 2011-13-01 10:00:00.'],
    [{ at: '2011-01-01 25:00:00' }, 'InvoiceDate is not a date: 2011-01-01 25:00:00.'],
    [{ at: '01/12/2010 08:26' }, 'InvoiceDate is not a date: 01/12/2010 08:26.'],
    [{ at: '' }, 'InvoiceDate is not a date: empty.'],
    [{ sku: '' }, 'StockCode is empty: every line names what was sold.'],
  ] as const;

  it('rejects each with its reason, and none of its neighbours', async () => {
    const lines = WRONG.flatMap(([but], index) => [line(`${8_100 + index}`, but), line(`${8_200 + index}`, {})]);
    const ended = await endings(text(HEADER, ...lines, line('', {})), lines.length + 1);
    WRONG.forEach(([, reason], index) => {
      expect(ended[2 + 2 * index]).toContain(`reject: ${reason}`);
      expect(ended[3 + 2 * index]).toBe('sale');
    });
    expect(ended[lines.length + 2]).toBe('reject: InvoiceNo is empty: every line names its invoice.');
  });

  it('takes a corrected line under an invoice number of its own, and says so where it has none', async () => {
    await endings(text(HEADER, line('8310', {}), line('8310', { quantity: 'two' })), 2);
    const ended = await endings(text(HEADER, line('8310', { quantity: '2' }), line('8310b', { quantity: '2' })), 2);
    expect(ended).toEqual({
      2: 'reject: The order was refused: Invoice 8310 was imported before with other lines. Give these an invoice number of their own.',
      3: 'sale',
    });
  });

  it('keeps what could be read of a line that it refuses', async () => {
    await endings(text(HEADER, line('8300', { price: '1.10', at: 'soon' }), line('8301', { price: '9'.repeat(20) })), 2);
    const { rows } = await w.db.pool.query(
      "SELECT invoice, sku_code AS sku, quantity::int, unit_price AS price FROM import_lines WHERE invoice IN ('8300', '8301') ORDER BY 1",
    );
    expect(rows).toEqual([
      { invoice: '8300', sku: '10003', quantity: 1, price: '1.100000' },
      { invoice: '8301', sku: '10003', quantity: 1, price: null },
    ]);
  });
});

import { expect, it } from 'vitest';
import { liabilitiesCsv } from './liabilities-csv.ts';

const moved = { issuedMinor: 5_000n, redeemedMinor: 1_250n, returnedMinor: 0n, withdrawnMinor: 0n, expiredMinor: 50n };
const row = { merchantId: 'm', kind: 'gift_card', currency: 'EUR', ...moved } as const;

it('says what is owed and each month in major units, and hands no formula to a spreadsheet', () => {
  const owed = { ...row, merchantName: '=1+1, "Acme"', outstandingMinor: 3_700n, heldMinor: 100n };
  expect(liabilitiesCsv({ rows: [owed], months: [{ ...row, month: '2026-11' }] }).split('\r\n')).toEqual([
    'merchant,kind,currency,month,outstanding,held,issued,redeemed,returned,withdrawn,expired',
    `"'=1+1, ""Acme""",gift_card,EUR,,37.00,1.00,50.00,12.50,0.00,0.00,0.50`,
    `"'=1+1, ""Acme""",gift_card,EUR,2026-11,,,50.00,12.50,0.00,0.00,0.50`,
    '',
  ]);
});

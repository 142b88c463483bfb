import { z } from 'zod';
import { OPERATIONS } from '../public/router.ts';
import { appRouter } from '../root.ts';
import { BOOK_ROWS } from './grid-rows-books.ts';
import { CHANNEL_ROWS } from './grid-rows-channels.ts';
import { DISPUTE_ROWS } from './grid-rows-disputes.ts';
import { EDIT_PREVIEWS, EDIT_ROWS } from './grid-rows-edits.ts';
import { MONEY_ROWS } from './grid-rows-money.ts';
import { FURTHER_ROWS, ORDER_ROWS } from './grid-rows-orders.ts';
import { PARCEL_PREVIEWS, PARCEL_ROWS } from './grid-rows-parcels.ts';
import { PEOPLE_ROWS } from './grid-rows-people.ts';
import { POLICY_ROWS } from './grid-rows-policies.ts';
import { PREVIEW_ROWS } from './grid-rows-previews.ts';
import { PROGRAM_ROWS } from './grid-rows-programs.ts';
import { PROMISE_ROWS } from './grid-rows-promises.ts';
import { REST_ROWS } from './grid-rows-rest.ts';
import { RETURN_PREVIEWS, RETURN_ROWS } from './grid-rows-returns.ts';
import { ROUTING_ROWS } from './grid-rows-routing.ts';
import { SHOP_ROWS } from './grid-rows-shop.ts';
import { STOCK_ROWS } from './grid-rows-stock.ts';
import { TENDER_ROWS } from './grid-rows-tenders.ts';
import { WAITING_ROWS } from './grid-rows-waiting.ts';
import { WALLET_ROWS } from './grid-rows-wallets.ts';
import type { Row } from './grid-world.ts';

export interface GridRow {
  readonly name: string;
  readonly operation: string;
  readonly row: Row;
}

const ROWS: Readonly<Record<string, Row>> = {
  ...REST_ROWS,
  ...ORDER_ROWS,
  ...PARCEL_ROWS,
  ...RETURN_ROWS,
  ...DISPUTE_ROWS,
  ...POLICY_ROWS,
  ...EDIT_ROWS,
  ...PEOPLE_ROWS,
  ...SHOP_ROWS,
  ...MONEY_ROWS,
  ...WALLET_ROWS,
  ...TENDER_ROWS,
  ...BOOK_ROWS,
  ...ROUTING_ROWS,
  ...STOCK_ROWS,
  ...CHANNEL_ROWS,
  ...PROMISE_ROWS,
  ...PROGRAM_ROWS,
  ...WAITING_ROWS,
};

/** Every operation of the grid. */
export const GRID: readonly GridRow[] = [
  ...Object.entries(ROWS).map(([operation, row]) => ({ name: operation, operation, row })),
  ...Object.entries(FURTHER_ROWS).map(([name, further]) => ({ name, ...further })),
];

/** What shows a plan and writes nothing, so that there is nothing to repeat. */
export const PREVIEWS: readonly GridRow[] = Object.entries({
  ...PREVIEW_ROWS,
  ...PARCEL_PREVIEWS,
  ...RETURN_PREVIEWS,
  ...EDIT_PREVIEWS,
}).map(([operation, row]) => ({
  name: operation,
  operation,
  row,
}));

/** The demo's switches take no key: each says how things should be, to simulators that keep none. */
export const WITHOUT_KEY = [
  'simulators.advanceShipment',
  'simulators.happen',
  'simulators.reset',
  'simulators.settings',
  'simulators.switch',
  'traffic.change',
] as const;

interface Procedure {
  readonly _def: { readonly type: string; readonly inputs: readonly unknown[] };
}

function takesKey({ _def }: Procedure): boolean {
  return _def.inputs.some(
    (input) =>
      input instanceof z.ZodType &&
      JSON.stringify(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })).includes('"idempotencyKey"'),
  );
}

/** Whatever may change something: by REST everything but GET, in the console every mutation, with whether it takes a key. */
export const CHANGING: readonly { readonly operation: string; readonly keyed: boolean }[] = [
  ...OPERATIONS.filter(({ facts }) => facts.method !== 'GET').map(({ name }) => ({ operation: name, keyed: true })),
  ...Object.entries(appRouter._def.procedures as unknown as Readonly<Record<string, Procedure>>)
    .filter(([, procedure]) => procedure._def.type === 'mutation')
    .map(([operation, procedure]) => ({ operation, keyed: takesKey(procedure) })),
];

import { z } from 'zod';

/** Files of stock work: which there are, their columns, and how a line of each is read. */

export const FILE_KINDS = ['levels', 'count', 'purchase_orders', 'receipt'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** One file is one transaction: more lines than this would keep others waiting. */
export const MAX_FILE_ROWS = 5_000;
export const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MOST_UNITS = 10_000_000;

/** What takes a value away where an empty cell leaves it as it is. */
export const NOTHING = 'none';
/** In the column `node`: all nodes together. */
export const ALL_NODES = '*';

export const FILE_COLUMNS = {
  levels: ['sku', 'name', 'node', 'expected', 'on_hand', 'safety', 'bin', 'reorder_point', 'reorder_quantity'],
  count: ['sku', 'name', 'bin', 'counted', 'seen_version'],
  purchase_orders: [
    'number',
    'status',
    'supplier',
    'node',
    'expected_on',
    'sku',
    'quantity',
    'unit_cost',
    'line_expected_on',
    'received',
  ],
  receipt: ['sku', 'name', 'open', 'received', 'damaged', 'lot', 'expires_on'],
} as const satisfies Record<FileKind, readonly string[]>;

export const FILE_REQUIRED = {
  levels: ['sku', 'node'],
  count: ['sku', 'counted'],
  purchase_orders: ['supplier', 'node', 'sku', 'quantity'],
  receipt: ['sku', 'received'],
} as const satisfies Record<FileKind, readonly string[]>;

const word = (max: number) => z.string().trim().min(1, 'Fill this cell').max(max, `At most ${max} characters`);
const units = (least = 0) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, 'Use whole units, such as 12, without separators')
    .transform(Number)
    .pipe(z.number().min(least, `At least ${least}`).max(MOST_UNITS, `At most ${MOST_UNITS} units`));
const day = z.string().trim().pipe(z.iso.date('Use a day such as 2026-12-24'));
const cost = z
  .string()
  .trim()
  .regex(/^\d{1,8}(\.\d{1,6})?$/, 'Use a plain number such as 12.50');
const orNone = <T extends z.ZodType>(type: T) => z.union([z.literal(NOTHING).transform(() => null), type]);
const unread = z.string().optional();

const levelRow = z
  .object({
    sku: word(100),
    name: unread,
    node: word(100),
    expected: units().optional(),
    on_hand: units().optional(),
    safety: units().optional(),
    bin: orNone(word(60)).optional(),
    reorder_point: orNone(units()).optional(),
    reorder_quantity: units(1).optional(),
  })
  .superRefine((row, ctx) => {
    const complain = (column: string, message: string) => ctx.addIssue({ code: 'custom', path: [column], message });
    if (typeof row.reorder_point === 'number' && row.reorder_quantity === undefined)
      complain('reorder_quantity', 'A reorder point needs its quantity');
    if (row.reorder_quantity !== undefined && typeof row.reorder_point !== 'number')
      complain('reorder_point', 'A reorder quantity needs its point');
    if (row.node !== ALL_NODES) return;
    for (const column of ['on_hand', 'safety', 'bin'] as const)
      if (row[column] !== undefined) complain(column, `Only reorder points are for all nodes (${ALL_NODES}): name a node`);
  });
export type LevelRow = z.infer<typeof levelRow>;

const countRow = z.object({
  sku: word(100),
  name: unread,
  bin: unread,
  /** Empty: nobody counted it yet. */
  counted: z
    .string()
    .trim()
    .regex(/^\d{0,9}$/, 'Use whole units, such as 12, without separators')
    .transform((cell) => (cell === '' ? null : Number(cell)))
    .pipe(z.number().max(MOST_UNITS, `At most ${MOST_UNITS} units`).nullable()),
  seen_version: z
    .string()
    .trim()
    .regex(/^\d{1,15}$/, 'Leave this column as it was exported')
    .transform(Number)
    .optional(),
});
export type CountRow = z.infer<typeof countRow>;

const purchaseRow = z.object({
  number: unread,
  status: unread,
  received: unread,
  supplier: word(200),
  node: word(100),
  expected_on: day.optional(),
  sku: word(100),
  quantity: units(1),
  unit_cost: cost.optional(),
  line_expected_on: day.optional(),
});
export type PurchaseRow = z.infer<typeof purchaseRow>;

const receiptRow = z.object({
  sku: word(100),
  name: unread,
  open: unread,
  /** Empty: nothing of it arrived. */
  received: z
    .string()
    .trim()
    .regex(/^\d{0,9}$/, 'Use whole units, such as 12, without separators')
    .transform((cell) => (cell === '' ? 0 : Number(cell)))
    .pipe(z.number().max(MOST_UNITS, `At most ${MOST_UNITS} units`)),
  damaged: units().optional(),
  lot: word(60).optional(),
  expires_on: day.optional(),
});
export type ReceiptRow = z.infer<typeof receiptRow>;

export const FILE_ROWS = { levels: levelRow, count: countRow, purchase_orders: purchaseRow, receipt: receiptRow } as const;

const file = {
  csv: z.string().max(MAX_FILE_BYTES, 'A file has at most 2 MB: split it'),
  /** `all`: every line must be acceptable, or nothing is written. `accepted`: the good lines are written, the others are named. */
  mode: z.enum(['all', 'accepted']).default('all'),
  /** The fingerprint of the preview that the person saw; absent where nobody saw one. */
  fingerprint: z.string().max(100).optional(),
};

export const stockFileInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('levels'), merchantId: z.uuid(), ...file }),
  z.object({ kind: z.literal('count'), countId: z.uuid(), ...file }),
  z.object({ kind: z.literal('purchase_orders'), merchantId: z.uuid(), ...file }),
  z.object({ kind: z.literal('receipt'), purchaseOrderId: z.uuid(), ...file }),
]);
export type StockFileInput = z.infer<typeof stockFileInput>;
export type LevelsFileInput = Extract<StockFileInput, { kind: 'levels' }>;
export type CountFileInput = Extract<StockFileInput, { kind: 'count' }>;
export type PurchaseFileInput = Extract<StockFileInput, { kind: 'purchase_orders' }>;
export type ReceiptFileInput = Extract<StockFileInput, { kind: 'receipt' }>;

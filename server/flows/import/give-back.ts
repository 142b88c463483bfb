import { endCredit, type GivenBack, type Match, type SourceLine } from '../../domains/imports/rules.ts';
import * as imports from '../../domains/imports/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { parseDecimal, shareOfUnits } from '../../kernel/money.ts';
import { contextAt, drive, HISTORY, type ImportRun, record } from './import-world.ts';

/** What one credit note gives back of one order: one refund. */
interface Group {
  readonly creditNote: string;
  readonly invoice: string;
  readonly at: Date;
  readonly matches: Match[];
  refundId: string | null;
  refusal: string | null;
}

const WAVE = 256;

/** Refunds what the credit lines could be matched with, then writes down how each of them ended. */
export async function giveBack(run: ImportRun, credits: readonly SourceLine[], matches: readonly Match[]): Promise<void> {
  const groups = groupsOf(matches);
  const orders = await ordersOf(run, groups);
  let left = groups;
  while (left.length > 0) {
    // An order gives back one thing at a time: its second credit note waits for the first.
    const busy = new Set<string>();
    const wave: Group[] = [];
    const later: Group[] = [];
    for (const group of left) {
      if (wave.length < WAVE && !busy.has(group.invoice)) wave.push(group);
      else later.push(group);
      busy.add(group.invoice);
    }
    await refundWave(run, wave, orders);
    left = later;
  }
  const parts = await partsOf(run, groups, orders);
  const refusals = new Map(
    groups.flatMap((group) => (group.refusal ? group.matches.map((m) => [m.credit, group.refusal] as const) : [])),
  );
  await record(
    run,
    credits.map((credit) => endCredit(credit, parts.get(credit) ?? [], refusals.get(credit) ?? null)),
  );
}

function groupsOf(matches: readonly Match[]): Group[] {
  const groups = new Map<string, Group>();
  for (const match of matches) {
    const { credit, invoice } = match;
    const key = `${credit.invoice}\n${invoice}`;
    const group = groups.get(key);
    if (group) group.matches.push(match);
    else groups.set(key, { creditNote: credit.invoice, invoice, at: credit.at, matches: [match], refundId: null, refusal: null });
  }
  return [...groups.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
}

type Orders = ReadonlyMap<string, { readonly orderId: string; readonly lines: ReadonlyMap<number, imports.ImportedLine> }>;

async function ordersOf(run: ImportRun, groups: readonly Group[]): Promise<Orders> {
  const invoices = [...new Set(groups.map((group) => group.invoice))];
  const orders = new Map<string, { orderId: string; lines: Map<number, imports.ImportedLine> }>();
  for (let from = 0; from < invoices.length; from += 1_000) {
    for (const row of await imports.readImported(run.pool, run.merchantId, invoices.slice(from, from + 1_000))) {
      const order = orders.get(row.invoice) ?? { orderId: row.orderId, lines: new Map() };
      order.lines.set(row.position, row);
      orders.set(row.invoice, order);
    }
  }
  return orders;
}

async function refundWave(run: ImportRun, wave: readonly Group[], orders: Orders): Promise<void> {
  await Promise.all(wave.map((group) => refund(run, group, orders)));
  const times = new Map(
    wave.flatMap((group) => {
      const order = group.refundId ? orders.get(group.invoice) : undefined;
      return order ? [[order.orderId, group.at] as const] : [];
    }),
  );
  await drive(run, times);
}

async function refund(run: ImportRun, group: Group, orders: Orders): Promise<void> {
  const order = orders.get(group.invoice);
  const units = group.matches.flatMap(({ position, units: quantity }) => {
    const line = order?.lines.get(position);
    return line ? [{ lineId: line.lineId, quantity }] : [];
  });
  if (!order || units.length === 0) {
    group.refusal = `The order of invoice ${group.invoice} was not made.`;
    return;
  }
  const key = `import:refund:${group.creditNote}:${group.invoice}`;
  try {
    const refunded = await run.flows.refundOrder(
      { kind: 'units', orderId: order.orderId, units, reason: 'other', note: group.creditNote },
      contextAt(run, group.at),
      key,
    );
    group.refundId = refunded.id;
    if (!refunded.approvalId) return;
    // A second person agreed when the credit note was issued.
    await run.flows.decideApproval(
      { approvalId: refunded.approvalId, decision: 'approve', reason: `Credit note ${group.creditNote}` },
      contextAt(run, group.at, HISTORY),
      `${key}:approve`,
    );
  } catch (error) {
    if (!(error instanceof DomainError) || error.entry.status >= 500) throw error;
    group.refusal = error.detail;
  }
}

/** What each credit line gave back, read from the refunds themselves: their units, at the price they were frozen at. */
async function partsOf(run: ImportRun, groups: readonly Group[], orders: Orders): Promise<Map<SourceLine, GivenBack[]>> {
  const ids = groups.flatMap((group) => (group.refundId ? [group.refundId] : []));
  const ranges = new Map<string, { from: number; to: number }[]>();
  for (let from = 0; from < ids.length; from += 1_000) {
    for (const range of await imports.readRefunded(run.pool, ids.slice(from, from + 1_000))) {
      if (range.status !== 'succeeded')
        throw new Error(`Refund ${range.refundId} is ${range.status}: look at its order, then start the import again.`);
      const key = `${range.refundId}\n${range.lineId}`;
      ranges.set(key, [...(ranges.get(key) ?? []), { from: range.from, to: range.to }]);
    }
  }
  const parts = new Map<SourceLine, GivenBack[]>();
  for (const { refundId, invoice, matches } of groups) {
    const order = orders.get(invoice);
    if (!refundId || !order) continue;
    for (const { credit, position, units } of matches) {
      const line = order.lines.get(position);
      if (!line) continue;
      const valueMinor = take(ranges.get(`${refundId}\n${line.lineId}`) ?? [], units, line);
      const part = { units, valueMinor, soldMicros: parseDecimal(line.unitPrice) ?? 0n, orderId: order.orderId, refundId };
      parts.set(credit, [...(parts.get(credit) ?? []), part]);
    }
  }
  return parts;
}

/** Takes the next units of a refund's ranges, and says what they were worth. */
function take(ranges: { from: number; to: number }[], units: number, line: imports.ImportedLine): bigint {
  let left = units;
  let value = 0n;
  while (left > 0) {
    const range = ranges[0];
    if (!range) throw new Error(`A refund of ${line.invoice} gave back fewer units than it was asked for`);
    const to = Math.min(range.to, range.from + left - 1);
    value += shareOfUnits(line.totalMinor, line.quantity, range.from, to);
    left -= to - range.from + 1;
    if (to === range.to) ranges.shift();
    else range.from = to + 1;
  }
  return value;
}

import { SALES_CHANNELS } from '../../../kernel/vocabulary.ts';
import type { ChannelKind, ChannelPort, StockItem, StockOutcome, WebhookHeaders } from '../provider.ts';
import type { ItemOutcome, ReportedListing } from '../rules.ts';

/** A report as the channel sent it. */
export interface RawReport {
  readonly body: Buffer;
  readonly headers: WebhookHeaders;
}

/** A channel's world for one check: the adapter connected to it, and hands that make it do things. */
export interface MarketWorld {
  readonly port: ChannelPort;
  readonly connectionId: string;
  /** The next call ends without an answer: before anything happened, or after it did. */
  breaks(when: 'before' | 'after'): Promise<void>;
  /** It will not take the next message, whatever it says. */
  refuses(): Promise<void>;
  /** It is too busy for the next call, and asks to wait for a second. */
  asksToWait(): Promise<void>;
  /** Whether it lists what it has not heard of. */
  listsAnything(yes: boolean): Promise<void>;
  /** Sells units whose orders have not come yet. */
  sells(ref: string, units: number): Promise<void>;
  /** How many messages it took. */
  taken(): number;
  /** Has it send a report by itself, and resolves with it. */
  reports(): Promise<RawReport>;
  close(): Promise<void>;
}

type Check = (w: MarketWorld) => Promise<string | null>;

let made = 0;
const newId = (): string => `00000000-0000-7000-8000-${String(++made).padStart(12, '0')}`;
const said = (outcome: unknown): string =>
  JSON.stringify(outcome, (_key, value) => (value instanceof Map ? Object.fromEntries(value) : value));

const send = (w: MarketWorld, items: readonly StockItem[], id = newId()): Promise<StockOutcome> =>
  w.port.sendStock({ id, connectionId: w.connectionId, items });
const item = (ref: string, quantity: number, version: number): StockItem => ({ ref, quantity, version });
const outcomeOf = (outcome: StockOutcome, ref: string): ItemOutcome | undefined =>
  outcome.kind === 'succeeded' ? outcome.items.get(ref) : undefined;

async function listed(w: MarketWorld, ref: string): Promise<ReportedListing | undefined> {
  const report = await w.port.fetchReport(w.connectionId);
  if (report.kind !== 'report') throw new Error(`no report: ${said(report)}`);
  return report.listings.find((listing) => listing.ref === ref);
}

/** What every channel has to do, each as a sentence of what it did instead. */
const CHECKS: Readonly<Record<string, Check>> = {
  'a message says what became of each of its listings': async (w) => {
    const outcome = await send(w, [item('MUG', 5, 1), item('TEE', 0, 1)]);
    if (outcome.kind !== 'succeeded') return said(outcome);
    return ['MUG', 'TEE'].every((ref) => outcome.items.get(ref) === 'applied') ? null : said(outcome);
  },
  'a quantity is absolute, and the report has it with its version': async (w) => {
    await send(w, [item('MUG', 5, 1)]);
    await send(w, [item('MUG', 3, 2)]);
    const found = await listed(w, 'MUG');
    return found?.quantity === 3 && found.version === 2 && found.sold === 0 ? null : said(found);
  },
  'a message is taken once, however often it is sent': async (w) => {
    const id = newId();
    const first = await send(w, [item('MUG', 5, 1)], id);
    const second = await send(w, [item('MUG', 5, 1)], id);
    if (w.taken() !== 1) return `it was taken ${w.taken()} times`;
    return said(first) === said(second) ? null : `answered ${said(first)}, then ${said(second)}`;
  },
  'nothing older replaces what it has': async (w) => {
    await send(w, [item('MUG', 3, 7)]);
    const outcome = await send(w, [item('MUG', 9, 6)]);
    if (outcomeOf(outcome, 'MUG') !== 'stale') return said(outcome);
    const found = await listed(w, 'MUG');
    return found?.quantity === 3 && found.version === 7 ? null : said(found);
  },
  'a listing that it does not have is said to be unknown, and the others are taken': async (w) => {
    await send(w, [item('MUG', 1, 1)]);
    await w.listsAnything(false);
    const outcome = await send(w, [item('GONE', 1, 1), item('MUG', 2, 2)]);
    return outcomeOf(outcome, 'GONE') === 'unknown' && outcomeOf(outcome, 'MUG') === 'applied' ? null : said(outcome);
  },
  'what was sold there and has not come as an order is told apart': async (w) => {
    await send(w, [item('MUG', 5, 1)]);
    await w.sells('MUG', 2);
    const found = await listed(w, 'MUG');
    return found?.quantity === 3 && found.sold === 2 ? null : said(found);
  },
  'a call without an answer is unknown, and the same message ends it': async (w) => {
    for (const when of ['before', 'after'] as const) {
      await w.breaks(when);
      const ref = `MUG-${when}`;
      const id = newId();
      const outcome = await send(w, [item(ref, 4, 1)], id);
      if (outcome.kind !== 'unknown') return `broken ${when} it happened: ${said(outcome)}`;
      const again = await send(w, [item(ref, 4, 1)], id);
      if (outcomeOf(again, ref) !== 'applied') return `sent again after a break ${when}: ${said(again)}`;
    }
    return w.taken() === 2 ? null : `two messages were taken ${w.taken()} times`;
  },
  'a no to a whole message is a no': async (w) => {
    await w.refuses();
    const outcome = await send(w, [item('MUG', 4, 1)]);
    return outcome.kind === 'failed' && outcome.message !== '' ? null : said(outcome);
  },
  'a channel that asks to wait is not said to have taken anything': async (w) => {
    await w.asksToWait();
    const outcome = await send(w, [item('MUG', 4, 1)]);
    if (outcome.kind !== 'unreachable' && outcome.kind !== 'unknown') return said(outcome);
    return outcome.retryAfterMs === 1_000 ? null : `it waits ${outcome.retryAfterMs} ms`;
  },
  'a report is of one connection': async (w) => {
    await send(w, [item('MUG', 4, 1)]);
    const other = await w.port.fetchReport(newId());
    return other.kind === 'report' && other.listings.length === 0 ? null : said(other);
  },
  'a report that it sends names the connection, and only a genuine one is believed': async (w) => {
    await send(w, [item('MUG', 4, 1)]);
    const { body, headers } = await w.reports();
    const heard = w.port.verifyWebhook(body, headers);
    if (heard.connectionId !== w.connectionId) return `it names ${heard.connectionId}`;
    if (heard.listings[0]?.quantity !== 4) return said(heard.listings);
    const changed = Buffer.from(body.toString('utf8').replace(/"quantity":\s*4/, '"quantity":9'));
    if (isBelieved(() => w.port.verifyWebhook(changed, headers))) return 'a changed report is believed';
    const late = new Date(Date.now() + 600_000);
    return isBelieved(() => w.port.verifyWebhook(body, headers, late)) ? 'a report of ten minutes ago is believed' : null;
  },
};

function isBelieved(verify: () => unknown): boolean {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}

/** Doors of our own: what is sold through them is told to nobody. */
const OWN_DOORS: readonly string[] = ['api', 'console', 'shop', 'import'];
const ASKED_AT_LEAST_EVERY_MS = 24 * 3_600_000;

/** What a kind says of itself has to fit together: the flows rest on it. */
function traitBreaches({ traits }: ChannelKind): string[] {
  const { name, channel, itemsPerMessage, reportEveryMs } = traits;
  const rules: readonly [boolean, string][] = [
    [/^[a-z][a-z_]{0,39}$/.test(name), 'its name is not a word of the database'],
    [SALES_CHANNELS.some((known) => known === channel), 'it sells as a channel that no order can name'],
    [!OWN_DOORS.includes(channel), 'it sells through a door of our own'],
    [Number.isInteger(itemsPerMessage) && itemsPerMessage > 0, 'a message that names nothing'],
    [reportEveryMs > 0 && reportEveryMs <= ASKED_AT_LEAST_EVERY_MS, 'it is asked never, or all the time'],
  ];
  return rules.flatMap(([holds, sentence]) => (holds ? [] : [`traits: ${sentence}`]));
}

/** What is wrong with a kind of channel, as sentences; none where the flows may rely on it. `bringUp` makes a channel's world for each check. */
export async function findBreaches(kind: ChannelKind, bringUp: () => Promise<MarketWorld>): Promise<string[]> {
  const breaches = traitBreaches(kind);
  for (const [name, check] of Object.entries(CHECKS)) {
    const w = await bringUp();
    try {
      const instead = await check(w);
      if (instead !== null) breaches.push(`${name}: ${instead}`);
    } catch (error) {
      breaches.push(`${name}: ${error}`);
    } finally {
      await w.close();
    }
  }
  return breaches;
}

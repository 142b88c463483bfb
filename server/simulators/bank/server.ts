import { z } from 'zod';
import { SimClock } from '../clock.ts';
import { decodeForm, text } from '../form.ts';
import { json, type SimReply, type SimRequest } from '../http.ts';
import { type KeyedOptions, KeyedSimulator, type RunningSimulator, readJson } from '../keyed-simulator.ts';
import { refuse } from '../keyed-writes.ts';
import {
  type BankEvent,
  type BankLogEntry,
  type BankObject,
  type BankRecord,
  type BankSettings,
  BankState,
  type PayIn,
  type Payout,
} from './state.ts';
import { BankTransfers, collectionAccount, fateOf, objectShape, payInShape, payoutShape } from './transfers.ts';

export type BankOptions = KeyedOptions;
export type BankSimulator = RunningSimulator<BankState>;

const PROGRESS_MS = 250;
const PAGE = 100;
const ADVANCE = /^\/_sim\/transfers\/([A-Za-z0-9_-]+)\/advance$/;

const settingsInput = z.strictObject({
  auto_settle: z.boolean().optional(),
  payout_after_ms: z.number().min(0).optional(),
  pay_in_after_ms: z.number().min(0).optional(),
  reject_rate: z.number().min(0).max(1).optional(),
  return_rate: z.number().min(0).max(1).optional(),
  return_after_ms: z.number().min(0).optional(),
});
const advanceInput = z.strictObject({ to: z.enum(['settled', 'rejected', 'returned']), reason: z.string().optional() });

/** A bank: transfers in by reference, payouts to beneficiaries, a statement, and messages. */
class Bank extends KeyedSimulator<BankObject, BankSettings, BankEvent, BankLogEntry, BankState> {
  private readonly transfers = new BankTransfers(this.state);

  constructor(options: BankOptions) {
    const state = new BankState(new SimClock());
    super(options, { name: 'bank', state, writes: ['beneficiary', 'payout'], settings: settingsInput, progressMs: PROGRESS_MS });
  }

  protected answer(request: SimRequest): SimReply | Promise<SimReply> {
    if (request.method === 'GET') return this.read(request);
    if (request.method === 'POST' && request.path === '/v1/beneficiaries')
      return this.write({
        kind: 'beneficiary',
        request,
        run: (_faults, key) => this.transfers.addBeneficiary(readJson(request.body), key),
      });
    if (request.method === 'POST' && request.path === '/v1/payouts')
      return this.write({
        kind: 'payout',
        request,
        run: (faults, key) => this.transfers.addPayout(readJson(request.body), faults, key),
      });
    return refuse(404, 'not_found', 'There is no such address.');
  }

  /** Moves transfers on whose time has come. */
  protected async progress(): Promise<void> {
    const {
      auto_settle: on,
      payout_after_ms: out,
      pay_in_after_ms: inward,
      return_rate: back,
      return_after_ms: late,
    } = this.state.settings;
    if (!on) return;
    const now = this.clock.now();
    for (const id of [...this.state.moving]) {
      const payIn = this.state.payIns.get(id);
      if (payIn !== undefined && now - payIn.updated_at >= inward) await this.move(payIn, 'settled');
      const payout = this.state.payouts.get(id);
      if (payout === undefined) continue;
      if (payout.status === 'accepted' && now - payout.updated_at >= out) await this.move(payout, this.firstEnd(payout));
      else if (payout.status === 'settled' && now - payout.updated_at >= late) {
        // Drawn once: a payout that was not returned by then stays where it is.
        if (fateOf(this.state, payout) === 'returned' || Math.random() < back) await this.move(payout, 'returned');
        else this.state.moving.delete(id);
      }
    }
  }

  private firstEnd(payout: Payout): 'settled' | 'rejected' {
    return fateOf(this.state, payout) === 'rejected' || Math.random() < this.state.settings.reject_rate ? 'rejected' : 'settled';
  }

  private async read(request: SimRequest): Promise<SimReply> {
    const refused = await this.beforeReading();
    if (refused !== undefined) return refused;
    const form = decodeForm(request.query);
    const [, , noun, id] = request.path.split('/');
    if (noun === 'account') return collectionAccount(text(form, 'currency') ?? 'EUR');
    if (noun === 'payouts' && id === undefined) {
      const found = this.state.payouts.get(this.state.byReference.get(text(form, 'client_reference') ?? '') ?? '');
      return json(200, { data: found === undefined ? [] : [payoutShape(found)] });
    }
    if (noun === 'pay_ins' && id === undefined) return json(200, this.changedPayIns(Number(text(form, 'since') ?? 0)));
    if (noun === 'movements') return json(200, this.statement(text(form, 'from'), text(form, 'to'), text(form, 'after')));
    const payout = noun === 'payouts' ? this.state.payouts.get(id ?? '') : undefined;
    if (payout !== undefined) return json(200, payoutShape(payout));
    const payIn = noun === 'pay_ins' ? this.state.payIns.get(id ?? '') : undefined;
    return payIn === undefined ? refuse(404, 'not_found', 'There is no such transfer.') : json(200, payInShape(payIn));
  }

  /** Pay-ins that changed since an instant, oldest first: how to learn of those whose messages were lost. */
  private changedPayIns(since: number) {
    const changed = [...this.state.payIns.values()].filter((payIn) => payIn.updated_at >= since);
    changed.sort((a, b) => a.updated_at - b.updated_at);
    return { data: changed.slice(0, PAGE).map(payInShape), has_more: changed.length > PAGE };
  }

  private statement(from: string | undefined, to: string | undefined, after: string | undefined) {
    const start = from === undefined ? 0 : Date.parse(from);
    const end = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
    const lines = this.state.movements.filter(({ at }) => at >= start && at < end);
    const begin = after === undefined ? 0 : lines.findIndex(({ id }) => id === after) + 1;
    const data = lines.slice(begin, begin + PAGE).map((line) => ({ ...line, at: new Date(line.at).toISOString() }));
    return { data, has_more: begin + PAGE < lines.length };
  }

  protected async extra(request: SimRequest): Promise<SimReply | undefined> {
    if (request.path === '/_sim/log' && request.method === 'GET') return json(200, { data: this.state.log });
    if (request.method !== 'POST') return undefined;
    if (request.path === '/_sim/pay_ins') {
      const { payIn, records } = this.transfers.addPayIn(readJson(request.body));
      await this.commit(records);
      this.sendFrom(records);
      return json(200, payInShape(payIn));
    }
    const ref = ADVANCE.exec(request.path)?.[1];
    if (ref === undefined) return undefined;
    const object =
      this.state.payIns.get(ref) ?? this.state.payouts.get(ref) ?? this.state.payouts.get(this.state.byReference.get(ref) ?? '');
    if (object === undefined) return refuse(404, 'not_found', 'There is no such transfer.');
    const { to, reason } = advanceInput.parse(readJson(request.body));
    const moved = await this.move(object, to, reason ?? null);
    return moved === undefined ? refuse(409, 'at_the_end', `The transfer is ${object.status}.`) : json(200, moved);
  }

  private async move(object: Payout | PayIn, to: string, reason: string | null = null) {
    const records = this.transfers.move(object, to, reason);
    if (records === undefined) return undefined;
    await this.commit(records);
    this.sendFrom(records);
    return objectShape(records[0]?.[1] as Payout | PayIn);
  }

  private sendFrom(records: readonly BankRecord[]): void {
    for (const record of records) if (record[0] === 'event') this.send(record[1]);
  }

  protected message({ type, at, object }: BankEvent) {
    return { type, at, data: objectShape(object) };
  }
}

/** Starts the bank and its control listener. */
export function startBankSimulator(options: BankOptions): Promise<BankSimulator> {
  return new Bank(options).start();
}

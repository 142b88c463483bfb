import { chart, FUNDING, type OpenAccountInput } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * Opens an account of a merchant's own programs, and with the first of a currency the one that they are funded from. Money moves between
 * these accounts of one merchant only, so opening one changes nobody else's balance. Its code is its identity: of two who open it at once,
 * one does.
 */
export interface OpenedAccount {
  readonly id: string;
  readonly fundingId: string;
}

interface Opening extends Locked {
  /** Made in this transaction and not answered for yet. */
  readonly fresh: Set<string>;
  readonly outbox: Outbox;
}

const isReserved = ({ ownCode }: OpenAccountInput): boolean => ownCode === FUNDING;

async function lock(tx: Tx, requests: readonly Request<OpenAccountInput>[]): Promise<Opening> {
  const { ctx } = requests[0] as Request<OpenAccountInput>;
  const wanted = new Map<string, Parameters<typeof ledger.open>[2][number]>();
  for (const { input } of requests) {
    if (isReserved(input)) continue;
    const { name, creditLimitMinor, merchantId, currency } = input;
    const account = { ...chart.program(input), name, creditLimitMinor: input.limited ? creditLimitMinor : 0n };
    const funding = { ...chart.programFunding(merchantId, currency), name: null, creditLimitMinor: 0n };
    for (const ref of [funding, account]) if (!wanted.has(ref.code)) wanted.set(ref.code, ref);
  }
  const fresh = await ledger.open(tx, ctx.home, [...wanted.values()], ctx.now);
  return { applied: 0, fresh: new Set(fresh), outbox: newOutbox() };
}

function decide(world: Opening, { input, ctx }: Request<OpenAccountInput>): OpenedAccount {
  if (isReserved(input))
    throw new DomainError('already_exists', `${FUNDING} is the account that programs are funded from. Choose another own_code.`);
  const { merchantId, ownCode, currency, name } = input;
  const { code } = chart.program(input);
  const id = ledger.accountId(code);
  if (!world.fresh.delete(id))
    throw new DomainError('already_exists', `There is an account ${ownCode} in ${currency} already. Choose another own_code.`);
  world.applied++;
  const subject = { aggregate: 'account', aggregateId: id, aggregateVersion: 0n, merchantId } as const;
  emit(world.outbox, { ...subject, type: 'account.opened', data: { code, currency } }, ctx);
  const after = {
    code,
    name,
    normalSide: input.normalSide,
    limited: input.limited,
    creditLimitMinor: Number(input.creditLimitMinor),
  };
  audit(world.outbox, { action: 'account.opened', entity: 'account', entityId: id, merchantId, after }, ctx);
  return { id, fundingId: ledger.accountId(chart.programFunding(merchantId, currency).code) };
}

export const openAccount: Verb<OpenAccountInput, Opening, OpenedAccount> = {
  name: 'open-account',
  lock,
  decide,
  write: (tx, world) => writeOutbox(tx, world.outbox),
};

import { type GiftCard, isSpendable } from '../../domains/gift-cards/rules.ts';
import * as giftCards from '../../domains/gift-cards/service.ts';
import { availableMinor, planTransfers } from '../../domains/ledger/rules.ts';
import { type AccountRef, chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import type { PlaceOrderInput, TenderInput } from '../../domains/orders/schema.ts';
import type { InternalProvider } from '../../domains/payments/rules.ts';
import type { StoreCredit } from '../../domains/store-credit/rules.ts';
import * as storeCredit from '../../domains/store-credit/service.ts';
import { planOut, type Usage, type Wallet } from '../../domains/wallet/rules.ts';
import * as wallet from '../../domains/wallet/service.ts';
import { DomainError, type ErrorCode } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { moneyStep, toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { demandSteps } from '../money-steps.ts';
import { fundsOf } from '../wallets/wallet-world.ts';
import type { World } from '../world.ts';
import { storeCreditId } from './issue-store-credit.ts';

/**
 * What an order is paid with beside the card: gift cards, store credit, the customer's wallet. Each is held in the ledger in the transaction
 * that promises the stock; where one of them does not hold what is asked of it the order is refused, and nothing is held or promised.
 */
export interface AskedTenders {
  /** By hash and by id. */
  readonly cards: ReadonlyMap<string, GiftCard>;
  readonly wallets: wallet.WalletsState | null;
  /** Ids of open wallets by customer and currency. */
  readonly walletIds: ReadonlyMap<string, string>;
  readonly accounts: readonly AccountRef[];
  readonly giftCards: readonly string[];
  readonly storeCredits: readonly string[];
}

/** One order of a batch, with what its tenders are looked up by. */
export interface Payer {
  readonly input: PlaceOrderInput;
  readonly currency: string | undefined;
  readonly customerId: string | null;
}

const NONE: AskedTenders = {
  cards: new Map(),
  wallets: null,
  walletIds: new Map(),
  accounts: [],
  giftCards: [],
  storeCredits: [],
};

/** One tender as it will be written. */
export interface PlannedTender {
  readonly provider: InternalProvider;
  /** What is spent from: the gift card's id, or the customer's. */
  readonly token: string;
  readonly last4: string | null;
  readonly amountMinor: bigint;
  readonly account: string;
  readonly wallet: { readonly id: string; readonly usage: Usage } | null;
}

/**
 * Finds what the batch's tenders name, and locks wallets, which come before orders. No statement is made where every order of the batch
 * is paid by card alone.
 */
export async function findTenders(tx: Tx, payers: readonly Payer[]): Promise<AskedTenders> {
  const asked = payers.filter(({ input, currency }) => input.tenders && input.tenders.length > 0 && currency !== undefined);
  if (asked.length === 0) return NONE;
  const all = asked.flatMap(({ input }) => input.tenders ?? []);
  const byHash = await giftCards.find(
    tx,
    all.flatMap((tender) => (tender.type === 'gift_card' && tender.codeHash ? [tender.codeHash] : [])),
  );
  const byId = await giftCards.read(
    tx,
    all.flatMap((tender) => (tender.type === 'gift_card' && tender.giftCardId ? [tender.giftCardId] : [])),
  );
  const cards = new Map([...byHash, ...byId]);
  const credits = await storeCredit.read(tx, asked.flatMap(creditIdsOf));
  const { wallets, walletIds } = await lockWalletsOf(tx, asked);
  const found = [...new Map([...cards.values()].map((card) => [card.id, card])).values()];
  return {
    cards,
    wallets,
    walletIds,
    accounts: [
      ...found.map((card) => chart.giftCard(card.merchantId, card.id, card.currency)),
      ...[...credits.values()].map(({ merchantId, customerId, currency }) => chart.storeCredit(merchantId, customerId, currency)),
      ...[...(wallets?.byId.values() ?? [])].map(({ customerId, currency }) => chart.wallet(customerId, currency)),
      ...asked.map(({ input, currency }) => chart.receivable(input.merchantId, currency as string)),
    ],
    giftCards: found.map((card) => card.id),
    storeCredits: [...credits.keys()],
  };
}

function creditIdsOf(payer: Payer): string[] {
  return (payer.input.tenders ?? []).flatMap((tender) => {
    const owner = tender.type === 'store_credit' ? creditOwner(payer, tender) : null;
    return owner ? [storeCreditId(owner)] : [];
  });
}

function creditOwner({ input, currency, customerId }: Payer, tender: { readonly customerId?: string | undefined }) {
  const owner = tender.customerId ?? customerId;
  return owner && currency ? { merchantId: input.merchantId, customerId: owner, currency } : null;
}

async function lockWalletsOf(tx: Tx, asked: readonly Payer[]) {
  const keys = asked.flatMap(({ input, currency }) =>
    (input.tenders ?? []).flatMap((tender) =>
      tender.type === 'wallet' ? [{ customerId: tender.customerId, currency: currency as string }] : [],
    ),
  );
  if (keys.length === 0) return { wallets: null, walletIds: new Map<string, string>() };
  const ids = await wallet.find(tx, keys);
  const walletIds = new Map(
    keys.flatMap((key, at) => (ids[at] ? [[`${key.customerId}:${key.currency}`, ids[at]] as const] : [])),
  );
  return { wallets: await wallet.lock(tx, [...walletIds.values()]), walletIds };
}

interface Planning extends World {
  readonly tenders: AskedTenders;
}

/** Where a tender's money is, and how much of it may be spent now. */
interface Source extends Omit<PlannedTender, 'amountMinor' | 'wallet'> {
  readonly currency: string;
  readonly wallet: Wallet | null;
}

/** Plans an order's tenders on the locked accounts. Throws a refusal that names the tender; nothing is changed. */
export function planTenders(world: Planning, payer: Payer, totalMinor: bigint, now: Date): PlannedTender[] {
  const { input } = payer;
  const currency = payer.currency as string;
  const planned: PlannedTender[] = [];
  let left = totalMinor;
  for (const [index, tender] of (input.tenders ?? []).entries()) {
    const about = { tender: tender.type, index };
    const source = sourceOf(world, payer, tender, now, about);
    if (source.currency !== currency)
      throw refused('currency_mismatch', `This ${NAMES[tender.type]} is in ${source.currency}, the order in ${currency}.`, about);
    if (planned.some((one) => one.account === source.account))
      throw refused('invalid_request', `The same ${NAMES[tender.type]} is named twice.`, about);
    if (left === 0n && tender.amountMinor === undefined) continue;
    const plan = amountOf(world, source, tender, left, now, { ...about, currency });
    planned.push(plan);
    left -= plan.amountMinor;
  }
  return planned;
}

const NAMES = { gift_card: 'gift card', store_credit: 'store credit', wallet: 'wallet' } as const;

const refused = (code: ErrorCode, detail: string, about: Record<string, unknown>): DomainError =>
  new DomainError(code, detail, about);

function sourceOf(world: Planning, payer: Payer, tender: TenderInput, now: Date, about: Record<string, unknown>): Source {
  switch (tender.type) {
    case 'gift_card':
      return cardSource(world, payer, tender, now, about);
    case 'store_credit':
      return creditSource(world, payer, tender, about);
    case 'wallet':
      return walletSource(world, payer, tender, about);
  }
}

function cardSource(
  world: Planning,
  { input }: Payer,
  tender: Extract<TenderInput, { type: 'gift_card' }>,
  now: Date,
  about: object,
): Source {
  const named = world.tenders.cards.get(tender.codeHash ?? tender.giftCardId ?? '');
  // As it is now that its account is locked.
  const card = named && world.giftCards.byId.get(named.id);
  if (!card || card.merchantId !== input.merchantId || !isSpendable(card, now))
    throw refused('tender_refused', 'This gift card is not known here, or nothing can be paid with it any more.', { ...about });
  const account = chart.giftCard(card.merchantId, card.id, card.currency).code;
  return { provider: 'gift_card', token: card.id, last4: card.last4, account, currency: card.currency, wallet: null };
}

function creditSource(
  world: Planning,
  payer: Payer,
  tender: Extract<TenderInput, { type: 'store_credit' }>,
  about: object,
): Source {
  const owner = creditOwner(payer, tender);
  const credit: StoreCredit | undefined = owner ? world.storeCredit.byId.get(storeCreditId(owner)) : undefined;
  if (!owner || !credit) throw refused('tender_refused', 'The customer has no store credit here.', { ...about });
  if (credit.status === 'frozen') throw refused('account_frozen', 'The customer’s store credit is frozen.', { ...about });
  const account = chart.storeCredit(owner.merchantId, owner.customerId, owner.currency).code;
  return { provider: 'store_credit', token: owner.customerId, last4: null, account, currency: owner.currency, wallet: null };
}

function walletSource(
  world: Planning,
  { currency }: Payer,
  tender: Extract<TenderInput, { type: 'wallet' }>,
  about: object,
): Source {
  const id = world.tenders.walletIds.get(`${tender.customerId}:${currency}`);
  const found = id === undefined ? undefined : world.tenders.wallets?.byId.get(id);
  if (!found) throw refused('tender_refused', `The customer has no open wallet in ${currency}.`, { ...about });
  const account = chart.wallet(found.customerId, found.currency).code;
  return { provider: 'wallet', token: found.customerId, last4: null, account, currency: found.currency, wallet: found };
}

function amountOf(
  world: Planning,
  source: Source,
  tender: TenderInput,
  left: bigint,
  now: Date,
  about: { readonly tender: string; readonly index: number; readonly currency: string },
): PlannedTender {
  const account = world.ledger.accounts.get(source.account);
  if (!account) throw new Error(`The account ${source.account} is not locked`);
  const free = availableMinor(account) > 0n ? availableMinor(account) : 0n;
  const step = moneyStep(about.currency);
  // What a card has to pay then is what cards can carry.
  const wanted = tender.amountMinor ?? (free < left ? free - (free % step) : left);
  demandSteps('Tenders', about.currency, wanted === left ? [] : [wanted]);
  const money = (amountMinor: bigint): string => `${toMajor({ amountMinor, currency: about.currency })} ${about.currency}`;
  if (wanted > left)
    throw refused('over_limit', `The ${NAMES[tender.type]} would pay more than the ${money(left)} that is left to pay.`, {
      ...about,
      leftMinor: Number(left),
    });
  if (wanted > free || wanted <= 0n)
    throw refused('insufficient_funds', `The ${NAMES[tender.type]} has ${money(free)} to spend.`, {
      ...about,
      availableMinor: Number(free),
      ...(wanted > free ? { missingMinor: Number(wanted - free) } : {}),
    });
  const { currency: _currency, wallet: own, ...plan } = source;
  return { ...plan, amountMinor: wanted, wallet: own && { id: own.id, usage: walletUse(world, own, wanted, now, about) } };
}

/** What a wallet's own rules say: its state and its tier's limits. Their refusals name the tender too. */
function walletUse(world: Planning, own: Wallet, amountMinor: bigint, now: Date, about: Record<string, unknown>): Usage {
  try {
    const limits = wallet.limitsOf(world.tenders.wallets as wallet.WalletsState, own);
    return planOut(own, limits, fundsOf(world, own), amountMinor, now);
  } catch (error) {
    if (error instanceof DomainError) throw new DomainError(error.code, error.detail, { ...about, ...error.data });
    throw error;
  }
}

/** The hold of a tender: its account pays what the order owes, once it is captured. */
export function holdOf(
  plan: PlannedTender,
  merchantId: string,
  currency: string,
): Omit<Extract<TransferSpec, { phase: 'pending' }>, 'orderId' | 'paymentId'> {
  const { account: debit, amountMinor } = plan;
  const credit = chart.receivable(merchantId, currency).code;
  return { id: newId(), kind: 'authorization', phase: 'pending', debit, credit, amountMinor, currency };
}

/** Refuses holds that the ledger would not take: an account that was frozen or closed in the ledger itself. */
export function checkHolds(world: World, specs: readonly ReturnType<typeof holdOf>[]): void {
  planTransfers(
    world.ledger,
    specs.map((spec) => ({ ...spec, orderId: null, paymentId: null })),
  );
}

/**
 * The ledger as a person would keep it on paper, to compare the real one with. It shares no code with it: accounts are numbered, amounts
 * are plain numbers, what is available is added up from the entries each time.
 */
export interface PaperAccount {
  readonly side: 'debit' | 'credit';
  readonly limited: boolean;
  readonly creditLimit: number;
  readonly currency: string;
  readonly blocked: 'frozen' | 'closed' | null;
}

interface PaperMove<Do extends 'move' | 'hold'> {
  readonly id: string;
  readonly do: Do;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  readonly currency: string;
}

export type PaperTransfer =
  | PaperMove<'move'>
  | PaperMove<'hold'>
  | { readonly id: string; readonly do: 'post'; readonly hold: string; readonly amount: number; readonly final: boolean }
  | { readonly id: string; readonly do: 'void'; readonly hold: string }
  | { readonly id: string; readonly do: 'reverse'; readonly of: string; readonly amount: number | null };

interface Entry {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  /** Money that only waits: a hold, or what a post or a void took off one (negative). */
  readonly held: boolean;
  readonly hold: string | null;
  readonly reverses: string | null;
  readonly by: PaperTransfer['do'];
}

/** What is written so far. */
export type Paper = readonly Entry[];

export type PaperAnswer = { readonly paper: Paper } | { readonly refused: string; readonly at: number };

/** Writes a list of linked transfers down, or says which one is refused and why. */
export function writeDown(accounts: readonly PaperAccount[], paper: Paper, journal: readonly PaperTransfer[]): PaperAnswer {
  let next = paper;
  for (const [at, transfer] of journal.entries()) {
    const entries = entriesOf(accounts, next, transfer);
    if (typeof entries === 'string') return { refused: entries, at };
    next = [...next, ...entries];
  }
  return { paper: next };
}

function entriesOf(accounts: readonly PaperAccount[], paper: Paper, transfer: PaperTransfer): readonly Entry[] | string {
  const base = { id: transfer.id, by: transfer.do, hold: null, reverses: null, held: false } as const;
  if (transfer.do === 'move' || transfer.do === 'hold') {
    const refusal = refuseMove(accounts, paper, transfer);
    if (refusal) return refusal;
    const { from, to, amount } = transfer;
    return [{ ...base, from, to, amount, held: transfer.do === 'hold', hold: transfer.do === 'hold' ? transfer.id : null }];
  }
  if (transfer.do === 'reverse') {
    const original = paper.find(({ id, held }) => id === transfer.of && !held);
    if (!original) return paper.some(({ id }) => id === transfer.of) ? 'state_refuses' : 'not_found';
    const back = paper.filter(({ reverses }) => reverses === transfer.of).reduce((sum, entry) => sum + entry.amount, 0);
    const left = original.amount - back;
    if (left === 0) return 'already_reversed';
    const amount = transfer.amount ?? left;
    if (amount > left) return 'over_limit';
    const move = { from: original.to, to: original.from, amount, currency: accounts[original.to]?.currency ?? '' };
    return refuseMove(accounts, paper, move) ?? [{ ...base, ...move, reverses: transfer.of }];
  }
  const hold = paper.find(({ id, by }) => id === transfer.hold && by === 'hold');
  if (!hold) return 'not_found';
  const left = paper.filter((entry) => entry.held && entry.hold === hold.id).reduce((sum, entry) => sum + entry.amount, 0);
  if (left === 0) return 'state_refuses';
  const { from, to } = hold;
  const off = (amount: number): Entry => ({ ...base, from, to, amount: -amount, held: true, hold: hold.id });
  if (transfer.do === 'void') return [off(left)];
  if (transfer.amount > left) return 'over_limit';
  const posted: Entry = { ...base, from, to, amount: transfer.amount };
  return [posted, off(transfer.final ? left : transfer.amount)];
}

function refuseMove(
  accounts: readonly PaperAccount[],
  paper: Paper,
  {
    from,
    to,
    amount,
    currency,
  }: { readonly from: number; readonly to: number; readonly amount: number; readonly currency: string },
): string | null {
  for (const number of [from, to]) {
    const account = accounts[number];
    if (!account) return 'not_found';
    if (account.currency !== currency) return 'currency_mismatch';
    if (account.blocked) return `account_${account.blocked}`;
  }
  const short = (number: number, side: 'debit' | 'credit'): boolean => {
    const account = accounts[number];
    return account !== undefined && account.side !== side && account.limited && available(account, number, paper) < amount;
  };
  return short(from, 'debit') || short(to, 'credit') ? 'insufficient_funds' : null;
}

function available(account: PaperAccount, number: number, paper: Paper): number {
  let sum = account.creditLimit;
  for (const { from, to, amount, held } of paper) {
    const out = account.side === 'credit' ? from === number : to === number;
    const into = account.side === 'credit' ? to === number : from === number;
    if (out) sum -= amount;
    else if (into && !held) sum += amount;
  }
  return sum;
}

/** The posted balance of an account on its own side. */
export function balanceOf(account: PaperAccount, number: number, paper: Paper): number {
  let sum = 0;
  for (const { from, to, amount, held } of paper) {
    if (held || (from !== number && to !== number)) continue;
    const raises = account.side === 'credit' ? to === number : from === number;
    sum += raises ? amount : -amount;
  }
  return sum;
}

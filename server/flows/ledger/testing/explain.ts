import { balanceOf, type Paper, type PaperAccount, type PaperTransfer, writeDown } from './naive-ledger.ts';

/** What one sending of a journal was answered, transfer by transfer. */
export interface Answer {
  readonly results: readonly {
    readonly result: string;
    readonly debitBalanceMinor?: bigint;
    readonly creditBalanceMinor?: bigint;
  }[];
}

/** A journal of a wave as it was sent, with the answer of each sending. */
export interface Sent {
  readonly journal: readonly PaperTransfer[];
  readonly answers: readonly Answer[];
}

interface Fact {
  readonly journal: readonly PaperTransfer[];
  readonly created: Answer | undefined;
  /** What else it was answered, as code and place. */
  readonly refusals: readonly { readonly code: string; readonly at: number }[];
}

/**
 * Looks for an order of a wave's journals in which a ledger that does one thing after the other gives these answers. Returns what is written
 * in the end by one such order, or why there is none. Whatever order: all that are found end on the same balances.
 */
export function explain(accounts: readonly PaperAccount[], before: Paper, wave: readonly Sent[]): Paper | string {
  const facts: Fact[] = [];
  for (const { journal, answers } of wave) {
    const created = answers.filter(({ results }) => results.every(({ result }) => result === 'created'));
    if (created.length > 1) return `created ${created.length} times: ${JSON.stringify(journal)}`;
    const [once] = created;
    const refusals = [];
    for (const answer of answers) {
      if (answer === once) continue;
      const at = answer.results.findIndex(({ result }) => result !== 'linked_failed');
      const code = answer.results[at]?.result ?? 'nothing';
      if (code === 'duplicate') {
        if (!once || !sameFigures(once, answer)) return `duplicate of nothing, or of something else: ${JSON.stringify(journal)}`;
      } else refusals.push({ code, at });
    }
    facts.push({ journal, created: once, refusals });
  }
  return search(accounts, before, facts);
}

const FIGURES = ['debitBalanceMinor', 'creditBalanceMinor'] as const;

function sameFigures(a: Answer, b: Answer): boolean {
  return a.results.every((one, index) => FIGURES.every((figure) => one[figure] === b.results[index]?.[figure]));
}

/** Every order of what was created, depth first; at each point whoever was refused may have been refused there. */
function search(accounts: readonly PaperAccount[], before: Paper, facts: readonly Fact[]): Paper | string {
  const open = new Set(facts.filter(({ created }) => created));
  let nearest = 'nothing fits';
  const visit = (paper: Paper, left: ReadonlySet<Fact>, unexplained: ReadonlySet<string>): Paper | null => {
    const still = new Set(unexplained);
    for (const [index, fact] of facts.entries())
      for (const { code, at } of fact.refusals) {
        const name = `${index}:${code}:${at}`;
        if (still.has(name) && (!fact.created || left.has(fact)) && refuses(accounts, paper, fact.journal, code, at))
          still.delete(name);
      }
    if (left.size === 0) {
      if (still.size === 0) return paper;
      nearest = `never refused so: ${[...still].join(', ')}`;
      return null;
    }
    for (const fact of left) {
      const answer = writeDown(accounts, paper, fact.journal);
      if ('refused' in answer || !agrees(accounts, paper, fact)) continue;
      const found = visit(answer.paper, new Set([...left].filter((one) => one !== fact)), still);
      if (found) return found;
    }
    return null;
  };
  const names = facts.flatMap(({ refusals }, index) => refusals.map(({ code, at }) => `${index}:${code}:${at}`));
  return visit(before, open, new Set(names)) ?? nearest;
}

function refuses(
  accounts: readonly PaperAccount[],
  paper: Paper,
  journal: readonly PaperTransfer[],
  code: string,
  at: number,
): boolean {
  const answer = writeDown(accounts, paper, journal);
  return 'refused' in answer && answer.refused === code && answer.at === at;
}

/** Whether writing it down now leaves the balances that were answered. */
function agrees(accounts: readonly PaperAccount[], before: Paper, { journal, created }: Fact): boolean {
  let paper = before;
  for (const [index, transfer] of journal.entries()) {
    const answer = writeDown(accounts, paper, [transfer]);
    if ('refused' in answer) return false;
    const [entry] = answer.paper.slice(paper.length);
    paper = answer.paper;
    const told = created?.results[index];
    if (!entry || !told) return false;
    // A post is answered before the rest of its hold is released; neither changes a posted balance.
    const balance = (number: number): bigint => BigInt(balanceOf(accounts[number] as PaperAccount, number, paper));
    if (balance(entry.from) !== told.debitBalanceMinor || balance(entry.to) !== told.creditBalanceMinor) return false;
  }
  return true;
}

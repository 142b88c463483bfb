import type { DisputeStatus } from '../../kernel/vocabulary.ts';
import { EVIDENCE_FIELDS, type EvidenceInput, type FileType } from './schema.ts';

/** What a cardholder's bank asks about, or takes back, of an order's payment. Amounts in minor units. */
export interface Dispute {
  readonly id: string;
  readonly number: string;
  readonly merchantId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly provider: string;
  readonly providerRef: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly openedAt: Date;
  status: DisputeStatus;
  /** The provider's word for it. */
  reason: string;
  /** Of the amount, what the provider has and the ledger shows as a loss. */
  takenMinor: bigint;
  /** What the provider charged for it in all, and gave back of that. */
  feeMinor: bigint;
  feeBackMinor: bigint;
  /** Of what was lost, what the customer was owed anyhow. */
  setOffMinor: bigint;
  evidence: Evidence;
  evidenceDueAt: Date | null;
  answer: 'evidence' | 'accept' | null;
  answerId: string | null;
  answeredBy: string | null;
  answeredAt: Date | null;
  answerError: { code: string; message: string } | null;
  closedAt: Date | null;
  /** When the provider was asked what this says. */
  saidAt: Date;
  version: bigint;
}

export type Evidence = Partial<Record<(typeof EVIDENCE_FIELDS)[number], string>>;

/** What the provider says of it now. */
export interface SaidDispute {
  readonly amountMinor: bigint;
  readonly takenMinor: bigint;
  readonly feeMinor: bigint;
  readonly feeBackMinor: bigint;
  readonly status: 'inquiry' | 'open' | 'submitted' | 'won' | 'lost' | 'withdrawn';
}

const CLOSED: readonly DisputeStatus[] = ['won', 'lost', 'accepted', 'withdrawn'];
const LOST: readonly DisputeStatus[] = ['lost', 'accepted'];

/** Whether nothing more is expected to happen. */
export const isClosed = (status: DisputeStatus): boolean => CLOSED.includes(status);
/** Whether the money stays with the cardholder. */
export const isLost = (status: DisputeStatus): boolean => LOST.includes(status);
/** Whether the bank may still decide about money that it took. */
export const isContested = (status: DisputeStatus): boolean => status === 'open' || status === 'submitted';
/** Whether more goods leave for somebody who takes the money back: not while it is open, and not once it is lost. */
export const stopsShipping = (status: DisputeStatus): boolean => isContested(status) || isLost(status);

/** The state that follows from what the provider says: what it decided is not open again because an older answer says so. */
export function statusAfter(known: Pick<Dispute, 'status' | 'answer'>, said: SaidDispute['status']): DisputeStatus {
  if (said === 'lost') return known.answer === 'accept' ? 'accepted' : 'lost';
  if (said === 'won' || said === 'withdrawn') return said;
  if (isClosed(known.status)) return known.status;
  // Our answer is there, and the provider has not looked at it yet.
  return known.status === 'submitted' && said === 'open' ? 'submitted' : said;
}

/** What the ledger has to show of it: nothing of what is won or only asked about, all of what is lost, else what was taken so far. */
export function bookedOf(status: DisputeStatus, said: Pick<SaidDispute, 'amountMinor' | 'takenMinor'>): bigint {
  if (isLost(status)) return said.amountMinor;
  if (!isContested(status)) return 0n;
  return said.takenMinor < said.amountMinor ? said.takenMinor : said.amountMinor;
}

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };
const no = (why: string): Verdict => ({ allowed: false, why });

type Answerable = Pick<Dispute, 'status' | 'answer' | 'answeredAt' | 'evidenceDueAt'>;

/** Whether what goes into the answer may still be changed. */
export function mayGather({ status, answer, answeredAt }: Answerable): Verdict {
  if (isClosed(status)) return no('The bank has decided: nothing can be added any more.');
  if (status === 'submitted' || answeredAt !== null) return no('The evidence was sent already. It is sent once.');
  if (answer !== null) return no('The answer is being sent.');
  return { allowed: true };
}

/** `by`: whether the provider takes answers from programs, or only on its own pages. */
export function mayAnswer(dispute: Answerable, what: 'evidence' | 'accept', by: 'api' | 'dashboard', now: Date): Verdict {
  const gather = mayGather(dispute);
  if (!gather.allowed) return gather;
  if (by === 'dashboard')
    return no('This provider takes answers on its own pages only: upload the evidence there, before the deadline.');
  if (what === 'accept' && dispute.status === 'inquiry')
    return no('The bank only asks, and has taken nothing. Answer it, or refund the order.');
  if (what === 'evidence' && dispute.evidenceDueAt !== null && dispute.evidenceDueAt <= now)
    return no('The time to send evidence is over.');
  return { allowed: true };
}

/** What was gathered, with a change: an empty text takes a field away. */
export function withEvidence(known: Evidence, change: EvidenceInput): Evidence {
  const merged: Evidence = {};
  for (const field of EVIDENCE_FIELDS) {
    const value = change[field] ?? known[field];
    if (value) merged[field] = value;
  }
  return merged;
}

const startsWith = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((byte, at) => bytes[at] === byte);
const MAGIC: Readonly<Record<FileType, (bytes: Uint8Array) => boolean>> = {
  'image/jpeg': (bytes) => startsWith(bytes, 0xff, 0xd8, 0xff),
  'image/png': (bytes) => startsWith(bytes, 0x89, 0x50, 0x4e, 0x47),
  'application/pdf': (bytes) => startsWith(bytes, 0x25, 0x50, 0x44, 0x46),
};

/** Whether bytes are what they say, by how they begin. */
export const isFile = (bytes: Uint8Array, type: FileType): boolean => MAGIC[type](bytes);

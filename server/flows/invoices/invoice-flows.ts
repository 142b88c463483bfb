import type pg from 'pg';
import type { SaveInvoiceProfileInput } from '../../domains/invoices/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { issueInvoices } from './issue-invoices.ts';
import { type SavedInvoiceProfile, saveInvoiceProfile } from './save-profile.ts';

/** What a merchant asks for its goods on paper, and takes back. */
export interface InvoiceFlows {
  readonly saveProfile: Call<SaveInvoiceProfileInput, SavedInvoiceProfile>;
  /** Issues what these orders lack of invoices and credit notes; returns how many. */
  issue(orderIds: readonly string[], ctx: Ctx): Promise<number>;
}

interface InvoiceFlowDeps {
  readonly pool: pg.Pool;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

export function createInvoiceFlows({ pool, verb }: InvoiceFlowDeps): InvoiceFlows {
  return { saveProfile: verb(saveInvoiceProfile), issue: (orderIds, ctx) => issueInvoices(pool, orderIds, ctx) };
}

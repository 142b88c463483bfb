import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { type CustomerFacts, type CustomerRecord, normalizeEmail } from './rules.ts';
import {
  createByEmail,
  createReferences,
  findByEmail,
  findByReference,
  insertNotes,
  lockCustomers,
  type NewCustomer,
  updateCustomers,
} from './store.ts';

/** Who an order says it is for. */
export interface Mention {
  readonly merchantId: string;
  readonly externalId: string | undefined;
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly phone: string | undefined;
  readonly country: string | undefined;
}

/**
 * Finds or makes the customer of each mention: by the merchant's own reference, else by e-mail; a mention with neither is a guest
 * and has none (null). Identity belongs to the platform, so one e-mail is one customer for all merchants.
 */
export async function resolve(tx: Tx, mentions: readonly Mention[], now: Date): Promise<(string | null)[]> {
  lockStep(tx, 'customers');
  const referenced = mentions.flatMap((m) => (m.externalId ? [{ merchantId: m.merchantId, externalId: m.externalId }] : []));
  const byReference = referenced.length > 0 ? await findByReference(tx, referenced) : new Map<string, string>();
  const unknown = mentions.filter((m) => !(m.externalId && byReference.has(`${m.merchantId}:${m.externalId}`)));
  const emails = [...new Set(unknown.flatMap((m) => (m.email ? [normalizeEmail(m.email)] : [])))];
  let byEmail = emails.length > 0 ? await findByEmail(tx, emails) : new Map<string, string>();
  const fresh = new Map<string, NewCustomer>();
  for (const m of unknown) {
    const email = m.email ? normalizeEmail(m.email) : null;
    const key = email ?? (m.externalId ? `${m.merchantId}:${m.externalId}` : null);
    if (!key || (email && byEmail.has(email)) || fresh.has(key)) continue;
    fresh.set(key, {
      id: newId(),
      email: m.email ?? null,
      emailNormalized: email,
      name: m.name ?? null,
      phone: m.phone ?? null,
      country: m.country ?? null,
    });
  }
  await createByEmail(tx, [...fresh.values()], now);
  // Another transaction may have made one of them first: whoever is stored counts.
  if (emails.length > 0 && fresh.size > 0) byEmail = await findByEmail(tx, emails);
  const own = (m: Mention): string | null => {
    if (m.email) return byEmail.get(normalizeEmail(m.email)) ?? null;
    return m.externalId ? (fresh.get(`${m.merchantId}:${m.externalId}`)?.id ?? null) : null;
  };
  const references = unknown.flatMap((m) => {
    const customerId = own(m);
    return m.externalId && customerId ? [{ merchantId: m.merchantId, externalId: m.externalId, customerId }] : [];
  });
  await createReferences(tx, references);
  const stored = references.length > 0 ? await findByReference(tx, referenced) : byReference;
  return mentions.map((m) => (m.externalId ? stored.get(`${m.merchantId}:${m.externalId}`) : undefined) ?? own(m));
}

/** What people wrote about a customer. */
export interface CustomerNote {
  readonly id: string;
  readonly customerId: string;
  readonly merchantId: string | null;
  readonly body: string;
  readonly actor: string;
  readonly at: Date;
}

export interface CustomersState {
  readonly byId: Map<string, CustomerRecord>;
  readonly dirty: Set<string>;
  readonly notes: CustomerNote[];
}

/** Locks customers that people are about to edit. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<CustomersState> {
  lockStep(tx, 'customers');
  const rows = await lockCustomers(tx, [...new Set(ids)]);
  return { byId: new Map(rows.map((row) => [row.id, row])), dirty: new Set(), notes: [] };
}

/** Applies a planned change; the version goes up by one. */
export function change(state: CustomersState, customer: CustomerRecord, after: Partial<CustomerFacts>): CustomerRecord {
  const next: CustomerRecord = { ...customer, ...after, version: customer.version + 1n };
  state.byId.set(next.id, next);
  state.dirty.add(next.id);
  return next;
}

/** Adds a note; it is written with the rest. */
export function addNote(state: CustomersState, note: CustomerNote): void {
  state.notes.push(note);
}

/** Writes the customers that changed, and what was written about them. */
export async function write(tx: Tx, state: CustomersState): Promise<void> {
  await updateCustomers(
    tx,
    [...state.dirty].map((id) => state.byId.get(id) as CustomerRecord),
  );
  await insertNotes(tx, state.notes);
}

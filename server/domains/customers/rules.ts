/**
 * The form in which an e-mail address is compared: trimmed, lower case, Unicode NFKC. Nothing provider-specific is stripped: two
 * addresses that differ only in dots may be two people.
 */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

/** A customer as people edit them. Identity belongs to the platform: the e-mail address is not edited, it is who they are. */
export interface CustomerRecord {
  readonly id: string;
  readonly name: string | null;
  readonly phone: string | null;
  readonly locale: string;
  readonly tags: readonly string[];
  readonly version: bigint;
}

export type CustomerFacts = Pick<CustomerRecord, 'name' | 'phone' | 'locale' | 'tags'>;

const EDITABLE = ['name', 'phone', 'locale', 'tags'] as const satisfies readonly (keyof CustomerFacts)[];

/** What a customer was and will be, by the fields that differ. */
export interface CustomerChange {
  readonly before: Partial<CustomerFacts>;
  readonly after: Partial<CustomerFacts>;
}

/** Plans a change of the fields that are given. Null where nothing differs. Tags lose their duplicates. */
export function planCustomerEdit(
  customer: CustomerRecord,
  wanted: { readonly [K in keyof CustomerFacts]?: CustomerFacts[K] | undefined },
): CustomerChange | null {
  const before: Partial<Record<keyof CustomerFacts, unknown>> = {};
  const after: Partial<Record<keyof CustomerFacts, unknown>> = {};
  const next = { ...wanted, tags: wanted.tags && [...new Set(wanted.tags)] };
  for (const field of EDITABLE) {
    const value = next[field];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(customer[field])) continue;
    before[field] = customer[field];
    after[field] = value;
  }
  return Object.keys(after).length === 0 ? null : ({ before, after } as CustomerChange);
}

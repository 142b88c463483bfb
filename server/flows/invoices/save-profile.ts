import * as catalog from '../../domains/catalog/service.ts';
import type { SaveInvoiceProfileInput } from '../../domains/invoices/schema.ts';
import * as invoices from '../../domains/invoices/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/** Who sells, as a merchant's invoices say. The first one begins its invoicing: what leaves from then on is invoiced. */
interface SavingProfiles extends Locked {
  readonly merchants: catalog.EditingState['merchants'];
  readonly profiles: Map<string, invoices.Profile>;
  /** Whose each prefix is. */
  readonly prefixes: Map<string, string>;
  /** Merchants with numbers under their prefix. */
  readonly begun: ReadonlySet<string>;
  readonly dirty: Map<string, invoices.Profile>;
  readonly outbox: Outbox;
}

export interface SavedInvoiceProfile {
  readonly merchantId: string;
  readonly version: number;
}

async function lock(tx: Tx, requests: readonly Request<SaveInvoiceProfileInput>[]): Promise<SavingProfiles> {
  const merchantIds = requests.map(({ input }) => input.merchantId);
  const { merchants } = await catalog.lockForEditing(tx, { merchantIds, skuIds: [], codes: [] });
  return {
    applied: 0,
    merchants,
    profiles: new Map(await invoices.profilesOf(tx, merchantIds)),
    prefixes: new Map(
      await invoices.readPrefixes(
        tx,
        requests.map(({ input }) => input.prefix),
      ),
    ),
    begun: await invoices.readBegun(tx, merchantIds),
    dirty: new Map(),
    outbox: newOutbox(),
  };
}

function decide(world: SavingProfiles, { input, ctx }: Request<SaveInvoiceProfileInput>): SavedInvoiceProfile {
  const { merchantId, version, ...facts } = input;
  if (!world.merchants.has(merchantId)) throw new DomainError('not_found', 'There is no such merchant.');
  const known = world.profiles.get(merchantId);
  if (known?.version !== version)
    throw new DomainError('conflict', 'This changed since you opened it. Look at it again and repeat your change.', {
      version: known ? Number(known.version) : null,
    });
  if (known && known.prefix !== input.prefix && world.begun.has(merchantId))
    throw new DomainError('state_refuses', `Numbers were given under ${known.prefix} already: the prefix stays.`, {
      field: 'prefix',
    });
  const holder = world.prefixes.get(input.prefix);
  if (holder !== undefined && holder !== merchantId)
    throw new DomainError('already_exists', `The prefix ${input.prefix} is another merchant's. Choose another one.`, {
      field: 'prefix',
    });
  const next: invoices.Profile = { merchantId, ...facts, since: known?.since ?? ctx.now, version: (known?.version ?? 0n) + 1n };
  if (known) world.prefixes.delete(known.prefix);
  world.prefixes.set(next.prefix, merchantId);
  world.profiles.set(merchantId, next);
  world.dirty.set(merchantId, next);
  record(world, known, next, ctx);
  return { merchantId, version: Number(next.version) };
}

function record(world: SavingProfiles, before: invoices.Profile | undefined, after: invoices.Profile, ctx: Ctx): void {
  world.applied++;
  const { merchantId, version } = after;
  const type = 'invoice_profile.changed';
  const facts = ({ legalName, address, taxNumber, prefix }: invoices.Profile) => ({
    legalName,
    address: { ...address },
    taxNumber,
    prefix,
  });
  const about = { aggregate: 'invoice_profile', aggregateId: merchantId, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type, data: { prefix: after.prefix } }, ctx);
  const entry = { action: type, entity: 'invoice_profile', entityId: merchantId, merchantId };
  audit(world.outbox, { ...entry, ...(before ? { before: facts(before) } : {}), after: facts(after) }, ctx);
}

export const saveInvoiceProfile: Verb<SaveInvoiceProfileInput, SavingProfiles, SavedInvoiceProfile> = {
  name: 'save-invoice-profile',
  lock,
  decide,
  async write(tx, world) {
    await invoices.upsertProfiles(tx, [...world.dirty.values()]);
    await writeOutbox(tx, world.outbox);
  },
};

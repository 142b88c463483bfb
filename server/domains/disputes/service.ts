import type { Queryable, Tx } from '../../platform/db.ts';
import { type Dispute, stopsShipping } from './rules.ts';
import {
  countFiles,
  type EvidenceFile,
  insertDisputes,
  insertFiles,
  type NewFile,
  readDisputes,
  readFiles,
  readOrderOf,
  readToAsk,
  updateDisputes,
} from './store.ts';

export type { EvidenceFile, NewFile } from './store.ts';

/** The disputes of orders that are locked, and the files of those whose answers are sent. */
export interface DisputesState {
  readonly byId: Map<string, Dispute>;
  readonly fresh: Set<Dispute>;
  readonly dirty: Set<Dispute>;
  readonly files: Map<string, readonly EvidenceFile[]>;
}

export const none = (): DisputesState => ({ byId: new Map(), fresh: new Set(), dirty: new Set(), files: new Map() });

/** Reads the disputes of orders whose locks the caller holds. `filesOf`: the orders whose files are read as well. */
export async function load(tx: Tx, orderIds: readonly string[], filesOf: readonly string[] = []): Promise<DisputesState> {
  const state = none();
  if (orderIds.length === 0) return state;
  for (const one of await readDisputes(tx, orderIds)) state.byId.set(one.id, one);
  if (filesOf.length > 0)
    for (const [id, files] of Map.groupBy(await readFiles(tx, filesOf), (file) => file.disputeId)) state.files.set(id, files);
  return state;
}

/** An order's disputes, oldest first. */
export const ofOrder = (state: DisputesState, orderId: string): Dispute[] =>
  [...state.byId.values()].filter((one) => one.orderId === orderId);

export const byRef = (state: DisputesState, provider: string, ref: string): Dispute | undefined =>
  [...state.byId.values()].find((one) => one.provider === provider && one.providerRef === ref);

/** Whether an order's goods stay here because of one. */
export const stops = (state: DisputesState, orderId: string): boolean =>
  ofOrder(state, orderId).some(({ status }) => stopsShipping(status));

/** What the provider has of a payment because of disputes. */
export const takenMinor = (state: DisputesState, paymentId: string): bigint =>
  [...state.byId.values()].filter((one) => one.paymentId === paymentId).reduce((sum, one) => sum + one.takenMinor, 0n);

export function add(state: DisputesState, dispute: Dispute): Dispute {
  state.byId.set(dispute.id, dispute);
  state.fresh.add(dispute);
  return dispute;
}

export function changed(state: DisputesState, dispute: Dispute): void {
  if (state.fresh.has(dispute)) return;
  // Once for each batch, however many of its changes come together.
  if (!state.dirty.has(dispute)) dispute.version += 1n;
  state.dirty.add(dispute);
}

export async function write(tx: Tx, state: DisputesState, home: string): Promise<void> {
  await insertDisputes(tx, [...state.fresh], home);
  await updateDisputes(tx, [...state.dirty]);
}

/** Files of disputes that are locked, and how many there are. */
export interface FilesState {
  readonly counts: Map<string, number>;
  readonly added: NewFile[];
}

export const loadFiles = async (tx: Tx, orderIds: readonly string[]): Promise<FilesState> => ({
  counts: orderIds.length === 0 ? new Map() : await countFiles(tx, orderIds),
  added: [],
});

export function addFile(state: FilesState, file: NewFile): void {
  state.counts.set(file.disputeId, (state.counts.get(file.disputeId) ?? 0) + 1);
  state.added.push(file);
}

export const writeFiles = (tx: Tx, state: FilesState): Promise<void> => insertFiles(tx, state.added);

/** The orders of disputes, by the disputes' ids. */
export const ordersOf = (db: Queryable, ids: readonly string[]): Promise<Map<string, string>> => readOrderOf(db, ids);

/** Payments with disputes about which the provider was not asked since. */
export const paymentsToAsk = (db: Queryable, since: Date, limit: number): Promise<string[]> => readToAsk(db, since, limit);

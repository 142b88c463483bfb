import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import type { Return, ReturnLine } from './rules.ts';
import {
  countPhotos,
  insertPhotos,
  insertPolicies,
  insertReturns,
  lockPolicies,
  type NewPhoto,
  type NewPolicy,
  readReturnLines,
  readReturns,
  replaceReturnLines,
  updateReturns,
} from './store.ts';

export { findOverdue, findReturns, type NewPhoto, type NewPolicy, readPolicies } from './store.ts';

export interface ReturnsState {
  readonly byId: Map<string, Return>;
  readonly lines: Map<string, readonly ReturnLine[]>;
  readonly fresh: Set<Return>;
  readonly dirty: Set<Return>;
  readonly dirtyLines: Set<Return>;
}

/** Reads the returns of orders whose locks the caller holds. */
export async function load(tx: Tx, orderIds: readonly string[]): Promise<ReturnsState> {
  const state: ReturnsState = { byId: new Map(), lines: new Map(), fresh: new Set(), dirty: new Set(), dirtyLines: new Set() };
  if (orderIds.length === 0) return state;
  for (const one of await readReturns(tx, orderIds)) state.byId.set(one.id, one);
  for (const { returnId, ...line } of await readReturnLines(tx, orderIds))
    state.lines.set(returnId, [...(state.lines.get(returnId) ?? []), line]);
  return state;
}

export const linesOf = (state: ReturnsState, one: Pick<Return, 'id'>): readonly ReturnLine[] => state.lines.get(one.id) ?? [];

export function add(state: ReturnsState, one: Return, lines: readonly ReturnLine[]): void {
  state.byId.set(one.id, one);
  state.lines.set(one.id, lines);
  state.fresh.add(one);
  state.dirtyLines.add(one);
}

export function changed(state: ReturnsState, one: Return): void {
  if (state.fresh.has(one)) return;
  // Once for each batch, however many of its changes come together.
  if (!state.dirty.has(one)) one.version += 1n;
  state.dirty.add(one);
}

export function changeLines(state: ReturnsState, one: Return, lines: readonly ReturnLine[]): void {
  state.lines.set(one.id, lines);
  state.dirtyLines.add(one);
  changed(state, one);
}

export async function write(tx: Tx, state: ReturnsState, home: string): Promise<void> {
  await insertReturns(tx, [...state.fresh], home);
  await updateReturns(tx, [...state.dirty]);
  await replaceReturnLines(tx, [...state.dirtyLines], state.lines);
}

/** Photos of returns that are locked, and how many there are. */
export interface PhotosState {
  readonly counts: Map<string, number>;
  readonly added: NewPhoto[];
}

export async function loadPhotos(tx: Tx, orderIds: readonly string[]): Promise<PhotosState> {
  return { counts: orderIds.length === 0 ? new Map() : await countPhotos(tx, orderIds), added: [] };
}

export function addPhoto(state: PhotosState, photo: NewPhoto): void {
  state.counts.set(photo.returnId, (state.counts.get(photo.returnId) ?? 0) + 1);
  state.added.push(photo);
}

export const writePhotos = (tx: Tx, state: PhotosState): Promise<void> => insertPhotos(tx, state.added);

/** The merchants whose policies change, under their locks. */
export interface PoliciesState {
  readonly last: Map<string, { readonly currency: string; readonly version: number }>;
  readonly added: NewPolicy[];
}

export async function lockPoliciesOf(tx: Tx, merchantIds: readonly string[]): Promise<PoliciesState> {
  lockStep(tx, 'merchants');
  return { last: await lockPolicies(tx, [...new Set(merchantIds)]), added: [] };
}

export function addPolicy(state: PoliciesState, policy: NewPolicy): void {
  state.last.set(policy.merchantId, { currency: policy.currency, version: policy.version });
  state.added.push(policy);
}

export const writePolicies = (tx: Tx, state: PoliciesState): Promise<void> => insertPolicies(tx, state.added);

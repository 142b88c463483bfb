import { z } from 'zod';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { resolveActors } from '../views/actors.ts';
import { type Owner, ownerOf } from '../views/owners.ts';
import { type Scope, yours } from './authorise.ts';
import { type ApiContext, idempotencyKey, mutationKey } from './context.ts';

/** What every mutation of the console shares: its key, whose record it names, and who was faster. */

type Procedure = ApiContext & { readonly scope: Scope };

/** A verb's input with the key of the request beside it. */
export function keyed<T extends z.ZodType>(input: T) {
  return input.and(z.object({ idempotencyKey: idempotencyKey.optional() }));
}

/** Omit for each member of a union on its own. */
type Unkeyed<I> = I extends unknown ? Omit<I, 'idempotencyKey'> : never;

/** Hands a keyed input to its flow, without the key in it. */
export function submit<I extends { readonly idempotencyKey?: string | undefined }, R>(
  ctx: Procedure,
  input: I,
  flow: (wanted: Unkeyed<I>, ctx: Ctx, key: string) => Promise<R>,
): Promise<R> {
  const { idempotencyKey: _key, ...wanted } = input;
  return flow(wanted as Unkeyed<I>, ctx.ctx(), mutationKey(ctx, input));
}

/** The record's owner, if it is the caller's to touch. Otherwise `not_found`, before any lock is taken. */
export async function own(ctx: Procedure, kind: Parameters<typeof ownerOf>[1], id: string): Promise<Owner> {
  return yours(ctx.scope, await ownerOf(ctx.pool, kind, id));
}

/** A `conflict` names the actor who was faster by id; a person is told the name. */
export async function namingWho<R>(ctx: Procedure, work: Promise<R>): Promise<R> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'conflict' || typeof error.data?.changedBy !== 'string') throw error;
    const name = await resolveActors(ctx.pool, [error.data.changedBy]);
    throw new DomainError('conflict', error.detail, { ...error.data, changedBy: name(error.data.changedBy) });
  }
}

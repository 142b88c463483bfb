import { DomainError } from '../../kernel/errors.ts';
import { findSkus } from '../../views/rest-lookups.ts';
import type { ApiContext } from '../context.ts';

/** A request of the REST API, whose key belongs to a merchant. */
export type Caller = ApiContext & { readonly scope: { readonly merchantId: string | null; readonly customerId: string | null } };

/** The ids of SKUs by their codes; refuses every code that is not there, all at once. */
export async function skusNamed(ctx: Caller, codes: readonly string[]): Promise<(code: string) => string> {
  const skus = await findSkus(ctx.pool, ctx.scope, [...codes]);
  const unknown = [...new Set(codes.filter((code) => !skus.has(code)))];
  if (unknown.length > 0) throw new DomainError('unknown_sku', `There is no SKU ${unknown.join(', ')}.`, { skus: unknown });
  return (code) => skus.get(code) as string;
}

interface Sheet {
  readonly number: string;
  readonly lines: readonly { readonly id: string; readonly skuCode: string }[];
}

/** The line of a SKU on a sheet that has one of each. */
export function lineNamed(found: Sheet, sku: string): string {
  const line = found.lines.find((own) => own.skuCode === sku);
  if (!line) throw new DomainError('unknown_sku', `${found.number} has no line of ${sku}.`, { skus: [sku] });
  return line.id;
}

/** What a program is told of a sheet that it wrote. */
export const writtenSheet = <S extends string>({
  id,
  number,
  status,
  version,
}: {
  readonly id: string;
  readonly number: string;
  readonly status: S;
  readonly version: number;
}) => ({ id, number, status: status.toUpperCase() as Uppercase<S>, version });

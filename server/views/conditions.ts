import { createHash } from 'node:crypto';
import type { Scope } from './scope.ts';

const names = new Map<string, string>();

/**
 * A named statement, which PostgreSQL plans once per connection. The name follows from the text, so two texts never share one.
 * Texts are built from a fixed set of conditions, never from values: their number is bounded.
 */
export function prepared(label: string, text: string, values: unknown[]): { name: string; text: string; values: unknown[] } {
  let name = names.get(text);
  if (name === undefined) {
    name = `${label}-${createHash('sha1').update(text).digest('hex').slice(0, 12)}`;
    names.set(text, name);
  }
  return { name, text, values };
}

/** Collects the conditions of a WHERE and their values; only those that are asked for reach the planner. */
export class Conditions {
  readonly values: unknown[] = [];
  private readonly parts: string[] = [];

  /** Adds a condition with one value; `sql` is given its placeholder. */
  add(sql: (placeholder: string) => string, value: unknown): this {
    this.parts.push(sql(this.value(value)));
    return this;
  }

  /** Adds a condition without a value. */
  plain(sql: string): this {
    this.parts.push(sql);
    return this;
  }

  /** Adds a value that is used outside the WHERE, such as a limit, and returns its placeholder. */
  value(value: unknown): string {
    return `$${this.values.push(value)}`;
  }

  /** Limits the rows to the scope; `alias` is the table that carries merchant_id and customer_id. */
  scope(scope: Scope, alias: string, customerColumn: string | null = `${alias}.customer_id`): this {
    if (scope.merchantId !== null) this.add((p) => `${alias}.merchant_id = ${p}`, scope.merchantId);
    if (scope.customerId !== null) {
      if (customerColumn === null) this.plain('false');
      else this.add((p) => `${customerColumn} = ${p}`, scope.customerId);
    }
    return this;
  }

  /** Limits the rows to orders of the scope, for a table that names its order and its merchant but no customer. */
  scopeByOrder(scope: Scope, alias: string): this {
    if (scope.merchantId !== null) this.add((p) => `${alias}.merchant_id = ${p}`, scope.merchantId);
    if (scope.customerId !== null) {
      this.add(
        (p) => `EXISTS (SELECT 1 FROM orders so WHERE so.id = ${alias}.order_id AND so.customer_id = ${p})`,
        scope.customerId,
      );
    }
    return this;
  }

  get where(): string {
    return this.parts.length === 0 ? 'true' : this.parts.join(' AND ');
  }
}

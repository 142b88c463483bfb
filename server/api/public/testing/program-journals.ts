import { newId } from '../../../kernel/ids.ts';
import type { RestAnswer, RestWorld, SendOptions } from './rest-world.ts';

/** A merchant's programs as its own software uses them. */
export type Transfer = Readonly<Record<string, unknown>> & { readonly id: string };

export const plain = (debit_account: string, credit_account: string, amount_minor: number, more: object = {}): Transfer => ({
  type: 'plain',
  id: newId(),
  debit_account,
  credit_account,
  amount_minor,
  currency: 'EUR',
  ...more,
});
export const pending = (debit: string, credit: string, amount: number, more: object = {}): Transfer =>
  plain(debit, credit, amount, { type: 'pending', ...more });
export const postPending = (pending_id: string, amount_minor: number, more: object = {}): Transfer => ({
  type: 'post_pending',
  id: newId(),
  pending_id,
  amount_minor,
  ...more,
});
export const voidPending = (pending_id: string): Transfer => ({ type: 'void_pending', id: newId(), pending_id });
export const reversal = (reverses: string, more: object = {}): Transfer => ({
  type: 'reversal',
  id: newId(),
  reverses,
  ...more,
});

/** What became of each journal. */
export const resultsOf = ({ json }: RestAnswer): string[] => json.journals.map(({ result }: { result: string }) => result);

export function programsOf(world: () => RestWorld) {
  let opened = 0;
  const post = (journals: readonly (readonly Transfer[])[], options: SendOptions = {}): Promise<RestAnswer> =>
    world().send('POST', '/ledger/journals', {
      ...options,
      body: { journals: journals.map((transfers) => ({ transfers })) },
    });
  const results = async (...journals: (readonly Transfer[])[]): Promise<string[]> => resultsOf(await post(journals));
  /** Opens an account; answers with it. */
  async function open(more: object = {}, options: SendOptions = {}): Promise<{ id: string; own_code: string }> {
    opened += 1;
    const body = { own_code: `pot-${opened}`, name: `Pot ${opened}`, currency: 'EUR', ...more };
    const { status, json, text } = await world().send('POST', '/ledger/accounts', { ...options, body });
    if (status !== 201) throw new Error(`No account was opened: ${text}`);
    return json;
  }
  /** An account with money in it, by its own code. */
  async function filled(amount: number, more: object = {}): Promise<{ id: string; code: string }> {
    const { id, own_code } = await open(more);
    const [result] = await results([plain('funding', own_code, amount)]);
    if (result !== 'posted') throw new Error(`No money came: ${result}`);
    return { id, code: own_code };
  }
  const read = async (id: string) => (await world().send('GET', `/ledger/accounts/${id}`)).json;
  return { post, results, open, filled, read };
}

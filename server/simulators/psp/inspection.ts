import { decodeForm, type Form, text } from '../form.ts';
import { json, type SimReply, type SimRequest } from '../http.ts';
import type { LogEntry, PspState } from './state.ts';

const PAGE = 1_000;
const MAX_PAGE = 10_000;

function logOf(state: PspState, form: Form): readonly LogEntry[] {
  const intent = text(form, 'payment_intent');
  const order = text(form, 'order_id');
  if (intent !== undefined) return state.logByIntent.get(intent) ?? [];
  if (order !== undefined) return state.logByOrder.get(order) ?? [];
  return state.log.slice(-Number(text(form, 'limit') ?? PAGE));
}

/** Captures after a sequence number, oldest first: the integrity oracle reads them all. */
function capturesPage(state: PspState, form: Form): SimReply {
  const after = Number(text(form, 'after') ?? 0);
  const limit = Math.min(Number(text(form, 'limit') ?? PAGE), MAX_PAGE);
  let low = 0;
  let high = state.captures.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((state.captures[middle]?.seq ?? 0) <= after) low = middle + 1;
    else high = middle;
  }
  const data = state.captures.slice(low, low + limit);
  return json(200, { data, next: data.at(-1)?.seq ?? after, has_more: low + limit < state.captures.length });
}

/** What really happened, readable by tests and by the oracle. Undefined where the address is another one. */
export function inspect(state: PspState, request: SimRequest): SimReply | undefined {
  if (request.method !== 'GET') return undefined;
  const form = decodeForm(request.query);
  if (request.path === '/_sim/log') return json(200, { data: logOf(state, form) });
  if (request.path === '/_sim/captures') return capturesPage(state, form);
  return undefined;
}

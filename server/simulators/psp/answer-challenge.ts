import { decodeForm, text } from '../form.ts';
import { html, type SimReply, type SimRequest } from '../http.ts';
import { challengeOver, challengePage, languageOf, returnAddress } from './challenge.ts';
import type { Intents } from './intents.ts';
import { Change, type PspState } from './state.ts';

export const CHALLENGE_PATH = '/_sim/challenge/';

/** The challenge page and its answer. Undefined where the address is another one. `finish` makes the answer durable. */
export async function challenge(
  request: SimRequest,
  state: PspState,
  intents: Intents,
  finish: (change: Change) => Promise<void>,
): Promise<SimReply | undefined> {
  if (!request.path.startsWith(CHALLENGE_PATH)) return undefined;
  const language = languageOf(request.headers['accept-language']);
  const intent = state.intents.get(request.path.slice(CHALLENGE_PATH.length));
  const form = decodeForm(request.method === 'POST' ? request.body : request.query);
  if (intent === undefined || text(form, 'secret') !== intent.secret) return html(404, challengeOver('none', language));
  if (intent.status !== 'requires_action') {
    // Whoever comes back to the page, or pressed twice, is sent on to where the answer is told.
    const location = request.method === 'POST' ? returnAddress(intent, intent.status === 'requires_capture') : null;
    return location === null ? html(409, challengeOver('over', language)) : { status: 303, body: '', headers: { location } };
  }
  if (request.method !== 'POST') return html(200, challengePage(intent, language));
  const complete = text(form, 'answer') === 'complete';
  const change = new Change(state);
  intents.answerChallenge(intent.id, complete, change);
  await finish(change);
  const location = returnAddress(intent, complete);
  if (location === null) return html(200, challengeOver('thanks', language));
  return { status: 303, body: '', headers: { location } };
}

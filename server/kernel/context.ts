/**
 * Who acts, when, and on which trace. Handed down from the edge; nothing below reads a clock or a session.
 * `actor` is "<kind>:<id>": user:<uuid>, api_key:<uuid>, customer:<uuid>, system:<name>.
 */
export interface Ctx {
  readonly now: Date;
  readonly actor: string;
  readonly traceId: string;
  readonly requestId: string;
  readonly home: string;
}

export type ActorKind = 'user' | 'api_key' | 'customer' | 'system';

/** What kind of somebody acts. */
export function actorKind(actor: string): ActorKind {
  return actor.slice(0, actor.indexOf(':')) as ActorKind;
}

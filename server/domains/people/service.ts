import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { type ApiKey, type TokenKind, tokenExpiry, type User, type UserToken } from './rules.ts';
import { normalizeEmail } from './schema.ts';
import {
  insertApiKeys,
  insertMerchants,
  insertTokens,
  insertUsers,
  knownMerchants,
  lockApiKeys,
  lockNames,
  lockTokens,
  lockUsers,
  type NewApiKey,
  type NewMerchant,
  type NewToken,
  readTokenSubjects,
  revokeApiKeys,
  updateUsers,
  useTokens,
  useTokensOfUsers,
} from './store.ts';

/** What a batch needs locked. */
export interface PeopleWants {
  readonly userIds?: readonly string[];
  /** Normalised. */
  readonly emails?: readonly string[];
  /** SHA-256 of link tokens, in hex. */
  readonly tokenHashes?: readonly string[];
  readonly tokenIds?: readonly string[];
  readonly apiKeyIds?: readonly string[];
  readonly merchantIds?: readonly string[];
  readonly slugs?: readonly string[];
  /** Also every administrator who can sign in, so that the last one stays. */
  readonly admins?: boolean;
}

/** Locked people and what the batch did to them. */
export interface PeopleState {
  readonly users: Map<string, User>;
  readonly tokens: Map<string, UserToken & { hash: string }>;
  readonly apiKeys: Map<string, ApiKey>;
  readonly merchants: Map<string, { id: string; slug: string }>;
  readonly newUsers: Set<string>;
  readonly changedUsers: Set<string>;
  readonly newTokens: NewToken[];
  readonly usedTokens: Set<string>;
  /** Users whose earlier links of a kind end, because a new one was made or the matter is settled. */
  readonly endedLinks: { kind: TokenKind; userId: string }[];
  readonly newApiKeys: NewApiKey[];
  readonly revokedApiKeys: Set<string>;
  readonly newMerchants: NewMerchant[];
}

/**
 * Locks names, users, tokens, then API keys, each in one order. Transactions about people lock nothing of the order in
 * platform/locks.ts after their idempotency keys, so the two orders never meet.
 */
export async function lockPeople(tx: Tx, wants: PeopleWants): Promise<PeopleState> {
  // Whom a link is for never changes, so it is read before anything is locked: people before tokens, always.
  const named = await readTokenSubjects(tx, wants.tokenHashes ?? []);
  const emails = [...(wants.emails ?? []), ...named.flatMap((token) => (token.email ? [normalizeEmail(token.email)] : []))];
  const userIds = [...(wants.userIds ?? []), ...named.flatMap((token) => token.userId ?? [])];
  const slugs = wants.slugs ?? [];
  await lockNames(tx, [...emails.map((email) => `email:${email}`), ...slugs.map((slug) => `slug:${slug}`)]);
  const users = await lockUsers(tx, { ids: userIds, emails, admins: wants.admins ?? false });
  const tokens = await lockTokens(tx, wants.tokenHashes ?? [], wants.tokenIds ?? []);
  const apiKeys = await lockApiKeys(tx, wants.apiKeyIds ?? []);
  const merchants = await knownMerchants(tx, wants.merchantIds ?? [], slugs);
  return {
    users: new Map(users.map((user) => [user.id, user])),
    tokens: new Map(tokens.map((token) => [token.id, token])),
    apiKeys: new Map(apiKeys.map((key) => [key.id, key])),
    merchants: new Map(merchants.map((merchant) => [merchant.id, merchant])),
    newUsers: new Set(),
    changedUsers: new Set(),
    newTokens: [],
    usedTokens: new Set(),
    endedLinks: [],
    newApiKeys: [],
    revokedApiKeys: new Set(),
    newMerchants: [],
  };
}

export function userOf(state: PeopleState, id: string): User {
  const user = state.users.get(id);
  if (!user) throw new DomainError('not_found', 'There is no such user.');
  return user;
}

export function userByEmail(state: PeopleState, emailNormalized: string): User | undefined {
  return [...state.users.values()].find((user) => user.emailNormalized === emailNormalized);
}

export function tokenByHash(state: PeopleState, hash: string): (UserToken & { hash: string }) | undefined {
  return [...state.tokens.values()].find((token) => token.hash === hash);
}

/** The administrators among the locked users who can sign in. */
export function activeAdmins(state: PeopleState): string[] {
  return [...state.users.values()].filter((user) => user.role === 'admin' && user.disabledAt === null).map((user) => user.id);
}

export function addUser(state: PeopleState, user: User): void {
  state.users.set(user.id, user);
  state.newUsers.add(user.id);
}

/** Replaces a locked user, one version on. */
export function changeUser(state: PeopleState, user: User): User {
  const next = { ...user, version: userOf(state, user.id).version + 1n };
  state.users.set(user.id, next);
  if (!state.newUsers.has(user.id)) state.changedUsers.add(user.id);
  return next;
}

export interface Link {
  readonly kind: TokenKind;
  readonly hash: string;
  readonly userId?: string | null;
  readonly email?: string | null;
  readonly role?: string | null;
  readonly merchantId?: string | null;
}

/** Adds a link; a user's earlier ones of that kind end with it. Returns its id and end. */
export function addLink(state: PeopleState, ctx: Ctx, link: Link): { id: string; expiresAt: Date } {
  const expiresAt = tokenExpiry(link.kind, ctx.now);
  const token: NewToken = {
    id: newId(),
    kind: link.kind,
    hash: link.hash,
    userId: link.userId ?? null,
    email: link.email ?? null,
    role: link.role ?? null,
    merchantId: link.merchantId ?? null,
    createdBy: ctx.actor,
    createdAt: ctx.now,
    expiresAt,
  };
  if (token.userId !== null) state.endedLinks.push({ kind: link.kind, userId: token.userId });
  state.newTokens.push(token);
  return { id: token.id, expiresAt };
}

export function useToken(state: PeopleState, token: UserToken & { hash: string }, now: Date): void {
  state.tokens.set(token.id, { ...token, usedAt: now });
  state.usedTokens.add(token.id);
}

/** Writes what the batch did. */
export async function writePeople(tx: Tx, state: PeopleState, now: Date): Promise<void> {
  await insertMerchants(tx, state.newMerchants);
  await insertUsers(tx, pick(state.users, state.newUsers), now);
  await updateUsers(tx, pick(state.users, state.changedUsers));
  for (const kind of new Set(state.endedLinks.map((ended) => ended.kind))) {
    const users = state.endedLinks.filter((ended) => ended.kind === kind).map((ended) => ended.userId);
    await useTokensOfUsers(tx, kind, users, now);
  }
  await useTokens(tx, [...state.usedTokens], now);
  await insertTokens(tx, state.newTokens);
  await insertApiKeys(tx, state.newApiKeys);
  await revokeApiKeys(tx, [...state.revokedApiKeys], now);
}

function pick(users: ReadonlyMap<string, User>, ids: ReadonlySet<string>): User[] {
  return [...ids].flatMap((id) => users.get(id) ?? []);
}

'use client';
import { useSyncExternalStore } from 'react';

/** What somebody means to buy, kept in their browser until they check out. Prices and stock are asked of the server. */
export interface CartLine {
  readonly handle: string;
  readonly quantity: number;
}

const STORE = 'waybill-cart';
export const MOST_OF_ONE = 20;
const MOST_LINES = 50;
const EMPTY: readonly CartLine[] = [];

let text: string | null = null;
let lines: readonly CartLine[] = EMPTY;
const watchers = new Set<() => void>();

function isLine(value: unknown): value is CartLine {
  if (typeof value !== 'object' || value === null || !('handle' in value) || !('quantity' in value)) return false;
  return typeof value.handle === 'string' && Number.isInteger(value.quantity) && Number(value.quantity) > 0;
}

function read(): readonly CartLine[] {
  let stored: string | null = null;
  try {
    stored = window.localStorage.getItem(STORE);
  } catch {
    // Storage may be forbidden: the cart then lives as long as the page.
    return lines;
  }
  if (stored === text) return lines;
  text = stored;
  try {
    const parsed: unknown = JSON.parse(stored ?? '[]');
    lines = Array.isArray(parsed) ? parsed.filter(isLine).slice(0, MOST_LINES) : EMPTY;
  } catch {
    lines = EMPTY;
  }
  return lines;
}

function write(next: readonly CartLine[]): void {
  lines = next;
  text = JSON.stringify(next);
  try {
    window.localStorage.setItem(STORE, text);
  } catch {
    // As above.
  }
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  // Another tab changed it.
  const onStorage = (event: StorageEvent) => {
    if (event.key === STORE || event.key === null) watcher();
  };
  window.addEventListener('storage', onStorage);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener('storage', onStorage);
  };
}

const within = (quantity: number): number => Math.max(1, Math.min(MOST_OF_ONE, Math.trunc(quantity)));

/** Adds units of a product to those that the cart has. */
export function addToCart(handle: string, quantity: number): void {
  const present = read();
  const known = present.find((line) => line.handle === handle);
  const next = within((known?.quantity ?? 0) + quantity);
  write(
    known
      ? present.map((line) => (line.handle === handle ? { handle, quantity: next } : line))
      : [...present, { handle, quantity: next }].slice(-MOST_LINES),
  );
}

export function setQuantity(handle: string, quantity: number): void {
  write(read().map((line) => (line.handle === handle ? { handle, quantity: within(quantity) } : line)));
}

export function removeFromCart(handles: readonly string[]): void {
  write(read().filter((line) => !handles.includes(line.handle)));
}

/** The cart's lines; empty while the server renders. */
export function useCart(): readonly CartLine[] {
  return useSyncExternalStore(watch, read, () => EMPTY);
}

const CHECKOUTS = 'waybill-checkouts';

function checkouts(): Record<string, readonly string[]> {
  try {
    const parsed: unknown = JSON.parse(window.localStorage.getItem(CHECKOUTS) ?? '{}');
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, readonly string[]>) : {};
  } catch {
    return {};
  }
}

function keepCheckouts(kept: Record<string, readonly string[]>): void {
  try {
    window.localStorage.setItem(CHECKOUTS, JSON.stringify(kept));
  } catch {
    // Then the cart keeps what was paid for; it can be emptied by hand.
  }
}

/** Remembers what a checkout is for, so that the cart keeps it until it is paid and no longer. */
export function rememberCheckout(token: string, handles: readonly string[]): void {
  const recent = Object.entries(checkouts()).slice(-9);
  keepCheckouts({ ...Object.fromEntries(recent), [token]: handles });
}

/** A checkout was paid: what it was for leaves the cart, once. */
export function finishCheckout(token: string): void {
  const { [token]: handles, ...others } = checkouts();
  if (!handles) return;
  keepCheckouts(others);
  forgetHeld(token);
  removeFromCart(handles);
}

const HELD = 'waybill-held';

/** Checkouts of this browser whose goods may still be kept for it. */
export function heldCheckouts(): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(window.localStorage.getItem(HELD) ?? '[]');
    return Array.isArray(parsed) ? parsed.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

function keepHeld(tokens: readonly string[]): void {
  try {
    window.localStorage.setItem(HELD, JSON.stringify(tokens));
  } catch {
    // Then they come back when their time is over.
  }
}

/** Goods are kept for this checkout from now on. */
export function rememberHeld(token: string): void {
  keepHeld([
    ...heldCheckouts()
      .filter((one) => one !== token)
      .slice(-9),
    token,
  ]);
}

/** They were given back, or paid for. */
export function forgetHeld(token: string): void {
  keepHeld(heldCheckouts().filter((one) => one !== token));
}

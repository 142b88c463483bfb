'use client';
import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { LiveSubject } from '../server/kernel/live-topics.ts';
import { STALE_MS } from './trpc.tsx';

/** What /api/live sends as "change": no content, only what to read again. "reset" says that some may have been missed. */
export interface LiveEvent {
  readonly id: string;
  readonly type: string;
  readonly aggregate: string;
  readonly aggregateId: string;
  readonly aggregateVersion: number;
  readonly at: string;
}

interface Listener {
  readonly topics: readonly string[];
  readonly receive: (event: LiveEvent) => void;
  /** After a gap anything may have happened. */
  readonly reset: () => void;
  /** Until when it knows everything (`performance.now()`). */
  knowsUntil: number;
}

/** Pages mount several listeners at once; the connection is remade once for all of them. */
const SETTLE_MS = 50;
/** A burst of events reads the page again once. */
const GATHER_MS = 250;

/**
 * One EventSource for the whole tab, however many widgets listen: HTTP/1.1 allows a browser six connections per host.
 * EventSource reconnects by itself; a connection refused outright (503 while the server restarts) is retried here.
 */
class LiveConnection {
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();
  private source: EventSource | undefined;
  private topics = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** When the connection last gave a sign of life. */
  private heardAt = 0;
  connected = false;

  add(listener: Listener): () => void {
    this.listeners.add(listener);
    this.schedule(SETTLE_MS);
    return () => {
      this.listeners.delete(listener);
      this.schedule(SETTLE_MS);
    };
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  private setConnected(connected: boolean): void {
    if (this.connected === connected) return;
    this.connected = connected;
    for (const watcher of this.watchers) watcher();
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), delayMs);
  }

  private connect(): void {
    const wanted = [...new Set([...this.listeners].flatMap((listener) => listener.topics))].sort().join(',');
    if (wanted === this.topics && this.source && this.source.readyState !== EventSource.CLOSED) return;
    if (this.connected) this.knownUntil(this.heardAt);
    this.source?.close();
    this.topics = wanted;
    this.source = undefined;
    if (wanted === '') {
      this.setConnected(false);
      return;
    }
    const knowsUntil = Math.min(...[...this.listeners].map((listener) => listener.knowsUntil));
    const missed = Math.ceil(Math.max(0, performance.now() - knowsUntil));
    const source = new EventSource(`/api/live?topics=${encodeURIComponent(wanted)}&missed=${missed}`);
    this.source = source;
    source.onopen = () => {
      this.heardAt = performance.now();
      this.setConnected(true);
    };
    source.addEventListener('change', (message) => this.receive(String(message.data)));
    source.addEventListener('reset', () => this.reset());
    source.onerror = () => {
      if (this.connected) this.knownUntil(this.heardAt);
      this.setConnected(false);
      // A new EventSource does not know the last id: it says since when it has missed something.
      if (source.readyState === EventSource.CLOSED) this.schedule(RECONNECT_MS);
    };
  }

  private knownUntil(ms: number): void {
    for (const listener of this.listeners) listener.knowsUntil = Math.max(listener.knowsUntil, ms);
  }

  private reset(): void {
    for (const listener of this.listeners) listener.reset();
  }

  private receive(text: string): void {
    this.heardAt = performance.now();
    const event = JSON.parse(text) as LiveEvent;
    for (const listener of this.listeners) {
      if (listener.topics.some((topic) => matches(topic, event))) listener.receive(event);
    }
  }
}

const RECONNECT_MS = 3_000;

/** 'order:<id>' is one record, 'order' all of a kind. */
function matches(topic: string, event: LiveEvent): boolean {
  const [kind, id] = topic.split(':');
  return kind === event.aggregate && (id === undefined || id === event.aggregateId);
}

const LiveContext = createContext<LiveConnection | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const connection = useMemo(() => new LiveConnection(), []);
  return <LiveContext value={connection}>{children}</LiveContext>;
}

function useConnection(): LiveConnection {
  const connection = useContext(LiveContext);
  if (!connection) throw new Error('useLive needs a LiveProvider above it.');
  return connection;
}

/** How many milliseconds old what the page takes from the cache is. What is older than it may be there is read anyway. */
function ageOfShown(queryClient: QueryClient, queryKeys: readonly QueryKey[] = [[]]): number {
  const shown = queryKeys.flatMap((queryKey) => queryClient.getQueryCache().findAll({ queryKey }));
  const ages = shown.map(({ state }) => Date.now() - state.dataUpdatedAt).filter((age) => age < STALE_MS);
  return Math.max(0, ...ages);
}

/**
 * Keeps a page up to date: when something happens under `topics` ('order', 'order:<id>') the queries below
 * `queryKeys` are read again (all active queries where none are given). `onEvent` sees each event, for a ChangedBar.
 */
export function useLive(
  topics: readonly LiveSubject[],
  options: { queryKeys?: readonly QueryKey[]; onEvent?: (event: LiveEvent) => void } = {},
): { connected: boolean } {
  const connection = useConnection();
  const queryClient = useQueryClient();
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const joined = topics.join(',');
  useEffect(() => {
    if (joined === '') return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readAgain = () => {
      timer = undefined;
      const keys = latest.current.queryKeys;
      if (!keys) void queryClient.invalidateQueries({ type: 'active' });
      else for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
    };
    const gather = () => {
      timer ??= setTimeout(readAgain, GATHER_MS);
    };
    const receive = (event: LiveEvent) => {
      latest.current.onEvent?.(event);
      gather();
    };
    const knowsUntil = performance.now() - ageOfShown(queryClient, latest.current.queryKeys);
    const remove = connection.add({ topics: joined.split(','), receive, reset: gather, knowsUntil });
    return () => {
      clearTimeout(timer);
      remove();
    };
  }, [joined, connection, queryClient]);
  return {
    connected: useSyncExternalStore(
      connection.watch,
      () => connection.connected,
      () => false,
    ),
  };
}

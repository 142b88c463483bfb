'use client';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useShortcut } from './keyboard.tsx';
import { useMessages } from './locale.tsx';

/** Something that can still be taken back. */
export interface Undoable {
  /** The same deed has the same id, whether a toast or a page offers to undo it. */
  readonly id: string;
  /** When it was begun, in ms: `z` undoes the newest. */
  readonly since: number;
  readonly run: () => void;
}

interface Registry {
  readonly add: (item: Undoable) => () => void;
}

const UndoContext = createContext<Registry | null>(null);

/** Knows what can be undone now, on whatever page it was begun; `z` undoes the newest. */
export function UndoProvider({ children }: { children: ReactNode }) {
  const { t } = useMessages();
  const items = useRef<Undoable[]>([]);
  const [count, setCount] = useState(0);
  const registry = useMemo<Registry>(
    () => ({
      add(item) {
        items.current = [...items.current, item];
        setCount(items.current.length);
        return () => {
          items.current = items.current.filter((other) => other !== item);
          setCount(items.current.length);
        };
      },
    }),
    [],
  );
  const undoNewest = () =>
    [...items.current]
      .sort((a, b) => a.since - b.since)
      .at(-1)
      ?.run();
  useShortcut('z', t('ui.shortcuts.undo'), undoNewest, { section: 'global', enabled: count > 0 });
  return <UndoContext value={registry}>{children}</UndoContext>;
}

/** Offers a deed to `z` for as long as the component is shown. */
export function useUndoable(item: Undoable | null): void {
  const registry = useContext(UndoContext);
  const latest = useRef(item);
  latest.current = item;
  const id = item?.id;
  const since = item?.since ?? 0;
  useEffect(() => {
    if (!registry || id === undefined) return;
    return registry.add({ id, since, run: () => latest.current?.run() });
  }, [registry, id, since]);
}

/** Whole seconds until a time, counting down; 0 when it has passed. */
export function useCountdown(until: Date): number {
  const left = () => Math.max(0, Math.ceil((until.getTime() - Date.now()) / SECOND_MS));
  const [seconds, setSeconds] = useState(left);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another time starts another countdown
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), TICK_MS);
    return () => clearInterval(timer);
  }, [until.getTime()]);
  return seconds;
}

const SECOND_MS = 1_000;
/** Often enough that a second is never skipped. */
const TICK_MS = 250;

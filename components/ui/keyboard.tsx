'use client';
import { type ComponentProps, createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { later } from './later.tsx';
import { useMessages } from './locale.tsx';
import type { Shortcut, ShortcutSection } from './shortcut.ts';
import type { ShortcutHelp as Help } from './shortcut-help.tsx';

/** A second key later than this starts a new sequence. */
const SEQUENCE_MS = 1_200;

const ShortcutHelp = later<ComponentProps<typeof Help>>(() => import('./shortcut-help.tsx').then((file) => file.ShortcutHelp));

const BRACKETS: readonly string[] = ['[', ']'];

class ShortcutRegistry {
  private readonly active = new Set<{ current: Shortcut }>();
  private first: { key: string; at: number } | undefined;

  add(shortcut: { current: Shortcut }): () => void {
    this.active.add(shortcut);
    return () => this.active.delete(shortcut);
  }

  list(): Shortcut[] {
    return [...this.active].map((shortcut) => shortcut.current);
  }

  /** Runs the shortcut that the key completes: a page's before the shell's, whichever mounted first; of several the last registered. */
  press(event: KeyboardEvent): void {
    // On many keyboards [ and ] need AltGr or ⌥: then the character counts, not how it was made.
    const third = event.getModifierState('AltGraph') || (event.altKey && BRACKETS.includes(event.key));
    if (event.defaultPrevented || (event.altKey && !third)) return;
    const modified = !third && (event.metaKey || event.ctrlKey);
    if (!modified && (isTyping(event.target) || isOverlayOpen())) return;
    const key = modified ? `mod+${event.key.toLowerCase()}` : event.key;
    const first = this.first && event.timeStamp - this.first.at < SEQUENCE_MS ? this.first.key : undefined;
    const found = (first === undefined ? undefined : this.findLast(`${first} ${key}`)) ?? this.findLast(key);
    this.first = modified || found ? undefined : { key, at: event.timeStamp };
    if (!found) return;
    event.preventDefault();
    found.run();
  }

  private findLast(keys: string): Shortcut | undefined {
    const found = this.list().filter((shortcut) => shortcut.keys === keys);
    return found.findLast((shortcut) => shortcut.section !== 'global') ?? found.at(-1);
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [role=textbox]') !== null)
  );
}

/** Under a dialog or a menu the page behind keeps still. */
function isOverlayOpen(): boolean {
  return document.querySelector('[role=dialog][aria-modal=true], [role=menu]') !== null;
}

const RegistryContext = createContext<ShortcutRegistry | null>(null);
const HelpContext = createContext<() => void>(() => undefined);

/** Listens for keys on the whole document and shows the help overlay on `?`. */
export function KeyboardProvider({ children }: { children: ReactNode }) {
  const registry = useMemo(() => new ShortcutRegistry(), []);
  const [shown, setShown] = useState<readonly Shortcut[] | null>(null);
  const showHelp = useMemo(() => () => setShown(registry.list()), [registry]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => registry.press(event);
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [registry]);
  return (
    <RegistryContext value={registry}>
      <HelpContext value={showHelp}>
        <HelpKey show={showHelp} />
        {children}
        {shown !== null && <ShortcutHelp shortcuts={shown} onClose={() => setShown(null)} />}
      </HelpContext>
    </RegistryContext>
  );
}

function HelpKey({ show }: { show: () => void }) {
  const { t } = useMessages();
  useShortcut('?', t('ui.shortcuts.help'), show, { section: 'global' });
  return null;
}

/** Opens the overlay that lists what is active now. */
export function useShortcutHelp(): () => void {
  return useContext(HelpContext);
}

/**
 * A key for as long as the component is mounted and `enabled`. Inactive while typing and under dialogs (except mod+…).
 * It appears in the help overlay by its label.
 */
export function useShortcut(
  keys: string,
  label: string,
  run: () => void,
  options: { section?: ShortcutSection; enabled?: boolean } = {},
): void {
  const registry = useContext(RegistryContext);
  const { section = 'page', enabled = true } = options;
  const shortcut = useRef<Shortcut>({ keys, label, section, run });
  useEffect(() => {
    shortcut.current = { keys, label, section, run };
  });
  useEffect(() => (enabled && registry ? registry.add(shortcut) : undefined), [registry, enabled]);
}

'use client';
import { type Icon, IconCircle } from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import classes from './badge.module.css';
import { useMessages } from './locale.tsx';
import { isMessageKey } from './messages/catalogue.ts';
import { lookOf, type StatusKind } from './status.ts';
import type { Tone } from './tokens.ts';

const ICON_PIXELS = 14;

/** A word in a tone, always with an icon: meaning is never carried by colour alone. */
export function Badge({ tone, icon: Icon = IconCircle, children }: { tone: Tone; icon?: Icon; children: ReactNode }) {
  const style = {
    '--tone-bg': `var(--wb-${tone}-bg)`,
    '--tone-fg': `var(--wb-${tone}-fg)`,
    '--tone-stripe': `var(--wb-${tone}-stripe)`,
  } as CSSProperties;
  return (
    <span className={`${classes.badge} ${tone === 'doubt' ? classes.striped : ''}`} style={style}>
      <Icon size={ICON_PIXELS} stroke={2} aria-hidden />
      {children}
    </span>
  );
}

/** Something whose outcome nobody knows yet: striped amber. */
export function StripedBadge({ icon, children }: { icon?: Icon; children: ReactNode }) {
  return (
    <Badge tone="doubt" icon={icon}>
      {children}
    </Badge>
  );
}

/** "PARTIALLY_FULFILLED" or "in_transit" as a sentence-case phrase, for words without a message. */
function humanise(value: string): string {
  const words = value.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value of the vocabulary, in its colour, with its icon and word. An unknown value stays readable and grey. */
export function StatusBadge({ kind, value }: { kind: StatusKind; value: string }) {
  const { t } = useMessages();
  const { tone, icon } = lookOf(kind, value);
  const key = `status.${kind}.${value}`;
  return (
    <Badge tone={tone} icon={icon}>
      {isMessageKey(key) ? t(key) : humanise(value)}
    </Badge>
  );
}

/** Several badges in a row that wraps. */
export function BadgeGroup({ children }: { children: ReactNode }) {
  return <span className={classes.group}>{children}</span>;
}

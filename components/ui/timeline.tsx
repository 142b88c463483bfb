'use client';
import type { Icon } from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import { useMessages } from './locale.tsx';
import { EmptyState } from './states.tsx';
import { TimeAgo } from './time-ago.tsx';
import classes from './timeline.module.css';
import type { Tone } from './tokens.ts';

export interface TimelineItem {
  readonly key: string;
  readonly at: Date | string;
  readonly icon: Icon;
  readonly tone: Tone;
  readonly title: ReactNode;
  /** Who: a name, "Payment provider", "System". */
  readonly actor?: string;
  /** What made it happen, where it was not the actor's own doing. */
  readonly cause?: string;
  readonly body?: ReactNode;
}

/** What happened, newest first as given, with actor and cause. */
export function Timeline({ items }: { items: readonly TimelineItem[] }) {
  const { t } = useMessages();
  if (items.length === 0) return <EmptyState compact title={t('ui.timeline')} reason={t('ui.noEvents')} />;
  return (
    <ol className={classes.list}>
      {items.map(({ icon: Icon, ...item }) => (
        <li
          key={item.key}
          className={classes.item}
          style={{ '--tone-fg': `var(--wb-${item.tone}-fg)`, '--tone-bg': `var(--wb-${item.tone}-bg)` } as CSSProperties}
        >
          <span className={classes.icon}>
            <Icon size={14} aria-hidden />
          </span>
          <span className={classes.title}>{item.title}</span>
          <span className={classes.time}>
            <TimeAgo at={item.at} />
          </span>
          {(item.actor || item.cause) && (
            <span className={classes.meta}>
              {[item.actor, item.cause && t('ui.cause', { cause: item.cause })].filter(Boolean).join(' · ')}
            </span>
          )}
          {item.body && <div className={classes.body}>{item.body}</div>}
        </li>
      ))}
    </ol>
  );
}

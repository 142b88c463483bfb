'use client';
import { Button, Skeleton } from '@mantine/core';
import { IconCloudOff, IconFilterOff, IconInbox } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { CopyText } from './copy.tsx';
import { useMessages } from './locale.tsx';
import classes from './states.module.css';

/** A failure, as far as a person needs it. `message` is the server's own sentence where it gave one. */
export interface ErrorShown {
  readonly kind: 'refused' | 'not_found' | 'network' | 'unexpected';
  readonly message?: string;
  readonly requestId?: string;
}

/** Sooner, a skeleton only flickers. */
const SKELETON_AFTER_MS = 200;

/** True once `waiting` has lasted 200 ms. */
export function useDelayed(waiting: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return setLate(false);
    const timer = setTimeout(() => setLate(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return late && waiting;
}

/** Nothing here: what would be, why it is not, and one thing to do. */
export function EmptyState(props: { title: string; reason: string; action?: ReactNode; compact?: boolean }) {
  return (
    <div className={classes.state} data-compact={props.compact || undefined}>
      <IconInbox className={classes.icon} size={24} stroke={1.5} aria-hidden />
      <p className={classes.title}>{props.title}</p>
      <p className={classes.text}>{props.reason}</p>
      {props.action && <div className={classes.actions}>{props.action}</div>}
    </div>
  );
}

/** Something is here, but not under these filters. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  const { t } = useMessages();
  return (
    <div className={classes.state}>
      <IconFilterOff className={classes.icon} size={24} stroke={1.5} aria-hidden />
      <p className={classes.title}>{t('ui.noMatchTitle')}</p>
      <p className={classes.text}>{t('ui.noMatch')}</p>
      <div className={classes.actions}>
        <Button variant="default" onClick={onClear}>
          {t('ui.clearFilters')}
        </Button>
      </div>
    </div>
  );
}

/** The sentence for a failure, in the server's words where it has some. */
export function useErrorText(): (error: ErrorShown) => string {
  const { t } = useMessages();
  return useCallback(
    (error) => {
      if (error.kind === 'not_found') return error.message ?? t('errors.notFound');
      return error.message ?? t(error.kind === 'network' ? 'errors.network' : 'errors.unexpected');
    },
    [t],
  );
}

/** A failure to load: a sentence, Retry, and the request id to copy. */
export function ErrorState(props: { error: ErrorShown; onRetry?: () => void; compact?: boolean }) {
  const { t } = useMessages();
  const text = useErrorText();
  const missing = props.error.kind === 'not_found';
  return (
    <div className={classes.state} data-compact={props.compact || undefined} role="alert">
      <IconCloudOff className={classes.icon} size={24} stroke={1.5} aria-hidden />
      <p className={classes.title}>{t(missing ? 'errors.notFoundTitle' : 'errors.title')}</p>
      <p className={classes.text}>{text(props.error)}</p>
      {props.onRetry && !missing && (
        <div className={classes.actions}>
          <Button variant="default" onClick={props.onRetry}>
            {t('errors.retry')}
          </Button>
        </div>
      )}
      {props.error.requestId && (
        <p className={classes.request}>
          <CopyText
            value={props.error.requestId}
            shown={t('errors.requestId', { id: props.error.requestId.slice(-6) })}
            what={t('errors.copyRequestId')}
          />
        </p>
      )}
    </div>
  );
}

/** Bars where text will be, shown after 200 ms. */
export function LoadingLines({ lines = 4 }: { lines?: number }) {
  const { t } = useMessages();
  const late = useDelayed(true);
  return (
    <div className={classes.skeleton} role="status" aria-label={t('ui.loading')}>
      {late && Array.from({ length: lines }, (_, line) => <Skeleton key={line} height={12} width={`${90 - (line % 3) * 15}%`} />)}
    </div>
  );
}

/** The three states of something that is read: loading, failed, or here. */
export function Loaded<T>(props: {
  data: T | undefined;
  error: ErrorShown | undefined;
  onRetry?: () => void;
  lines?: number;
  children: (data: T) => ReactNode;
}) {
  if (props.data !== undefined) return props.children(props.data);
  if (props.error) return <ErrorState error={props.error} onRetry={props.onRetry} />;
  return <LoadingLines lines={props.lines} />;
}

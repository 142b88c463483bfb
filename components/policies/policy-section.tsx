'use client';
import { Button } from '@mantine/core';
import type { PolicyKind } from '../../server/kernel/vocabulary.ts';
import type { PolicyVersionView, PolicyView } from '../../server/views/policies.ts';
import { useActorName } from '../actor-name.ts';
import { Bar } from '../ui/bars.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import classes from './policies.module.css';

/** What one policy says now and will say, and every version there was. */
export function PolicySection<K extends PolicyKind>({ view, onChange }: { view: PolicyView<K>; onChange: (() => void) | null }) {
  const { t } = useMessages();
  const { format, line } = useVersionLine();
  const name = t(`policies.kinds.${view.kind}`);
  const change = onChange && (
    <Button size="compact-sm" variant="default" onClick={onChange} aria-label={t('policies.changeNamed', { policy: name })}>
      {t('policies.change')}
    </Button>
  );
  return (
    <Section title={name} {...(change ? { actions: change } : {})}>
      <p className={classes.sentence}>{view.now.sentence}</p>
      <p className={classes.dim}>{view.now.version === 0 ? t('policies.house') : line(view.now)}</p>
      {view.announced.map((one) => (
        <div key={one.version} className={classes.announced}>
          <Bar tone="attention" title={t('policies.announced', { at: format.dateTime(one.effectiveFrom ?? new Date(0)) })}>
            {one.sentence}
          </Bar>
        </div>
      ))}
      {view.history.length > 0 && (
        <details className={classes.history}>
          <summary>{t('policies.history', { count: view.history.length })}</summary>
          <ol>
            {view.history.map((one) => (
              <li key={one.version}>
                <span className={classes.dim}>{line(one)}</span>
                <span>{one.sentence}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </Section>
  );
}

/** "Version 3 · from 2 Dec 2026, 00:00 · said by Ana". */
function useVersionLine() {
  const { t } = useMessages();
  const format = useFormat();
  const actor = useActorName();
  const line = ({ version, effectiveFrom, createdBy }: PolicyVersionView): string =>
    t('policies.version', {
      version,
      at: effectiveFrom ? format.dateTime(effectiveFrom) : t('ui.unknown'),
      name: createdBy ? actor(createdBy) : t('ui.unknown'),
    });
  return { format, line };
}

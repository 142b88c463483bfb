'use client';
import { IconCheck } from '@tabler/icons-react';
import type { TrackedLine } from '../../server/views/track.ts';
import { useMessages } from '../ui/locale.tsx';
import { progressOf } from './progress.ts';
import classes from './track.module.css';

/** Ordered → packed → on its way → delivered; where only some of the units got that far, how many. */
export function ProgressSteps({ lines }: { lines: readonly TrackedLine[] }) {
  const { t } = useMessages();
  const progress = progressOf(lines);
  if (progress === null) return null;
  const { total, steps } = progress;
  const furthest = steps.findLastIndex(({ units }) => units > 0);
  return (
    <ol className={classes.steps} aria-label={t('track.progress')}>
      {steps.map(({ step, units }, index) => (
        <li
          key={step}
          className={classes.step}
          data-reached={units === total ? 'all' : units > 0 ? 'some' : undefined}
          aria-current={index === furthest ? 'step' : undefined}
        >
          <span className={classes.dot}>{units === total && <IconCheck size={12} stroke={3} aria-hidden />}</span>
          <span className={classes.stepName}>{t(`track.steps.${step}`)}</span>
          {units > 0 && units < total && <span className={classes.dim}>{t('track.stepUnits', { units, total })}</span>}
        </li>
      ))}
    </ol>
  );
}

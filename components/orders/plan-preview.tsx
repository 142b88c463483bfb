'use client';
import type { ReactNode } from 'react';
import { Bar } from '../ui/bars.tsx';
import { KeyValue } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './order-page.module.css';

/** One figure of a plan, as people read it. */
export interface Figure {
  readonly label: string;
  readonly text: string;
  readonly strong?: boolean;
}

/** What a plan comes to; where the order changed under the dialog, first what is different from what was shown. */
export function PlanPreview(props: { figures: readonly Figure[]; was: readonly Figure[] | null; children?: ReactNode }) {
  const { t } = useMessages();
  const before = new Map(props.was?.map((figure) => [figure.label, figure.text]));
  const differing = props.was === null ? [] : props.figures.filter((figure) => before.get(figure.label) !== figure.text);
  return (
    <>
      {props.was !== null && (
        <Bar tone="attention" title={t('actions.planChanged')}>
          {differing
            .map(({ label, text }) => t('actions.planWas', { label, before: before.get(label) ?? t('ui.unknown'), after: text }))
            .join(' · ')}
        </Bar>
      )}
      <KeyValue
        figures
        items={props.figures.map(({ label, text, strong }) => ({
          label,
          strong,
          value: <span className="wb-number">{text}</span>,
        }))}
      />
      {props.children && <div className={classes.dim}>{props.children}</div>}
    </>
  );
}

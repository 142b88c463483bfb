import type { CSSProperties, ReactNode } from 'react';
import { HOME, parcel } from './motifs-home.tsx';
import { OUTDOOR } from './motifs-outdoor.tsx';
import { hashOf, inksOf } from './picture-colours.ts';
import classes from './product-picture.module.css';

const MOTIFS = [...OUTDOOR, ...HOME];

/** What is behind the thing: quiet shapes, chosen by the SKU so that neighbours differ. */
const BACKDROPS: readonly (() => ReactNode)[] = [
  () => <circle cx="100" cy="104" r="74" />,
  () => <path d="M0 140c40-34 72-34 108-8s62 18 92-10v78H0z" />,
  () => <path d="M36 200V98a64 64 0 0 1 128 0v102z" />,
  () => (
    <>
      <circle cx="150" cy="52" r="26" />
      <path d="M0 164h200v36H0z" />
    </>
  ),
  () => <rect x="30" y="30" width="140" height="140" rx="40" transform="rotate(18 100 100)" />,
];

/**
 * A picture made from the SKU and the name alone: always the same for the same product, nothing is loaded. Decorative: the name is
 * beside it wherever it is shown.
 */
export function ProductPicture(props: { sku: string; name: string; className?: string }) {
  const inks = inksOf(props.sku, props.name);
  const motif = MOTIFS.find(([words]) => words.test(props.name))?.[1] ?? parcel;
  const backdrop = BACKDROPS[hashOf(props.sku) % BACKDROPS.length];
  return (
    <svg
      viewBox="0 0 200 200"
      className={[classes.picture, props.className].filter(Boolean).join(' ')}
      style={{ '--ink': inks.main } as CSSProperties}
      aria-hidden="true"
      focusable="false"
    >
      <rect width="200" height="200" className={classes.ground} />
      <g className={classes.backdrop}>{backdrop?.()}</g>
      <ellipse cx="100" cy="166" rx="56" ry="6" className={classes.shadow} />
      {motif(inks)}
    </svg>
  );
}

import type { ReactNode } from 'react';
import type { Inks } from './picture-colours.ts';

/** Things for outside, each drawn in a square of 200 and standing on y = 164. */
type Motif = (inks: Inks) => ReactNode;

const backpack: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path d="M84 48a16 16 0 0 1 32 0" fill="none" stroke={deep} strokeWidth="6" />
    <path d="M62 84c-10 12-12 52-8 70M138 84c10 12 12 52 8 70" fill="none" stroke={deep} strokeWidth="7" strokeLinecap="round" />
    <path d="M60 84c0-22 16-36 40-36s40 14 40 36v64c0 10-6 16-16 16H76c-10 0-16-6-16-16z" fill={main} />
    <path d="M60 84c0-22 16-36 40-36s40 14 40 36v8c-24 10-56 10-80 0z" fill={dark} />
    <rect x="72" y="112" width="56" height="40" rx="9" fill={light} />
    <path d="M72 124h56" stroke={main} strokeWidth="3" />
    <rect x="95" y="86" width="10" height="20" rx="3" fill={pale} />
    <circle cx="100" cy="124" r="4" fill={deep} />
  </>
);

const jacketBody =
  'M78 58 62 66c-8 4-12 10-14 20l-8 52c-1 6 2 9 7 10l12 2 9-44v58h64v-58l9 44 12-2c5-1 8-4 7-10l-8-52c-2-10-6-16-14-20l-16-8z';

const downJacket: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path d={jacketBody} fill={main} />
    <path d="M78 58c4 10 40 10 44 0l-4-10H82z" fill={dark} />
    <g stroke={dark} strokeWidth="3" fill="none">
      <path d="M66 86h68M67 104h66M68 122h64M68 140h64M50 92l16 6M47 112l16 4M43 130l17 4M150 92l-16 6M153 112l-16 4M157 130l-17 4" />
    </g>
    <path d="M100 66v98" stroke={pale} strokeWidth="3.5" />
    <rect x="97" y="70" width="6" height="10" rx="2" fill={deep} />
    <rect x="112" y="92" width="14" height="7" rx="2" fill={light} />
  </>
);

const rainShell: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path d="M76 62c-2-22 10-32 24-32s26 10 24 32c-8 8-40 8-48 0z" fill={dark} />
    <path d="M86 60c-2-12 4-20 14-20s16 8 14 20c-6 5-22 5-28 0z" fill={deep} />
    <path d={jacketBody} fill={main} />
    <path d="M78 58c8 12 36 12 44 0v8c-10 10-34 10-44 0z" fill={light} />
    <path d="M100 70v94" stroke={deep} strokeWidth="3.5" />
    <path d="m76 116 14 10M124 116l-14 10" stroke={deep} strokeWidth="3.5" strokeLinecap="round" />
    <path d="M68 152h64" stroke={dark} strokeWidth="3" />
    <path d="m114 86 5 6-5 6-5-6z" fill={pale} />
  </>
);

const shoe: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path
      d="M42 92c8 4 14 4 20-2l12-14c10 22 26 34 50 38 22 4 36 10 38 26 0 8-4 12-12 12H50c-8 0-12-4-12-12 0-14 0-32 4-48z"
      fill={main}
    />
    <path d="M42 92c8 4 14 4 20-2l12-14 6 12c-10 14-24 20-40 20 0-6 1-12 2-16z" fill={dark} />
    <path d="M36 142c30 6 70 8 126 2 4 0 6 3 6 8 0 8-4 12-12 12H50c-10 0-14-6-14-14z" fill={deep} />
    <path d="m52 164 4-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8" fill="none" stroke={light} strokeWidth="2.5" />
    <g stroke={pale} strokeWidth="4" strokeLinecap="round">
      <path d="m84 94 14-8M94 104l13-9M106 112l12-9" />
    </g>
    <path d="M60 132c24-2 40-6 54-14" stroke={light} strokeWidth="5" fill="none" strokeLinecap="round" />
  </>
);

const sleepingBag: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path
      d="M100 30c26 0 40 18 40 42 0 34-10 60-14 82-1 7-6 10-12 10H86c-6 0-11-3-12-10-4-22-14-48-14-82 0-24 14-42 40-42z"
      fill={main}
    />
    <ellipse cx="100" cy="66" rx="23" ry="25" fill={deep} />
    <ellipse cx="100" cy="72" rx="16" ry="17" fill={pale} />
    <g stroke={dark} strokeWidth="3" fill="none">
      <path d="M63 98c22 8 52 8 74 0M67 116c20 8 46 8 66 0M71 134c18 7 40 7 58 0M74 150c16 5 36 5 52 0" />
    </g>
    <path d="M118 92c-4 24-6 48-6 72" stroke={light} strokeWidth="3.5" fill="none" />
  </>
);

const bottle: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <rect x="84" y="30" width="32" height="24" rx="6" fill={deep} />
    <rect x="88" y="50" width="24" height="12" fill={dark} />
    <path d="M74 82c0-14 10-22 26-22s26 8 26 22v70c0 8-4 12-12 12H86c-8 0-12-4-12-12z" fill={main} />
    <path d="M82 82c0-8 3-14 8-16v92c-5 0-8-3-8-8z" fill={light} opacity="0.8" />
    <path d="M74 104h52v22H74z" fill={pale} />
    <path d="m92 120 8-12 8 12z" fill={dark} />
    <path d="M110 36v12M102 36v12M94 36v12" stroke={light} strokeWidth="2" opacity="0.5" />
  </>
);

const headlamp: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path
      d="M36 104c0-34 28-56 64-56s64 22 64 56c0 26-16 40-36 46"
      fill="none"
      stroke={main}
      strokeWidth="15"
      strokeLinecap="round"
    />
    <path d="M36 104c0 26 16 40 36 46" fill="none" stroke={dark} strokeWidth="15" strokeLinecap="round" />
    <path d="M48 76c12-16 30-22 52-22s40 6 52 22" fill="none" stroke={light} strokeWidth="2.5" strokeDasharray="5 5" />
    <rect x="70" y="106" width="60" height="58" rx="15" fill={deep} />
    <circle cx="100" cy="135" r="21" fill={main} />
    <circle cx="100" cy="135" r="14" fill={pale} />
    <circle cx="95" cy="130" r="5" fill="#fff" />
    <rect x="88" y="100" width="24" height="9" rx="4" fill={light} />
  </>
);

const dryBag: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path d="M74 60c-4-14 6-24 26-24s30 10 26 24" fill="none" stroke={deep} strokeWidth="6" />
    <rect x="68" y="54" width="64" height="11" rx="5" fill={deep} />
    <path d="M70 65h60c2 12 6 18 6 34v52c0 9-12 13-36 13s-36-4-36-13V99c0-16 4-22 6-34z" fill={main} />
    <path d="M64 144c10 8 62 8 72 0v7c0 9-12 13-36 13s-36-4-36-13z" fill={dark} />
    <path d="M76 78c-3 8-4 14-4 24v34" stroke={light} strokeWidth="5" fill="none" strokeLinecap="round" opacity="0.8" />
    <path d="M100 88c9 12 14 18 14 26a14 14 0 0 1-28 0c0-8 5-14 14-26z" fill={pale} />
    <rect x="122" y="49" width="14" height="20" rx="3" fill={light} />
  </>
);

const socks: Motif = ({ main, dark, deep, light, pale }) => {
  const sock = 'M0 0h34v56c0 8 4 10 12 16 12 8 14 30-6 30-14 0-40-14-40-38z';
  return (
    <>
      <g transform="translate(96 44) rotate(6)">
        <path d={sock} fill={dark} />
        <path d="M0 0h34v14H0z" fill={deep} />
        <path d="M0 22h34" stroke={light} strokeWidth="4" />
      </g>
      <g transform="translate(54 56)">
        <path d={sock} fill={main} />
        <path d="M0 0h34v16H0z" fill={light} />
        <path d="M0 26h34M0 36h34" stroke={pale} strokeWidth="4" />
        <path d="M36 88c6 4 12 2 14-4" stroke={pale} strokeWidth="9" fill="none" strokeLinecap="round" />
        <path d="M2 68c0 10 8 20 16 26" stroke={dark} strokeWidth="7" fill="none" strokeLinecap="round" />
      </g>
    </>
  );
};

export const OUTDOOR: readonly (readonly [name: RegExp, motif: Motif])[] = [
  [/backpack|rucksack/i, backpack],
  [/down jacket/i, downJacket],
  [/shell|jacket|coat/i, rainShell],
  [/shoe|boot/i, shoe],
  [/sleeping bag/i, sleepingBag],
  [/bottle 0|insulated|flask/i, bottle],
  [/lamp/i, headlamp],
  [/dry bag/i, dryBag],
  [/sock/i, socks],
];

import type { ReactNode } from 'react';
import type { Inks } from './picture-colours.ts';

/** Things for the house and the desk, each drawn in a square of 200 and standing on y = 164. */
type Motif = (inks: Inks) => ReactNode;

const mug: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path d="M134 92c30-6 32 44 0 44" fill="none" stroke={dark} strokeWidth="11" />
    <path d="M56 80h82v56c0 18-12 28-28 28H84c-16 0-28-10-28-28z" fill={main} />
    <ellipse cx="97" cy="80" rx="41" ry="9" fill={deep} />
    <ellipse cx="97" cy="80" rx="34" ry="6" fill={dark} />
    <path d="M56 112c26 10 56 10 82 0v24c0 2 0 4-.6 6-24 9-56 9-81 0-.4-2-.4-4-.4-6z" fill={pale} opacity="0.75" />
    <path d="M66 94v32" stroke={light} strokeWidth="5" strokeLinecap="round" />
    <path d="M84 62c-6-8 6-12 0-20M104 62c-6-8 6-12 0-20" stroke={light} strokeWidth="4" fill="none" strokeLinecap="round" />
  </>
);

const candle: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path d="M100 40c9 12 12 17 12 24a12 12 0 0 1-24 0c0-7 3-12 12-24z" fill="#f6c453" />
    <path d="M100 54c4 6 6 9 6 13a6 6 0 0 1-12 0c0-4 2-7 6-13z" fill="#fff3cf" />
    <path d="M100 72v14" stroke={deep} strokeWidth="3" />
    <path d="M62 86h76v62c0 10-6 16-16 16H78c-10 0-16-6-16-16z" fill={main} />
    <ellipse cx="100" cy="86" rx="38" ry="8" fill={pale} />
    <rect x="74" y="108" width="52" height="34" rx="4" fill={pale} />
    <path d="M84 120h32M90 130h20" stroke={dark} strokeWidth="3" strokeLinecap="round" />
    <path d="M69 98v50" stroke={light} strokeWidth="4" strokeLinecap="round" />
  </>
);

const teapot: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path d="M64 76c0-40 72-40 72 0" fill="none" stroke={deep} strokeWidth="6" />
    <path d="M136 124c18-2 22-22 34-28l4 6c-10 10-12 38-34 40z" fill={dark} />
    <path d="M56 112c0-24 18-36 44-36s44 12 44 36c0 34-16 52-44 52s-44-18-44-52z" fill={main} />
    <path d="M72 82c6-8 16-12 28-12s22 4 28 12c-12 6-44 6-56 0z" fill={dark} />
    <circle cx="100" cy="66" r="6" fill={deep} />
    <path d="M66 108c2-8 6-13 10-16" stroke={light} strokeWidth="5" fill="none" strokeLinecap="round" />
    <path d="M57 124c26 8 60 8 86 0" stroke={pale} strokeWidth="5" fill="none" />
    <rect x="80" y="156" width="40" height="8" rx="3" fill={deep} />
  </>
);

const board: Motif = ({ main }) => (
  <>
    <rect x="56" y="40" width="88" height="124" rx="16" fill="#c99a62" />
    <g stroke="#b27f49" strokeWidth="2.5" fill="none">
      <path d="M72 48c6 36-4 70 2 110M92 44c-6 40 8 74 0 116M116 60c8 30-6 64 2 100M130 52c4 30 0 70 2 104" />
    </g>
    <circle cx="100" cy="58" r="9" fill="#8b5f33" />
    <path d="M100 58c14-24 34-20 38-8" fill="none" stroke={main} strokeWidth="4" strokeLinecap="round" />
  </>
);

const blanket: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path d="M46 86c0-8 6-12 14-12h92c8 0 10 4 10 10v10H46z" fill={light} />
    <rect x="44" y="92" width="118" height="26" rx="10" fill={main} />
    <rect x="42" y="116" width="122" height="26" rx="10" fill={dark} />
    <rect x="42" y="138" width="122" height="20" rx="9" fill={main} />
    <g stroke={pale} strokeWidth="3" fill="none">
      <path d="m54 98 7 14 7-14 7 14 7-14 7 14 7-14 7 14 7-14 7 14 7-14 7 14 7-14 7 14" />
      <path d="m54 122 7 14 7-14 7 14 7-14 7 14 7-14 7 14 7-14 7 14 7-14 7 14 7-14 7 14" opacity="0.6" />
    </g>
    <g stroke={deep} strokeWidth="3" strokeLinecap="round">
      <path d="M52 158v8M62 158v8M72 158v8M82 158v8M92 158v8M102 158v8M112 158v8M122 158v8M132 158v8M142 158v8M152 158v8" />
    </g>
  </>
);

const carafe: Motif = ({ main, dark, light, pale }) => (
  <>
    <path d="M86 34h28l-4 40c-1 10 22 22 22 54 0 26-12 36-32 36s-32-10-32-36c0-32 23-44 22-54z" fill={pale} />
    <path d="M72 112c16 8 40-6 58 2 1 4 2 9 2 14 0 26-12 36-32 36s-32-10-32-36c0-6 2-11 4-16z" fill={light} />
    <path
      d="M86 34h28l-4 40c-1 10 22 22 22 54 0 26-12 36-32 36s-32-10-32-36c0-32 23-44 22-54z"
      fill="none"
      stroke={main}
      strokeWidth="4"
    />
    <path d="M80 124c0-10 4-18 8-24" stroke="#fff" strokeWidth="5" fill="none" strokeLinecap="round" />
    <circle cx="108" cy="140" r="10" fill="#f2cf5b" />
    <path d="M108 132v16M100 140h16" stroke="#fff3cf" strokeWidth="2" />
    <path d="M84 34h32" stroke={dark} strokeWidth="5" strokeLinecap="round" />
  </>
);

const notebook: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <g transform="rotate(-7 100 104)">
      <rect x="60" y="44" width="92" height="120" rx="5" fill="#fbfaf5" stroke={light} strokeWidth="2" />
      <rect x="52" y="42" width="92" height="120" rx="7" fill={main} />
      <path d="M59 42h9v120h-9a7 7 0 0 1-7-7V49a7 7 0 0 1 7-7z" fill={dark} />
      <rect x="82" y="66" width="46" height="26" rx="3" fill={pale} />
      <path d="M90 76h30M90 83h18" stroke={dark} strokeWidth="2.5" strokeLinecap="round" />
      <path d="M132 42v120" stroke={deep} strokeWidth="4" />
      <path d="M104 162v16l-5-5-5 5v-16z" fill={light} />
    </g>
  </>
);

const pen: Motif = ({ main, dark, deep, light }) => (
  <g transform="rotate(38 100 104)">
    <rect x="88" y="20" width="24" height="74" rx="10" fill={main} />
    <rect x="88" y="92" width="24" height="9" fill="#d8b25c" />
    <path d="M90 101h20l-3 40H93z" fill={dark} />
    <path d="m93 141 7 34 7-34z" fill="#d8b25c" />
    <path d="M100 148v26" stroke={deep} strokeWidth="1.6" />
    <circle cx="100" cy="150" r="2.4" fill={deep} />
    <path d="M114 30v48" stroke="#d8b25c" strokeWidth="5" strokeLinecap="round" />
    <path d="M94 30v56" stroke={light} strokeWidth="4" strokeLinecap="round" />
  </g>
);

const tape: Motif = ({ main, dark, light, pale }) => (
  <>
    {[
      [70, 132, 32, main, pale],
      [132, 128, 34, light, dark],
      [102, 78, 34, dark, light],
    ].map(([x, y, r, fill, line]) => (
      <g key={String(x)}>
        <circle cx={x as number} cy={y as number} r={r as number} fill={fill as string} />
        <circle
          cx={x as number}
          cy={y as number}
          r={(r as number) - 5}
          fill="none"
          stroke={line as string}
          strokeWidth="4"
          strokeDasharray="3 7"
        />
        <circle cx={x as number} cy={y as number} r={(r as number) * 0.5} fill="#e9e2d3" />
        <circle cx={x as number} cy={y as number} r={(r as number) * 0.36} fill={pale} />
      </g>
    ))}
  </>
);

const ink: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <rect x="78" y="42" width="44" height="30" rx="6" fill={deep} />
    <path d="M84 42v30M92 42v30M108 42v30M116 42v30" stroke={main} strokeWidth="2" />
    <path d="M80 72h40v8c18 4 26 14 26 30v38c0 10-6 16-16 16H70c-10 0-16-6-16-16v-38c0-16 8-26 26-30z" fill={light} />
    <path d="M60 112h80v34c0 8-5 12-13 12H73c-8 0-13-4-13-12z" fill={main} />
    <rect x="74" y="116" width="52" height="30" rx="4" fill={pale} />
    <path d="M84 127h32M90 135h20" stroke={dark} strokeWidth="3" strokeLinecap="round" />
    <path d="M64 100c2-6 6-10 12-12" stroke="#fff" strokeWidth="5" fill="none" strokeLinecap="round" />
  </>
);

const pencilCase: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <g transform="rotate(-8 100 120)">
      <path d="m70 88 8-34 12 2-4 32z" fill="#e7b24f" />
      <path d="m100 88 2-42h12l-2 42z" fill={light} />
      <path d="m124 88 10-30 11 4-10 28z" fill={deep} />
      <rect x="40" y="84" width="122" height="74" rx="18" fill={main} />
      <path d="M40 104h122" stroke={dark} strokeWidth="7" />
      <path d="M44 104h114" stroke="#d8b25c" strokeWidth="2.5" strokeDasharray="4 3" />
      <rect x="60" y="100" width="16" height="22" rx="4" fill="#d8b25c" />
      <rect x="104" y="122" width="40" height="20" rx="3" fill={pale} />
    </g>
  </>
);

/** Whatever has no picture of its own: a parcel. */
export const parcel: Motif = ({ main, dark, deep, light, pale }) => (
  <>
    <path d="m100 48 56 26v60l-56 30-56-30V74z" fill={main} />
    <path d="m100 102 56-28v60l-56 30z" fill={dark} />
    <path d="m44 74 56 28 56-28-56-26z" fill={light} />
    <path d="m72 61 56 28v24l-10-5-8 3V98L54 70z" fill={pale} />
    <path d="M100 102v62" stroke={deep} strokeWidth="2.5" />
  </>
);

export const HOME: readonly (readonly [name: RegExp, motif: Motif])[] = [
  [/mug|cup/i, mug],
  [/candle/i, candle],
  [/teapot|kettle/i, teapot],
  [/board/i, board],
  [/throw|blanket|tablecloth|towel/i, blanket],
  [/carafe|jug|vase/i, carafe],
  [/notebook|calendar|letter/i, notebook],
  [/pencil case/i, pencilCase],
  [/pen\b/i, pen],
  [/tape/i, tape],
  [/ink/i, ink],
];

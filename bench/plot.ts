// Draws rates against batch sizes as an SVG, both axes logarithmic, limits as dashed lines; no library, no scripts.

export interface Line {
  readonly name: string;
  /** Batch size and messages a second. */
  readonly points: readonly (readonly [size: number, rate: number])[];
}

export interface Plot {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly limits: readonly { readonly name: string; readonly rate: number }[];
}

const width = 860;
const height = 520;
const left = 80;
const right = 320;
const top = 50;
const bottom = 50;
const ratesFrom = 10;
const ratesTo = 1_000_000;
const sizesFrom = 1;
const sizesTo = 1000;
// Colours that those who do not see all colours can tell apart (Okabe and Ito).
const colours = [
  '#0072b2',
  '#56b4e9',
  '#000000',
  '#009e73',
  '#d55e00',
  '#cc79a7',
  '#e69f00',
  '#7f7f7f',
];

function place(value: number, from: number, to: number): number {
  const clamped = Math.min(Math.max(value, from), to);
  return Math.log10(clamped / from) / Math.log10(to / from);
}

function x(size: number): number {
  return Math.round(left + place(size, sizesFrom, sizesTo) * (width - left - right));
}

function y(rate: number): number {
  return Math.round(height - bottom - place(rate, ratesFrom, ratesTo) * (height - top - bottom));
}

function text(at: readonly [number, number], words: string, more = ''): string {
  const safe = words.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text x="${at[0]}" y="${at[1]}" ${more}>${safe}</text>`;
}

function powers(from: number, to: number): number[] {
  const count = Math.round(Math.log10(to / from)) + 1;
  return Array.from({ length: count }, (_each, index) => from * 10 ** index);
}

function axes(): string[] {
  const across = powers(ratesFrom, ratesTo).flatMap((rate) => [
    `<path d="M${left} ${y(rate)}H${width - right}" stroke="#ddd"/>`,
    text([left - 8, y(rate) + 4], rate.toLocaleString('en'), 'text-anchor="end"'),
  ]);
  const along = powers(sizesFrom, sizesTo).map((size) =>
    text([x(size), height - bottom + 20], String(size), 'text-anchor="middle"'),
  );
  const middle = Math.round((left + width - right) / 2);
  return [
    ...across,
    ...along,
    text([middle, height - 10], 'messages a batch', 'text-anchor="middle"'),
  ];
}

function series({ name, points }: Line, index: number): string[] {
  const known = points.filter(([, rate]) => Number.isFinite(rate));
  const colour = colours[index % colours.length] ?? '#000';
  const path = known.map(([size, rate]) => `${x(size)},${y(rate)}`).join(' ');
  const dots = known.map(([size, rate]) => `<circle cx="${x(size)}" cy="${y(rate)}" r="3.5"/>`);
  const row = top + 12 + index * 22;
  const key = width - right + 30;
  return [
    `<g fill="${colour}" stroke="${colour}"><polyline points="${path}" fill="none" stroke-width="2"/>${dots.join('')}`,
    `<path d="M${key} ${row}h22" stroke-width="3"/></g>`,
    text([key + 30, row + 4], name),
  ];
}

function limitLine({ name, rate }: Plot['limits'][number]): string[] {
  return [
    `<path d="M${left} ${y(rate)}H${width - right}" stroke="#c00" stroke-dasharray="6 4"/>`,
    text([left + 6, y(rate) - 5], name, 'fill="#c00"'),
  ];
}

/** The SVG as text, ended by a newline. */
export function plotRates({ title, lines, limits }: Plot): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" role="img">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text([left, 28], title, 'font-size="16"'),
    ...axes(),
    ...lines.flatMap(series),
    ...limits.flatMap(limitLine),
    '</svg>',
    '',
  ].join('\n');
}

// One figure of the benchmark: what was measured, the limit it stands against, and how both are shown.

export type Unit = 'ms' | 'MB' | 'kB' | 'writes' | 'files' | 'x' | '%' | '/s';

export interface Figure {
  /** What is measured, short enough for a table. */
  readonly name: string;
  /** `max` is the worst of all rounds; `once` where one round says it all, such as a size. */
  readonly statistic: 'median' | 'p95' | 'max' | 'once';
  /** Null where it could not be measured on this machine; `note` says why, and it is never counted as met. */
  readonly measured: number | null;
  /** Null for what is only shown beside the others. */
  readonly limit: number | null;
  /** Whether the limit is the most or the least that is allowed; the most where it is left out. */
  readonly bound?: 'most' | 'least';
  readonly unit: Unit;
  /** Where the limit comes from: a constant, or what was measured beside it in the same run. */
  readonly limitIs: string;
  readonly rounds: number;
  /** What else one wants to know to judge the figure; empty where nothing. */
  readonly note: string;
}

export interface Judged extends Figure {
  readonly verdict: 'met' | 'missed' | 'beside' | 'not measured';
}

/** A figure meets its limit when it does not exceed it or, for a least, when it reaches it. */
export function judgeFigure(figure: Figure): Judged {
  const { measured, limit, bound } = figure;
  if (measured === null) return { ...figure, verdict: 'not measured' };
  if (limit === null) return { ...figure, verdict: 'beside' };
  const isMet = bound === 'least' ? measured >= limit : measured <= limit;
  return { ...figure, verdict: isMet ? 'met' : 'missed' };
}

function shown(value: number | null, unit: Unit): string {
  if (value === null) return '';
  if (unit === 'writes' || unit === 'files') return `${value} ${unit}`;
  const text = value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
  return unit === '/s' ? `${text}/s` : `${text} ${unit}`;
}

function cellsOf(figure: Judged): string[] {
  const { name, statistic, measured, limit, unit, rounds, verdict, limitIs } = figure;
  const sign = figure.bound === 'least' ? '>=' : '<=';
  const isJudged = measured !== null && limit !== null;
  return [
    name,
    statistic === 'once' ? 'once' : `${statistic} of ${rounds}`,
    shown(measured, unit),
    limit === null ? '' : `${sign} ${shown(limit, unit)}`,
    isJudged ? (measured / limit).toFixed(2) : '',
    verdict,
    limitIs,
  ];
}

const heading = ['figure', 'of rounds', 'measured', 'limit', 'of limit', 'verdict', 'limit is'];

/** A table for people: one line a figure, its note below. */
export function figureTable(figures: readonly Judged[]): string {
  const rows = [heading, ...figures.map(cellsOf)];
  const widths = heading.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  const lines = [line(head), widths.map((width) => '-'.repeat(width)).join('  ')];
  body.forEach((row, index) => {
    lines.push(line(row));
    const note = figures[index]?.note ?? '';
    if (note !== '') lines.push(`    ${note}`);
  });
  return lines.join('\n');
}

// One figure of the benchmark: what was measured, the limit it stands against, and how both are shown.

export interface Figure {
  /** What is measured, short enough for a table. */
  readonly name: string;
  /** `max` is the worst of all rounds. */
  readonly statistic: 'median' | 'p95' | 'max';
  readonly measured: number;
  readonly limit: number;
  readonly unit: 'ms' | 'MB' | 'writes';
  /** Where the limit comes from: a constant, or what was measured beside it in the same run. */
  readonly limitIs: string;
  readonly rounds: number;
  /** What else one wants to know to judge the figure; empty where nothing. */
  readonly note: string;
}

export interface Judged extends Figure {
  readonly verdict: 'met' | 'missed';
}

/** A figure meets its limit when it does not exceed it. */
export function judgeFigure(figure: Figure): Judged {
  return { ...figure, verdict: figure.measured <= figure.limit ? 'met' : 'missed' };
}

function shown(value: number, unit: Figure['unit']): string {
  if (unit === 'writes') return `${value} writes`;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}

function cellsOf(figure: Judged): string[] {
  const { name, statistic, measured, limit, unit, rounds, verdict, limitIs } = figure;
  return [
    name,
    `${statistic} of ${rounds}`,
    shown(measured, unit),
    `<= ${shown(limit, unit)}`,
    (measured / limit).toFixed(2),
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

// Parts of an overview on one screen: a heading, some rows, and how many more there are.
import { table } from '../../kernel/table.ts';

/** The heading and at most `rowsMax` rows, indented; none at all when there are no rows. */
export function section(
  heading: string,
  rows: readonly (readonly string[])[],
  rowsMax: number,
): string[] {
  if (rows.length === 0) return [];
  const lines = table(rows.slice(0, rowsMax)).split('\n');
  const hidden = rows.length - rowsMax;
  return [
    heading,
    ...lines.map((line) => `  ${line}`),
    ...(hidden > 0 ? [`  ... and ${hidden} more`] : []),
  ];
}

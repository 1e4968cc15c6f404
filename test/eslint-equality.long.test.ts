// Our numbers are ESLint's numbers: unit for unit, over hostile fixtures and over the code that is installed here anyway.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { analyse, isAnalysable } from '../src/checks/typescript.ts';
import type { Unit } from '../src/checks/typescript.ts';
import { limits } from '../src/kernel/limits.ts';
import { askEslint } from './eslint-oracle.ts';
import type { UnitLists } from './eslint-oracle.ts';
import { brokenCode, hostileCode, lenientCode } from './hostile-code.ts';

function listsOf(units: readonly Unit[]): UnitLists {
  const measured = units.filter(({ lines }) => lines !== null);
  return {
    classic: units.map((one) => `${one.line}:${one.column} ${one.kind} ${one.complexity}`).sort(),
    modified: units
      .map((one) => `${one.line}:${one.column} ${one.kind} ${one.modifiedComplexity}`)
      .sort(),
    lines: measured.map((one) => `${one.line}:${one.column} ${one.lines ?? 0}`).sort(),
    ranges: units.map((one) => `${one.start}-${one.end} ${one.kind}`).sort(),
  };
}

describe('hostile code', () => {
  const rows = Object.entries(hostileCode).flatMap(([path, codes]) =>
    codes.map((code): [string, string] => [path, code]),
  );

  test.each(rows)('%s %j', (path, code) => {
    const ours = analyse(path, code);
    const theirs = askEslint(path, code);
    expect(theirs).toMatchObject({ ok: true });
    expect(ours).toMatchObject({ ok: true });
    if (ours.ok && theirs.ok) expect(listsOf(ours.units)).toEqual(theirs.lists);
  });

  test.each(brokenCode)('broken: %s %j', (path, code) => {
    expect(askEslint(path, code).ok).toBe(false);
    expect(analyse(path, code).ok).toBe(false);
  });

  test.each(lenientCode)('measured by us alone: %s %j', (path, code, units) => {
    const ours = analyse(path, code);
    expect(askEslint(path, code).ok).toBe(false);
    expect(ours.ok && ours.units.length).toBe(units);
  });
});

const root = fileURLToPath(new URL('../node_modules/', import.meta.url));
const isFull = process.env['COORD_CORPUS'] === 'full';
/** Every tenth file takes ten to thirty seconds; all of them some minutes. */
const stride = isFull ? 1 : 10;
const unitsMin = isFull ? 100_000 : 5000;
const hourMilliseconds = 3_600_000;

/** Paths below node_modules, sorted, so that one installation always gives one sample. */
function corpus(): string[] {
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(isAnalysable).sort();
  return all.filter((path, index) => index % stride === 0 && isMeasured(path));
}

function isMeasured(path: string): boolean {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return false;
  return isFull || stats.size <= limits.analysedFileBytesMax;
}

interface Tally {
  files: number;
  units: number;
  refusedByBoth: number;
  readonly refusedByUs: string[];
  readonly refusedByEslint: string[];
  readonly differences: string[];
  readonly parsers: Record<string, number>;
}

function compareFile(path: string, tally: Tally): void {
  const text = readFileSync(join(root, path), 'utf8');
  const ours = analyse(path, text);
  const theirs = askEslint(path, text);
  tally.files += 1;
  if (ours.ok && theirs.ok) {
    tally.units += ours.units.length;
    tally.parsers[theirs.parser] = (tally.parsers[theirs.parser] ?? 0) + 1;
    tally.differences.push(...differences(path, listsOf(ours.units), theirs.lists));
  } else if (!ours.ok && !theirs.ok) tally.refusedByBoth += 1;
  else if (!ours.ok) tally.refusedByUs.push(`${path}:${ours.line}: ${ours.error}`);
  else if (!theirs.ok) tally.refusedByEslint.push(`${path}:${theirs.error}`);
}

function differences(path: string, ours: UnitLists, theirs: UnitLists): string[] {
  return (['classic', 'modified', 'lines', 'ranges'] as const)
    .filter((list) => ours[list].join('\n') !== theirs[list].join('\n'))
    .map((list) => {
      const onlyOurs = ours[list].filter((line) => !theirs[list].includes(line)).slice(0, 3);
      const onlyTheirs = theirs[list].filter((line) => !ours[list].includes(line)).slice(0, 3);
      return `${path} ${list}: only we ${onlyOurs.join(', ')}; only ESLint ${onlyTheirs.join(', ')}`;
    });
}

test(
  'the installed JavaScript and TypeScript gives the same units, values and places',
  () => {
    const tally: Tally = {
      files: 0,
      units: 0,
      refusedByBoth: 0,
      refusedByUs: [],
      refusedByEslint: [],
      differences: [],
      parsers: {},
    };
    for (const path of corpus()) compareFile(path, tally);
    process.stdout.write(
      `Compared with ESLint: ${tally.units} units in ${tally.files} files, ${tally.differences.length} differences; ` +
        `refused by both ${tally.refusedByBoth}, only by us ${tally.refusedByUs.length}, ` +
        `only by ESLint ${tally.refusedByEslint.length}; ESLint's parsers: ${JSON.stringify(tally.parsers)}\n`,
    );
    expect(tally.differences).toEqual([]);
    expect(tally.refusedByUs).toEqual([]);
    expect(tally.refusedByEslint).toEqual([]);
    expect(tally.units).toBeGreaterThan(unitsMin);
    // Both parsers of ESLint must have been asked.
    expect(Object.keys(tally.parsers)).toEqual(
      expect.arrayContaining(['espree module', 'typescript']),
    );
  },
  hourMilliseconds,
);

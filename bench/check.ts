// `coord check` of 50 changed TypeScript files in a process of its own, both sides parsed: time and memory.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import {
  commitFiles,
  makeRepository,
  peakMegabytes,
  runCoord,
  temporaryDirectory,
} from './program.ts';
import { interleave, median } from './sampling.ts';

const source = fileURLToPath(new URL('../src', import.meta.url));
const files = 50;
const linesPerFile = 300;
const millisecondsMax = 1500;
const megabytesMax = 250;

const policy = `version: 1
enforce: require
agents:
  codex: { tier: implementer }
plan:
  phases:
    - id: all
      status: active
      scopes: { codex: { write: ["src/**"] } }
checks:
  complexity: { max: 8, variant: classic, mode: ratchet }
`;

function ownSources(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return ownSources(path);
      return entry.name.endsWith('.ts') ? [readFileSync(path, 'utf8')] : [];
    });
}

/** Files of real code of a usual length: this project's own, put together until each has some 300 lines. */
function bigFiles(): string[] {
  const big: string[] = [];
  let current = '';
  for (const text of ownSources(source)) {
    current += text;
    if (current.split('\n').length <= linesPerFile) continue;
    big.push(current);
    current = '';
    if (big.length === files) return big;
  }
  throw new Error(
    `The project's own source does not fill ${files} files of ${linesPerFile} lines.`,
  );
}

/** A function beyond the bound, one branch worse at the head: so the base has to be parsed and compared too. */
function complexFunction(branches: number): string {
  const lines = Array.from(
    { length: branches },
    (_, at) => `  if (given === ${at}) return '${at}';`,
  );
  return `export function chosen(given: number): string {\n${lines.join('\n')}\n  return '';\n}\n`;
}

function pathOf(index: number): string {
  return `src/part-${index}/code.ts`;
}

function makeChange(directory: string): void {
  const texts = bigFiles();
  const at = (branches: number, addition: string): Record<string, string> =>
    Object.fromEntries(
      texts.map((text, index) => [pathOf(index), text + complexFunction(branches) + addition]),
    );
  makeRepository(directory, { '.github/coord.yml': policy, ...at(9, '') });
  const addition = 'export function added(text: string): number {\n  return text.length;\n}\n';
  const options = { branch: 'change', from: 'refs/heads/main' };
  commitFiles(directory, at(10, addition), options);
}

interface Document {
  readonly result: {
    readonly checks: readonly {
      readonly findings: readonly { readonly rule: string; readonly level: string }[];
    }[];
  };
}

/** How many functions a verdict fails for having become more complex. */
function worsenedIn(document: string): number {
  const { checks } = (JSON.parse(document) as Document).result;
  const findings = checks.flatMap((check) => check.findings);
  return findings.filter(({ rule, level }) => rule === 'complexity' && level === 'failure').length;
}

/** The two figures of `coord check`; the verdict is looked at, so that nothing but a whole judgement counts. */
export async function checkFigures(rounds: number): Promise<Figure[]> {
  const place = temporaryDirectory('check');
  try {
    const directory = join(place.path, 'repository');
    makeChange(directory);
    const words = ['-C', directory, '--as', 'codex', '--offline', '--json'];
    const check = [...words, 'check', '--base', 'main', '--head', 'change'];
    const accepted = [1];
    const worsened = worsenedIn(runCoord(check, { accepted }));
    if (worsened !== files) {
      throw new Error(`The check found ${worsened} functions that became worse, not ${files}.`);
    }
    const samples = await interleave(rounds, { check: () => runCoord(check, { accepted }) });
    const peaks = Array.from({ length: 3 }, () => peakMegabytes(check, { accepted }));
    return [
      {
        name: `coord check, ${files} files cold, time`,
        ...{ statistic: 'median', unit: 'ms', rounds, measured: median(samples.check) },
        ...{ limit: millisecondsMax, limitIs: 'fixed' },
        note: `both sides, ${files} files of more than ${linesPerFile} lines; slowest ${Math.max(...samples.check).toFixed(0)} ms`,
      },
      {
        name: `coord check, ${files} files cold, memory`,
        ...{ statistic: 'max', unit: 'MB', rounds: peaks.length, measured: Math.max(...peaks) },
        ...{ limit: megabytesMax, limitIs: 'fixed' },
        note: 'peak resident memory of the process itself',
      },
    ];
  } finally {
    place.remove();
  }
}

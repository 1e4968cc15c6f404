// Which files of a pull request are measured on either side, and their units, each blob parsed once.
import type { Glob } from '../kernel/scope-glob.ts';
import { covers } from '../kernel/scope-glob.ts';
import { byteLength } from '../kernel/bytes.ts';
import type { LanguageName } from '../policy/language-name.ts';
import { analyseFile, prepare } from './analyse.ts';
import { bytesMaxOf, languageOf } from './language.ts';
import type { BlobText, Change, PullRequest, TreeEntry } from './pull-request.ts';
import { hasRules } from './rules-modes.ts';
import type { Analysis, FileUnits } from './unit.ts';

/** One side of a changed file that is to be measured. */
export interface Source {
  readonly path: string;
  readonly oid: string;
}

/** A file to judge, and what it was at the base; null for new and copied files, whose code is all new. */
export interface Pair {
  readonly head: Source;
  readonly base: Source | null;
}

/** Why a source has no units: the text was not to be had (`missing`, ...), or it does not parse. */
export type Measured =
  Analysis | { readonly ok: false; readonly why: Extract<BlobText, { ok: false }>['why'] };

/** Which of the changed files are looked at. */
interface Selection {
  readonly excluded: readonly Glob[];
  readonly languages: readonly LanguageName[];
}

const typescriptOnly: readonly LanguageName[] = ['typescript'];

function sourceAt(
  path: string | null,
  entry: TreeEntry | null,
  { excluded, languages }: Selection,
): Source | null {
  if (path === null || entry?.mode.startsWith('100') !== true) return null;
  const language = languageOf(path);
  const isMeasured = language !== null && languages.includes(language);
  return isMeasured && !covers(excluded, path) ? { path, oid: entry.oid } : null;
}

/** What a change leaves at the base for functions to have come from. A copied file is still there itself. */
function baseOf(change: Change, selection: Selection): Source | null {
  const { status, path, previousPath, before } = change;
  if (status === 'copied' || status === 'added') return null;
  return sourceAt(status === 'renamed' ? previousPath : path, before, selection);
}

/** Files to judge. */
export function pairsOf(
  changes: readonly Change[],
  excluded: readonly Glob[],
  languages = typescriptOnly,
): Pair[] {
  const selection = { excluded, languages };
  return changes.flatMap((change) => {
    const head = sourceAt(change.path, change.after, selection);
    if (head === null || change.status === 'removed') return [];
    return [{ head, base: baseOf(change, selection) }];
  });
}

/** Every changed or removed file of the base, from which functions may have moved. */
export function basesOf(
  changes: readonly Change[],
  excluded: readonly Glob[],
  languages = typescriptOnly,
): Source[] {
  const selection = { excluded, languages };
  return changes.flatMap((change) => baseOf(change, selection) ?? []);
}

/** Units are told apart by identity, so files of the same content get units of their own. */
export function unitsOf(measured: ReadonlyMap<Source, Measured>): FileUnits[] {
  return [...measured].flatMap(([{ path }, result]) =>
    result.ok ? [{ path, units: result.units.map((unit) => ({ ...unit })) }] : [],
  );
}

/** Measures sources; asked again for the same blob in the same language it answers from memory. */
export type Measure = (sources: readonly Source[]) => Promise<ReadonlyMap<Source, Measured>>;

const measurers = new WeakMap<PullRequest, Measure>();

/** One for all checks that run on the same facts, so that each blob is read and parsed once. */
export function measurer(pullRequest: PullRequest): Measure {
  const made = measurers.get(pullRequest) ?? newMeasurer(pullRequest);
  measurers.set(pullRequest, made);
  return made;
}

function newMeasurer(pullRequest: PullRequest): Measure {
  const known = new Map<string, Promise<Measured>>();
  return async (sources) => {
    const open = sources.filter((source) => !known.has(keyOf(source)));
    if (open.length > 0) {
      const reading = readAll(pullRequest, open);
      for (const source of open) {
        const key = keyOf(source);
        known.set(
          key,
          reading.then((read) => read.get(key) ?? missing),
        );
      }
    }
    return new Map(
      await Promise.all(
        sources.map(async (source) => {
          return [source, (await known.get(keyOf(source))) ?? missing] as const;
        }),
      ),
    );
  };
}

const missing: Measured = { ok: false, why: 'missing' };

async function readAll(
  pullRequest: PullRequest,
  sources: readonly Source[],
): Promise<ReadonlyMap<string, Measured>> {
  const [texts] = await Promise.all([
    pullRequest.blobs([...new Set(sources.map(({ oid }) => oid))]),
    prepare(new Set(sources.map(({ path }) => languageOf(path)))),
  ]);
  const asked = {
    parserOf: pullRequest.parserOf,
    withTraits: hasRules(pullRequest.policy?.policy ?? null),
  };
  const read = new Map<string, Measured>();
  for (const source of sources) {
    const key = keyOf(source);
    if (read.has(key)) continue;
    const text: BlobText = texts.get(source.oid) ?? { ok: false, why: 'missing' };
    read.set(key, text.ok ? await measured(source.path, text.text, asked) : text);
  }
  return read;
}

async function measured(
  path: string,
  text: string,
  asked: Parameters<typeof analyseFile>[2],
): Promise<Measured> {
  const isTooLarge = byteLength(text) > bytesMaxOf(languageOf(path));
  return isTooLarge ? { ok: false, why: 'too-large' } : analyseFile(path, text, asked);
}

function keyOf({ path, oid }: Source): string {
  return `${path.slice(path.lastIndexOf('.')).toLowerCase()} ${oid}`;
}

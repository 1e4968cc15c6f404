// What words of the shell mean where it stands: paths from the current folder, and revisions of the repository.
import { commitsNamed } from '../../adapters/git/revisions.ts';
import type { Verb } from '../../grammar/verb.ts';
import { UsageError } from '../../kernel/fault.ts';
import type { Details } from '../../kernel/fault.ts';
import { oneLine } from '../../kernel/table.ts';
import { fromRoot, hereIn, isFromHere, looksFromHere, misreadNote } from './path-here.ts';
import type { Shell } from './shell.ts';
import type { ToolAnswer } from './tool.ts';

/** An input as every surface understands it, and sentences on what its sender may not have meant. */
export interface Meant {
  readonly input: Details;
  readonly notes: readonly string[];
}

type Place = Pick<Shell, 'repository'>;
type Mark = 'path' | 'revision';

/** As much of a schema as it takes to look into it. */
interface Marked {
  readonly meta: () => Details | undefined;
  readonly def: {
    readonly innerType?: Marked;
    readonly element?: Marked;
    readonly in?: Marked;
  };
}

/** The schema of a text that carries a mark, looked for through optional, default, list and transforming wrappers. */
function markedIn(schema: Marked, mark: Mark): Marked | null {
  if (schema.meta()?.[mark] !== undefined) return schema;
  const inner = schema.def.innerType ?? schema.def.element ?? schema.def.in;
  return inner === undefined ? null : markedIn(inner, mark);
}

/** What was said for a field of a mark; the texts are those that can be replaced, in order. */
interface Said {
  readonly name: string;
  readonly schema: Marked;
  readonly texts: readonly string[];
}

function saidWith(mark: Mark, verb: Verb, input: Details): Said[] {
  const shape = verb.input.shape as unknown as Readonly<Record<string, Marked>>;
  return Object.entries(shape).flatMap(([name, field]) => {
    const value: unknown = input[name];
    const schema = value === undefined ? null : markedIn(field, mark);
    if (schema === null) return [];
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    return [{ name, schema, texts: texts.filter((text) => typeof text === 'string') }];
  });
}

/** The input with other texts in a field, in the form in which that was said. */
function replaced(input: Details, { name }: Said, texts: readonly string[]): Details {
  return { ...input, [name]: Array.isArray(input[name]) ? texts : texts[0] };
}

const isWindows = process.platform === 'win32';

async function withPaths(shell: Place, verb: Verb, input: Details): Promise<Meant> {
  const fields = saidWith('path', verb, input);
  if (fields.length === 0) return { input, notes: [] };
  const here = await hereIn(shell.repository());
  const fromTop = (text: string): boolean => !isFromHere(text, isWindows);
  const isAmiss = (text: string): boolean =>
    here !== null && fromTop(text) && looksFromHere(text, here);
  const amiss = fields.flatMap(({ texts }) => texts.filter(isAmiss));
  const note = here === null ? null : misreadNote(amiss, here);
  const whole = fields.reduce((before, field) => {
    const read = (text: string): string => (fromTop(text) ? text : fromRoot(text, here, isWindows));
    return replaced(before, field, field.texts.map(read));
  }, input);
  return { input: whole, notes: note === null ? [] : [note] };
}

/** Shorter ones are words more often than ids; git knows whether they are, and else the schema says what is wrong. */
const idForm = /^[0-9a-f]{7,64}$/i;

/** A whole id is exact, so it may be of a commit that this clone does not have yet. */
function isWholeId({ length }: string): boolean {
  return length === 40 || length === 64;
}

function unknownCommit(revision: string): UsageError {
  return new UsageError(
    'revision-unknown',
    `\`${revision}\` names no commit here, or more than one. Run git fetch if it is elsewhere, or give its whole id.`,
    { revision },
  );
}

/** What is no id and no revision is left to the operation, which says what there is to say. */
function committed(text: string, oid: string | null): string {
  if (oid !== null) return oid;
  if (idForm.test(text) && !isWholeId(text)) throw unknownCommit(text);
  return text;
}

async function commitsIn(shell: Place, { texts, schema }: Said): Promise<string[]> {
  const trimmed = texts.map((text) => text.trim());
  const ownForm = new RegExp(String(schema.meta()?.['revision']), 'i');
  const isAsked = (text: string): boolean => idForm.test(text) || !ownForm.test(text);
  const asked = trimmed.filter(isAsked);
  if (asked.length === 0) return trimmed;
  const oids = await commitsNamed(shell.repository(), asked);
  const found = new Map(asked.map((text, index) => [text, oids[index] ?? null]));
  return trimmed.map((text) => committed(text, found.get(text) ?? null));
}

async function withCommits(shell: Place, verb: Verb, input: Details): Promise<Details> {
  let whole = input;
  for (const field of saidWith('revision', verb, input)) {
    whole = replaced(whole, field, await commitsIn(shell, field));
  }
  return whole;
}

/**
 * An input of the shell, not checked yet, as it is to be understood on every machine: fields marked `path` from the
 * root of the repository, fields marked `revision` by the commit's whole id where they name one here. UsageError where
 * a path leads out of the repository or a short id names nothing.
 */
export async function asMeant(shell: Place, verb: Verb, said: Details): Promise<Meant> {
  const { input, notes } = await withPaths(shell, verb, said);
  return { input: await withCommits(shell, verb, input), notes };
}

/** An answer that tells the notes too, to machines and people alike. */
export function withNotes(answer: ToolAnswer, notes: readonly string[]): ToolAnswer {
  if (notes.length === 0) return answer;
  const before: readonly unknown[] = Array.isArray(answer.result['notes'])
    ? answer.result['notes']
    : [];
  const lines = notes.map((note) => `Note: ${oneLine(note)}`);
  return {
    ...answer,
    result: { ...answer.result, notes: [...before, ...notes] },
    text: [answer.text, ...lines].join('\n'),
  };
}

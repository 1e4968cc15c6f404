// The verifier's own reading of a commit message: four trailers that every commit has, and two that few have, each once and well formed.
import { trailers } from './format.ts';

/** Tells a problem of the commit that is looked at. */
export type Tell = (
  reason: string,
  where?: { readonly path?: string; readonly line?: number },
) => void;

/** What the trailers say; null for one that is missing or unreadable. */
export interface Stated {
  readonly seq: number | null;
  readonly count: number | null;
  readonly tail: number | null;
  readonly chain: string | null;
  /** Times before which closed things were let go of, where it says so. */
  readonly kept: readonly string[] | null;
  /** The last commit of the epoch before, where it says so. */
  readonly previous: string | null;
}

/** What stands behind each name, in order. */
type Lines = ReadonlyMap<string, readonly string[]>;

/** Trailers are the last paragraph; those before it say nothing to anybody. */
function linesIn(message: string): Lines {
  const values = new Map<string, string[]>();
  const paragraphs = message.trimEnd().split(/\n{2,}/);
  for (const line of paragraphs.slice(1).at(-1)?.split('\n') ?? []) {
    const colon = line.indexOf(': ');
    if (colon < 0) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 2)];
    const before = values.get(name);
    if (before === undefined) values.set(name, [value]);
    else before.push(value);
  }
  return values;
}

function trailerOf(lines: Lines, name: string, tell: Tell): string | null {
  const [value, ...others] = lines.get(name) ?? [];
  if (value !== undefined && others.length === 0) return value;
  tell(value === undefined ? `The trailer ${name} is missing.` : `${name} stands there twice.`);
  return null;
}

const wholeNumber = /^(?:0|[1-9]\d{0,14})$/;
const chainValue = /^sha256:([0-9a-f]{64})$/;

function numberTrailer(lines: Lines, name: string, tell: Tell): number | null {
  const text = trailerOf(lines, name, tell);
  if (text === null) return null;
  if (wholeNumber.test(text)) return Number(text);
  tell(`The trailer ${name} is no number: ${JSON.stringify(text.slice(0, 80))}.`);
  return null;
}

function chainTrailer(lines: Lines, tell: Tell): string | null {
  const text = trailerOf(lines, trailers.chain, tell);
  const hex = chainValue.exec(text ?? '')?.[1] ?? null;
  if (text !== null && hex === null) tell(`The trailer ${trailers.chain} is no SHA-256 value.`);
  return hex;
}

const time = '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)';
const keptValue = new RegExp(`^tasks ${time} messages ${time}$`);

/** Most commits have none. */
function keptTrailer(lines: Lines, tell: Tell): readonly string[] | null {
  if (!lines.has(trailers.kept)) return null;
  const text = trailerOf(lines, trailers.kept, tell);
  const [, ...times] = keptValue.exec(text ?? '') ?? [];
  if (text !== null && times.length === 0) tell(`The trailer ${trailers.kept} is not two times.`);
  return times.length === 0 ? null : times;
}

const commitName = /^[0-9a-f]{40,64}$/;

/** Only the first commit of a later epoch has one. */
function previousTrailer(lines: Lines, tell: Tell): string | null {
  if (!lines.has(trailers.previous)) return null;
  const text = trailerOf(lines, trailers.previous, tell);
  if (text === null || commitName.test(text)) return text;
  tell(`The trailer ${trailers.previous} is no commit: ${JSON.stringify(text.slice(0, 80))}.`);
  return null;
}

/** What ends a line for one reader and not for the next could hide a trailer from either. */
const steering = /(?!\n)\p{Cc}|\p{Zl}|\p{Zp}/u;

/** Reads the trailers and tells what is wrong with them. */
export function statedBy(message: string, tell: Tell): Stated {
  if (steering.test(message)) tell('The message holds a control character.');
  const lines = linesIn(message);
  return {
    seq: numberTrailer(lines, trailers.seq, tell),
    count: numberTrailer(lines, trailers.count, tell),
    tail: numberTrailer(lines, trailers.tail, tell),
    chain: chainTrailer(lines, tell),
    kept: keptTrailer(lines, tell),
    previous: previousTrailer(lines, tell),
  };
}

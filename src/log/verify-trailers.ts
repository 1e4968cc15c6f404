// The verifier's own reading of a commit message: four trailers, each once and well formed.
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
}

function trailerOf(lines: readonly string[], name: string, tell: Tell): string | null {
  const values = lines.filter((line) => line.startsWith(name) && line[name.length] === ':');
  const [value] = values;
  if (values.length === 1 && value !== undefined) return value.slice(name.length + 1).trim();
  tell(values.length === 0 ? `The trailer ${name} is missing.` : `${name} stands there twice.`);
  return null;
}

const wholeNumber = /^(?:0|[1-9]\d{0,14})$/;
const chainValue = /^sha256:([0-9a-f]{64})$/;

function numberTrailer(lines: readonly string[], name: string, tell: Tell): number | null {
  const text = trailerOf(lines, name, tell);
  if (text === null) return null;
  if (wholeNumber.test(text)) return Number(text);
  tell(`The trailer ${name} is no number: ${JSON.stringify(text.slice(0, 80))}.`);
  return null;
}

function chainTrailer(lines: readonly string[], tell: Tell): string | null {
  const text = trailerOf(lines, trailers.chain, tell);
  const hex = chainValue.exec(text ?? '')?.[1] ?? null;
  if (text !== null && hex === null) tell(`The trailer ${trailers.chain} is no SHA-256 value.`);
  return hex;
}

const time = '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)';
const keptValue = new RegExp(`^tasks ${time} messages ${time}$`);

/** Most commits have none. */
function keptTrailer(lines: readonly string[], tell: Tell): readonly string[] | null {
  if (!lines.some((line) => line.startsWith(`${trailers.kept}:`))) return null;
  const text = trailerOf(lines, trailers.kept, tell);
  const [, ...times] = keptValue.exec(text ?? '') ?? [];
  if (text !== null && times.length === 0) tell(`The trailer ${trailers.kept} is not two times.`);
  return times.length === 0 ? null : times;
}

/** Reads the trailers and tells what is wrong with them. */
export function statedBy(message: string, tell: Tell): Stated {
  const lines = message.split('\n').slice(1);
  return {
    seq: numberTrailer(lines, trailers.seq, tell),
    count: numberTrailer(lines, trailers.count, tell),
    tail: numberTrailer(lines, trailers.tail, tell),
    chain: chainTrailer(lines, tell),
    kept: keptTrailer(lines, tell),
  };
}

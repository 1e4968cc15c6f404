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
}

function trailerOf(message: string, name: string, tell: Tell): string | null {
  const values = message
    .split('\n')
    .slice(1)
    .filter((line) => line.startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1).trim());
  if (values.length === 1) return values[0] ?? null;
  tell(values.length === 0 ? `The trailer ${name} is missing.` : `${name} stands there twice.`);
  return null;
}

function numberTrailer(message: string, name: string, tell: Tell): number | null {
  const text = trailerOf(message, name, tell);
  if (text === null) return null;
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  tell(`The trailer ${name} is no number: ${JSON.stringify(text.slice(0, 80))}.`);
  return null;
}

function chainTrailer(message: string, tell: Tell): string | null {
  const text = trailerOf(message, trailers.chain, tell);
  const hex = /^sha256:([0-9a-f]{64})$/.exec(text ?? '')?.[1] ?? null;
  if (text !== null && hex === null) tell(`The trailer ${trailers.chain} is no SHA-256 value.`);
  return hex;
}

/** Reads the trailers and tells what is wrong with them. */
export function statedBy(message: string, tell: Tell): Stated {
  return {
    seq: numberTrailer(message, trailers.seq, tell),
    count: numberTrailer(message, trailers.count, tell),
    tail: numberTrailer(message, trailers.tail, tell),
    chain: chainTrailer(message, tell),
  };
}

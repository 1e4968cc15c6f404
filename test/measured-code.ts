// Code of any language measured in a line per function, for tables of tests.
import { parserOf } from '../src/adapters/system/syntax-parser.ts';
import { analyseSyntax } from '../src/checks/syntax.ts';
import type { SyntaxLanguageName } from '../src/checks/syntax.ts';
import type { Unit } from '../src/checks/unit.ts';

/** The functions of code that parses. */
export async function unitsOf(
  language: SyntaxLanguageName,
  code: string,
): Promise<readonly Unit[]> {
  const analysis = await analyseSyntax(language, code, parserOf);
  if (!analysis.ok) throw new Error(`${analysis.error} Line ${analysis.line} of: ${code}`);
  return analysis.units;
}

/** `name complexity`, with the modified one behind a slash where it is another. */
export async function counted(language: SyntaxLanguageName, code: string): Promise<string[]> {
  const units = await unitsOf(language, code);
  return units.map(({ qualifiedName, complexity, modifiedComplexity }) => {
    const other = modifiedComplexity === complexity ? '' : `/${modifiedComplexity}`;
    return `${qualifiedName} ${complexity}${other}`;
  });
}

/** `name first-last: lines`. */
export async function placed(language: SyntaxLanguageName, code: string): Promise<string[]> {
  const units = await unitsOf(language, code);
  return units.map(({ qualifiedName, line, endLine, lines }) => {
    return `${qualifiedName} ${line}-${endLine}: ${lines ?? 'none'}`;
  });
}

/** What is counted, the code, and what it gives. */
export type Counting = readonly [what: string, code: string, units: readonly string[]];

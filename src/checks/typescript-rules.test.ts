// What the walk finds in a file, rule by rule.
import { describe, expect, it } from 'vitest';
import type { RuleName } from './rules-breach.ts';
import { analyse } from './typescript.ts';

/** Breaches of one rule, as `line` or, about a unit, `name:value`. */
function breachesOf(rule: RuleName, code: string, path: string): string[] {
  const analysis = analyse(path, code, { withTraits: true });
  if (!analysis.ok) throw new Error(`${analysis.line}: ${analysis.error}`);
  const { units, traits } = analysis;
  const all = [...units, ...(traits?.statements ?? [])];
  const breaches = (traits?.breaches ?? []).filter((one) => one.rule === rule);
  return breaches.map(({ unit, line, value }) => {
    return unit === null ? String(line) : `${all[unit]?.qualifiedName ?? '?'}:${value ?? ''}`;
  });
}

type Row = readonly [code: string, found: string[], path?: string];

const loops: readonly Row[] = [
  ['while (true) f();', ['1']],
  ['for (;;) f();', ['1']],
  ['for (let i = 0; ; i++) f(i);', ['1']],
  ['do { f(); } while (1);', ['1']],
  ['while ((true as boolean)) {}', ['1']],
  ['while (!0) {} while (!false) {} while ("a") {} while ([]) {}', ['1', '1', '1', '1']],
  ['while (0) {} while ("") {} while (!1) {} while (a) {} for (; a; ) {}', []],
  ['while (true) { if (a) break; }', []],
  ['function g() { while (true) { if (a) return; } }', []],
  ['while (true) { throw a; }', []],
  ['while (true) { await a; }', [], 'a.mts'],
  ['for (;;) { for await (const a of b) f(a); }', [], 'a.mts'],
  ['function* g() { while (true) yield 1; }', []],
  ['while (true) { for (;;) { break; } }', ['1']],
  ['while (true) { switch (a) { case 1: break; } }', ['1']],
  ['while (true) { g(() => { return 1; }); }', ['1']],
  ['while (true) { function g() { throw 1; } }', ['1']],
  ['while (true) { class A { a = await b; } }', ['1'], 'a.mts'],
  ['a: while (true) { for (;;) { break a; } }', []],
  ['while (true) { a: for (;;) { break a; } }', ['1']],
  ['a: while (true) { for (;;) { continue a; } }', ['1']],
  ['a: for (const b of c) { while (true) { continue a; } }', []],
  ['a: while (true) { continue a; }', ['1']],
];

const catches: readonly Row[] = [
  ['try { f(); } catch {}', ['1']],
  ['try { f(); } catch (e) { ; {} e; void 0; "a"; }', ['1']],
  ['try { f(); } catch (e) { log(e); }', []],
  ['try { f(); } catch { /* It may be gone already. */ }', []],
  ['try { f(); } catch {\n  // Nobody waits for it.\n}', []],
  ['try { f(); } catch { /**/ // \n }', ['1']],
  ['try { f(); } catch { /* eslint-disable-line no-empty */ }', ['1']],
  ['/* why */ try { f(); } catch {} // why', ['1']],
  ['try { f(); } catch { return; }', []],
  ['f().catch(() => {});', ['1']],
  ['f().catch(function () {});', ['1']],
  ['f().catch((() => {}) as never);', ['1']],
  ['f().catch(() => undefined).then(() => {});', []],
  ['f().catch(log);', []],
];

const recursions: readonly Row[] = [
  ['function f() { f(); }', ['f:']],
  ['const f = () => f();', ['f:']],
  ['const f = function g() { g(); };', ['g:']],
  ['function f() { (f as F)(); }', ['f:']],
  ['function f() { (0, f)(); }', ['f:']],
  ['function f() { f?.(); }', ['f:']],
  ['function f() { f.call(null); }', ['f:']],
  ['function f() { return f.apply(null, []); }', ['f:']],
  ['function f(a) { a.map((b) => f(b)); }', ['f:']],
  ['function f() { new P((r) => f()); }', ['f:']],
  ['function f() { if (a) { { f(); } } }', ['f:']],
  ['function f() { g(); } function g() { f(); }', ['f:g', 'g:f']],
  ['const f = () => g(), g = () => h(); function h() { f(); }', ['f:h, g', 'g:h, f', 'h:f, g']],
  ['function f() { setTimeout(() => f(), 10); }', []],
  ['function f() { p.then(() => f()); socket.on("close", () => f()); }', []],
  ['function f() { return () => f(); }', []],
  ['function f() { return { g() { return f(); } }; }', []],
  ['function f(f) { f(); }', []],
  ['function f() { const f = g; f(); }', []],
  ['function f() { { let [{ f }] = g; f(); } }', []],
  ['function f() { for (const f of g) f(); }', []],
  ['function f() { try {} catch (f) { f(); } }', []],
  ['import { f } from "f"; class A { f() { f(); } }', []],
  ['class A { f() { this.f(); } }', ['A.f:']],
  ['class A { f() { this["f"](); } }', ['A.f:']],
  ['class A { #f() { this.#f(); } }', ['A.#f:']],
  ['class A { f = () => this.f(); }', ['A.f:']],
  ['class A { f() { g(() => this.f()); } }', ['A.f:']],
  ['class A { f() { g(function () { this.f(); }); } }', []],
  ['class A { f() { this.g(); } g() { this.f(); } }', ['A.f:g', 'A.g:f']],
  ['class A { f() { super.f(); } }', []],
  ['class A { f() { a.f(); } }', []],
  ['class A { static f() { A.f(); } }', ['A.f:']],
  ['class A { static f() { this.f(); } f() { A.f(); } }', ['A.f:']],
  ['class A { f() { this.g.f(); } }', []],
  ['class A { static f() { this.g(); } g() { A.f(); } }', []],
  ['const a = { f() { this.f(); }, g: () => a.g() };', ['f:', 'g:']],
  ['const a = { f: function () { this.f(); } };', ['f:']],
  ['function toString() { ({}).toString(); } constructor();', []],
  ['export default function f() { f(); }', ['f:']],
  ['function f(): void; function f(a?: A) { f(); }', ['f:']],
  ['f(); function f() {}', []],
];

const parameters: readonly Row[] = [
  ['function f(a, { b, c }, ...d) {} const g = (a) => 1;', ['f:3', 'g:1']],
  ['function f(this: A, a) {}', ['f:1']],
  ['class A { constructor(private a: B, c = 1) {} set d(e) {} }', ['A.constructor:2', 'A.set d:1']],
  [
    'declare function f(a, b): void; type F = (a, b) => void; abstract class A { abstract f(a); }',
    [],
  ],
];

const documented: readonly Row[] = [
  ['export function f() {}', ['f:']],
  ['/** Does. */ export function f() {}', []],
  ['/** Does. */\n// and so on\nexport function f() {}', []],
  ['// Does.\nexport function f() {}', ['f:']],
  ['/* Does. */ export function f() {}', ['f:']],
  ['/** */ export function f() {}', ['f:']],
  ['/** eslint-disable */ function g() {}\nexport function f() {}', ['f:']],
  ['function f() {}', []],
  ['function f() {} export { f as g };', ['f:']],
  ['function f() {} export default f;', ['f:']],
  ['export { f } from "f"; function f() {}', []],
  ['export class A {} export const B = class {};', ['top-level A:', 'top-level B:']],
  ['/** Is. */ @a() export class A {}', []],
  ['export const f = () => 1, g = 2;', ['f:']],
  ['/** Does. */ export const f = () => 1;', []],
  ['export default () => 1;', ['default:']],
  ['/** Does. */ export function f(a: A): void;\nexport function f(a?: A) {}', []],
  ['export function f(a: A): void;\nexport function f(a?: A) {}', ['f:']],
  ['export interface A {} export type B = 1; export const c = 1; export enum D {}', []],
  ['export declare function f(): void;', []],
];

const types: readonly Row[] = [
  ['let a: any; let b: any[];\nfunction f(c: Map<A, any>): any {}', ['1', '1', '2', '2']],
  ['const any = 1; f(any, a.any, "any"); // any', []],
  ['type A = { any: B }; <any>a;', ['1']],
];

const assertions: readonly Row[] = [
  ['a!; a!.b!.c; f()!;\na!!', ['1', '1', '1', '1', '2', '2']],
  ['!a; a != b; let c!: D;', []],
];

const evals: readonly Row[] = [
  ['eval("a"); (0, eval)("a"); globalThis.eval("a");', ['1', '1', '1']],
  ['new Function("a"); Function("a"); new window.Function("a");', ['1', '1', '1']],
  ['a.eval("a"); new a.Function("b"); evaluate("a"); f(() => {});', []],
];

const tables: readonly (readonly [RuleName, readonly Row[]])[] = [
  ['unboundedLoop', loops],
  ['emptyCatch', catches],
  ['recursion', recursions],
  ['parameters', parameters],
  ['documentedExports', documented],
  ['anyTypes', types],
  ['nonNull', assertions],
  ['eval', evals],
];

describe.each(tables)('%s', (rule, rows) => {
  it.each(rows.map(([code, found, path = 'a.ts']) => ({ code, found, path })))(
    '$code',
    ({ code, found, path }) => {
      expect(breachesOf(rule, code, path)).toEqual(found);
    },
  );
});

describe('a whole file', () => {
  it.each([
    ['// @generated by a tool\nf();', true],
    ['#!/usr/bin/env node\n/*\n * Code generated by a tool. DO NOT EDIT.\n */\nf();', true],
    ['f();\n\n\n\n\n// @generated', false],
    ['f("// @generated");', false],
    ['// generated\nf();', false],
  ])('is marked as generated or not: %j', (code, isMarked) => {
    const analysis = analyse('a.ts', code, { withTraits: true });
    expect(analysis.ok && analysis.traits?.isMarkedGenerated).toBe(isMarked);
  });

  it('has traits only where they are asked for', () => {
    expect(analyse('a.ts', 'f();')).not.toHaveProperty('traits');
  });

  it.each([
    ['a long chain of calls', `function f() { return ${'f() + '.repeat(20_000)}1; }`, 1],
    ['many functions that call the next', `${chain(5000)}\nfunction f5000() { f0(); }`, 5001],
    ['many empty catches and comments', 'try {} catch { // \n}\n'.repeat(20_000), 0],
  ])('is looked through in little time: %s', (_what, code, count) => {
    const start = performance.now();
    expect(breachesOf('recursion', code, 'a.ts')).toHaveLength(count);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

/** Functions that each call the next. */
function chain(length: number): string {
  return Array.from({ length }, (_, i) => `function f${i}() { f${i + 1}(); }`).join('\n');
}

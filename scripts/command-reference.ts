// Writes docs/reference/commands.md: every command with its words, fields, examples, who may use it and what refuses it.
import { defaultOf } from '../src/grammar/help.ts';
import { fieldsOf, usageOf, wordsOf } from '../src/grammar/verb.ts';
import type { Field, Verb } from '../src/grammar/verb.ts';
import type { AnyCommand, Operation } from '../src/kernel/operation.ts';
import { checks, registry } from '../src/registry.ts';
import { globalHelp } from '../src/surfaces/cli/globals.ts';
import { exitStatus } from '../src/surfaces/cli/print.ts';
import { tools } from '../src/surfaces/cli/tools.ts';
import { isMain, writeOrCheck } from './generated-file.ts';

export const commandsPath = 'docs/reference/commands.md';

/** The page as Markdown: operations by noun, the shell's own commands, checks, flags, exit statuses, JSON. */
export function commandReference(): string {
  const spoken = registry.operations.filter((operation) => !isAppOnly(operation));
  const nouns = [...new Set(spoken.map(nounOf))];
  return [
    introduction,
    contents(nouns),
    ...nouns.flatMap((noun) => [
      `## ${noun}\n`,
      ...spoken.filter((operation) => nounOf(operation) === noun).map(operationText),
    ]),
    toolsTitle,
    ...tools.map((tool) => verbText(tool, [])),
    appOnlyText(registry.operations.filter(isAppOnly)),
    checksText(),
    flagsText(),
    exitText(),
    jsonText,
  ].join('\n');
}

const introduction = `# Commands

<!-- Written by scripts/command-reference.ts from the definitions; do not edit. -->

The same words work in the shell (\`coord lock 'src/api/**'\`) and, for operations, at the beginning of a line of a GitHub
comment (\`/coord lock src/api/**\`, with or without the quotes). Put text of several words in quotes; in a shell also
globs, before it expands them. \`coord help lock\` explains one command, through git \`git coord help lock\`.
`;

const toolsTitle = `## The shell's own commands

They read or change this machine, so comments on GitHub do not have them.
`;

function nounOf({ name }: Verb): string {
  return name.split('.')[0] ?? name;
}

function isAppOnly(operation: Operation): operation is AnyCommand {
  return operation.kind === 'command' && operation.appOnly === true;
}

function contents(nouns: readonly string[]): string {
  const links = nouns.map((noun) => `[${noun}](#${noun})`);
  const others = [
    "[the shell's own](#the-shells-own-commands)",
    '[checks](#checks)',
    '[flags of every command](#flags-of-every-command)',
    '[exit status](#exit-status)',
    '[JSON](#json)',
  ];
  return `${[...links, ...others].join(' · ')}\n`;
}

function operationText(operation: Operation): string {
  const isQuery = operation.kind === 'query';
  const refusals = operation.refusals ?? [];
  return verbText(operation, [
    `- \`${operation.name}\`: ${isQuery ? 'reads, changes nothing' : 'a command; accepted it is a record of the log'}`,
    `- Who may: ${whoMay(operation)}`,
    ...(refusals.length === 0 ? [] : [`- Refusals: ${codes(refusals)}`]),
  ]);
}

function whoMay(operation: Operation): string {
  if (operation.kind === 'query') return 'whoever can read the log, unless the policy narrows it';
  const tiers = operation.allow.join(', ');
  const stranger = operation.openToStrangers === true ? '; who has not joined may too' : '';
  return `${tiers}${stranger}`;
}

function verbText(verb: Verb, facts: readonly string[]): string {
  const fields = fieldsOf(verb);
  const rows = fields.map((field) => row(field, verb.positional.includes(field.name)));
  const head = ['| word or flag | takes | default | meaning |', '| --- | --- | --- | --- |'];
  return [
    `### \`${wordsOf(verb)}\`\n`,
    `${verb.summary}\n`,
    sh([usageOf(verb)]),
    ...(fields.length === 0 ? [] : [...head, ...rows, '']),
    ...facts,
    ...(facts.length === 0 ? [] : ['']),
    `${verb.examples.length === 1 ? 'Example' : 'Examples'}:\n`,
    sh(verb.examples.map(({ text }) => text)),
  ].join('\n');
}

function sh(lines: readonly string[]): string {
  return ['```text', ...lines.map((line) => `coord ${line}`), '```', ''].join('\n');
}

function row(field: Field, isPositional: boolean): string {
  const said = isPositional ? field.name.toUpperCase() : field.flag;
  const short = field.short === null ? '' : `, \`-${field.short}\``;
  return `| \`${said}\`${short} | ${takes(field)} | ${defaultText(field)} | ${cell(field.description)} |`;
}

function takes({ type, choices, isList }: Field): string {
  const one = choices === null ? type : choices.map((word) => `\`${word}\``).join(' \\| ');
  return isList ? `${one}, several times` : one;
}

function defaultText(field: Field): string {
  if (field.isRequired) return 'required';
  const said = defaultOf(field);
  return said === '' ? '' : `\`${said}\``;
}

/** A pipe would end the table's cell, stars would be emphasis. */
function cell(text: string): string {
  return text.replaceAll(/[|*]/g, '\\$&');
}

function codes(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

function appOnlyText(operations: readonly AnyCommand[]): string {
  const lines = operations.map(({ name, summary }) => `- \`${name}\`: ${summary}`);
  return [
    "## The App's own records\n",
    'No surface offers these as words; the GitHub App writes them.\n',
    ...lines,
    '',
  ].join('\n');
}

function checksText(): string {
  const rows = checks.map(
    ({ name, summary, rules }) => `| \`${name}\` | ${cell(summary)} | ${codes(rules)} |`,
  );
  return [
    '## Checks\n',
    'What `coord check`, the App and the Action judge; together they are the gate.\n',
    '| check | what it holds to | rules of its findings |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function flagsText(): string {
  return ['## Flags of every command\n', '```text', ...globalHelp, '```', ''].join('\n');
}

const meanings: Readonly<Record<keyof typeof exitStatus, string>> = {
  done: 'Done. Also when a remote could not be reached: then `confirmed` is false.',
  refused: 'Refused by a rule, or a check or a verification failed.',
  usage: 'The words could not be understood. Nothing was done.',
  fault: 'Something is broken or unreachable: no repository, a corrupt log, a full disk.',
};

function exitText(): string {
  const rows = Object.entries(exitStatus).map(
    ([name, status]) => `| ${status} | ${meanings[name as keyof typeof exitStatus]} |`,
  );
  return ['## Exit status\n', '| status | meaning |', '| --- | --- |', ...rows, ''].join('\n');
}

const jsonText = `## JSON

With \`--json\` a command prints exactly one document on standard output; notes and progress go to standard error.

\`\`\`json
{ "ok": true, "result": {} }
\`\`\`

\`\`\`json
{ "ok": false, "error": { "kind": "refusal", "code": "lock-held", "message": "A sentence.", "data": {} } }
\`\`\`

\`kind\` is \`refusal\`, \`usage\` or \`fault\`; \`code\` is stable, \`message\` is for people. The result of a command that was
accepted has \`id\`, \`seq\` (null when there was nothing to change), \`confirmed\` (true once the remote has it, or where
there is no remote), \`events\`, and what was made or changed under its noun, such as \`task\` or \`lock\`. The result of a query
is its answer. \`coord measure\` prints one object a line instead, and \`coord git\` what git prints.
`;

if (isMain(import.meta.filename)) {
  writeOrCheck(commandsPath, commandReference(), process.argv.slice(2));
}

// The GitHub Action: reads its inputs, judges, annotates, writes the job summary, and fails the job when the gate does.
import { readFileSync } from 'node:fs';
import * as core from '@actions/core';
import { Octokit } from '@octokit/rest';
import { systemClock } from '../../adapters/system/clock.ts';
import type { GitHubClient, RepositoryName } from '../../adapters/github/client.ts';
import { verdictMarkdown } from '../../grammar/verdict.ts';
import { isFailing } from '../../kernel/check.ts';
import type { Finding, GateVerdict } from '../../kernel/check.ts';
import { UsageError, messageOf } from '../../kernel/fault.ts';
import { checkPullRequest } from './check.ts';
import { pullRequestOfEvent } from './event.ts';
import type { InputName, OutputName } from './io.ts';

type Environment = Readonly<Record<string, string | undefined>>;

function input(name: InputName): string {
  return core.getInput(name);
}

function output(name: OutputName, value: string): void {
  core.setOutput(name, value);
}

function needed(environment: Environment, name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new UsageError('no-actions', `${name} is not set: this runs as a step of GitHub Actions.`);
}

function repositoryOf(environment: Environment): RepositoryName {
  const [owner = '', repo = ''] = needed(environment, 'GITHUB_REPOSITORY').split('/');
  return { owner, repo };
}

function clientOf(environment: Environment, token: string): GitHubClient {
  const baseUrl = environment['GITHUB_API_URL'] ?? 'https://api.github.com';
  const octokit = new Octokit({ auth: token, baseUrl, log: quiet });
  return {
    request: (route, parameters) => octokit.request(route, parameters),
    graphql: (query, variables) => octokit.graphql(query, variables),
  };
}

function nothing(): void {
  // The client's own notices would stand between ours and the annotations.
}
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function annotate(check: string, finding: Finding): void {
  const properties = {
    title: `${check}: ${finding.rule}`,
    ...(finding.path === null ? {} : { file: finding.path }),
    ...(finding.line === null ? {} : { startLine: finding.line }),
    ...(finding.endLine === null ? {} : { endLine: finding.endLine }),
  };
  if (finding.level === 'failure') core.error(finding.message, properties);
  else if (finding.level === 'warning') core.warning(finding.message, properties);
  else core.notice(finding.message, properties);
}

async function report(verdict: GateVerdict): Promise<void> {
  for (const { name, findings } of verdict.checks) {
    for (const finding of findings) annotate(name, finding);
  }
  const shown = verdictMarkdown(verdict);
  await core.summary
    .addRaw(`## coord / gate: ${shown.title}\n\n${shown.summary}\n\n${shown.text}\n`)
    .write();
  const hasFailed = isFailing(verdict.conclusion);
  const failures = verdict.checks.flatMap(({ findings }) =>
    findings.filter(({ level }) => level === 'failure'),
  );
  output('conclusion', verdict.conclusion);
  output('passed', String(!hasFailed));
  output('findings', String(failures.length));
  output('verdict', JSON.stringify(verdict));
  core.info(`coord / gate: ${verdict.title}`);
  if (hasFailed) core.setFailed(verdict.title);
}

async function main(environment: Environment): Promise<void> {
  const mode = input('mode');
  if (mode !== 'check') {
    throw new UsageError('mode-unknown', `mode is \`${mode}\`; the only mode is check.`);
  }
  const payload = JSON.parse(
    readFileSync(needed(environment, 'GITHUB_EVENT_PATH'), 'utf8'),
  ) as object;
  const slug = input('app-slug');
  const verdict = await checkPullRequest({
    client: clientOf(environment, input('github-token')),
    repository: repositoryOf(environment),
    clock: systemClock(environment['COORD_NOW']),
    pullRequest: pullRequestOfEvent(needed(environment, 'GITHUB_EVENT_NAME'), payload),
    appSlug: slug === '' ? null : slug,
  });
  await report(verdict);
}

try {
  await main(process.env);
} catch (error) {
  // What could not be judged has not passed.
  output('conclusion', 'action_required');
  output('passed', 'false');
  core.setFailed(messageOf(error));
}

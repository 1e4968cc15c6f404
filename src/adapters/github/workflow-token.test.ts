// Tokens of workflows against an issuer's keys: what counts, what does not, and when nobody can tell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkflowIssuer } from '../../../test/workflow-issuer.ts';
import type { WorkflowIssuer } from '../../../test/workflow-issuer.ts';
import { isWorkflowToken, workflowVerifier } from './workflow-token.ts';

const audience = 'https://coord.example.com';
const claims = {
  aud: audience,
  repository: 'Octo/Demo',
  workflow_ref: 'Octo/Demo/.github/workflows/Agent.yml@refs/heads/main',
};
let issuer: WorkflowIssuer;

beforeAll(async () => {
  issuer = await startWorkflowIssuer();
});
afterAll(() => issuer.stop());

it('says which file of which repository it is, at which ref', async () => {
  expect(await workflowVerifier(issuer.url, audience)(await issuer.token(claims))).toEqual({
    ok: true,
    run: {
      ...{ repository: 'octo/demo', home: 'octo/demo' },
      ...{ path: '.github/workflows/Agent.yml', ref: 'refs/heads/main' },
    },
  });
});

describe('it is invalid', () => {
  it.each([
    ['for somebody else', { aud: 'https://evil.example' }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['after its time', { exp: Math.floor(Date.now() / 1000) - 120 }],
    ['before its time', { nbf: Math.floor(Date.now() / 1000) + 600 }],
    ['without an end', { exp: undefined }],
    ['without a workflow', { workflow_ref: undefined }],
    ['without a repository', { repository: undefined }],
    ['with a file that is no workflow', { workflow_ref: 'octo/demo/src/x.yml@refs/heads/main' }],
    ['without a ref', { workflow_ref: 'octo/demo/.github/workflows/x.yml' }],
  ])('%s', async (_name, spoiled) => {
    const token = await issuer.token({ ...claims, ...spoiled });
    expect(await workflowVerifier(issuer.url, audience)(token)).toMatchObject({
      ...{ ok: false, why: 'invalid' },
    });
  });

  it('signed by somebody else, unsigned, or changed', async () => {
    const verify = workflowVerifier(issuer.url, audience);
    const [head = '', body = '', signature = ''] = (await issuer.token(claims)).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'x' })).toString('base64url');
    const bad = [
      await issuer.token(claims, true),
      `${none}.${body}.`,
      `${head}.${other}.${signature}`,
      'x',
    ];
    for (const token of bad) {
      expect(await verify(token)).toMatchObject({ ok: false, why: 'invalid' });
    }
  });
});

it('is unknown where the keys cannot be had', async () => {
  const gone = await startWorkflowIssuer();
  await gone.stop();
  const verify = workflowVerifier(gone.url, audience);
  const token = await gone.token({ ...claims, iss: gone.url });
  expect(await verify(token)).toMatchObject({ ok: false, why: 'unknown' });
});

it('is told from tokens of GitHub by its issuer', async () => {
  const token = await issuer.token(claims);
  expect(isWorkflowToken(token, issuer.url)).toBe(true);
  expect(isWorkflowToken(token, 'https://elsewhere.example')).toBe(false);
  expect(isWorkflowToken(`ghs_${token}`, issuer.url)).toBe(false);
  expect(isWorkflowToken('ghp_0123456789', issuer.url)).toBe(false);
});

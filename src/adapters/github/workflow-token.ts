// A token that GitHub Actions signs for one run of a workflow (OpenID Connect): which workflow of which repository it is.
import { createRemoteJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import { messageOf } from '../../kernel/fault.ts';

/** A run of a workflow, as GitHub signs it. */
export interface WorkflowRun {
  /** `owner/name`, lower case. */
  readonly repository: string;
  /** Path of the workflow's file in the repository it lies in. */
  readonly path: string;
  /** `owner/name` of the repository that the file lies in, lower case. */
  readonly home: string;
  /** Where the file was taken from, such as `refs/heads/main`. */
  readonly ref: string;
}

export type WorkflowAnswer =
  | { readonly ok: true; readonly run: WorkflowRun }
  /** `unknown`: the issuer's keys could not be had. */
  | { readonly ok: false; readonly why: 'invalid' | 'unknown'; readonly message: string };

export type VerifyWorkflow = (token: string) => Promise<WorkflowAnswer>;

const timeoutMs = 5000;
const skewSeconds = 60;

/** Whether a text has the form of such a token and names this issuer; GitHub's own tokens begin otherwise. */
export function isWorkflowToken(token: string, issuer: string): boolean {
  if (/^(?:gh[a-z]_|github_pat_)/.test(token)) return false;
  try {
    return decodeJwt(token).iss === issuer;
  } catch {
    return false;
  }
}

const workflowRef = /^([^/\s]+\/[^/\s]+)\/(\.github\/workflows\/[^@\s]+)@(refs\/\S+)$/;

function runOf(claims: Readonly<Record<string, unknown>>): WorkflowRun | null {
  const { repository, workflow_ref: ref } = claims;
  const found = typeof ref === 'string' ? workflowRef.exec(ref) : null;
  if (typeof repository !== 'string' || found === null) return null;
  const [, home = '', path = '', from = ''] = found;
  return { repository: repository.toLowerCase(), home: home.toLowerCase(), path, ref: from };
}

/** Failures to get the keys, of which the token knows nothing. */
const ofTheKeys = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);

function isUnreachable(error: unknown): boolean {
  return !(error instanceof errors.JOSEError) || ofTheKeys.has(error.code);
}

/** Verifies tokens against the issuer's published keys, which are fetched when they are first needed. */
export function workflowVerifier(issuer: string, audience: string): VerifyWorkflow {
  const url = new URL(`${issuer.replace(/\/+$/, '')}/.well-known/jwks`);
  const keys = createRemoteJWKSet(url, { timeoutDuration: timeoutMs });
  const expected = { issuer, audience, algorithms: ['RS256'], clockTolerance: skewSeconds };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...expected,
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      const run = runOf(payload);
      if (run !== null) return { ok: true, run };
      return { ok: false, why: 'invalid', message: 'it names no workflow' };
    } catch (error) {
      const why = isUnreachable(error) ? 'unknown' : 'invalid';
      return { ok: false, why, message: messageOf(error) };
    }
  };
}

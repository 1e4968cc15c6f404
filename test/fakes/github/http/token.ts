// Mints and recognises credentials: random tokens, and JSON web tokens of Apps checked as GitHub checks them.
import { createVerify, randomBytes } from 'node:crypto';
import type { App } from '../state/app.ts';
import type { Credential } from '../state/credential.ts';
import { anonymous } from '../state/credential.ts';
import { isObject } from '../state/json.ts';
import type { World } from '../state/world.ts';
import { Problem } from '../rest/problem.ts';

const jwtLifeSecondsMax = 600;

/** A token in GitHub's form, e.g. `ghs_` and 36 characters. */
export function mintToken(prefix: 'ghs' | 'ghp'): string {
  return `${prefix}_${randomBytes(18).toString('hex')}`;
}

function unauthorized(message: string): Problem {
  return new Problem(401, message);
}

function parsePart(part: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
    if (isObject(value)) return value;
  } catch {
    // Falls through to the refusal below.
  }
  throw unauthorized('A JSON web token could not be decoded');
}

function checkTimes(claims: Readonly<Record<string, unknown>>, nowSeconds: number): void {
  const { iat, exp } = claims;
  if (typeof iat !== 'number' || iat > nowSeconds) {
    throw unauthorized(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (typeof exp !== 'number' || exp <= nowSeconds) {
    throw unauthorized(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > nowSeconds + jwtLifeSecondsMax) {
    throw unauthorized("'Expiration time' claim ('exp') is too far in the future");
  }
}

/** The App a JSON web token speaks for; throws 401 unless algorithm, issuer, signature and times hold. */
function appOfJwt(world: World, jwt: string): App {
  const [head, body, signature, ...rest] = jwt.split('.');
  const header = parsePart(head);
  const claims = parsePart(body);
  if (rest.length > 0 || signature === undefined || header['alg'] !== 'RS256') {
    throw unauthorized('A JSON web token could not be decoded');
  }
  const issuer = String(claims['iss']);
  const app = [...world.apps.values()].find((each) => {
    return String(each.id) === issuer || each.clientId === issuer;
  });
  if (app?.publicKey == null) throw unauthorized('Integration must generate a public key');
  const verifier = createVerify('RSA-SHA256').update(`${head ?? ''}.${body ?? ''}`);
  if (!verifier.verify(app.publicKey, Buffer.from(signature, 'base64url'))) {
    throw unauthorized('A JSON web token could not be decoded');
  }
  checkTimes(claims, Math.floor(world.now().getTime() / 1000));
  return app;
}

/** Who a token belongs to; throws 401 for unknown and expired ones. */
export function credentialOfToken(world: World, token: string): Credential {
  if (token.split('.').length === 3) return { kind: 'app', app: appOfJwt(world, token) };
  const credential = world.tokens.get(token);
  if (credential === undefined || credential.expiresAt <= world.now().getTime()) {
    throw unauthorized('Bad credentials');
  }
  return credential;
}

/** Reads an `Authorization` header: `token`, `bearer`, or basic with the token as password. */
export function authenticate(world: World, header: string | undefined): Credential {
  if (header === undefined) return anonymous;
  const [scheme = '', value = ''] = header.split(' ');
  if (/^(token|bearer)$/i.test(scheme)) return credentialOfToken(world, value);
  if (!/^basic$/i.test(scheme)) throw unauthorized('Bad credentials');
  const [user = '', password = ''] = Buffer.from(value, 'base64').toString().split(':');
  return credentialOfToken(
    world,
    password === '' || password === 'x-oauth-basic' ? user : password,
  );
}

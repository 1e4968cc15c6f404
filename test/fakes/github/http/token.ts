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

function parsePart(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
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

function issuerOf(world: World, issuer: string): App {
  const app = [...world.apps.values()].find((each) => {
    return String(each.id) === issuer || each.clientId === issuer;
  });
  if (app === undefined) throw unauthorized('Integration not found');
  return app;
}

/** The App a JSON web token speaks for; throws 401 unless algorithm, issuer, signature and times hold. */
function appOfJwt(world: World, jwt: string): App {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const header = parsePart(head);
  const claims = parsePart(body);
  if (header['alg'] !== 'RS256') throw unauthorized('A JSON web token could not be decoded');
  const app = issuerOf(world, String(claims['iss']));
  const verifier = createVerify('RSA-SHA256').update(`${head}.${body}`);
  const signed = Buffer.from(signature, 'base64url');
  if (app.publicKey === null || !verifier.verify(app.publicKey, signed)) {
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

/** The token inside basic credentials: the password, or the user name where there is none. */
function tokenOfBasic(value: string): string {
  const [user = '', password = ''] = Buffer.from(value, 'base64').toString().split(':');
  return password === '' || password === 'x-oauth-basic' ? user : password;
}

/** Reads an `Authorization` header: `token`, `bearer`, or basic with the token as password. */
export function authenticate(world: World, header: string | undefined): Credential {
  if (header === undefined) return anonymous;
  const [scheme = '', value = ''] = header.split(' ');
  if (/^(token|bearer)$/i.test(scheme)) return credentialOfToken(world, value);
  if (!/^basic$/i.test(scheme)) throw unauthorized('Bad credentials');
  return credentialOfToken(world, tokenOfBasic(value));
}

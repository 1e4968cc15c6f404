// Answers that refuse, in GitHub's words.
import type { JsonObject } from '../state/json.ts';

const documentation = 'https://docs.github.com/rest';

/** Thrown by endpoints; the server answers with this status and body. */
export class Problem extends Error {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { readonly body?: JsonObject; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.body = {
      message,
      ...more.body,
      documentation_url: documentation,
      status: String(status),
    };
    this.headers = more.headers ?? {};
  }
}

export function notFound(message = 'Not Found'): Problem {
  return new Problem(404, message);
}

/** A 422 with one entry of `errors`, as validations of models answer. */
export function validationFailed(resource: string, field: string, message: string): Problem {
  const errors = [{ resource, code: 'custom', field, message }];
  return new Problem(422, 'Validation Failed', { body: { errors } });
}

/** A 422 of the schema in front of an endpoint. */
export function invalidRequest(reason: string): Problem {
  return new Problem(422, `Invalid request.\n\n${reason}`);
}

/** What an App hears that lacks a permission; the header names what would have been enough. */
export function notAccessible(accepted: string): Problem {
  return new Problem(403, 'Resource not accessible by integration', {
    headers: { 'x-accepted-github-permissions': accepted },
  });
}

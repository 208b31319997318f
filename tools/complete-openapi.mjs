// Adds to what tsoa wrote in src/generated/openapi.json what holds for every call, so that no controller repeats it:
// problems, the headers that come in and go out, and how a token is sent. Given its own output it changes nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROBLEM = '#/components/schemas/Problem';
const PROBLEM_TYPE = 'application/problem+json';

/** By status: the name of the shared response, and when it comes. */
const PROBLEMS = {
  400: ['Unreadable', 'The request cannot be read: its body is cut off, no UTF-8 or no JSON'],
  401: ['Unauthenticated', 'No valid token'],
  403: ['Forbidden', 'The token has another role, or a page of another origin asks'],
  404: ['NotFound', 'Nothing is there'],
  406: ['NotAcceptable', 'None of the types that `Accept` names is to be had'],
  413: ['TooLarge', 'The body is larger than `HTTP_BODY_LIMIT_BYTES`'],
  415: ['UnsupportedMediaType', 'The body is not `application/json` in UTF-8 without a Content-Encoding'],
  422: ['Invalid', 'A field, parameter or header is invalid or unknown; `errors` names each'],
  429: ['TooMany', 'Too much was asked for; `Retry-After` says when it may be asked again'],
  500: ['Internal', 'Our fault; the log has it under the `request_id`'],
  503: ['Unavailable', 'More work waits than is allowed, or the database is away; see `Retry-After`'],
};

/** Of these the schema that tsoa has is that of the JSON form. */
const NOT_ONE_JSON_VALUE = /^text\/|ndjson$/;
const text = (schema = {}) => ({ type: 'string', ...schema });
const header = (description, schema = {}) => ({ description, schema: text(schema) });

const HEADERS = {
  'X-Request-Id': header(
    'The id of this request: the one that came, where it is well-formed, else a new one',
  ),
  traceparent: header('W3C Trace Context: the span of this request in the trace that came, or in a new one'),
  'Retry-After': { description: 'Seconds after which to try again', schema: { type: 'integer', minimum: 1 } },
  'WWW-Authenticate': header('How to send a token'),
};

const parameter = (name, description, schema = {}) => ({
  name,
  in: 'header',
  description,
  schema: text(schema),
});

const PARAMETERS = {
  'X-Request-Id': parameter(
    'X-Request-Id',
    'An id for this request; one that is not 1 to 128 of A-Z a-z 0-9 . _ - is replaced',
  ),
  traceparent: parameter('traceparent', 'W3C Trace Context; one that is malformed is ignored'),
  'If-Match': parameter('If-Match', 'Acts only where the ETag is still one of these, else 412'),
  Prefer: parameter('Prefer', '`wait=N`: waits up to N seconds (1 to 60) for the result'),
  'Idempotency-Key': parameter(
    'Idempotency-Key',
    'Calls with the same key, by the same token, are one; another body under it is a 422',
    {
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
    },
  ),
};

const ref = (kind, name) => ({ $ref: `#/components/${kind}/${name}` });

/** @param {any} document as tsoa wrote it; not changed */
export function completeOpenApi(document) {
  const complete = structuredClone(document);
  complete.components.headers = HEADERS;
  complete.components.parameters = PARAMETERS;
  complete.components.responses = Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, [name, description]]) => [name, problem(status, description)]),
  );
  for (const [path, item] of Object.entries(complete.paths)) {
    for (const [method, operation] of Object.entries(item)) item[method] = completeOperation(path, operation);
  }
  return wholeNumbers(complete);
}

function problem(status, description) {
  const headers = commonHeaders();
  if (status === '401') headers['WWW-Authenticate'] = ref('headers', 'WWW-Authenticate');
  if (status === '429' || status === '503') headers['Retry-After'] = ref('headers', 'Retry-After');
  return { description, headers, content: { [PROBLEM_TYPE]: { schema: { $ref: PROBLEM } } } };
}

const commonHeaders = () => ({
  'X-Request-Id': ref('headers', 'X-Request-Id'),
  traceparent: ref('headers', 'traceparent'),
});

function completeOperation(path, operation) {
  const responses = {};
  for (const [status, response] of Object.entries(operation.responses)) {
    responses[status] = completeResponse(status, response);
  }
  const takesPrefer = Object.values(responses).some((response) => response.headers?.['Preference-Applied']);
  const headers = [
    'X-Request-Id',
    'traceparent',
    ...(responses[412] ? ['If-Match'] : []),
    ...(takesPrefer ? ['Prefer'] : []),
    ...(operation['x-idempotency-key'] ? ['Idempotency-Key'] : []),
  ];
  for (const status of problemsOf(path, operation))
    responses[status] ??= ref('responses', PROBLEMS[status][0]);
  return {
    ...operation,
    ...bodyOf(operation),
    responses,
    ...securityOf(operation),
    parameters: [
      ...operation.parameters.filter(({ $ref }) => !$ref),
      ...headers.map((name) => ref('parameters', name)),
    ],
  };
}

/** The problems that any call of this form can have. */
function problemsOf(path, { requestBody, responses }) {
  const isNegotiated = Object.values(responses).some(({ content }) => Object.keys(content ?? {}).length > 1);
  return [
    400,
    401,
    403,
    ...(path.includes('{') ? [404] : []),
    ...(isNegotiated ? [406] : []),
    ...(requestBody ? [413, 415] : []),
    422,
    429,
    500,
    503,
  ];
}

/** A body that may come in another form than JSON too; what that holds is in the description of the call. */
function bodyOf({ requestBody, 'x-body-types': types = [] }) {
  if (types.length === 0) return {};
  const others = types.map((type) => [type, { schema: text() }]);
  return {
    requestBody: { ...requestBody, content: { ...requestBody.content, ...Object.fromEntries(others) } },
  };
}

/** A shared one stays a reference; a controller's own words win over the shared description. */
function completeResponse(status, response) {
  if (response.$ref) return response;
  const types = Object.entries(response.content ?? {});
  if (types.some(([, { schema }]) => schema?.$ref === PROBLEM)) return problem(status, response.description);
  const content = types.map(([type, { schema }]) => [
    type,
    { schema: NOT_ONE_JSON_VALUE.test(type) ? text() : schema },
  ]);
  return {
    ...response,
    headers: { ...commonHeaders(), ...response.headers },
    ...(types.length > 0 ? { content: Object.fromEntries(content) } : {}),
  };
}

/** OpenAPI 3.0 knows scopes of OAuth alone, so roles stand beside the schemes. Either way of sending a token will do. */
function securityOf({ security = [], 'x-roles': known }) {
  const roles = known ?? security.flatMap((alternative) => alternative.token ?? []);
  return roles.length === 0 ? {} : { 'x-roles': roles, security: [{ token: [] }, { token_header: [] }] };
}

/** tsoa says int32 of every `@isInt`; ours go to 2^53 − 1 where no maximum is set. */
function wholeNumbers(value) {
  if (Array.isArray(value)) return value.map(wholeNumbers);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, wholeNumbers(one)]));
  if (inner.type !== 'integer' || inner.format !== 'int32') return inner;
  return { ...inner, format: 'int64', maximum: inner.maximum ?? Number.MAX_SAFE_INTEGER };
}

/** Reads and writes a document in place. */
export function completeFile(path) {
  const written = readFileSync(path, 'utf8');
  const complete = `${JSON.stringify(completeOpenApi(JSON.parse(written)), undefined, '\t')}\n`;
  if (complete !== written) writeFileSync(path, complete);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) completeFile('src/generated/openapi.json');

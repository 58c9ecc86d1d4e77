/**
 * How kubectl dies: what it prints and with which exit code.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go checkErr
 */
import { StatusError } from '#engine/apimachinery';

/** Exit without another word. */
export class ExitError extends Error {
  override readonly name = 'ExitError';
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** Exit with a message of its own and a code (a command in a container that failed). */
export class CodeError extends Error {
  override readonly name = 'CodeError';
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** Printed as it is, without `error: `. */
export class BareError extends Error {
  override readonly name = 'BareError';
}

/** A plain error: `error: …`. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command line was wrong: help is pointed at. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}

/** Printing failed half way: what was printed goes to stdout first. */
export class PrintError extends CommandError {
  override readonly name = 'PrintError';
  constructor(
    message: string,
    readonly printed: string,
  ) {
    super(message);
  }
}

/** The kubeconfig is wrong: `Error in configuration: …`. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1
        ? `invalid configuration: ${problems[0]}`
        : `invalid configuration: [${problems.join(', ')}]`,
    );
  }
}

/** The transport failed (Go's *url.Error). */
export class UrlError extends Error {
  override readonly name = 'UrlError';
  constructor(
    readonly operation: string,
    readonly url: string,
    readonly cause_: string,
  ) {
    super(`${operation} "${url}": ${cause_}`);
  }
}

/** Several errors at once. */
export class ErrorList extends Error {
  override readonly name = 'ErrorList';
  constructor(readonly errors: readonly Error[]) {
    super(aggregateMessage(errors));
  }
}

const aggregateMessage = (errors: readonly Error[]): string => {
  const messages = [...new Set(errors.map((error) => error.message))];
  return messages.length === 1 ? (messages[0] as string) : `[${messages.join(', ')}]`;
};

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Throws what there is to throw: nothing, the one error, or all of them. */
export function throwAll(errors: readonly Error[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new ErrorList(errors);
}

/** `error when <verb> "<source>": …` in front of an error. */
export function addSource(verb: string, source: string, error: Error): Error {
  if (source === '') return error;
  const prefix = `error when ${verb} ${JSON.stringify(source)}: `;
  if (error instanceof StatusError)
    return new StatusError({ ...error.status, message: `${prefix}${error.status.message ?? ''}` });
  return new CommandError(prefix + error.message);
}

/** What is printed on stderr, and the exit code. */
export function describeError(error: Error, usageHint: string): { readonly text: string; readonly code: number } {
  if (error instanceof ErrorList && error.errors.length === 1)
    return describeError(error.errors[0] as Error, usageHint);
  if (error instanceof ExitError) return { text: '', code: error.code };
  if (error instanceof BareError) return { text: line(error.message), code: 1 };
  if (error instanceof CodeError) return { text: line(error.message), code: error.code };
  if (error instanceof StatusError && error.reason === 'Invalid') return { text: line(invalid(error)), code: 1 };
  if (error instanceof ConfigurationError)
    return { text: line(multiline('Error in configuration: ', error.problems)), code: 1 };
  if (error instanceof ErrorList) return { text: error.errors.map((one) => line(messageOf(one))).join(''), code: 1 };
  const standard = standardMessage(error);
  if (standard !== undefined) return { text: line(standard), code: 1 };
  const message = error.message.startsWith('error: ') ? error.message : `error: ${error.message}`;
  return { text: line(error instanceof UsageError ? `${message}\n${usageHint}` : message), code: 1 };
}

const line = (message: string): string => (message.endsWith('\n') || message === '' ? message : `${message}\n`);

const messageOf = (error: Error): string => standardMessage(error) ?? error.message;

function standardMessage(error: Error): string | undefined {
  if (error instanceof StatusError) {
    if (error.reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`;
    return error.reason
      ? `Error from server (${error.reason}): ${error.message}`
      : `Error from server: ${error.message}`;
  }
  if (error instanceof UrlError) {
    if (!error.cause_.includes('connection refused')) return `Unable to connect to the server: ${error.cause_}`;
    const host = /^[a-z]+:\/\/([^/?]+)/.exec(error.url)?.[1] ?? error.url;
    return `The connection to the server ${host} was refused - did you specify the right host or port?`;
  }
  return undefined;
}

function invalid(error: StatusError): string {
  const { details, message } = error.status;
  const about =
    details?.kind || details?.name
      ? `The ${details.kind ?? ''} "${details.name ?? ''}" is invalid`
      : 'The request is invalid';
  const causes = details?.causes ?? [];
  if (causes.length === 0) return details?.kind || details?.name ? about : `${about}: ${message ?? ''}`;
  return multiline(`${about}: `, [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))]);
}

function multiline(prefix: string, problems: readonly string[]): string {
  if (problems.length === 1) return prefix + problems[0];
  return `${prefix}\n${problems.map((problem) => `* ${problem}\n`).join('')}`;
}

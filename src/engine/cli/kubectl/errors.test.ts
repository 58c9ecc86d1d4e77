import { describe, expect, it } from 'vitest';
import { statusErrors } from '#engine/apimachinery';
import {
  addSource,
  CodeError,
  CommandError,
  ConfigurationError,
  describeError,
  ErrorList,
  ExitError,
  UrlError,
  UsageError,
} from './errors.ts';

const pods = { group: '', resource: 'pods' };
const invalid = (count: number) =>
  statusErrors.invalid(
    { group: '', kind: 'Pod' },
    'p',
    Array.from({ length: count }, (_, i) => ({
      type: 'FieldValueRequired' as const,
      field: `spec.f${i}`,
      body: 'Required value',
    })),
  );

describe('describeError', () => {
  it.each<[what: string, error: Error, text: string, code: number]>([
    ['not found', statusErrors.notFound(pods, 'x'), 'Error from server (NotFound): pods "x" not found\n', 1],
    ['unauthorized', statusErrors.unauthorized(), 'error: You must be logged in to the server (Unauthorized)\n', 1],
    ['one cause', invalid(1), 'The Pod "p" is invalid: spec.f0: Required value\n', 1],
    ['two causes', invalid(2), 'The Pod "p" is invalid: \n* spec.f0: Required value\n* spec.f1: Required value\n', 1],
    ['plain', new CommandError('no'), 'error: no\n', 1],
    ['usage', new UsageError('no'), 'error: no\nhint\n', 1],
    ['exit', new ExitError(3), '', 3],
    ['code', new CodeError('command terminated with exit code 7', 7), 'command terminated with exit code 7\n', 7],
    [
      'several',
      new ErrorList([statusErrors.notFound(pods, 'a'), new CommandError('b')]),
      'Error from server (NotFound): pods "a" not found\nb\n',
      1,
    ],
    ['list of one', new ErrorList([new CommandError('b')]), 'error: b\n', 1],
    [
      'configuration',
      new ConfigurationError(['context was not found for specified context: x']),
      'Error in configuration: context was not found for specified context: x\n',
      1,
    ],
    [
      'refused',
      new UrlError('Get', 'https://h:1/api', 'dial tcp h:1: connect: connection refused'),
      'The connection to the server h:1 was refused - did you specify the right host or port?\n',
      1,
    ],
    [
      'unreachable',
      new UrlError('Get', 'https://h:1/api', 'dial tcp: lookup h: no such host'),
      'Unable to connect to the server: dial tcp: lookup h: no such host\n',
      1,
    ],
    [
      'source',
      addSource('creating', 'a.yaml', statusErrors.alreadyExists(pods, 'x')),
      'Error from server (AlreadyExists): error when creating "a.yaml": pods "x" already exists\n',
      1,
    ],
  ])('%s', (_, error, text, code) => {
    expect(describeError(error, 'hint')).toEqual({ text, code });
  });
});

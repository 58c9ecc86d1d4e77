/**
 * An object in the user's editor, again and again until it is accepted or given up.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/util/editor/{editor.go,editoptions.go}
 */
import { StatusError } from '#engine/apimachinery';
import { OsError } from '#engine/os';
import { CommandError, ExitError } from '../errors.ts';
import { printJson } from '../print/output.ts';
import type { Info } from '../resource/info.ts';
import { groupResource } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { equalJson, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import { toYaml } from '../text/yaml-emit.ts';
import { parseYaml } from '../text/yaml-parse.ts';

/** Why the file is there again. */
interface Reason {
  readonly head: string;
  readonly details: readonly string[];
}

export interface Edit {
  readonly info: Info;
  readonly object: JsonObject;
  /** `json`, or YAML. */
  readonly format: string;
  readonly heading: readonly string[];
  /** Rejects with a StatusError when the server refuses. */
  readonly send: (edited: JsonObject) => Promise<void>;
}

export const OBJECT_HEADING: readonly string[] = [
  "Please edit the object below. Lines beginning with a '#' will be ignored,",
  'and an empty file will abort the edit. If an error occurs while saving this file will be',
  'reopened with the relevant failures.',
];
export const LAST_APPLIED_HEADING: readonly string[] = [
  "Please edit the 'last-applied-configuration' annotations below.",
  "Lines beginning with a '#' will be ignored, and an empty file will abort the edit.",
];

/** The comment on top, with what went wrong last time. */
export function header(heading: readonly string[], reasons: readonly Reason[] = [], mark = '#'): string {
  const lines = [...heading, ''];
  for (const { head, details } of reasons) {
    lines.push(details.length > 0 ? `${head}:` : head, ...details.map((detail) => `* ${detail}`), '');
  }
  return lines.map((line) => `${mark}${line && ` ${line}`}\n`.replaceAll(/\n(?=.)/g, `\n${mark} `)).join('');
}

/** Starts $KUBE_EDITOR or $EDITOR on a file with the text and waits for it. */
export async function launchEditor(
  session: Session,
  source: string,
  extension: string,
  pass = 0,
): Promise<{ readonly text: string; readonly path: string }> {
  const { env, fs, rng } = session.process;
  const editor = env.get('KUBE_EDITOR') || env.get('EDITOR') || 'vi';
  const path = `/tmp/kubectl-edit-${rng.fork(`kubectl-edit ${pass}`).int(2 ** 31)}${extension}`;
  if (!fs.exists('/tmp')) fs.mkdir('/tmp', { recursive: true });
  fs.writeFile(path, new TextEncoder().encode(source));
  await session.flush();
  const words = editor.split(/ (?!(?<=\\ ))/).map((word) => word.replaceAll('\\ ', ' '));
  try {
    const child = session.process.spawn([...words, path]);
    const status = await child.exited;
    if (status.code !== 0) throw new CommandError(`there was a problem with the editor ${JSON.stringify(editor)}`);
  } catch (error) {
    if (error instanceof OsError) throw new CommandError(`unable to launch the editor ${JSON.stringify(editor)}`);
    throw error;
  }
  return { text: session.readText(path), path };
}

export const cancelled = (session: Session): void => session.err('Edit cancelled, no changes made.\n');

const stored = (session: Session, path: string): void =>
  session.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);

/** False when nothing was changed. Throws when the edit was given up or refused for good. */
export async function editInLoop(session: Session, edit: Edit): Promise<boolean> {
  const { info, object, format } = edit;
  const mark = format === 'json' ? '//' : '#';
  const extension = format === 'json' ? '.json' : '.yaml';
  let shown = format === 'json' ? printJson(object) : toYaml(object);
  let reasons: readonly Reason[] = [];
  let kept: string | undefined;
  for (let pass = 0; ; pass++) {
    const source = header(edit.heading, reasons, mark) + shown;
    const { text: saved, path } = await launchEditor(session, source, extension, pass);
    const stripped = withoutComments(saved, mark);
    if (kept !== undefined && stripped === shown) {
      session.process.fs.remove(path);
      stored(session, kept);
      throw new CommandError('Edit cancelled, no valid changes were saved.');
    }
    if (kept !== undefined) session.process.fs.remove(kept);
    kept = path;
    const outcome = await attempt(session, edit, stripped, path);
    if (outcome === 'unchanged' || outcome === 'sent') {
      session.process.fs.remove(path);
      return outcome === 'sent';
    }
    session.err(`error: ${groupResource(info.resource)} ${JSON.stringify(info.name)} is invalid\n`);
    reasons = [outcome];
    shown = stripped;
  }
}

async function attempt(
  session: Session,
  { info, object, send }: Edit,
  source: string,
  path: string,
): Promise<'unchanged' | 'sent' | Reason> {
  const title = `${groupResource(info.resource)} ${JSON.stringify(info.name)}`;
  const value = parse(source);
  if (typeof value === 'string')
    return {
      head: `${title} was not valid`,
      details: [`<nil>: Invalid value: "The edited file failed validation": ${value}`],
    };
  if (equalJson(value, object)) {
    cancelled(session);
    return 'unchanged';
  }
  if (text(value, 'metadata', 'name') !== info.name || text(value, 'kind') !== info.resource.kind) {
    stored(session, path);
    throw new CommandError('At least one of apiVersion, kind and name was changed');
  }
  try {
    await send(value);
    return 'sent';
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (error.reason !== 'Invalid') return giveUp(session, title, path, error);
    const causes = error.status.details?.causes ?? [];
    return {
      head: `${title} was not valid`,
      details: causes.map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`),
    };
  }
}

function giveUp(session: Session, title: string, path: string, error: StatusError): never {
  if (error.reason === 'NotFound') {
    session.err(`error: ${title} could not be found on the server\n`);
    session.err(`The edits you made on deleted resources have been saved to ${JSON.stringify(path)}\n`);
  } else {
    session.err(`error: ${title} could not be patched: ${error.message}\n`);
    session.err(`You can run \`kubectl replace -f ${path}\` to try this update again.\n`);
  }
  throw new ExitError(1);
}

/** The object, or why it is none. */
function parse(source: string): JsonObject | string {
  let value: Json;
  try {
    value = parseYaml(source).value;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (value === null || !isObject(value)) return 'the file holds no object';
  if (text(value, 'kind') === '') return '[kind not set]';
  return text(value, 'apiVersion') === '' ? '[apiVersion not set]' : value;
}

const withoutComments = (source: string, mark: string): string =>
  source
    .split('\n')
    .filter((line) => !line.trimStart().startsWith(mark))
    .join('\n');

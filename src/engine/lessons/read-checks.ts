/** Checks, predictions and mistakes as the front matter says them. */
import { expressionProblem, templateProblem } from './expressions.ts';
import type { Check, Hint, Mistake, Prediction } from './lesson.ts';
import type { Field } from './yaml-reader.ts';

const ID = /^[a-z][a-z0-9-]*$/;

/** A name that others refer to, used once. */
function readId(field: Field, taken: Set<string>): string {
  const id = field.text('an id of small letters, digits and -');
  if (id !== '' && !ID.test(id)) field.complain('expected an id of small letters, digits and -');
  if (taken.has(id)) field.complain(`the id ${id} is already taken`);
  taken.add(id);
  return id;
}

function expression(field: Field): string {
  const text = field.isText ? field.text('a CEL expression') : String(field.text('a CEL expression'));
  const problem = text === '' ? undefined : expressionProblem(text);
  if (problem) field.complain(problem);
  return text;
}

function template(field: Field): string {
  const text = field.text();
  const problem = templateProblem(text);
  if (problem) field.complain(problem);
  return text;
}

const given = <T>(field: Field, read: (field: Field) => T): T | undefined => (field.present ? read(field) : undefined);

const CHECK = ['id', 'say', 'when', 'never', 'fail', 'since', 'needs', 'hold', 'because', 'hints'] as const;

export function readChecks(field: Field): readonly Check[] {
  const ids = new Set<string>();
  return field.list(40).map((item) => {
    const check = item.record(CHECK);
    const kinds = (['when', 'never', 'fail'] as const).filter((kind) => check[kind].present);
    if (kinds.length !== 1) item.complain('expected exactly one of when, never and fail');
    const earlier = new Set(ids);
    const id = readId(check.id, ids);
    const needs = (given(check.needs, (list) => list.list(20)) ?? []).map((need) => known(need, earlier));
    const when = given(check.when, expression);
    const since = given(check.since, (one) => known(one, earlier));
    const because = given(check.because, readBecause) ?? [];
    if (when !== undefined && because.length === 0)
      check.because.complain('is missing; a check has to say why it is not yet true');
    if (since !== undefined && !check.never.present) check.since.complain('goes with never only');
    const never = given(check.never, expression);
    const fail = given(check.fail, expression);
    return {
      id,
      say: check.say.text('the task in words'),
      ...(when !== undefined && { when }),
      ...(never !== undefined && { never }),
      ...(fail !== undefined && { fail }),
      ...(since !== undefined && { since }),
      needs,
      holdMs: given(check.hold, (hold) => hold.duration()) ?? 0,
      because,
      hints: (given(check.hints, (hints) => hints.list(10)) ?? []).map(readHint),
    };
  });
}

function known(field: Field, ids: ReadonlySet<string>): string {
  const id = field.text('the id of an earlier check');
  if (id !== '' && !ids.has(id)) field.complain(`there is no earlier check ${id}`);
  return id;
}

/** One text, or several of which the last always applies. */
function readBecause(field: Field): readonly Hint[] {
  if (field.isText) return [readHint(field)];
  const reasons = field.list(10).map(readHint);
  if (reasons.at(-1)?.if !== undefined) field.complain('expected a last reason without if');
  return reasons;
}

function readHint(field: Field): Hint {
  if (field.isText) return { say: template(field) };
  const hint = field.record(['if', 'say', 'by']);
  const condition = given(hint.if, expression);
  const by = given(hint.by, (line) => line.text('a command'));
  return {
    ...(condition !== undefined && { if: condition }),
    say: template(hint.say),
    ...(by !== undefined && { by }),
  };
}

export function readPredictions(field: Field): readonly Prediction[] {
  const ids = new Set<string>();
  return (given(field, (list) => list.list(20)) ?? []).map((item) => {
    const { id, ask, options, when, hold, answer } = item.record(['id', 'ask', 'options', 'when', 'hold', 'answer']);
    return {
      id: readId(id, ids),
      ask: ask.text('the question'),
      options: options.list(6).map((option) => option.word()),
      when: expression(when),
      holdMs: given(hold, (one) => one.duration()) ?? 0,
      answer: expression(answer),
    };
  });
}

export function readMistakes(field: Field): readonly Mistake[] {
  const ids = new Set<string>();
  return (given(field, (list) => list.list(20)) ?? []).map((item) => {
    const mistake = item.record(['id', 'if', 'by']);
    return {
      id: readId(mistake.id, ids),
      if: expression(mistake.if),
      by: mistake.by.text('a command that makes the mistake'),
    };
  });
}

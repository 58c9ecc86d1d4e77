import { describe, expect, it } from 'vitest';
import { ROOT } from '../commands/root.ts';
import { GLOBAL_FLAGS } from '../flag-sets.ts';
import { findCommand, suggestions } from './find.ts';
import { FlagSet } from './flags.ts';
import { renderHelp } from './help.ts';
import { parseLine } from './parse.ts';

const flags = () =>
  new FlagSet([
    { name: 'output', short: 'o', kind: 'string', usage: '' },
    { name: 'watch', short: 'w', kind: 'bool', usage: '' },
    { name: 'all', short: 'A', kind: 'bool', usage: '' },
    { name: 'replicas', kind: 'int32', default: '1', usage: '' },
    { name: 'labels', short: 'L', kind: 'strings', usage: '' },
    { name: 'env', kind: 'stringArray', usage: '' },
    { name: 'dry-run', kind: 'string', default: 'none', noValue: 'unchanged', usage: '' },
    { name: 'timeout', kind: 'duration', usage: '' },
  ]);

describe('parseLine', () => {
  it('takes flags in every form, between arguments', () => {
    const set = flags();
    const { args, argsBeforeDash } = parseLine(set, [
      'pods',
      '-owide',
      '-wA',
      'x',
      '--replicas',
      '-3',
      '-L',
      'a,b',
      '-L=c',
      '--env=a,b',
      '--dry-run',
      '--',
      '-z',
    ]);
    expect(args).toEqual(['pods', 'x', '-z']);
    expect(argsBeforeDash).toBe(2);
    expect(set.string('output')).toBe('wide');
    expect([set.bool('watch'), set.bool('all')]).toEqual([true, true]);
    expect(set.int('replicas')).toBe(-3);
    expect(set.list('labels')).toEqual(['a', 'b', 'c']);
    expect(set.list('env')).toEqual(['a,b']);
    expect(set.string('dry-run')).toBe('unchanged');
  });

  it.each([
    [['--foo'], 'unknown flag: --foo'],
    [['-z'], "unknown shorthand flag: 'z' in -z"],
    [['-wz'], "unknown shorthand flag: 'z' in -z"],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['--output'], 'flag needs an argument: --output'],
    [
      ['--watch=maybe'],
      'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['--replicas=x'], 'invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [
      ['--replicas=99999999999'],
      'invalid argument "99999999999" for "--replicas" flag: strconv.ParseInt: parsing "99999999999": value out of range',
    ],
    [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
  ])('refuses %j', (line, message) => {
    expect(() => parseLine(flags(), line)).toThrow(message);
  });
});

describe('the table of commands', () => {
  it.each([
    [['get', 'pods'], 'kubectl get', ['pods']],
    [['-n', 'x', 'rollout', 'status', 'deploy/web'], 'kubectl rollout status', ['-n', 'x', 'deploy/web']],
    [['create', 'cm', 'a'], 'kubectl create configmap', ['a']],
    [['create', 'svc', 'nodeport', 'a'], 'kubectl create service nodeport', ['a']],
    [['get', '-o', 'create'], 'kubectl get', ['-o', 'create']],
  ])('%j', (line, name, rest) => {
    const found = findCommand(ROOT, line, GLOBAL_FLAGS);
    expect(found.path.map((command) => command.name).join(' ')).toBe(name);
    expect(found.rest).toEqual(rest);
  });

  it.each([
    ['gt', ['set', 'get', 'cp']],
    ['log', ['top', 'logs']],
    ['appl', ['apply']],
    ['podss', []],
  ])('%s may have meant', (typed, names) => {
    expect(suggestions(ROOT, typed)).toEqual(names);
  });

  it('renders help', () => {
    const help = renderHelp(findCommand(ROOT, ['config', 'delete-context'], GLOBAL_FLAGS));
    expect(help).toContain('Usage:\n  kubectl config delete-context NAME [options]\n\nUse "kubectl options"');
  });

  it('has no two flags of one name or letter in a command', () => {
    const check = (command: typeof ROOT, path: string): void => {
      const all = [...(command.flags ?? []), ...GLOBAL_FLAGS];
      const own = command.flags ?? [];
      const letters = all.flatMap((flag) => (flag.short ? [flag.short] : []));
      expect(new Set(own.map((flag) => flag.name)).size, `${path}: names`).toBe(own.length);
      expect(new Set(letters).size, `${path}: letters`).toBe(letters.length);
      for (const child of command.subcommands ?? []) check(child, `${path} ${child.name}`);
    };
    check(ROOT, 'kubectl');
  });
});

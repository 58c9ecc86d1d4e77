import { describe, expect, it } from 'vitest';
import type { Json } from '../../text/json.ts';
import { execute } from './execute.ts';
import { parseTemplate } from './parse.ts';

const data: Json = {
  kind: 'List',
  big: 2_000_000_000,
  items: [
    { name: 'a', tags: { x: '1', y: '2' } },
    { name: 'b', ok: true },
  ],
  none: null,
};
const run = (source: string, missingKeyError = false) => execute(parseTemplate(source), data, { missingKeyError });

describe('templates', () => {
  it.each([
    ['{{.kind}} {{.nope}} {{.none}}', 'List <no value> <no value>'],
    ['{{range .items}}{{.name}},{{end}}', 'a,b,'],
    ['{{range $i, $x := .items}}{{$i}}={{$x.name}};{{end}}', '0=a;1=b;'],
    ['{{range .nope}}x{{else}}none{{end}}', 'none'],
    ['{{range $k, $v := (index .items 0).tags}}{{$k}}{{$v}}{{end}}', 'x1y2'],
    ['{{if eq .kind "List" "Pod"}}yes{{else if .nope}}maybe{{else}}no{{end}}', 'yes'],
    ['{{with .items}}{{len .}}{{end}}', '2'],
    ['{{- " x " -}}  y', ' x y'],
    ['{{/* nothing */}}z', 'z'],
    ['{{.big}}', '2e+09'],
    ['{{.items}}', '[map[name:a tags:map[x:1 y:2]] map[name:b ok:true]]'],
    ['{{define "t"}}<{{.}}>{{end}}{{template "t" .kind}}', '<List>'],
    ['{{$x := 1}}{{$x = 2}}{{$x}}', '2'],
    ['{{and .kind .nope}}|{{or .nope "d"}}|{{not .nope}}', '<no value>|d|true'],
    ['{{range .items}}{{if eq .name "b"}}{{break}}{{end}}{{.name}}{{end}}', 'a'],
  ])('%s', (source, text) => {
    expect(run(source)).toBe(text);
  });

  it('formats like Go', () => {
    expect(run('{{printf "%-3s|%3d|%q|%05d" "a" 7 "b" 42}}')).toBe('a  |  7|"b"|00042');
  });

  it.each([
    ['{{.a', 'template: output:1: unclosed action'],
    ['{{range .items}}', 'template: output:1: unexpected EOF'],
    ['{{end}}', 'template: output:1: unexpected {{end}}'],
    ['{{foo}}', 'template: output:1: function "foo" not defined'],
    [
      '{{.kind.x}}',
      'template: output:1:7: executing "output" at <.kind.x>: can\'t evaluate field x in type interface {}',
    ],
    [
      'a\n{{index .items 9}}',
      'template: output:2:2: executing "output" at <index .items 9>: error calling index: index out of range: 9',
    ],
    ['{{range .kind}}{{end}}', 'template: output:1:8: executing "output" at <.kind>: range can\'t iterate over List'],
  ])('refuses %j', (source, message) => {
    expect(() => run(source)).toThrow(message);
  });

  it('may insist on keys', () => {
    expect(() => run('{{.nope}}', true)).toThrow(
      'template: output:1:2: executing "output" at <.nope>: map has no entry for key "nope"',
    );
  });
});

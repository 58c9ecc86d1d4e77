/** Manifests of our own, each with a line of description in both languages at its head. */

export interface Example {
  /** `pod.yaml` */
  readonly file: string;
  readonly description: { readonly en: string; readonly zh: string };
  /** The manifest without its descriptions. */
  readonly text: string;
}

export function readExample(path: string, source: string): Example {
  const lines = source.split('\n');
  const said = (language: string) =>
    lines.find((line) => line.startsWith(`# ${language}: `))?.slice(`# ${language}: `.length) ?? '';
  return {
    file: path.replace(/^.*\//, '').replace(/^\d+-/, ''),
    description: { en: said('en'), zh: said('zh') },
    text: lines.filter((line) => !/^# (en|zh): /.test(line)).join('\n'),
  };
}

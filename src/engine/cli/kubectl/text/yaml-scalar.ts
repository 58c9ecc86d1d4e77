/**
 * What a string's characters allow: which YAML styles can carry it.
 * @upstream sigs.k8s.io/yaml/goyaml.v2/emitterc.go yaml_emitter_analyze_scalar
 */
export interface ScalarAnalysis {
  readonly blockPlainAllowed: boolean;
  readonly singleQuotedAllowed: boolean;
  readonly blockAllowed: boolean;
}

const EMPTY: ScalarAnalysis = { blockPlainAllowed: true, singleQuotedAllowed: true, blockAllowed: false };
const FIRST_INDICATORS = new Set('#,[]{}&*!|>\'"%@`');
const isBlank = (char: string | undefined) => char === undefined || char === ' ' || char === '\t';
const isBreak = (char: string) =>
  char === '\r' || char === '\n' || char === '\u0085' || char === '\u2028' || char === '\u2029';

function isPrintable(char: string): boolean {
  const code = char.codePointAt(0) as number;
  return (
    code === 0x0a ||
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
  );
}

export function analyzeScalar(value: string): ScalarAnalysis {
  if (value === '') return EMPTY;
  const chars = [...value];
  const last = chars.length - 1;
  let indicators = value.startsWith('---') || value.startsWith('...');
  let special = false;
  let breakSpace = false;
  let spaceBreak = false;
  let lineBreaks = false;
  let previous = '';
  chars.forEach((char, i) => {
    const followedByBlank = i === last || isBlank(chars[i + 1]);
    indicators ||= isIndicator(char, i === 0, followedByBlank, i === 0 || isBlank(previous) || isBreak(previous));
    special ||= !isPrintable(char);
    if (char === ' ') breakSpace ||= previous !== '' && isBreak(previous);
    else if (isBreak(char)) {
      lineBreaks = true;
      spaceBreak ||= previous === ' ';
    }
    previous = char;
  });
  const first = chars[0] as string;
  const end = chars[last] as string;
  const edges = first === ' ' || isBreak(first) || end === ' ' || isBreak(end);
  const never = spaceBreak || special;
  return {
    blockPlainAllowed: !(never || edges || breakSpace || lineBreaks || indicators),
    singleQuotedAllowed: !(never || breakSpace),
    blockAllowed: !(never || end === ' '),
  };
}

function isIndicator(char: string, first: boolean, followedByBlank: boolean, precededByBlank: boolean): boolean {
  if (first) {
    if (FIRST_INDICATORS.has(char)) return true;
    return (char === '?' || char === ':' || char === '-') && followedByBlank;
  }
  return (char === ':' && followedByBlank) || (char === '#' && precededByBlank);
}

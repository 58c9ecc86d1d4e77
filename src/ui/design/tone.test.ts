import { describe, expect, test } from 'vitest';
import { toneOfCell, toneOfCondition, toneOfFraction, toneOfStatus } from './tone.ts';

describe('tones', () => {
  test.each([
    ['Running', 'good'],
    ['Init:0/1', 'busy'],
    ['Init:CrashLoopBackOff', 'bad'],
    ['Ready,SchedulingDisabled', 'warn'],
    ['NotReady,SchedulingDisabled', 'bad'],
    ['anything else', undefined],
  ])('%s is %s', (text, tone) => expect(toneOfStatus(text)).toBe(tone));

  test.each([
    ['3/3', 'good'],
    ['1/3', 'busy'],
    ['0/0', 'idle'],
    ['x', undefined],
  ])('%s is %s', (text, tone) => expect(toneOfFraction(text)).toBe(tone));

  test('a word has a tone only where it is a status', () => {
    expect(toneOfCell('Name', 'Running')).toBeUndefined();
    expect(toneOfCell('Status', 'Running')).toBe('good');
  });

  test.each([
    ['Ready', 'True', 'good'],
    ['Ready', 'False', 'warn'],
    ['MemoryPressure', 'False', 'good'],
    ['MemoryPressure', 'True', 'bad'],
    ['Ready', 'Unknown', 'warn'],
  ])('condition %s=%s is %s', (type, status, tone) => expect(toneOfCondition(type, status)).toBe(tone));
});
